"""The command that serves the page, with what goes on beside it: watching, uploads, annotation, an LLM that reads for
claims, a daily check."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated, Protocol

from typer import Option

from chatbot.cli.data_folder import mention_new_folder, open_collection
from chatbot.cli.output import mention_ollama, print_summary
from chatbot.cli.progress import file_progress, passage_progress
from chatbot.cli.second_reading import check_reader, reading_beside
from chatbot.cli.sources import make_fetcher, make_watch, read_watches
from chatbot.settings import Settings
from index.errors import IndexingError, LockedError

if TYPE_CHECKING:
    from index.collection import Collection
    from index.ingest.background import BackgroundWork
    from index.ingest.uploads import Uploads
    from index.ingest.watch import Watcher
    from index.ingest.watched_sources import WatchedSources

STOP_SECONDS = 10
CHECK_SECONDS = 24 * 60 * 60
CHECK_AGAIN_SECONDS = 60


def serve(
    settings: Settings,
    index: Annotated[
        list[Path] | None, Option("--index", metavar="PATH...", help="index these files and folders first")
    ] = None,
    watch: Annotated[
        list[str] | None,
        Option("--watch", metavar="PATH_OR_URL...", help="index what changes in these folders and feeds"),
    ] = None,
    group: Annotated[
        list[str] | None,
        Option("--group", metavar="GROUP...", help="only readers in these groups may read what is taken in"),
    ] = None,
    watch_for: Annotated[
        list[str] | None,
        Option(
            "--watch-for", metavar="GROUPS=PATH_OR_URL...",
            help="watch it for readers in these groups, with commas between them",
        ),
    ] = None,
    claims_by_llm: Annotated[
        bool, Option("--claims-by-llm", help="have the LLM read new articles for claims, beside the questions")
    ] = False,
) -> int:
    """Serve the page until it is stopped."""
    reads = claims_by_llm or settings.claims_by_llm == "on"
    check_reader(settings, wanted=reads)
    from chatbot.web.auth import authorization
    from chatbot.web.server import open_door

    authorization.check(settings)
    watches = [(watch or [], group), *read_watches(watch_for or [])]
    # Gradio takes as long to import as the index takes to open.
    importing = Thread(target=_import_page, daemon=True)
    importing.start()
    mention_new_folder(settings)
    with open_door(settings) as door, open_collection(settings, loading=False, new=True) as collection:
        from chatbot.answering.reader_chains import ReaderChains
        from index.ingest.run import index_paths

        if index:
            print_summary(index_paths(
                collection, index, limits=settings.file_limits, start=file_progress, passages=passage_progress(),
                groups=group,
            ))
        audiences = ReaderChains(collection, settings)
        importing.join()
        from chatbot.web.server import serve as serve_page

        def ready(url: str) -> None:
            print(f"The page answers on {url}", flush=True)
            for notice in authorization.notices(settings):
                print(notice, file=sys.stderr)
            Thread(target=mention_ollama, args=(settings,), daemon=True).start()
            # A reader takes longer to type than the embedding model to load; a question waits for it.
            collection.load()
            audiences.of(None).examples()
            Thread(target=_check_daily, args=(collection,), daemon=True).start()

        watching = _watching(collection, settings, watches)
        working = _working(collection, settings, reads=reads)
        taking = _taking_uploads(collection, settings)
        chosen = _watching_chosen(collection, settings)
        with watching as watchers, working as works, taking as uploads, chosen as watched:
            serve_page(
                settings, audiences, uploads, ready=ready, door=door, watched=watched,
                background=_Background([*watchers, watched, *works], works),
            )
    return 0


class _Faulty(Protocol):
    def fault(self) -> str | None: ...


class _Background:
    """What goes on beside the page: `running` may break off in a way that nobody thought of, and of these `works` are
    tried again after other faults, too."""

    def __init__(self, running: Sequence[_Faulty], works: Sequence["BackgroundWork"]) -> None:
        self._running = running
        self._works = works

    def fault(self) -> str | None:
        return next(filter(None, (each.fault() for each in self._running)), None)

    def problems(self) -> list[str]:
        lines = [each.fault() for each in self._running] + [work.problem() for work in self._works]
        return [*dict.fromkeys(filter(None, lines))]


def _import_page() -> None:
    import chatbot.web.page.blocks  # noqa: F401


@contextmanager
def _taking_uploads(collection: "Collection", settings: Settings) -> Iterator["Uploads"]:
    """What takes articles from the page; afterwards what it is at is brought to its end."""
    from index.ingest.uploads import Uploads

    uploads = Uploads(collection, settings.file_limits, make_fetcher(settings))
    try:
        yield uploads
    finally:
        uploads.stop(STOP_SECONDS)


@contextmanager
def _working(collection: "Collection", settings: Settings, *, reads: bool) -> Iterator[list["BackgroundWork"]]:
    """Annotates what an earlier version indexed, and has the LLM read new articles where it `reads`, while something
    else is done."""
    from index.ingest.annotate import background_annotation

    works = [background_annotation(collection, lambda line: print(line, file=sys.stderr, flush=True))]
    works += [reading_beside(collection, settings)] if reads else []
    for work in works:
        work.start()
    try:
        yield works
    finally:
        for work in works:
            work.stop(STOP_SECONDS)


@contextmanager
def _watching(
    collection: "Collection", settings: Settings, watches: Sequence[tuple[Sequence[str], Sequence[str] | None]]
) -> Iterator[list["Watcher"]]:
    """Watches sources, those of each groups in a thread of its own, while something else is done; afterwards what they
    are at is brought to its end."""
    from index.ingest.watch import Watcher

    made = [
        make_watch(collection, settings, sources, prune=False, groups=groups) for sources, groups in watches if sources
    ]
    watchers = [Watcher(watch) for watch, _ in made]
    for watcher in watchers:
        watcher.start()
    try:
        yield watchers
    finally:
        for _, fetcher in made:
            fetcher.stop()
        for watcher in watchers:
            watcher.stop(STOP_SECONDS / len(watchers))


@contextmanager
def _watching_chosen(collection: "Collection", settings: Settings) -> Iterator["WatchedSources"]:
    """What watches the feeds and folders that editors choose on the page, from before the last stop on."""
    from index.ingest.watched_sources import WatchedSources

    watched = WatchedSources(
        collection, make_fetcher(settings), settings.file_limits, every_seconds=settings.feed_minutes * 60,
        folders=settings.watch_folders,
    )
    watched.start()
    try:
        yield watched
    finally:
        watched.stop(STOP_SECONDS)


def _check_daily(collection: "Collection") -> None:
    """Check what opening the index did not read, and once more each day; what is wrong is said, and mended."""
    while True:
        try:
            collection.check()
            time.sleep(CHECK_SECONDS)
        except LockedError:
            time.sleep(CHECK_AGAIN_SECONDS)
        except IndexingError as exc:
            print(f"The index could not be checked: {exc}", file=sys.stderr, flush=True)
            time.sleep(CHECK_SECONDS)
