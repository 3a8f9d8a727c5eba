"""Watches the feeds and folders that editors have chosen while the server runs: each can be paused and removed, keeps
what its last look came to, and is watched again after a restart."""

import datetime
import logging
import secrets
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, RLock
from typing import TypeVar

from index.article import Article
from index.collection import Collection
from index.errors import IndexingError, ReadError, SourceError, StoppedError
from index.fetch.address_policy import read_address
from index.fetch.client import Fetcher
from index.groups import read_groups
from index.ingest.report import Report
from index.ingest.run import index_paths
from index.ingest.source_articles import give_readers, note_articles
from index.ingest.watch import Watch, Watcher
from index.ingest.web import index_urls
from index.limits import FileLimits
from index.message import Message, message_of
from index.storage.source_file import Result, SourceFile, WatchedSource

FILE = "watched.json"
MOST_SOURCES = 100
# Of what a look refused, so many are kept by name and reason; the others are counted.
MOST_REFUSED = 20
LONGEST_PLACE_CHARACTERS = 2000
STOPPED = Message("It is no longer watched.")
log = logging.getLogger(__name__)

T = TypeVar("T")
OnWritten = Callable[[Article], None]


@dataclass
class _Watching:
    """What is being watched: the thread, and the event that ends a look at its next passage."""

    watcher: Watcher
    stopped: Event


