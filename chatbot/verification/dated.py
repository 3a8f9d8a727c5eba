"""Looks whether what a statement dates is of that day in its evidence: the sentence that tells it may name another."""

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chatbot.verification.read_sentence import ReadSentence, concepts
from index.language.months import MONTHS
from index.language.parser import Token
from index.language.time_expressions import TimeExpression, find_times

# The sentence of another day must tell so much of what is dated, and so much more than any of the day.
LEAST_STATED, MARGIN = 0.5, 0.25
LEAST_CONCEPTS = 2
# How surely a sentence tells it of a day, of which it names others as well.
AMONG_OTHERS = 0.7
_SUBORDINATE = ("advcl", "conj", "ccomp", "relcl")
_WEEKDAY = re.compile(r"(?:last |this )?(?:mon|tues|wednes|thurs|fri|satur|sun)day\W*", re.IGNORECASE)
_REPORTS = concepts("report reported entry according wrote said article issue dated")
_CALENDAR = frozenset(concept for month in MONTHS for concept in concepts(f"{month} {month.title()}"))


@dataclass(frozen=True)
class DatedSentence:
    """A sentence of the evidence with its article's day."""

    read: ReadSentence
    day: datetime.date | None

    def times(self) -> list[TimeExpression]:
        """The times that it names, and that of a heading above it."""
        own = find_times(self.read.parsed.text, self.day)
        above = self.read.annotation.day
        return [*own, above] if above is not None and not any(time.exact for time in own) else own


def wrong_dates(
    statement: ReadSentence, day: datetime.date | None, evidence: Sequence[DatedSentence],
    label: frozenset[str] = frozenset(),
) -> Iterator[TimeExpression]:
    """The times of a statement, read from its `day` on, at which the evidence tells something else, while it tells of
    another time what the statement tells. `label` is what the names of the sources stand for."""
    published = {sentence.day for sentence in evidence}
    for time in find_times(statement.parsed.text, day):
        if _WEEKDAY.fullmatch(statement.parsed.text[time.start : time.end]) or any(
            other is not None and time.first <= other <= time.last for other in published
        ):
            continue
        event = _event(statement, time) - label - _REPORTS
        if len(event) >= LEAST_CONCEPTS and _is_elsewhere(time, event, evidence):
            yield time


def _is_elsewhere(time: TimeExpression, event: frozenset[str], evidence: Sequence[DatedSentence]) -> bool:
    at, elsewhere = 0.0, 0.0
    for sentence in evidence:
        times = sentence.times()
        same = [other for other in times if _meet(time, other)]
        whole = _share(event, sentence.read.about)
        if same and len(same) == len(times):
            at = max(at, whole)
        elif same:
            at = max(at, AMONG_OTHERS * whole, *(_share(event, _event(sentence.read, other)) for other in same))
            elsewhere = max(
                elsewhere, *(_share(event, _event(sentence.read, other)) for other in times if other not in same)
            )
        elif times:
            elsewhere = max(elsewhere, whole)
    return elsewhere >= LEAST_STATED and elsewhere - at >= MARGIN


def _share(event: frozenset[str], about: frozenset[str]) -> float:
    return len(event & about) / len(event)


def _event(statement: ReadSentence, time: TimeExpression) -> frozenset[str]:
    """What the clause of a time tells, but for the time itself."""
    sentence = statement.parsed
    token = _verb_above(statement, time)
    if token is None:
        return frozenset()
    inside = {t.i for t in sentence.subtree(token)} - _below(statement, token)
    if token.dep in ("relcl", "acl"):
        # "The family, who bought it in 2005": who did is told before.
        inside |= {t.i for t in sentence.subtree(sentence.head(token))} - {t.i for t in sentence.subtree(token)}
    words = [t.text for t in sentence.tokens if t.i in inside and not time.start <= t.start < time.end]
    return concepts(" ".join(words)) - _CALENDAR


def _verb_above(statement: ReadSentence, time: TimeExpression) -> Token | None:
    """The verb whose clause a time stands in."""
    sentence = statement.parsed
    token = next((t for t in sentence.tokens if t.end > time.start), None)
    while token is not None and not token.is_verb and token.head != token.i:
        token = sentence.head(token)
    return token


def _below(statement: ReadSentence, verb: Token) -> set[int]:
    """The places of the words that belong to a clause below that of `verb`."""
    sentence = statement.parsed
    below = [t for t in sentence.subtree(verb) if t.i != verb.i and t.is_verb and t.dep in _SUBORDINATE]
    return {word.i for other in below for word in sentence.subtree(other)}


def _meet(time: TimeExpression, other: TimeExpression) -> bool:
    return time.first <= other.last and other.first <= time.last


_COMPASS = re.compile(r"\b(north|south|east|west)(?:-?(east|west))?(?:ern)?\b")


def wrong_directions(statement: ReadSentence, evidence: Sequence[ReadSentence]) -> Iterator[str]:
    """The points of the compass of a statement of which the evidence has only others."""
    known = {point for sentence in evidence for point in _points(sentence.parsed.text)}
    for point in _points(statement.parsed.text):
        if point not in known and known:
            yield point


def _points(text: str) -> list[str]:
    return ["".join(filter(None, match.groups())) for match in _COMPASS.finditer(text)]
