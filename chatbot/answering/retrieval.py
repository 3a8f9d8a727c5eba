"""Finds the passages that a question is answered from: what fits best, and of who holds a place what is newest."""

import datetime
from dataclasses import replace
from typing import cast

from langchain_core.runnables import RunnableConfig

from chatbot.extractive.lexical_features import asks_of_days
from chatbot.filters import QuestionFilter
from chatbot.question.parse import ParsedQuestion
from index.collection import Collection
from index.language.time_expressions import find_times
from index.passage import RetrievedPassage
from index.search.langchain_retriever import HybridRetriever, PassageDocument
from index.storage.filters import Filters

PASSAGES = 10
NEWEST = 24
LATER = 4


class Retrieval:
    """Searches one collection with its LangChain retriever, whose runs LangChain's callbacks see."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._retriever = HybridRetriever(search=collection.search, k=PASSAGES)

    def search(
        self, question: str, filters: Filters, config: RunnableConfig | None = None, *, limit: int = PASSAGES
    ) -> list[RetrievedPassage]:
        """The passages that fit a question best, best first. Raises the errors of a search."""
        documents = self._retriever.invoke(question, config, filters=filters, k=limit)
        return [document.retrieved for document in cast("list[PassageDocument]", documents)]

    def retrieve(
        self, reading: ParsedQuestion, scope: QuestionFilter, config: RunnableConfig | None = None
    ) -> list[RetrievedPassage]:
        """The passages that are looked at for a question, each once. Raises the errors of a search."""
        question = reading.standalone
        passages = self.search(question, scope.filters(), config)
        if reading.story and scope.article is None:
            passages += self.search(question, replace(scope.filters(), articles=reading.story), config)
        if reading.until is not None:
            # Reports of later days may speak of that day, but those of before must not be crowded out by them.
            passages += self.search(question, scope.filters(until=reading.until), config)
        if asks_of_days(reading):
            of_those_days = scope.filters(since=reading.since, until=reading.until)
            passages = self.search(question, of_those_days, config) + passages
        if reading.control:
            # What fits best may be old: who holds a place is said by the newest report that names it.
            for name in reading.subjects:
                until = scope.filters(until=reading.until)
                passages += self._collection.mentions(name, filters=until, limit=NEWEST)
                passages += self._collection.claiming(name, filters=scope.filters(), limit=NEWEST)
        once: dict[str, RetrievedPassage] = {}
        for passage in passages:
            once.setdefault(passage.passage.id, passage)
        return list(once.values())

    def later_reports(
        self, reading: ParsedQuestion, scope: QuestionFilter, config: RunnableConfig | None = None
    ) -> list[RetrievedPassage]:
        """Of the reports that are younger than the days of a dated question those that fit it and speak of its days."""
        if reading.until is None or reading.until == datetime.date.max:
            return []
        after = scope.filters(since=reading.until + datetime.timedelta(days=1))
        later = self.search(reading.standalone, after, config, limit=2 * PASSAGES)
        return [passage for passage in later if speaks_of(passage, reading)][:LATER]


def speaks_of(passage: RetrievedPassage, reading: ParsedQuestion) -> bool:
    """Whether a passage names a time within the days of a dated question."""
    since, until = reading.since or datetime.date.min, reading.until or datetime.date.max
    times = find_times(passage.passage.text, passage.article.date)
    return any(time.first <= until and since <= time.last for time in times)