class WatchedSources:
    """The sources of one server. Safe between threads. Raises SourceError, GroupError, and FetchError for what is no
    web address."""

    def __init__(
        self, collection: Collection, fetcher: Fetcher, limits: FileLimits, *, every_seconds: float,
        folders: Sequence[Path] = (),
    ) -> None:
        """`folders` are those that an operator allows: they and what lies below them may be watched, and no others."""
        self._collection = collection
        self._fetcher = fetcher
        self._limits = limits
        self._every_seconds = every_seconds
        self._roots = _named(folders)
        self._file = SourceFile(collection.data / FILE)
        self._running: dict[str, _Watching] = {}
        self._lock = RLock()

    @property
    def folders(self) -> list[str]:
        """The names of the folders that may be watched; where they lie on the server is for its operator to know."""
        return list(self._roots)

    def start(self) -> None:
        """Watch all that is not paused, from now on."""
        with self._lock:
            for source in self._file.read():
                if not source.paused:
                    self._begin(source)

    def listed(self) -> list[WatchedSource]:
        """All sources, in the order in which they were added."""
        with self._lock:
            return self._file.read()

    def add(self, name: str, by: str, groups: Sequence[str] | None = None) -> WatchedSource:
        """Watch a feed or page by its address, or an allowed folder, by its name and a path below it, from now on. What
        comes from it is for readers in `groups`, or, without any, for everybody."""
        place = self._place(name.strip())
        chosen = read_groups(groups or ())
        with self._lock:
            sources = self._file.read()
            if any(source.place == place for source in sources):
                raise SourceError(Message("%(name)s is watched already.", name=name.strip()))
            if len(sources) >= MOST_SOURCES:
                raise SourceError(Message(
                    "%(count)s feeds and folders are watched, as many as can be. Remove one first.", count=MOST_SOURCES
                ))
            shown = place if "://" in place else self._shown(Path(place))
            source = WatchedSource(secrets.token_hex(8), place, shown, chosen, False, by, _now())
            self._file.write([*sources, source])
            self._begin(source)
        return source

    def pause(self, ident: str, paused: bool) -> WatchedSource:
        """Watch a source no longer, or again."""
        with self._lock:
            source = replace(self._known(ident), paused=paused)
            self._replace(source)
            self._end(ident)
            if not paused:
                self._begin(source)
        return source

    def regroup(self, ident: str, groups: Sequence[str]) -> tuple[WatchedSource, int]:
        """Let readers in other groups, or everybody, read what comes from a source, and at once what came from it with
        the readers that it had; how many articles that were."""
        chosen = read_groups(groups)
        with self._lock:
            before = self._known(ident)
            if chosen == before.groups:
                return before, 0
            source = replace(before, groups=chosen)
            count = give_readers(self._collection, before, chosen)
            self._replace(source)
            self._end(ident)
            if not source.paused:
                self._begin(source)
        return source, count

    def remove(self, ident: str) -> WatchedSource:
        """Forget a source. The articles that came from it stay."""
        with self._lock:
            source = self._known(ident)
            self._file.write([other for other in self._file.read() if other.id != ident])
            self._end(ident)
        return source

    def fault(self) -> str | None:
        """Why something is not watched though it should be, or None."""
        with self._lock:
            return next(filter(None, (each.watcher.fault() for each in self._running.values())), None)

    def stop(self, seconds: float) -> None:
        """Watch nothing more, and give the looks that are under way so long together to come to their end."""
        self._fetcher.stop()
        with self._lock:
            running, self._running = [*self._running.values()], {}
        for each in running:
            each.stopped.set()
            each.watcher.stop(0)
        for each in running:
            each.watcher.stop(seconds / max(len(running), 1))

    def _place(self, name: str) -> str:
        """The address or the whole path that an editor's words stand for."""
        if not name or len(name) > LONGEST_PLACE_CHARACTERS:
            raise SourceError(Message(
                "Give a web address, or a folder, of at most %(most)s characters.", most=LONGEST_PLACE_CHARACTERS
            ))
        if "://" in name:
            return read_address(name).url
        if not self._roots:
            raise SourceError(Message(
                "'%(name)s' is no web address, and no folder may be watched. Who runs the server can allow some: "
                "CHATBOT_WATCH_FOLDERS.",
                name=name,
            ))
        first, _, below = name.replace("\\", "/").partition("/")
        root = self._roots.get(first)
        path = None if root is None else _resolved(root / below)
        # The same words for a path outside and one that is missing: nobody is to learn of other folders.
        if root is None or path is None or not path.is_relative_to(root) or not path.is_dir():
            raise SourceError(Message(
                "'%(name)s' is no folder that may be watched. Expected one of %(names)s, or a folder in it.",
                name=name, names=", ".join(self._roots),
            ))
        return str(path)

    def _shown(self, path: Path) -> str:
        """A path as an editor names it."""
        name, root = next((name, root) for name, root in self._roots.items() if path.is_relative_to(root))
        return (Path(name) / path.relative_to(root)).as_posix()

    def _begin(self, source: WatchedSource) -> None:
        stopped = Event()

        def passages(title: str, done: int, total: int) -> None:
            if stopped.is_set():
                raise StoppedError(STOPPED)

        def failed(line: str) -> None:
            if not stopped.is_set():
                self._note(source, Result(_now(), error=line))

        def look_into(paths: Sequence[Path], on_written: OnWritten) -> Report:
            self._check_folder(source)
            return index_paths(
                self._collection, paths, limits=self._limits, on_written=on_written, passages=passages,
                groups=source.groups or None,
            )

        def look_at(urls: Sequence[str], on_written: OnWritten) -> Report:
            return index_urls(
                self._collection, urls, self._fetcher, on_written, limits=self._limits, passages=passages,
                groups=source.groups or None,
            )

        is_address = "://" in source.place
        watch = Watch(
            [] if is_address else [Path(source.place)], [source.place] if is_address else [],
            self._noting(source, stopped, look_into), self._noting(source, stopped, look_at),
            self._every_seconds, lambda report: None, failed,
        )
        watcher = Watcher(watch)
        self._running[source.id] = _Watching(watcher, stopped)
        watcher.start()

    def _noting(
        self, source: WatchedSource, stopped: Event, look: Callable[[Sequence[T], OnWritten], Report]
    ) -> Callable[[Sequence[T]], Report]:
        """`look`, of which what it came to is kept."""

        def noted(places: Sequence[T]) -> Report:
            written: set[str] = set()
            try:
                if stopped.is_set():
                    raise StoppedError(STOPPED)
                report = look(places, lambda article: written.add(article.id))
            except (IndexingError, OSError) as exc:
                if not stopped.is_set():
                    self._note(source, Result(_now(), error=message_of(exc)))
                raise
            finally:
                self._settle(source, written)
            refused = [(each.name, each.reason) for each in report.refused]
            self._note(source, Result(
                _now(), len(report.added), len(report.updated), len(refused), tuple(refused[:MOST_REFUSED])
            ))
            return report

        return noted

    def _settle(self, source: WatchedSource, written: Set[str]) -> None:
        """Keep which articles a look has written. Where other readers were chosen for them meanwhile, it wrote them for
        those of before: they are given the others."""
        try:
            with self._lock:
                note_articles(self._collection, source, written)
                current = next((each for each in self._file.read() if each.id == source.id), None)
                if current is not None and current.groups != source.groups:
                    give_readers(self._collection, source, current.groups)
        except IndexingError:
            log.exception("What came from %s could not be kept", source.name)

    def _note(self, source: WatchedSource, result: Result) -> None:
        """Keep the last result of a source that is still there."""
        shown = result.renamed(source.place, source.name)
        with self._lock:
            current = next((each for each in self._file.read() if each.id == source.id), None)
            if current is None:
                return
            try:
                self._replace(replace(current, last=shown))
            except IndexingError:
                log.exception("The last result of %s could not be kept", source.name)

    def _check_folder(self, source: WatchedSource) -> None:
        """Raises ReadError where a folder has become a way out of those that are allowed, or is gone."""
        path = Path(source.place).resolve()
        if not any(path.is_relative_to(root) for root in self._roots.values()):
            raise ReadError(Message(
                "it lies in no folder that may be watched any longer. Who runs the server can allow some: "
                "CHATBOT_WATCH_FOLDERS.",
            ), name=source.name)
        if not path.is_dir():
            raise ReadError(Message("there is no such folder any longer."), name=source.name)

    def _known(self, ident: str) -> WatchedSource:
        source = next((each for each in self._file.read() if each.id == ident), None)
        if source is None:
            raise SourceError(Message("This feed or folder is not watched any longer."))
        return source

    def _replace(self, source: WatchedSource) -> None:
        self._file.write([source if each.id == source.id else each for each in self._file.read()])

    def _end(self, ident: str) -> None:
        if (running := self._running.pop(ident, None)) is not None:
            running.stopped.set()
            running.watcher.stop(0)


def _named(folders: Sequence[Path]) -> dict[str, Path]:
    """The folders by names that tell them apart."""
    named: dict[str, Path] = {}
    for folder in dict.fromkeys(folder.resolve() for folder in folders):
        name, number = folder.name or "root", 2
        while name in named:
            name, number = f"{folder.name} {number}", number + 1
        named[name] = folder
    return named


def _resolved(path: Path) -> Path | None:
    """The path without links, or None where no path can be called so."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return None


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
