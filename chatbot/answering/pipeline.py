"""The chain, in LangChain's expression language: question, retrieve, answer, cite. Yields the answer's text in pieces
and, last, the whole Answer. The page, the command line and the benchmarks all ask it."""

import datetime
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.runnables import Runnable, RunnableGenerator

from chatbot.answer import INSTEAD, Answer, Step
from chatbot.answering.compose import abstained, carried, quoted, unknown_names
from chatbot.answering.overviews import choose_overview, overview_of
from chatbot.answering.small_talk import Topic, reply, topic_of
from chatbot.citations import MarkFilter
from chatbot.errors import CutShortError, LanguageModelError
from chatbot.extractive.lexical_features import asks_of_days
from chatbot.extractive.ranker import Ranked, Ranker
from chatbot.extractive.selection import MOST_SENTENCES, Choice, alias_stems, choose
from chatbot.filters import EVERYWHERE, QuestionFilter
from chatbot.llm.client import LanguageModel, forbid_tracing
from chatbot.llm.generator import LLMAnswerer
from chatbot.llm.question_rewriter import Condenser
from chatbot.question.entity_linking import Named, settle
from chatbot.question.parse import ParsedQuestion, read, refined
from chatbot.question.query import query_of
from chatbot.settings import Settings
from chatbot.verification.verifier import Verified, Verifier
from index.collection import Collection
from index.language.tokens import count_tokens, counter
from index.passage import RetrievedPassage

QUOTING = "answers by quoting"
PASSAGES = 10
NEWEST = 24
THE_ARTICLES_DO_NOT_SAY = "The articles do not say."


@dataclass(frozen=True)
class Asked:
    """A question on its way through the chain: what was asked, how it is read, and what was found for it."""

    history: Sequence[Answer]
    scope: QuestionFilter
    named: Named
    found: Sequence[RetrievedPassage] = ()

    @property
    def reading(self) -> ParsedQuestion:
        """The question as it is understood."""
        return self.named.reading


