"""The chain, in LangChain's expression language: read the question, retrieve passages, rank their sentences, answer.

The page, the command line, the HTTP API and the benchmarks all ask it.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from langchain_core.runnables import Runnable, RunnableBranch, RunnableConfig, RunnableLambda

from chatbot.answer import Answer, Citation, Preview, Step, with_notes
from chatbot.answering.analysis import Analysing, more_passages, with_variants
from chatbot.answering.asked import Asked, story_of
from chatbot.answering.both_halves import both
from chatbot.answering.compose import carried
from chatbot.answering.listings import listing, thing_listed
from chatbot.answering.quoting import QUOTING, QuotingAnswerer
from chatbot.answering.retrieval import Retrieval
from chatbot.answering.small_talk import Topic, reply, topic_of
from chatbot.answering.steps import report, streamed
from chatbot.answering.writing import WritingAnswerer
from chatbot.filters import EVERYWHERE, QuestionFilter
from chatbot.llm.client import forbid_tracing, left_of
from chatbot.llm.question_analysis import PATIENCE_SECONDS, PROMPT_TOKENS, QuestionAnalyst
from chatbot.llm.question_rewriter import Condenser
from chatbot.question.certainty import is_sure
from chatbot.question.entity_linking import Named, settle, truecased
from chatbot.question.antecedents import with_person
from chatbot.question.follow_up import may_stand_alone, points_to_person
from chatbot.question.names import find_names
from chatbot.question.parse import ParsedQuestion, checked, read
from chatbot.question.query import query_of
from chatbot.question.refine import refined
from chatbot.question.sources import named_source
from chatbot.settings import Settings
from index.collection import Collection
from index.errors import ArticleNotFoundError
from index.language.tokens import count_tokens
from index.language.words import stem, stems, words
from index.passage import RetrievedPassage


class Chain:
    """Answers questions from one collection, by quoting or with the LLM that the settings name."""

    def __init__(self, collection: Collection, settings: Settings) -> None:
        """Raises LanguageModelError where the settings name an LLM that cannot be used."""
        forbid_tracing()
        self._collection = collection
        self._retrieval = Retrieval(collection)
        self._most_names = settings.names_looked_up
        self._quoting = QuotingAnswerer(collection)
        self._writing = WritingAnswerer(collection, settings, self._quoting) if settings.model else None
        self._condenser = Condenser(settings, count=count_tokens) if settings.model else None
        self._analyst = QuestionAnalyst(settings) if settings.model else None
        retrieve = RunnableLambda(self._retrieve)
        rank = RunnableLambda(self._rank)
        answer: Runnable[Asked, Any] = RunnableLambda(self._quote)
        if self._writing:
            answer = RunnableBranch((self._may_write, self._writing.chain), answer)
        analysed = RunnableLambda(self._analysed)
        self._chain: Runnable[Asked, Any] = RunnableLambda(self._read) | RunnableBranch(
            (lambda asked: asked.talk or asked.thing, RunnableLambda(self._reply)), retrieve | rank | analysed | answer
        )

    @property
    def answerer(self) -> str:
        """Who answers, for the line under the page's title."""
        return f"answers written by {self._writing.name}" if self._writing else QUOTING

    @property
    def writer(self) -> str | None:
        """The LLM's name, or None where there is none."""
        return self._writing.name if self._writing else None

    def stream(
        self, question: str, history: Sequence[Answer] = (), scope: QuestionFilter = EVERYWHERE
    ) -> Iterator[str | Step | Preview | Answer]:
        """Yield steps while nothing is written, the answer's text in pieces ("" while it waits), then the Answer. Where
        an LLM writes, the built-in answer comes as a Preview meanwhile.

        `history` holds the conversation's answers, oldest first. Raises QuestionError and the errors of `index`; where
        the LLM fails, the built-in answer takes over and a note says so.
        """
        # Small talk is no context: "And Homs?" after "Thanks" still refers to the question before.
        before = [answer for answer in history if answer.understood.own]
        if (self._writing is None or scope.quoting) and (answer := both(question, before, scope, self._single)):
            yield self._with_outlets(answer).text
            yield self._with_outlets(answer)
            return
        yield from self._stream(question, before, scope)

    def _single(
        self, question: str, before: Sequence[Answer], scope: QuestionFilter, story: tuple[str, ...] | None = None
    ) -> Answer:
        """The answer to half a question, or to one without those before it that may still be about the same `story`."""
        *_, last = self._stream(question, before, scope, story)
        assert isinstance(last, Answer)
        return last

    def _stream(
        self, question: str, before: Sequence[Answer], scope: QuestionFilter, story: tuple[str, ...] | None = None
    ) -> Iterator[str | Step | Preview | Answer]:
        has_text = False
        asked = Asked(question, before, scope, story=story_of(before) if story is None else story)
        for piece in streamed(self._chain, asked):
            if isinstance(piece, Answer):
                piece = self._with_outlets(piece)
                if not has_text:
                    yield piece.text
            if isinstance(piece, Preview) and piece.answer is not None:
                piece = Preview(self._with_outlets(piece.answer))
            has_text = has_text or (isinstance(piece, str) and piece != "")
            yield piece

    def answer(self, question: str, history: Sequence[Answer] = (), scope: QuestionFilter = EVERYWHERE) -> Answer:
        """The whole answer at once; raises as `stream` does."""
        *_, last = self.stream(question, history, scope)
        assert isinstance(last, Answer)
        return last

    def understood(self, question: str, history: Sequence[Answer] = ()) -> Named:
        """A question as it is read after the answers before it, with its names looked up; no LLM is asked."""
        before = [answer for answer in history if answer.understood.own]
        reading = self._reading(Asked(question, before, EVERYWHERE, story=story_of(before)), question)
        return settle(reading, self._collection.vocabulary, most_names=self._most_names)

    def retrieve(self, reading: ParsedQuestion, scope: QuestionFilter) -> list[RetrievedPassage]:
        """The passages that are looked at for a question."""
        return self._retrieval.retrieve(reading, scope)

    def _read(self, asked: Asked, config: RunnableConfig) -> Asked:
        """The question as it is understood after those before it, with its names looked up."""
        report("Reading the question", config)
        asked, of_source = self._of_source(asked)
        own = replace(asked, history=()) if of_source and may_stand_alone(of_source) else asked
        reading = self._reading(own, of_source or asked.question)
        topic = topic_of(reading.question)
        # After an answer, a summary is one of what that was about.
        if topic and not (topic is Topic.SUMMARY and asked.history):
            return replace(asked, question=reading.question, talk=topic)
        reading = self._condensed(reading, asked, config)
        named = settle(reading, self._collection.vocabulary, most_names=self._most_names)
        if of_source:
            named = replace(named, notes=(*named.notes, f"Only articles of {asked.scope.source} were asked."))
        if thing := thing_listed(named.reading):
            return replace(asked, named=named, thing=thing)
        return replace(asked, named=named, analysing=self._analysing(asked, named, config))

    def _reading(self, asked: Asked, text: str) -> ParsedQuestion:
        newest = asked.scope.as_of or self._collection.summary().last or datetime.date.today()
        before = [answer.understood for answer in asked.history]
        text = truecased(text, self._collection.vocabulary)
        if asked.history and asked.history[-1].citations:
            text = self._with_person(text, before[-1].own, asked.history[-1].citations[0])
        story = () if find_names(asked.question) else asked.story
        if story and may_stand_alone(asked.question):
            # What it is about is told by the story; the words of the question before would lead astray.
            before = []
        about = asked.history[-1].as_of if asked.history else None
        reading = self._refined(read(text, before, newest=newest, about=about))
        return replace(reading, question=checked(asked.question), story=story)

    def _with_person(self, text: str, asked: str, quoted: Citation) -> str:
        """A question with the name of whom "he" or "she" stands for behind what was quoted."""
        if not points_to_person(text):
            return text
        try:
            article = self._collection.article(quoted.article_id)
        except ArticleNotFoundError:
            # It was removed since.
            return text
        lines = self._collection.annotations(article).lines()
        return with_person(self._collection.parse(text), asked, lines, quoted.start)

    def _condensed(self, reading: ParsedQuestion, asked: Asked, config: RunnableConfig) -> ParsedQuestion:
        """A follow-up as the question of its own that an LLM makes of it, where there is one."""
        if self._condenser is None or not reading.leaned or asked.scope.quoting:
            return reading
        condensed = self._condenser.condense(reading.question, asked.history, left=left_of(config))
        return reading if condensed is None else self._reading(replace(asked, history=()), condensed)

    def _of_source(self, asked: Asked) -> tuple[Asked, str | None]:
        """The question put to the source that it names, if it names one, and what it then asks."""
        if asked.scope.source is not None:
            return asked, None
        named = named_source(asked.question, lambda: (source for source, _ in self._collection.sources()))
        if named is None:
            return asked, None
        return replace(asked, scope=replace(asked.scope, source=named.source)), named.question

    def _analysing(self, asked: Asked, named: Named, config: RunnableConfig) -> Analysing | None:
        """The LLM's analysis of a question that the parser is not sure of; of a follow-up it has written another."""
        if self._analyst is None or self._writing is None or asked.scope.quoting or named.reading.leaned:
            return None
        if not self._writing.reads_in(PATIENCE_SECONDS, PROMPT_TOKENS):
            return None
        vocabulary, query = self._collection.vocabulary, query_of(self._collection.parse(named.reading.own))
        if is_sure(named, query, lambda verb: bool(vocabulary.frequency(stem(verb)))):
            return None
        summary, analyse = self._collection.summary(), self._analyst.analyse
        days = summary.first, asked.scope.as_of or summary.last
        return Analysing(partial(analyse, named.reading.own, days, left=left_of(config)))

    def _refined(self, reading: ParsedQuestion) -> ParsedQuestion:
        return refined(reading, query_of(self._collection.parse(reading.own)))

    def _reply(self, asked: Asked) -> Answer:
        if asked.thing and asked.named:
            filters = asked.scope.filters()
            return listing(asked.thing, asked.named.reading, self._collection, filters, answered_by=QUOTING)
        assert asked.talk is not None
        model = None if asked.scope.quoting else self.writer
        return reply(asked.talk, asked.question, self._collection, answered_by=QUOTING, model=model)

    def _retrieve(self, asked: Asked, config: RunnableConfig) -> Asked:
        report("Searching the articles", config)
        reading = asked.task.named.reading
        passages = self._retrieval.retrieve(reading, asked.scope, config)
        if self._wants_llm(asked):
            # An LLM is sent few passages and can read them: what was so on a day is often told later.
            known = {passage.passage.id for passage in passages}
            later = self._retrieval.later_reports(reading, asked.scope, config)
            passages += [passage for passage in later if passage.passage.id not in known]
        return replace(asked, passages=passages)

    def _analysed(self, asked: Asked, config: RunnableConfig) -> Asked:
        """With what an analysis of the question adds, once it is there; what is quoted does not wait for it."""
        if asked.analysing is None:
            return asked
        assert self._writing is not None
        report(f"Waiting for {self._writing.name}", config)
        asked = replace(asked, quoted=self._writing.quoted(asked.task, config))
        analysis = asked.analysing.result() if asked.analysing else None
        if analysis is None:
            return asked
        named = with_variants(asked.task.named, analysis, self._collection)
        more = more_passages(self._retrieval, named, analysis, asked.scope, config)
        if named != asked.named:
            more += self._retrieval.retrieve(named.reading, asked.scope, config)
        passages = {passage.passage.id: passage for passage in reversed([*asked.passages, *more])}
        if len(passages) > len(asked.passages):
            ranked = self._quoting.glance(named.reading, [*reversed(passages.values())])
            asked = replace(asked, passages=[*reversed(passages.values())], ranked=ranked)
        quoted = asked.quoted if named == asked.named else None
        return replace(asked, named=named, quoted=quoted, is_wide=analysis.is_wide)

    def _rank(self, asked: Asked, config: RunnableConfig) -> Asked:
        """With the sentences of the passages, before they are read together with the question."""
        count = len(asked.passages)
        report(f"Reading {count} passage{'' if count == 1 else 's'}", config)
        return replace(asked, ranked=self._quoting.glance(asked.task.named.reading, asked.passages))

    def _may_write(self, asked: Asked) -> bool:
        """Whether an LLM answers: where there is one, it is wanted, and what was found has to do with the question."""
        return self._wants_llm(asked) and self._quoting.bears_on(asked.task.named, asked.ranked)

    def _wants_llm(self, asked: Asked) -> bool:
        return self._writing is not None and not asked.scope.quoting

    def _quote(self, asked: Asked) -> Answer:
        answer = self._quoting.answer(asked.task)
        context = asked.task.named.reading.context
        unknown = answer.abstained and asked.task.named.unknown
        if context and (unknown or not _speaks_of(answer, find_names(context)) and may_stand_alone(asked.question)):
            # It may be no follow-up at all.
            alone = self._single(asked.question, (), replace(asked.scope, quoting=True), asked.story)
            return answer if alone.abstained else alone
        return answer

    def _with_outlets(self, answer: Answer) -> Answer:
        """The answer with a note on each report that several outlets carry: they are not several confirmations."""
        if answer.quoted is not None:
            answer = replace(answer, quoted=self._with_outlets(answer.quoted))
        outlets = self._collection.outlets(citation.article_id for citation in answer.citations)
        first = {citation.article_id: citation.n for citation in reversed(answer.citations)}
        return with_notes(answer, carried({first[ident]: sources for ident, sources in outlets.items()}))


def _speaks_of(answer: Answer, names: Sequence[str]) -> bool:
    """Whether an answer is given, and its first passage or title holds all these names, by their last words."""
    if not answer.citations:
        return False
    first = answer.citations[0]
    held = frozenset(stems(f"{first.title} {first.passage}"))
    return all(stem(words(name)[-1]) in held for name in names if words(name))
