"""Which of the ranked sentences make the answer, and in which order: the newest report leads, what it replaced follows,
and where reports of one day disagree all of them are quoted."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from chatbot.extractive.place_control import Tense, actors_of
from chatbot.extractive.ranker import RELEVANT, Ranked
from chatbot.question.parse import Era, ParsedQuestion
from index.language.lexicon import concept
from index.language.words import STOPWORDS, words

MOST_SENTENCES = 3
MARGIN = 0.35
NEAR_EQUAL = 0.04
SAME_WORDS = 0.8


@dataclass(frozen=True)
class Choice:
    """The sentences of an answer: `lead` of the newest day that tells, `earlier` what was reported before."""

    lead: tuple[Ranked, ...]
    earlier: tuple[Ranked, ...] = ()


def choose(reading: ParsedQuestion, ranked: Sequence[Ranked], *, threshold: float) -> Choice | None:
    """The one to three sentences that answer, or None where none of `ranked` (best first) reaches `threshold`."""
    if reading.control and reading.names:
        chosen = _of_control(reading, ranked, threshold)
        if chosen is not None:
            return chosen
    sure = [one for one in ranked if one.score >= threshold]
    if not sure or sure[0].merit < max(ranked[0].merit - MARGIN, RELEVANT):
        return None
    near = [one for one in sure if one.merit >= sure[0].merit - MARGIN]
    first = max((one for one in near if one.merit >= sure[0].merit - NEAR_EQUAL), key=lambda one: _day(one))
    return Choice(tuple(_distinct([first, *near])[:MOST_SENTENCES]))


def _of_control(reading: ParsedQuestion, ranked: Sequence[Ranked], threshold: float) -> Choice | None:
    """Who holds a place: the newest day's statements, then the newest older one that says otherwise."""
    telling = [one for one in ranked if one.tense is not Tense.NONE and one.score >= threshold]
    reports = [one for one in telling if one.tense in (Tense.HELD, Tense.CHANGED)] or [
        one for one in telling if one.tense is Tense.LEFT
    ]
    days = [list(day) for _, day in groupby(sorted(reports, key=_day, reverse=True), key=_day)]
    lead = _of_one_day(days[0]) if days else ()
    earlier = _replaced(lead, days[1:])
    if reading.era is Era.BEFORE:
        past = [one for one in telling if one.tense is Tense.PAST]
        chosen = _distinct([*earlier, *past])[:MOST_SENTENCES]
        return Choice(tuple(chosen)) if chosen else None
    return Choice(lead, earlier) if lead else None


def _of_one_day(day: Sequence[Ranked]) -> tuple[Ranked, ...]:
    """The best statement of a day, and those of the same day that name others."""
    chosen = [day[0]]
    for one in day[1:]:
        named = actors_of(one.candidate.text)
        if named and all(named.isdisjoint(actors_of(other.candidate.text)) for other in chosen):
            chosen.append(one)
    return tuple(chosen[:MOST_SENTENCES])


def _replaced(lead: Sequence[Ranked], days: Iterable[Sequence[Ranked]]) -> tuple[Ranked, ...]:
    """The newest older statement that names none of those whom the newest one names."""
    now = frozenset[str]().union(*(actors_of(one.candidate.text) for one in lead))
    for day in days:
        for one in day:
            then = actors_of(one.candidate.text)
            if now and then and then.isdisjoint(now):
                return (one,)
    return ()


def _distinct(ranked: Iterable[Ranked]) -> list[Ranked]:
    """Without the sentences that say in the same words what one before them says."""
    kept: list[tuple[Ranked, set[str]]] = []
    for one in ranked:
        said = {concept(word) for word in words(one.candidate.text) if word.lower() not in STOPWORDS}
        if all(len(said & other) < SAME_WORDS * max(min(len(said), len(other)), 1) for _, other in kept):
            kept.append((one, said))
    return [one for one, _ in kept]


def _day(one: Ranked) -> datetime.date:
    return one.candidate.article.date or datetime.date.min
