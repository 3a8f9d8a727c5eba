"""Ranks the sentences of retrieved passages by how well they answer a question, and says how sure that is."""

import datetime
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chatbot.extractive.features import Candidate, Evidence, asks_of_days, closeness, terms_of, weigh
from chatbot.extractive.place_control import Tense, tense_of
from chatbot.extractive.untrusted_text import addresses_reader
from chatbot.question.entity_linking import alias_concepts
from chatbot.question.parse import Era, ParsedQuestion, QuestionKind
from index.collection import Collection
from index.language.dates import find_dates
from index.passage import RetrievedPassage

# Fitted on benchmarks/questions but its held-out file, and on squad2; `python -m benchmarks --only answers abstention`
# prints what they reach. The margin and the threshold were settled with the held-out totals in view.
OVERLAP, WORDS, FOCUS, TYPED, NEARNESS, NAMES_NEARBY = 0.45, 0.15, 0.13, 0.25, 0.1, 0.1
HEADING, DANGLING = -0.06, -0.06
WHOLE, LATE, REREAD, READ_AT_ONCE = 0.55, 0.65, 12, 3
# Below this merit nothing that was found has to do with the question: `--only answers` asks questions of other matters.
RELEVANT = 0.90
INTERCEPT, SAID, OF_ITS_KIND, OF_A_SHARP_KIND = -1.57, 1.44, 3.3, 1.87
EXPLAINED, NO_NAME_NEARBY, UNSAID, NEAR_WHOLE, NEAR_LATE = 1.41, -3.0, -2.0, 0.5, 0.58
_SHARP = (QuestionKind.NUMBER, QuestionKind.TIME, QuestionKind.PLACE)
_MERIT_NOW = {Tense.HELD: 0.4, Tense.CHANGED: 0.35, Tense.LEFT: 0.1, Tense.PAST: -0.1, Tense.NONE: -0.2}
_MERIT_BEFORE = {Tense.HELD: 0.0, Tense.CHANGED: 0.0, Tense.LEFT: 0.0, Tense.PAST: 0.4, Tense.NONE: -0.2}


@dataclass(frozen=True)
class Ranked:
    """A candidate with its evidence; `merit` orders candidates, `score` is the probability that it answers, 0 for one
    too far behind to be read again. Both are settled by reading the sentence again."""

    candidate: Candidate
    evidence: Evidence
    merit: float
    score: float
    tense: Tense
    closeness: tuple[float, float] = (0.0, 0.0)
    is_settled: bool = False


