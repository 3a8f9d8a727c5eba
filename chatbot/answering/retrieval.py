"""Finds the passages that a question is answered from: what fits best, and of who holds a place what is newest."""

import datetime
from dataclasses import replace

from chatbot.extractive.lexical_features import asks_of_days
from chatbot.filters import QuestionFilter
from chatbot.question.parse import ParsedQuestion
from index.collection import Collection
from index.language.time_expressions import find_times
from index.passage import RetrievedPassage

PASSAGES = 10
NEWEST = 24
LATER = 4


def retrieve(collection: Collection, reading: ParsedQuestion, scope: QuestionFilter) -> list[RetrievedPassage]:
    """The passages that are looked at for a question, each once. Raises the errors of a search."""
    passages = collection.search(reading.standalone, filters=scope.filters(), limit=PASSAGES)
    if reading.story and scope.article is None:
        same = replace(scope.filters(), articles=reading.story)
        passages += collection.search(reading.standalone, filters=same, limit=PASSAGES)
    if reading.until is not None:
        # Reports of later days may speak of that day, but those of before must not be crowded out by them.
        before = scope.filters(until=reading.until)
        passages += collection.search(reading.standalone, filters=before, limit=PASSAGES)
    if asks_of_days(reading):
        of_those_days = scope.filters(since=reading.since, until=reading.until)
        passages = collection.search(reading.standalone, filters=of_those_days, limit=PASSAGES) + passages
    if reading.control:
        # What fits best may be old: who holds a place is said by the newest report that names it.
        for name in reading.subjects:
            passages += collection.mentions(name, filters=scope.filters(until=reading.until), limit=NEWEST)
            passages += collection.claiming(name, filters=scope.filters(), limit=NEWEST)
    once: dict[str, RetrievedPassage] = {}
    for passage in passages:
        once.setdefault(passage.passage.id, passage)
    return list(once.values())


def speaks_of(passage: RetrievedPassage, reading: ParsedQuestion) -> bool:
    """Whether a passage names a time within the days of a dated question."""
    since, until = reading.since or datetime.date.min, reading.until or datetime.date.max
    times = find_times(passage.passage.text, passage.article.date)
    return any(time.first <= until and since <= time.last for time in times)


def later_reports(collection: Collection, reading: ParsedQuestion, scope: QuestionFilter) -> list[RetrievedPassage]:
    """Of the reports that are younger than the days of a dated question those that fit it and speak of its days."""
    if reading.until is None or reading.until == datetime.date.max:
        return []
    after = scope.filters(since=reading.until + datetime.timedelta(days=1))
    later = collection.search(reading.standalone, filters=after, limit=2 * PASSAGES)
    return [passage for passage in later if speaks_of(passage, reading)][:LATER]
