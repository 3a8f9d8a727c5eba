"""What an LLM has read in an article for claims, as it is kept, exported and imported."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from index.claims.reading_check import Reading
from index.storage.readings import ReadingState


@dataclass(frozen=True)
class SecondReading:
    """The readings that stood the check, and how far the LLM came."""

    readings: Sequence[Reading]
    state: ReadingState

    def exported(self) -> dict[str, Any]:
        """All of it, fit for JSON; what is empty is left out of a claim."""
        claims = [{name: text for name, text in asdict(reading).items() if text} for reading in self.readings]
        return asdict(self.state) | {"claims": claims}


def read_second_reading(given: Mapping[str, Any]) -> SecondReading:
    """What `exported` gave. Raises KeyError, TypeError and AttributeError where it is something else."""
    claims = [{field.name: claim.get(field.name, "") for field in fields(Reading)} for claim in given["claims"]]
    model, sentences, finished = (given[field.name] for field in fields(ReadingState))
    if not all(isinstance(text, str) for claim in claims for text in claim.values()) or not isinstance(model, str):
        raise TypeError("a claim that an LLM read has a part that is no text")
    if not isinstance(sentences, int) or sentences < 0:
        raise TypeError("'sentences' of what an LLM read is no number of sentences")
    return SecondReading([Reading(**claim) for claim in claims], ReadingState(model, sentences, bool(finished)))