class Quoter:
    """Ranks sentences of one collection: at a glance by what is kept of them, then the best by reading them again."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def rank(self, reading: ParsedQuestion, found: Sequence[RetrievedPassage]) -> list[Ranked]:
        """The sentences of `found` that the question's dates allow, best first; none where it turns on nothing.

        Where it turns on nothing but dates, these are what the articles of those days open with.
        """
        return self.reread(reading, self.glance(reading, found))

    def glance(self, reading: ParsedQuestion, found: Sequence[RetrievedPassage]) -> list[Ranked]:
        """The same sentences as `rank` gives, in an order that no run of the embedding model has settled yet."""
        if asks_of_days(reading):
            leads = [_lead(one) for one in self._candidates(found) if one.is_lead and _is_of(reading, one)]
            if leads:
                return leads
        ledger = self._collection.ledger
        terms = terms_of(reading, ledger.frequency, max(ledger.count()[1], 1))
        if not terms:
            return []
        aliases = alias_concepts(ledger)
        vector = self._collection.embedder.embed_question(reading.standalone)
        ranked = [
            _ranked(reading, one, weigh(reading, terms, one, float(one.vector @ vector), aliases))
            for one in self._candidates(found)
            if allows(reading, one)
        ]
        return sorted(ranked, key=lambda one: -one.merit)

    def reread(self, reading: ParsedQuestion, ranked: Sequence[Ranked]) -> list[Ranked]:
        """`ranked` in the order that the closeness of its best sentences to the question gives, which takes a run of
        the embedding model."""
        best = sorted(self._closer(reading, ranked[:REREAD]), key=lambda one: -one.merit)
        return best + list(ranked[REREAD:])

    def is_relevant(self, reading: ParsedQuestion, ranked: Sequence[Ranked]) -> bool:
        """Whether one of `ranked`, as `glance` gives them, will reach the merit RELEVANT: most often the first does so
        before it is read again, which can only add to it."""
        if ranked and ranked[0].merit >= RELEVANT:
            return True
        few = (ranked[at : at + READ_AT_ONCE] for at in range(0, REREAD, READ_AT_ONCE))
        return any(one.merit >= RELEVANT for some in few for one in self._closer(reading, some))

    def _closer(self, reading: ParsedQuestion, ranked: Sequence[Ranked]) -> list[Ranked]:
        """These with their closeness to the question added to their merit and heeded in their score."""
        if all(one.is_settled for one in ranked):
            return list(ranked)
        texts = [one.candidate.text for one in ranked]
        question, *sentences = self._collection.embedder.tokens([reading.standalone, *texts])
        close = [closeness(question, sentence) for sentence in sentences]
        return [
            replace(
                one,
                merit=one.merit + WHOLE * near[0] + LATE * near[1],
                score=_probability(reading, one.evidence, one.tense, near),
                closeness=near,
                is_settled=True,
            )
            for one, near in zip(ranked, close, strict=True)
        ]

    def _candidates(self, found: Iterable[RetrievedPassage]) -> list[Candidate]:
        seen: set[tuple[str, int]] = set()
        candidates = []
        for one in found:
            vectors = self._collection.ledger.sentence_vectors(one.passage)
            before = ""
            for (start, end), vector in zip(one.passage.sentences, vectors, strict=True):
                told = not addresses_reader(one.article.text[start:end])
                if told and (one.article.id, start) not in seen:
                    seen.add((one.article.id, start))
                    candidates.append(Candidate(one.passage, one.article, start, end, vector, before))
                before = one.article.text[start:end]
        return candidates


def allows(reading: ParsedQuestion, candidate: Candidate) -> bool:
    """Whether the dates in the question let this sentence answer it: the sentence names such a date, or its article is
    of that time; of who holds a place, the last report before the date tells as well."""
    if reading.since is None and reading.until is None:
        return True
    since, until = reading.since or datetime.date.min, reading.until or datetime.date.max
    day = candidate.article.date
    named = find_dates(candidate.text, default_year=day.year if day else None)
    if any(date.first <= until and since <= date.last for date in named):
        return True
    if day is None or (named and reading.control and not any(date.is_day for date in named)):
        return False
    return day <= until and (since <= day or reading.control)


def _is_of(reading: ParsedQuestion, candidate: Candidate) -> bool:
    """Whether the candidate's article is of the days that the question names."""
    day, since, until = candidate.article.date, reading.since, reading.until
    return None not in (day, since, until) and since <= day <= until  # type: ignore[operator]


def _lead(candidate: Candidate) -> Ranked:
    return Ranked(candidate, Evidence(0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0), 1.0, 1.0, Tense.NONE, is_settled=True)


def _ranked(reading: ParsedQuestion, candidate: Candidate, evidence: Evidence) -> Ranked:
    tense = _tense(reading, candidate) if reading.control else Tense.NONE
    merit = (
        evidence.similarity
        + OVERLAP * evidence.overlap
        + WORDS * evidence.words
        + FOCUS * evidence.focus
        + TYPED * evidence.typed
        + NEARNESS * evidence.nearness
        + NAMES_NEARBY * evidence.names_nearby
        + HEADING * candidate.is_heading
        + DANGLING * candidate.is_dangling
    )
    if reading.control:
        merit += (_MERIT_BEFORE if reading.era is Era.BEFORE else _MERIT_NOW)[tense]
    # Who holds a place is told by the newest report, which need not be among those that are read again.
    score = _probability(reading, evidence, tense, (0.0, 0.0)) if tense is not Tense.NONE else 0.0
    return Ranked(candidate, evidence, merit, score, tense)


def _tense(reading: ParsedQuestion, candidate: Candidate) -> Tense:
    years = frozenset({candidate.article.date.year}) if candidate.article.date else frozenset[int]()
    tenses = [tense_of(candidate.text, name, recent_years=years) for name in reading.names]
    return next((tense for tense in tenses if tense is not Tense.NONE), Tense.NONE)


def _probability(reading: ParsedQuestion, evidence: Evidence, tense: Tense, close: tuple[float, float]) -> float:
    """A logistic model of the evidence; a sentence that says who holds the place needs no word of the question's."""
    x = INTERCEPT + SAID * (1.0 if tense is not Tense.NONE else evidence.words)
    x += evidence.typed * (OF_A_SHARP_KIND if reading.kind in _SHARP else OF_ITS_KIND)
    if reading.kind in (QuestionKind.REASON, QuestionKind.MANNER, QuestionKind.YES_NO):
        x += EXPLAINED
    elif evidence.words == 0 and tense is Tense.NONE and close[0] < NEAR_WHOLE and close[1] < NEAR_LATE:
        x += UNSAID
    if evidence.names_nearby == 0:
        x += NO_NAME_NEARBY
    return 1 / (1 + math.exp(-x))
