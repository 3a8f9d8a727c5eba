"""Annotates the articles that an earlier version indexed, in a thread of its own, while questions are answered."""

from collections.abc import Callable
from threading import Event, Thread

from index.collection import Collection
from index.errors import IndexingError, LockedError

# Between two batches others write, and questions have the processor for themselves.
BATCH_ARTICLES = 5
PAUSE_SECONDS = 0.2
LOCKED_SECONDS = 60.0


class BackgroundAnnotation:
    """Runs until every article of a collection is annotated, or until it is stopped. `failed` is told why it gives
    up; the next start tries again."""

    def __init__(self, collection: Collection, failed: Callable[[str], None]) -> None:
        self._collection = collection
        self._failed = failed
        self._stop = Event()
        self._thread = Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin, and return at once."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Begin no other article, and give the one at hand so long to come to its end."""
        self._stop.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            try:
                if self._collection.annotate_missing(BATCH_ARTICLES, stopped=self._stop.is_set) == 0:
                    return
                pause = PAUSE_SECONDS
            except LockedError:
                pause = LOCKED_SECONDS
            except IndexingError as exc:
                self._failed(f"Articles of before could not be annotated: {exc}")
                return
