"""The chain, in LangChain's expression language: understand the question, retrieve passages, rank their sentences,
answer.

The page, the command line, the HTTP API and the benchmarks all ask it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig, RunnableGenerator, RunnableLambda
from langchain_core.runnables.config import merge_configs

from chatbot.answer import Answer, Preview, Step
from chatbot.answering.analysis import more_passages, with_variants
from chatbot.answering.asked import Asked
from chatbot.answering.both_halves import both, halves
from chatbot.answering.compose import carried
from chatbot.answering.listings import listing
from chatbot.answering.notes import with_notes
from chatbot.answering.quoting import QUOTING, QuotingAnswerer
from chatbot.answering.retrieval import Retrieval
from chatbot.answering.route import Route
from chatbot.answering.small_talk import reply
from chatbot.answering.steps import PART, report, streamed
from chatbot.answering.understanding import Understanding
from chatbot.answering.writing import WritingAnswerer, waiting_for
from chatbot.filters import EVERYWHERE, QuestionFilter
from chatbot.llm.client import forbid_tracing
from chatbot.question.entity_linking import Named
from chatbot.question.follow_up import may_stand_alone
from chatbot.question.names import find_names
from chatbot.question.parse import ParsedQuestion
from chatbot.settings import Settings
from index.collection import Collection
from index.language.words import stem, stems, words
from index.message import Message
from index.passage import RetrievedPassage


class Chain:
    """Answers questions from one collection, by quoting or with the LLM that the settings name.

    `runnable` is the chain itself. Given an Asked it streams the answer's text in pieces, where an LLM writes, and then
    the Answer.
    """

    def __init__(self, collection: Collection, settings: Settings) -> None:
        """Raises LanguageModelError where the settings name an LLM that cannot be used."""
        forbid_tracing()
        self._collection = collection
        self._retrieval = Retrieval(collection)
        self._quoting = QuotingAnswerer(collection)
        self._writing = WritingAnswerer(collection, settings, self._quoting) if settings.model else None
        self._understanding = Understanding(collection, settings, self._writing)
        self._single_question = self._composed()
        ask_halves: Runnable[Asked, Any] = RunnableLambda(self._ask_halves, name="ask_halves")
        self.runnable: Runnable[Asked, str | Answer] = Route(
            "is_two_questions", (self._is_two_questions, ask_halves | self._outlets()), self._single_question
        )

    def _composed(self) -> Runnable[Asked, str | Answer]:
        """The chain for a question that is not answered in halves."""
        understand = RunnableLambda(self._understanding.understand, name="understand")
        small_talk = RunnableLambda(self._talk, name="small_talk")
        list_articles = RunnableLambda(self._list, name="list_articles")
        search = RunnableLambda(self._retrieve, name="retrieve") | RunnableLambda(self._rank, name="rank")
        quote = RunnableLambda(self._quote, name="quote") | RunnableLambda(self._try_alone, name="try_alone")
        answer: Runnable[Asked, str | Answer] = quote
        if self._writing:
            analyse = RunnableLambda(self._analyse, name="analyse")
            answer = analyse | Route("may_write", (self._may_write, self._writing.chain), quote)
        return understand | Route(
            "what_is_asked",
            (_is_for_articles, search | answer),
            (lambda asked: asked.talk is not None, small_talk),
            list_articles,
        ) | self._outlets()

    def _outlets(self) -> Runnable[str | Answer, str | Answer]:
        return RunnableGenerator(self._through_outlets, name="outlets")

    @property
    def answerer(self) -> str:
        """Who answers, for the line under the page's title."""
        if self._writing is None:
            return QUOTING
        return Message("answers written by %(writer)s", writer=self._writing.name)

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
        has_text = False
        for piece in streamed(self.runnable, Asked.after(history, question, scope)):
            if isinstance(piece, Answer) and not has_text:
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
        return self._understanding.understood(question, history)

    def retrieve(self, reading: ParsedQuestion, scope: QuestionFilter) -> list[RetrievedPassage]:
        """The passages that are looked at for a question."""
        return self._retrieval.retrieve(reading, scope)

    def _is_two_questions(self, asked: Asked) -> bool:
        """Whether it is answered half by half; an LLM answers it as it is."""
        return not self._wants_llm(asked) and bool(halves(asked.question))

    def _ask_halves(self, asked: Asked, config: RunnableConfig) -> Answer | Runnable[Asked, str | Answer]:
        """The answer to both halves; where there is none, the chain that answers the question as a whole."""
        return both(asked, lambda half: self._part(half, config)) or self._single_question

    def _part(self, asked: Asked, config: RunnableConfig) -> Answer:
        """The quoted answer to half a question, or to one that is asked anew."""
        answer = self._single_question.invoke(asked, merge_configs(config, {"tags": [PART]}))
        assert isinstance(answer, Answer)
        return answer

    def _talk(self, asked: Asked) -> Answer:
        assert asked.talk is not None
        model = None if asked.scope.quoting else self.writer
        return reply(asked.talk, asked.question, self._collection, answered_by=QUOTING, model=model)

    def _list(self, asked: Asked) -> Answer:
        assert asked.thing is not None
        filters = asked.scope.filters()
        return listing(asked.thing, asked.task.named.reading, self._collection, filters, answered_by=QUOTING)

    def _retrieve(self, asked: Asked, config: RunnableConfig) -> Asked:
        report(Message("Searching the articles"), config)
        reading = asked.task.named.reading
        passages = self._retrieval.retrieve(reading, asked.scope, config)
        if self._wants_llm(asked):
            # An LLM is sent few passages and can read them: what was so on a day is often told later.
            known = {passage.passage.id for passage in passages}
            later = self._retrieval.later_reports(reading, asked.scope, config)
            passages += [passage for passage in later if passage.passage.id not in known]
        return replace(asked, passages=passages)

    def _rank(self, asked: Asked, config: RunnableConfig) -> Asked:
        """With the sentences of the passages, before they are read together with the question."""
        count = len(asked.passages)
        several = Message("Reading %(count)s passages", count=str(count))
        report(Message("Reading 1 passage") if count == 1 else several, config)
        return replace(asked, ranked=self._quoting.glance(asked.task.named.reading, asked.passages))

    def _analyse(self, asked: Asked, config: RunnableConfig) -> Asked:
        """With what an analysis of the question adds, once it is there; what is quoted does not wait for it."""
        if asked.analysing is None:
            return asked
        assert self._writing is not None
        report(waiting_for(self._writing.name), config)
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

    def _may_write(self, asked: Asked) -> bool:
        """Whether an LLM answers: where there is one, it is wanted, and what was found has to do with the question."""
        return self._wants_llm(asked) and self._quoting.bears_on(asked.task.named, asked.ranked)

    def _wants_llm(self, asked: Asked) -> bool:
        return self._writing is not None and not asked.scope.quoting

    def _quote(self, asked: Asked) -> Asked:
        return replace(asked, answer=self._quoting.answer(asked.task))

    def _try_alone(self, asked: Asked, config: RunnableConfig) -> Answer:
        """The quoted answer, or that to the question without those before it: it may be no follow-up at all."""
        answer = asked.answer
        assert answer is not None
        if not _is_doubtful(answer, asked):
            return answer
        alone = Asked(asked.question, scope=replace(asked.scope, quoting=True), story=asked.story)
        other = self._part(alone, config)
        return answer if other.abstained else other

    def _through_outlets(self, pieces: Iterator[str | Answer]) -> Iterator[str | Answer]:
        for piece in pieces:
            yield self._with_outlets(piece) if isinstance(piece, Answer) else piece

    def _with_outlets(self, answer: Answer) -> Answer:
        """The answer with a note on each report that several outlets carry: they are not several confirmations."""
        if answer.quoted is not None:
            answer = replace(answer, quoted=self._with_outlets(answer.quoted))
        outlets = self._collection.outlets(citation.article_id for citation in answer.citations)
        first = {citation.article_id: citation.n for citation in reversed(answer.citations)}
        return with_notes(answer, carried({first[ident]: sources for ident, sources in outlets.items()}))


def _is_for_articles(asked: Asked) -> bool:
    return asked.talk is None and asked.thing is None


def _is_doubtful(answer: Answer, asked: Asked) -> bool:
    """Whether a question that was read after another may have been asked for itself: the answer does not fit it."""
    named = asked.task.named
    if not (context := named.reading.context):
        return False
    if answer.abstained and named.unknown:
        return True
    return not _speaks_of(answer, find_names(context)) and may_stand_alone(asked.question)


def _speaks_of(answer: Answer, names: Sequence[str]) -> bool:
    """Whether an answer is given, and its first passage or title holds all these names, by their last words."""
    if not answer.citations:
        return False
    first = answer.citations[0]
    held = frozenset(stems(f"{first.title} {first.passage}"))
    return all(stem(words(name)[-1]) in held for name in names if words(name))
