"""Reads whose reports a question is about: in "What does the Courier say about the bridge?" the Courier's alone are
meant, and what is left asks about the bridge."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

LATEST = "What is the latest news?"
_CUE = re.compile(
    r"\baccording to\b|\b(?:say|said|report|write|wrote|claim|state|tell|told|publish|news|headlines|stories|articles)",
    re.IGNORECASE,
)
_SAY = (
    r"(?:say(?:s|ing)?|said|report(?:s|ed|ing)?|write|writes|writing|wrote|written|claim(?:s|ed)?|state[sd]?|tells?|told"
    r"|publish(?:es|ed)?|mention(?:s|ed)?)"
)
_ABOUT = r"(?:about|of|on|regarding|concerning|from)"


@dataclass(frozen=True)
class OfSource:
    """A source that a question names, and the question without it."""

    source: str
    question: str


def named_source(question: str, sources: Callable[[], Iterable[str | None]]) -> OfSource | None:
    """The source whose reports `question` is about, None where it names none; `sources` gives those of the articles."""
    if not _CUE.search(question):
        return None
    text = " ".join(question.split()).rstrip(" ?.!")
    known = {source for source in sources() if source and _bare(source).casefold() in text.casefold()}
    for source in sorted(known, key=len, reverse=True):
        if rest := _without(text, source):
            return OfSource(source, rest)
    return None


def _without(text: str, source: str) -> str | None:
    name = rf"(?:the\s)?{re.escape(_bare(source))}(?!\w)"
    asked = re.fullmatch(
        rf"what (?:does|do|did|has|have|is) {name} (?:currently )?{_SAY}(?: {_ABOUT} (?P<topic>.+))?",
        text, re.IGNORECASE,
    )
    if asked:
        return f"Tell me about {asked['topic']}." if asked["topic"] else LATEST
    for pattern in (
        rf"(?:according to|as reported by) {name}\W+(?P<rest>\w.*)",
        rf"(?P<rest>.+?)[\s,]++(?:according to|as reported by) {name}",
        rf"(?:does|do|did) {name} {_SAY} (?:that|whether|if) (?P<rest>.+)",
    ):
        if matched := re.fullmatch(pattern, text, re.IGNORECASE):
            return _as_question(matched["rest"])
    reports = re.compile(rf"\b(news|headlines|reports|stories|articles) (?:from|in|by|of) {name}", re.IGNORECASE)
    return _as_question(reports.sub(r"\1", text, count=1)) if reports.search(text) else None


def _bare(source: str) -> str:
    return re.sub(r"^the\s+", "", source, flags=re.IGNORECASE)


def _as_question(rest: str) -> str:
    return f"{rest[0].upper()}{rest[1:]}".rstrip(" ?.!") + "?"
