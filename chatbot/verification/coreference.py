"""Completes what a sentence leaves to others to say: takes "according to" its own source away, and puts what the
sentence before says in the place of "it" and "this"."""

import re
from collections.abc import Callable, Iterator

from chatbot.question.names import find_names
from index.language.lexicon import HOLDERS
from index.language.words import words

MOST_ANTECEDENTS = 3
LEAST_WORDS = 3

_SOURCE = r"(?P<source>(?:[Tt]he )?[A-Z][^,;:()]{1,60}?)"
_DAY = r"(?P<day>[^,;:()]{3,30}?)"
_REPORTS = r"(?:reports?|reported|says|said|writes|wrote|notes?|noted|states?|stated|confirms?|confirmed)"
_ATTRIBUTIONS = [
    re.compile(pattern)
    for pattern in (
        rf"^(?:As of|On|In its report of) {_DAY}, {_SOURCE} {_REPORTS}(?: that|,)? ",
        rf"^According to {_SOURCE}(?: (?:on|of|as of) {_DAY})?, ",
        rf"^{_SOURCE} {_REPORTS}(?: on {_DAY})? that ",
        rf",? according to {_SOURCE}(?: (?:on|of|as of) {_DAY})?(?:,|(?=\.?$))",
        rf", {_SOURCE} {_REPORTS}(?: on {_DAY})?(?:,|(?=\.?$))",
        rf" \({_SOURCE}(?:, {_DAY})?\)",
        rf"^As of {_DAY}, ",
        rf",? as of {_DAY}(?=\.?$)",
    )
]
_HAPPENED = re.compile(
    r"^(?:This|That|It|Both|They|He|She) (?:happened|occurred|took place|did (?:so|this|that)"
    r"|came(?= (?:on|in|after|before|a|as|when|while)\b)|(?:was|were)(?= (?:on|after|before|overnight)\b)) "
)
_PRONOUN = re.compile(r"^(It|They|He|She|This|These|That|Those|Its|Their|His|Her)\b(?!’|')")
_POSSESSIVE = ("Its", "Their", "His", "Her")


def without_attribution(statement: str, is_label: Callable[[str, str], bool]) -> str:
    """`statement` without "according to Sample Desk", "as of 5 December" and the like, where `is_label` says that the
    source and the day ("" where none is given) are those of the article itself."""
    for pattern in _ATTRIBUTIONS:
        attribution = pattern.search(statement)
        if attribution is None:
            continue
        named = attribution.groupdict()
        rest = (statement[: attribution.start()] + statement[attribution.end() :]).strip()
        if len(rest.split()) >= LEAST_WORDS and is_label(named.get("source") or "", named.get("day") or ""):
            return rest[0].upper() + rest[1:]
    return statement


def opens_with_reference(statement: str) -> bool:
    """Whether a sentence opens with what another has named."""
    return _PRONOUN.match(statement) is not None or _HAPPENED.match(statement) is not None


def resolved(statement: str, before: str) -> Iterator[str]:
    """What `statement` may mean after the sentence `before`: joined to it where it says when or how that happened, and
    with each of its first names in the place of the pronoun."""
    if happened := _HAPPENED.match(statement):
        yield f"{before.rstrip('.!')} {statement[happened.end() :]}"
    pronoun = _PRONOUN.match(statement)
    if pronoun is None:
        return
    for name in _antecedents(before)[:MOST_ANTECEDENTS]:
        whose = "’s" if pronoun[0] in _POSSESSIVE else ""
        yield f"{name[0].upper()}{name[1:]}{whose}{statement[pronoun.end() :]}"


def _antecedents(before: str) -> list[str]:
    """What "it" may stand for: the names of a sentence, and words such as army, in their order."""
    sides = [word for word in words(before) if word in HOLDERS]
    return sorted(dict.fromkeys([*find_names(before), *sides]), key=before.find)
