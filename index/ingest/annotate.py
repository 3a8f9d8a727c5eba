"""Annotates the articles that an earlier version indexed, in a thread of its own, while questions are answered."""

from collections.abc import Callable

from index.collection import Collection
from index.ingest.background import BackgroundWork

# Between two batches others write, and questions have the processor for themselves.
BATCH_ARTICLES = 5
PAUSE_SECONDS = 0.2


def background_annotation(collection: Collection, say: Callable[[str], None]) -> BackgroundWork:
    """What annotates until every article of a collection is annotated; it is to be started and stopped."""

    def annotate(stopped: Callable[[], bool]) -> float | None:
        return PAUSE_SECONDS if collection.annotate_missing(BATCH_ARTICLES, stopped=stopped) else None

    return BackgroundWork("The annotation of articles of an earlier version", annotate, say)