class Chain:
    """Answers questions from one collection, by quoting or with the LLM that the settings name."""

    def __init__(self, collection: Collection, settings: Settings) -> None:
        """Raises LanguageModelError where the settings name an LLM that cannot be used."""
        forbid_tracing()
        self._collection = collection
        self._ranker = Ranker(collection)
        self._most_names = settings.names_looked_up
        self._writer = (
            LLMAnswerer(
                LanguageModel(settings),
                count=counter(settings.model),
                window_tokens=settings.window_tokens,
                answer_tokens=settings.max_tokens,
            )
            if settings.model
            else None
        )
        self._verifier = Verifier(collection)
        self._condenser = Condenser(settings, count=count_tokens) if settings.model else None
        self._steps: Runnable[Any, Any] = (
            RunnableGenerator(self._read) | RunnableGenerator(self._retrieve) | RunnableGenerator(self._answer)
        )

    @property
    def answerer(self) -> str:
        """Who answers, for the line under the page's title."""
        return f"answers written by {self._writer.name}" if self._writer else QUOTING

    @property
    def writer(self) -> str | None:
        """The LLM's name, or None where there is none."""
        return self._writer.name if self._writer else None

    def stream(
        self, question: str, history: Sequence[Answer] = (), scope: QuestionFilter = EVERYWHERE
    ) -> Iterator[str | Step | Answer]:
        """Yield steps while nothing is written, the answer's text in pieces, then the Answer.

        `history` holds the conversation's answers, oldest first. Raises QuestionError and the errors of `index`; where
        the LLM fails, the built-in answer takes over and a note says so.
        """
        left = threading.Event()
        pieces = self._steps.stream((question, history, scope, left))
        try:
            for piece in pieces:
                yield self._with_outlets(piece) if isinstance(piece, Answer) else piece
        finally:
            # A closed stream of LangChain's still runs all steps but the last to their end: they are told not to wait.
            left.set()

    def answer(self, question: str, history: Sequence[Answer] = (), scope: QuestionFilter = EVERYWHERE) -> Answer:
        """The whole answer at once; raises as `stream` does."""
        *_, last = self.stream(question, history, scope)
        assert isinstance(last, Answer)
        return last

    def _with_outlets(self, answer: Answer) -> Answer:
        """The answer with a note on each report that several outlets carry: they are not several confirmations."""
        outlets = self._collection.outlets(one.article_id for one in answer.citations)
        first = {one.article_id: one.n for one in reversed(answer.citations)}
        return _with_notes(answer, carried({first[ident]: sources for ident, sources in outlets.items()}))

    def _read(
        self, inputs: Iterator[tuple[str, Sequence[Answer], QuestionFilter, threading.Event]]
    ) -> Iterator[str | Step | Answer | Asked]:
        for question, history, scope, left in inputs:
            yield Step("Reading the question")
            newest = scope.as_of or self._collection.summary().last or datetime.date.today()
            # Small talk is no context: "And Homs?" after "Thanks" still refers to the question before.
            history = [answer for answer in history if answer.standalone_question]
            reading = self._read_question(question, [answer.standalone_question for answer in history], newest)
            if topic := topic_of(reading.question):
                answer = self._replied(topic, reading.question, scope)
                yield answer.text
                yield answer
                continue
            named = yield from self._settled(reading, history, scope, newest.year, left)
            yield Asked(history, scope, named)

    def _read_question(self, question: str, before: Sequence[str], newest: datetime.date) -> ParsedQuestion:
        reading = read(question, before, newest=newest)
        return refined(reading, query_of(self._collection.parse(reading.own)))

    def _settled(
        self,
        reading: ParsedQuestion,
        history: Sequence[Answer],
        scope: QuestionFilter,
        year: int,
        left: threading.Event,
    ) -> Generator[str, None, Named]:
        """The question with its names looked up: one that leans on others as the LLM condenses it, where it does."""
        if self._condenser is not None and reading.leaned and not scope.quoting:
            condensed = yield from self._condenser.condensing(reading.question, history, left=left.is_set)
            if condensed is not None:
                named = settle(read(condensed, year=year), self._collection.vocabulary, most_names=self._most_names)
                return replace(named, reading=replace(named.reading, question=reading.question))
        return settle(reading, self._collection.vocabulary, most_names=self._most_names)

    def _replied(self, topic: Topic, question: str, scope: QuestionFilter) -> Answer:
        model = self._writer.name if self._writer and not scope.quoting else None
        return reply(topic, question, self._collection, answered_by=QUOTING, model=model)

    def _retrieve(
        self, inputs: Iterator[str | Step | Answer | Asked]
    ) -> Iterator[str | Step | Answer | Asked]:
        for asked in inputs:
            if not isinstance(asked, Asked):
                yield asked
                continue
            yield Step("Searching the articles")
            yield replace(asked, found=self.retrieve(asked.reading, asked.scope))

    def retrieve(self, reading: ParsedQuestion, scope: QuestionFilter) -> list[RetrievedPassage]:
        """The passages that are looked at for a question."""
        collection = self._collection
        found = collection.search(reading.standalone, filters=scope.filters(), limit=PASSAGES)
        if reading.until is not None:
            # Reports of later days may speak of that day, but those of before must not be crowded out by them.
            before = scope.filters(until=reading.until)
            found += collection.search(reading.standalone, filters=before, limit=PASSAGES)
        if asks_of_days(reading):
            of_those_days = scope.filters(since=reading.since, until=reading.until)
            found = collection.search(reading.standalone, filters=of_those_days, limit=PASSAGES) + found
        if reading.control:
            # What fits best may be old: who holds a place is said by the newest report that names it.
            for name in reading.names:
                found += collection.mentions(name, filters=scope.filters(until=reading.until), limit=NEWEST)
                found += collection.claiming(name, filters=scope.filters(), limit=NEWEST)
        once: dict[str, RetrievedPassage] = {}
        for one in found:
            once.setdefault(one.passage.id, one)
        return list(once.values())

    def _answer(self, inputs: Iterator[str | Step | Answer | Asked]) -> Iterator[str | Step | Answer]:
        for asked in inputs:
            if not isinstance(asked, Asked):
                yield asked
                continue
            yield Step(_reading_passages(len(asked.found)))
            ranked = self._ranker.glance(asked.reading, asked.found)
            if self._writer is not None and not asked.scope.quoting and self._bears_on(asked, ranked):
                yield from self._written(self._writer, asked, ranked)
            else:
                answer = self._quote(asked, ranked)
                yield answer.text
                yield answer

    def _bears_on(self, asked: Asked, glanced: Sequence[Ranked]) -> bool:
        """Whether what was found has to do with the question: else an LLM would answer from its memory."""
        if asked.named.unknown:
            return False
        return self._chosen(asked, glanced) is not None or self._ranker.is_relevant(asked.reading, glanced)

    def _written(self, writer: LLMAnswerer, asked: Asked, glanced: Sequence[Ranked]) -> Iterator[str | Step | Answer]:
        """The LLM's answer or, where the LLM fails, the built-in one, with a note; what was streamed stays.

        The built-in answer is made only where it is needed: the LLM does not wait for it.
        """
        yield Step(f"Waiting for {writer.name}")
        draft = ""
        try:
            for piece in self._write(writer, asked, glanced):
                draft += piece if isinstance(piece, str) else ""
                yield piece
        except LanguageModelError as exc:
            took_over = f"{exc} {INSTEAD}"
            yield replace(_with_notes(self._quote(asked, glanced), [took_over]), draft=draft.strip())

    def _quote(self, asked: Asked, glanced: Sequence[Ranked]) -> Answer:
        """The built-in answer, which needs no LLM."""
        reading, named = asked.reading, asked.named
        ranked = self._ranker.reread(reading, glanced)
        choice = None if named.unknown else self._overview(reading) or self._chosen(asked, ranked)
        if choice is not None:
            return quoted(reading, choice, answered_by=QUOTING, notes=named.notes)
        reason = unknown_names(named.unknown) if named.unknown else THE_ARTICLES_DO_NOT_SAY
        return abstained(
            reading, reason, asked.found, self._collection.summary(), answered_by=QUOTING, notes=named.notes,
            nearest=[one.candidate for one in ranked],
        )

    def _chosen(self, asked: Asked, ranked: Sequence[Ranked]) -> Choice | None:
        """What would be quoted: of who holds a place the sentences tell at a glance, of all else once they are read."""
        return choose(asked.reading, ranked, aliases=self._aliases())

    def _aliases(self) -> dict[str, frozenset[str]]:
        return alias_stems(self._collection.vocabulary.aliases())

    def _overview(self, reading: ParsedQuestion) -> Choice | None:
        kind = overview_of(reading, query_of(self._collection.parse(reading.own)))
        if kind is None:
            return None
        return choose_overview(kind, reading, self._collection, aliases=self._aliases())

    def _write(self, writer: LLMAnswerer, asked: Asked, glanced: Sequence[Ranked]) -> Iterator[str | Step | Answer]:
        """The LLM's text as it comes, then its answer with every statement looked up in the passages."""
        reading = asked.reading
        # What would be quoted goes first, so that the newest report is never cut off by the window.
        choice = self._chosen(asked, glanced)
        first = [*choice.lead, *choice.earlier] if choice else glanced[:MOST_SENTENCES]
        quotable = {one.candidate.passage.id for one in first}
        shown = writer.fit(reading.standalone, sorted(asked.found, key=lambda one: one.passage.id not in quotable))
        written: list[str] = []
        notes = list(asked.named.notes)
        pieces = writer.stream(reading.standalone, shown, asked.history)
        yield from MarkFilter(shown).stream(_kept(pieces, written, notes))
        yield Step("Looking up every statement")
        yield self._checked(writer, asked, self._verifier.verify("".join(written), shown), glanced, notes)

    def _checked(
        self, writer: LLMAnswerer, asked: Asked, verified: Verified, glanced: Sequence[Ranked], notes: list[str]
    ) -> Answer:
        """The LLM's answer with its verdicts; the built-in one where the articles bear nothing of it out."""
        reading = asked.reading
        if not verified.statements:
            return abstained(
                reading, THE_ARTICLES_DO_NOT_SAY, asked.found, self._collection.summary(), answered_by=writer.name,
                notes=notes,
            )
        if not verified.citations:
            notes.append(f"The articles bear out nothing that {writer.name} wrote. {INSTEAD}")
            return _with_notes(self._quote(asked, glanced), notes)
        if verified.removed:
            notes.append(_removed(verified.removed))
        return Answer(
            reading.question, reading.standalone, verified.text.strip(), writer.name,
            as_of=max((c.date for c in verified.citations if c.date), default=None),
            citations=verified.citations, notes=tuple(notes), statements=verified.statements,
        )


def _kept(pieces: Generator[str], written: list[str], notes: list[str]) -> Iterator[str]:
    """`pieces`, each of which is added to `written` as it passes; that they were cut short is added to `notes`."""
    with closing(pieces):
        try:
            for piece in pieces:
                written.append(piece)
                yield piece
        except CutShortError as exc:
            notes.append(str(exc))


def _removed(marks: int) -> str:
    which = "1 mark was removed: the passage that it named does" if marks == 1 else (
        f"{marks} marks were removed: the passages that they named do"
    )
    return f"{which} not bear out the sentence."


def _reading_passages(count: int) -> str:
    return f"Reading {count} passage{'' if count == 1 else 's'}"


def _with_notes(answer: Answer, notes: Sequence[str]) -> Answer:
    return replace(answer, notes=tuple(dict.fromkeys([*answer.notes, *notes])))
