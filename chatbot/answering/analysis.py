"""Lets an LLM analyse a question beside the first search, and searches once more for what it names. The parser's
reading stays what it is: an analysis only adds passages, and names that articles spell otherwise."""

import datetime
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

from langchain_core.runnables import RunnableConfig

from chatbot.answering.retrieval import Retrieval
from chatbot.filters import QuestionFilter
from chatbot.llm.question_analysis import QuestionAnalysis
from chatbot.question.entity_linking import Named, is_known, renamed
from index.collection import Collection
from index.message import Message
from index.passage import RetrievedPassage

PASSAGES_A_SEARCH = 4
log = logging.getLogger(__name__)


class Analysing:
    """An analysis under way, in a thread of its own."""

    def __init__(self, analyse: Callable[[], QuestionAnalysis | None]) -> None:
        self._made: Future[QuestionAnalysis | None] = Future()
        threading.Thread(target=self._run, args=(analyse,), daemon=True).start()

    def result(self) -> QuestionAnalysis | None:
        """The analysis, which is bounded in time; None where there is none."""
        return self._made.result()

    def _run(self, analyse: Callable[[], QuestionAnalysis | None]) -> None:
        try:
            self._made.set_result(analyse())
        except Exception:  # The outermost edge of this thread: a failure changes nothing.
            log.exception("A question could not be analysed")
            self._made.set_result(None)


def with_variants(named: Named, analysis: QuestionAnalysis, collection: Collection) -> Named:
    """`named` with another name for each that no article mentions, where the analysis has one that they do."""
    variants = {mention.name.casefold(): mention.variants for mention in analysis.names}
    for name in named.unknown:
        others = [other for other in variants.get(name.casefold(), ()) if other.strip()]
        held = [other for other in others if is_known(other, collection.vocabulary)]
        if held:
            reading = renamed(named.reading, name, held[0])
            names = tuple(held[0] if known == name else known for known in reading.names)
            named = Named(
                replace(reading, names=names), tuple(unknown for unknown in named.unknown if unknown != name),
                (*named.notes, Message("Read “%(name)s” as “%(other)s”.", name=name, other=held[0])),
            )
    return named


def more_passages(
    retrieval: Retrieval, named: Named, analysis: QuestionAnalysis, scope: QuestionFilter, config: RunnableConfig
) -> list[RetrievedPassage]:
    """What fits the searches of the analysis, and the question within the days that it gives."""
    passages: list[RetrievedPassage] = []
    for search in analysis.searches:
        passages += retrieval.search(search, scope.filters(), config, limit=PASSAGES_A_SEARCH)
    first, last = analysis.first_day, analysis.last_day
    if first and last and datetime.timedelta() <= last - first and named.reading.until is None:
        of_those_days = scope.filters(since=first, until=last)
        passages += retrieval.search(named.reading.standalone, of_those_days, config, limit=PASSAGES_A_SEARCH)
    return passages
