"""Reads a statement of an LLM's answer in its context: without its attribution, with what its pronouns
stand for after the question and the statements before it."""

import datetime
from dataclasses import dataclass

from chatbot.verification.coreference import without_attribution
from chatbot.verification.evidence import Evidence
from chatbot.verification.facts import FactKind, facts_of
from chatbot.verification.read_sentence import ReadSentence
from chatbot.verification.stated import Stated
from index.claim import Claim
from index.collection import Collection
from index.language.time_expressions import TimeExpression, find_times

# The sentences before that a statement is read after; the question is always one.
CONTEXT_SENTENCES = 2


@dataclass(frozen=True)
class Context:
    """What stands before a statement: the question, and the statements of the answer so far."""

    question: str = ""
    before: tuple[Stated, ...] = ()

    def after(self, statement: Stated) -> "Context":
        """The context of what follows `statement`."""
        return Context(self.question, (*self.before, statement))


ALONE = Context()


@dataclass(frozen=True)
class ReadStatement:
    """A statement: `heading` ("As of 5 December 2024, Desk:") and `body`, whose deeds are in `read`. `claims` are what
    it claims of who holds what. `day` is the newest of the evidence, from which its relative times are counted."""

    text: str
    heading: str
    body: str
    read: ReadSentence
    claims: tuple[Claim, ...]
    day: datetime.date | None
    times: tuple[TimeExpression, ...]


class StatementReader:
    """Reads statements of one answer; what the parser makes of one is kept, for all that it is held against."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._parsed: dict[tuple[tuple[str, ...], datetime.date | None], tuple[ReadSentence, tuple[Claim, ...]]] = {}

    def read(self, stated: Stated, context: Context, evidence: Evidence) -> ReadStatement:
        """The statement, read as one about its evidence."""
        body = without_attribution(stated.body, lambda source, day: _is_label(evidence, source, day))
        days = [passage.retrieved.article.date for passage in evidence.passages]
        day = max((known for known in days if known is not None), default=None)
        statements = [statement.text for statement in context.before[-CONTEXT_SENTENCES:]]
        before = [" ".join(line.split()) for line in (context.question, *statements) if line.strip()]
        read, claims = self._parse((*before, " ".join(body.split())), day)
        times = tuple(time for line in (stated.text, *before) for time in find_times(line, day))
        return ReadStatement(stated.text, stated.heading, body, read, claims, day, times)

    def _parse(
        self, lines: tuple[str, ...], day: datetime.date | None
    ) -> tuple[ReadSentence, tuple[Claim, ...]]:
        key = lines, day
        if key not in self._parsed:
            annotations, claims = self._collection.read(lines, day)
            own = annotations[-1]
            self._parsed[key] = ReadSentence(own), tuple(claim for claim in claims if claim.start >= own.start)
        return self._parsed[key]


def _is_label(evidence: Evidence, source: str, day: str) -> bool:
    """Whether a source and a day are those of one of the passages' articles; either may be empty."""
    name = source.removeprefix("the ").removeprefix("The ").casefold()
    return any(
        (not source or name == (passage.retrieved.article.source or "").casefold())
        and (not day or _are_of(day, evidence, passage.retrieved.article.date))
        for passage in evidence.passages
    )


def _are_of(day: str, evidence: Evidence, published: datetime.date | None) -> bool:
    dates = [fact for fact in facts_of(day) if fact.kind is FactKind.DATE]
    grounds = [ground for ground in evidence.grounds if ground.day == published]
    return bool(dates) and all(any(ground.is_of(date) for ground in grounds) for date in dates)
