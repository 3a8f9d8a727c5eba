"""What an editor does to the collection of a running server: files, pasted texts and web addresses are added, what is
known of articles is corrected, articles are removed. The ledger keeps their text; the files are kept by nobody."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from threading import Condition

from index.article import Article, article_id
from index.collection import Collection
from index.errors import StoppedError
from index.fetch.client import Fetcher
from index.ingest import names
from index.ingest.corrections import correct_article
from index.ingest.prepare import Passages, unheard
from index.ingest.report import Report
from index.ingest.run import index_articles, index_paths
from index.ingest.sandbox import Worker
from index.ingest.web import index_urls
from index.limits import FileLimits
from index.message import Message
from index.readers.registry import Refusal
from index.readership import Readership
from index.storage.corrections import Correction

PASTED = Message("pasted text")
STOPPED = Message("The server is being stopped. What the table lists is kept; add the rest again.")
OnWritten = Callable[[Article], None]
Say = Callable[[str], None]
Groups = Sequence[str] | None


class Uploads:
    """Writes into one collection. Each method tells whom it waits for (`say`), each article once it is written
    (`on_written`), and how many passages of an article are done, of how many (`passages`); what that one raises ends
    it. What is added is for readers in these `groups` alone, as in `index_paths`. They raise LockedError where another
    process is still writing, GroupError, and other IndexingErrors."""

    def __init__(self, collection: Collection, limits: FileLimits, fetcher: Fetcher) -> None:
        self._collection = collection
        self._limits = limits
        self._fetcher = fetcher
        self._changed = Condition()
        self._running = 0
        self._stopped = False

    def add_file(
        self, path: Path, name: str, say: Say, on_written: OnWritten, passages: Passages = unheard,
        groups: Groups = None,
    ) -> Report:
        """The articles in the file at `path`. Another file of the same `name` later replaces them."""
        return self._add(lambda worker: worker.read(path, name), say, on_written, passages, groups)

    def add_folder(self, path: Path, say: Say, on_written: OnWritten, passages: Passages = unheard) -> Report:
        """The articles of a folder of this machine, as `index` takes them in."""
        with self._at_work(passages) as until_stopped, self._collection.writing(say):
            return index_paths(
                self._collection, [path], limits=self._limits, on_written=on_written, passages=until_stopped
            )

    def add_text(
        self, path: Path, say: Say, on_written: OnWritten, passages: Passages = unheard, groups: Groups = None
    ) -> Report:
        """The article of a JSON object with "text", and perhaps title, source, date and URL, in the file at `path`.

        Without a URL, another text of the same title, source and date later replaces it.
        """

        def read(worker: Worker) -> Iterator[Article | Refusal]:
            for outcome in worker.read(path, PASTED):
                if isinstance(outcome, Refusal):
                    yield Refusal(PASTED, outcome.reason)
                else:
                    yield outcome if outcome.url else _known_by_title(outcome)

        return self._add(read, say, on_written, passages, groups)

    def add_url(
        self, url: str, say: Say, on_written: OnWritten, passages: Passages = unheard, groups: Groups = None
    ) -> Report:
        """The article of a web page, or those of the new entries of a feed or sitemap."""
        with self._at_work(passages) as until_stopped:
            # A wait is told of before anything is fetched, and a wait in vain costs no fetching.
            with self._collection.writing(say):
                pass
            return index_urls(
                self._collection, [url], self._fetcher, on_written, limits=self._limits, passages=until_stopped,
                groups=groups,
            )

    def correct(
        self, article_id: str, values: Mapping[str, object], by: str, restore: Sequence[str] = ()
    ) -> tuple[Article, list[Correction]]:
        """Give an article other values, or what was found again; the article, and all changes of it."""
        article = correct_article(self._collection, article_id, values, by, restore=restore)
        return article, self.corrections(article_id)

    def corrections(self, article_id: str) -> list[Correction]:
        """All changes that editors have made to what is known of an article, the oldest first."""
        return self._collection.ledger.corrections.of(article_id)

    def restrict(self, article_ids: Sequence[str], groups: Sequence[str]) -> None:
        """Let only readers in these groups read these articles, or everybody where there are none. Raises GroupError
        and ArticleNotFoundError."""
        Readership(self._collection).restrict(article_ids, groups)

    def merge_names(self, name: str, other: str, by: str) -> None:
        """Let two names of controllers count as one side. Raises NameDecisionError."""
        names.merge_names(self._collection, name, other, by)

    def split_name(self, name: str, by: str) -> None:
        """Take a name of a controller out of its side. Raises NameDecisionError."""
        names.split_name(self._collection, name, by)

    def undo_decision(self, name: str, other: str, by: str) -> None:
        """Let the articles say again whether two names are one side's. Raises NameDecisionError."""
        names.undo_decision(self._collection, name, other, by)

    def remove(self, article_ids: Sequence[str]) -> int:
        """Remove articles; how many of them there were."""
        return self._collection.remove_all(article_ids)

    def stop(self, seconds: float) -> None:
        """Fetch nothing more and begin no more passages, and give what is being written so long to come to its end."""
        self._fetcher.stop()
        with self._changed:
            self._stopped = True
            self._changed.wait_for(lambda: not self._running, timeout=seconds)

    def _add(
        self, read: Callable[[Worker], Iterator[Article | Refusal]], say: Say, on_written: OnWritten,
        passages: Passages, groups: Groups,
    ) -> Report:
        with self._at_work(passages) as until_stopped, Worker(self._limits, self._collection.give_way) as worker:
            # Others write while the first article, of most files the only one, is read: that of a book takes long.
            outcomes = read(worker)
            opening = list(islice(outcomes, 1))
            with self._collection.writing(say):
                return index_articles(
                    self._collection, chain(opening, outcomes), on_written, until_stopped, groups=groups
                )

    @contextmanager
    def _at_work(self, passages: Passages) -> Iterator[Passages]:
        """Counts what is at work, and gives what tells of passages until the server is stopped."""

        def until_stopped(title: str, done: int, total: int) -> None:
            if self._stopped:
                raise StoppedError(STOPPED)
            passages(title, done, total)

        with self._changed:
            self._running += 1
        try:
            yield until_stopped
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()


def _known_by_title(article: Article) -> Article:
    origin = "\n".join(["pasted", article.title, article.source or "", str(article.date or "")])
    return replace(article, id=article_id(origin), path=None)
