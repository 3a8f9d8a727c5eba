"""Understands a question: what it asks after those before it, of which source, and which names the articles know."""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from langchain_core.runnables import RunnableConfig

from chatbot.answer import Answer, Citation
from chatbot.answering.analysis import Analysing
from chatbot.answering.asked import Asked
from chatbot.answering.listings import thing_listed
from chatbot.answering.small_talk import Topic, topic_of
from chatbot.answering.steps import READING, report
from chatbot.answering.writing import WritingAnswerer
from chatbot.llm.client import left_of
from chatbot.llm.question_analysis import PATIENCE_SECONDS, PROMPT_TOKENS, QuestionAnalyst
from chatbot.llm.question_rewriter import Condenser
from chatbot.question.antecedents import with_person
from chatbot.question.certainty import is_sure
from chatbot.question.entity_linking import Named, settle, truecased
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
from index.language.words import stem
from index.message import Message


class Understanding:
    """Understands questions put to one collection, with the LLM of the settings where there is one."""

    def __init__(self, collection: Collection, settings: Settings, writing: WritingAnswerer | None) -> None:
        self._collection = collection
        self._writing = writing
        self._most_names = settings.names_looked_up
        self._condenser = Condenser(settings, count=count_tokens) if settings.model else None
        self._analyst = QuestionAnalyst(settings) if settings.model else None

    def understand(self, asked: Asked, config: RunnableConfig) -> Asked:
        """The question as it is understood after those before it, with its names looked up."""
        report(READING, config)
        asked, of_source = self._of_source(asked)
        own = replace(asked, history=()) if of_source and may_stand_alone(of_source) else asked
        reading = self._reading(own, of_source or asked.question)
        topic = topic_of(reading.question)
        # After an answer, a summary is one of what that was about.
        if topic and not (topic is Topic.SUMMARY and asked.history):
            return replace(asked, question=reading.question, talk=topic)
        named = self._named(self._condensed(reading, asked, config))
        if of_source:
            note = Message("Only articles of %(name)s were asked.", name=str(asked.scope.source))
            named = replace(named, notes=(*named.notes, note))
        if thing := thing_listed(named.reading):
            return replace(asked, named=named, thing=thing)
        return replace(asked, named=named, analysing=self._analysing(asked, named, config))

    def understood(self, question: str, history: Sequence[Answer] = ()) -> Named:
        """A question as it is read after the answers before it, with its names looked up; no LLM is asked."""
        return self._named(self._reading(Asked.after(history, question), question))

    def _named(self, reading: ParsedQuestion) -> Named:
        return settle(reading, self._collection.vocabulary, most_names=self._most_names)

    def _of_source(self, asked: Asked) -> tuple[Asked, str | None]:
        """The question put to the source that it names, if it names one, and what it then asks."""
        if asked.scope.source is not None:
            return asked, None
        named = named_source(asked.question, lambda: (source for source, _ in self._collection.sources()))
        if named is None:
            return asked, None
        return replace(asked, scope=replace(asked.scope, source=named.source)), named.question

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

    def _refined(self, reading: ParsedQuestion) -> ParsedQuestion:
        return refined(reading, query_of(self._collection.parse(reading.own)))

    def _condensed(self, reading: ParsedQuestion, asked: Asked, config: RunnableConfig) -> ParsedQuestion:
        """A follow-up as the question of its own that an LLM makes of it, where there is one."""
        if self._condenser is None or not reading.needs_context or asked.scope.quoting:
            return reading
        condensed = self._condenser.condense(reading.question, asked.history, left=left_of(config))
        return reading if condensed is None else self._reading(replace(asked, history=()), condensed)

    def _analysing(self, asked: Asked, named: Named, config: RunnableConfig) -> Analysing | None:
        """The LLM's analysis of a question that the parser is not sure of; of a follow-up it has written another."""
        if self._analyst is None or self._writing is None or asked.scope.quoting or named.reading.needs_context:
            return None
        if not self._writing.reads_in(PATIENCE_SECONDS, PROMPT_TOKENS):
            return None
        vocabulary, query = self._collection.vocabulary, query_of(self._collection.parse(named.reading.own))
        if is_sure(named, query, lambda verb: bool(vocabulary.frequency(stem(verb)))):
            return None
        summary, analyse = self._collection.summary(), self._analyst.analyse
        days = summary.first, asked.scope.as_of or summary.last
        return Analysing(partial(analyse, named.reading.own, days, left=left_of(config)))
