"""The decision of an editor about two names of controllers: whether they name one side."""

from dataclasses import asdict, dataclass
from typing import Any

from index.errors import NameDecisionError

LONGEST_CHARACTERS = 200


@dataclass(frozen=True)
class NameDecision:
    """`name` and `other` are one side's names where `same` is True, two sides' where it is False, and what the articles
    make of them where it is None, which takes back what was decided before. `changed` is when, in ISO 8601."""

    name: str
    other: str
    same: bool | None
    changed_by: str
    changed: str

    def exported(self) -> dict[str, Any]:
        """Its fields, fit for JSON."""
        return asdict(self)


def read_decision(given: object) -> NameDecision:
    """The decision that `exported` gave. Raises NameDecisionError where it is none."""
    if not isinstance(given, dict):
        raise NameDecisionError("A decision about two names is no JSON object.")
    texts = {field: given.get(field) for field in ("name", "other", "changed_by", "changed")}
    for field, text in texts.items():
        if not isinstance(text, str) or not text or len(text) > LONGEST_CHARACTERS:
            raise NameDecisionError(
                f"The '{field}' of a decision about two names is {text!r:.60}. Expected 1 to {LONGEST_CHARACTERS} "
                "characters."
            )
    if given.get("same") not in (True, False, None):
        raise NameDecisionError("The 'same' of a decision about two names is neither true, false nor null.")
    return NameDecision(**texts, same=given.get("same"))  # type: ignore[arg-type]
