"""What an editor sends to a running server, brought into its collection: files, pasted texts and web addresses. The
ledger keeps their text; the files themselves are kept by nobody."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock

from index.article import Article, article_id
from index.collection import Collection
from index.fetching import Fetcher
from index.intake import Report, index_articles
from index.limits import Limits
from index.online import index_urls
from index.reader import Refusal
from index.worker import Worker

PASTED = "pasted text"
AFTER_OTHERS = "Other articles are being added here. These are next."
Kept = Callable[[Article], None]
Say = Callable[[str], None]


class Uploads:
    """Writes into one collection. Each method is told whom it waits for (`say`) and each article as it is safely
    `kept`. They raise LockedError where another process is still writing, and other IndexingErrors."""

    def __init__(self, collection: Collection, limits: Limits, fetcher: Fetcher) -> None:
        self._collection = collection
        self._limits = limits
        self._fetcher = fetcher
        self._turn = Lock()

    def add_file(self, path: Path, name: str, say: Say, kept: Kept) -> Report:
        """The articles in the file at `path`. Another file of the same `name` later replaces them."""
        return self._add(lambda worker: worker.read(path, name), say, kept)

    def add_text(self, path: Path, say: Say, kept: Kept) -> Report:
        """The article of a JSON object with "text", and perhaps title, source, date and URL, in the file at `path`.

        Without a URL, another text of the same title, source and date later replaces it.
        """

        def read(worker: Worker) -> Iterator[Article | Refusal]:
            for outcome in worker.read(path, PASTED):
                if isinstance(outcome, Refusal):
                    yield Refusal(PASTED, outcome.reason)
                else:
                    yield outcome if outcome.url else _known_by_title(outcome)

        return self._add(read, say, kept)

    def add_url(self, url: str, say: Say, kept: Kept) -> Report:
        """The article of a web page, or those of the new entries of a feed or sitemap."""
        with self._next(say):
            # A wait is told of before anything is fetched, and a wait in vain costs no fetching.
            with self._collection.writing(say):
                pass
            return index_urls(self._collection, [url], self._fetcher, kept, limits=self._limits)

    def stop(self, seconds: float) -> None:
        """Fetch nothing more, and give what is being written so long to come to its end."""
        self._fetcher.stop()
        self._turn.acquire(timeout=seconds)

    def _add(self, read: Callable[[Worker], Iterator[Article | Refusal]], say: Say, kept: Kept) -> Report:
        with self._next(say), Worker(self._limits) as worker, self._collection.writing(say):
            return index_articles(self._collection, read(worker), kept)

    @contextmanager
    def _next(self, say: Say) -> Iterator[None]:
        """One after the other, who comes later being told so."""
        if not self._turn.acquire(blocking=False):
            say(AFTER_OTHERS)
            self._turn.acquire()
        try:
            yield
        finally:
            self._turn.release()


def _known_by_title(article: Article) -> Article:
    origin = "\n".join(["pasted", article.title, article.source or "", str(article.date or "")])
    return replace(article, id=article_id(origin), path=None)
