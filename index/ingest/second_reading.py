"""Has an LLM read articles a second time for claims, while others use the index: some sentences at a time, each kept at
once, so that a run that is killed goes on where it was."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Protocol

from index.article import Article
from index.claims.claim_store import Unread
from index.claims.reading_check import Fault, Reading
from index.collection import Collection
from index.errors import IndexingError, SecondReadingError
from index.ingest.background import BackgroundWork
from index.ingest.run import Progress
from index.storage.lock import alone_at

# In so many articles, one after the other, an LLM may write what cannot be read; then it is none for this work.
MOST_UNREADABLE = 3
# A sentence after which the answer cannot be read is tried once more among so many fewer.
FEWER = 4
POLL_SECONDS = 5.0
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Excerpt:
    """Sentences of an article that an LLM is to read, and those right before them, which help to understand them."""

    article: Article
    sentences: Sequence[str]
    before: Sequence[str] = ()


class Reader(Protocol):
    """An LLM that reads excerpts. `read` raises SecondReadingError, and gives None once `stopped` says so."""

    @property
    def name(self) -> str: ...
    def fitting(self, excerpt: Excerpt) -> int:
        """How many of the first sentences fit into one call; 0 where the first is too long."""
    def read(self, excerpt: Excerpt, stopped: Callable[[], bool]) -> Sequence[Reading] | None: ...


@dataclass
class SecondReport:
    """What a run did: articles read to their end, claims kept, and why others were not, each reason with its number.

    `unreadable` are the articles about which the LLM wrote what cannot be read, each with the reason; `elsewhere` is
    how many articles another process was at."""

    articles: int = 0
    claims: int = 0
    faults: Counter[Fault] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)
    elsewhere: int = 0

    def to_json(self) -> dict[str, object]:
        """The run as an object: each reason by its words."""
        return asdict(self) | {"faults": {fault.value: number for fault, number in sorted(self.faults.items())}}


def read_articles(
    collection: Collection, reader: Reader, *, report: SecondReport, idents: Sequence[str] | None = None,
    start: Callable[[int], Progress] = lambda total: lambda done: None, stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Have `reader` read the articles with these ids, or all that no LLM has read, and keep what it finds. `report` is
    filled as it goes; `start` is told of how many articles, and returns what is told of those done. None is begun once
    `stopped` says so.

    Raises SecondReadingError, after which what was read is kept, and LockedError.
    """
    unreadable = 0
    idents = collection.claim_store.unread() if idents is None else idents
    done = start(len(idents)) if idents else lambda articles: None
    for ident in idents:
        if stopped():
            return
        try:
            with alone_at(collection.data, f"reading-{ident}") as alone:
                if alone:
                    _read_article(collection, reader, ident, report, stopped)
                else:
                    report.elsewhere += 1
            unreadable = 0
        except Exception as exc:
            reason = _own_fault(exc, ident)
            report.unreadable.append(f"'{collection.article(ident).title}': {reason}")
            unreadable += 1
            if unreadable == MOST_UNREADABLE:
                raise SecondReadingError(report.unreadable[-1], answered=True) from exc
        done(1)


def _own_fault(exc: Exception, ident: str) -> str:
    """Why one article cannot be read. Raises what is no fault of that article."""
    if isinstance(exc, SecondReadingError) and exc.answered:
        return str(exc)
    if isinstance(exc, IndexingError | OSError | MemoryError):
        raise exc
    log.exception("The LLM's reading of article %s broke off", ident)
    return f"reading it broke off ({type(exc).__name__}: {exc})."


def _read_article(
    collection: Collection, reader: Reader, ident: str, report: SecondReport, stopped: Callable[[], bool]
) -> None:
    while (unread := collection.claim_store.begin_reading(ident)) is not None:
        until, readings = _read_some(reader, unread, stopped)
        if readings is None:
            return
        checked = collection.claim_store.keep_readings(unread, readings, until, reader.name)
        if checked is None:
            # It was changed meanwhile: it will be met again.
            return
        report.claims += len(checked.claims)
        report.faults += checked.faults
        report.articles += until >= len(unread.sentences)


def _read_some(
    reader: Reader, unread: Unread, stopped: Callable[[], bool]
) -> tuple[int, Sequence[Reading] | None]:
    """The number of the sentence before which was read, and what was found; None where it was stopped."""
    excerpt = _excerpt(unread, len(unread.sentences))
    count = reader.fitting(excerpt)
    if count == 0:
        # Nothing is left, or one sentence is too long for the LLM's window.
        return min(unread.done + 1, len(unread.sentences)), ()
    try:
        return unread.done + count, reader.read(_excerpt(unread, count), stopped)
    except SecondReadingError as exc:
        if not exc.answered or count < FEWER:
            raise
    # Perhaps there was more to write than it may write.
    count //= FEWER
    return unread.done + count, reader.read(_excerpt(unread, count), stopped)


def _excerpt(unread: Unread, count: int) -> Excerpt:
    sentences = unread.sentences[unread.done : unread.done + count]
    return Excerpt(unread.article, sentences, unread.sentences[max(0, unread.done - 2) : unread.done])


def background_reading(
    collection: Collection, make: Callable[[], Reader], say: Callable[[str], None]
) -> BackgroundWork:
    """What has an LLM read new articles; it is to be started and stopped. `make` gives the LLM once there is something
    to read, and `say` is told of each article that cannot be read."""
    articles = _NewArticles(collection, make, say)
    return BackgroundWork("The reading of articles for claims by the LLM", articles.read, say)


class _NewArticles:
    """Reads what no LLM has read. What cannot be read is left out until the next start."""

    def __init__(self, collection: Collection, make: Callable[[], Reader], say: Callable[[str], None]) -> None:
        self._collection = collection
        self._make = make
        self._say = say
        self._reader: Reader | None = None
        self._left_out: set[str] = set()
        self._unreadable = 0

    def read(self, stopped: Callable[[], bool]) -> float:
        """Read all that is new; the seconds after which to look again. Raises SecondReadingError and LockedError."""
        unread = [ident for ident in self._collection.claim_store.unread() if ident not in self._left_out]
        if unread:
            self._reader = self._reader or self._make()
            self._read(self._reader, unread, stopped)
        return POLL_SECONDS

    def _read(self, reader: Reader, unread: Sequence[str], stopped: Callable[[], bool]) -> None:
        for ident in unread:
            report = SecondReport()
            read_articles(self._collection, reader, report=report, idents=[ident], stopped=stopped)
            if stopped():
                return
            if not report.unreadable:
                self._unreadable = 0
                continue
            self._left_out.add(ident)
            self._unreadable += 1
            if self._unreadable % MOST_UNREADABLE == 0:
                raise SecondReadingError(report.unreadable[0], answered=True)
            self._say(f"Not read for claims by the LLM until the next start: {report.unreadable[0]}")
