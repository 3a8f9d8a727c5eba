"""The routes by which editors add articles: a file, a text or web addresses. The answer says, a line of JSON at a time,
how far it is and what came of it. Whoever is no editor is refused before anything of a body is read."""

import json
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path, PurePosixPath
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore, Event, Thread
from typing import TYPE_CHECKING, Annotated, Protocol

from fastapi import Body, FastAPI, Query, Request
from fastapi.responses import Response, StreamingResponse

from chatbot.samples import SAMPLES
from chatbot.web.auth.authorization import Access
from chatbot.web.languages.catalogue import translated
from chatbot.web.middleware.authentication import NO_STORE, error, no_editor
from index.article import Article
from index.errors import GroupError, IndexingError, ReadError, StoppedError
from index.groups import read_groups
from index.limits import MB
from index.message import Message, message_of, named

if TYPE_CHECKING:
    from index.ingest.report import Report

SIMULTANEOUS_ADDITIONS = 4
# How often something is sent while nothing is to be told: proxies end what is silent for long.
HEARTBEAT_SECONDS = 5
BUSY = Message("Too many articles are being added. Try again when one of them is done.")
NAMELESS = "Give the file's name, such as: /api/articles/file?name=report.pdf"
NO_URLS = 'Expected a JSON object with a list of "urls", sent as application/json.'
NO_SAMPLES = Message("There are no sample articles beside this program.")
NO_RUN = Message("No such run is at work. It may be done by now.")
STOPPED = Message("It was stopped. What is listed as added is kept; nothing is kept of a text that was not done.")
# Fewer are done before anybody has read how many they are.
LONG_PASSAGES = 100
UNFORESEEN = Message("Something went wrong inside the chatbot while it added this; its log says what.")
# Of a proxy before the server: pass each line on as it comes.
STREAMED = {**NO_STORE, "X-Accel-Buffering": "no"}
Group = Annotated[list[str] | None, Query()]
log = logging.getLogger(__name__)

Line = dict[str, object]
Say = Callable[[str], None]
OnWritten = Callable[[Article], None]
Passages = Callable[[str, int, int], None]
Groups = Sequence[str] | None
# The MB that a file with a suffix may have, and the name of what sets that.
Limit = Callable[[str], tuple[int, str]]
Step = Callable[[Say, OnWritten, Passages], "Report"]


class Uploads(Protocol):
    """What adds articles. `say` is told for whom it waits, `on_written` of each article written, and `passages` of an
    article's title, how many of its passages are done, and how many it has; what that one raises ends the call."""

    def add_file(
        self, path: Path, name: str, say: Say, on_written: OnWritten, passages: Passages, groups: Groups, /
    ) -> "Report": ...
    def add_text(
        self, path: Path, say: Say, on_written: OnWritten, passages: Passages, groups: Groups, /
    ) -> "Report": ...
    def add_folder(self, path: Path, say: Say, on_written: OnWritten, passages: Passages, /) -> "Report": ...
    def add_url(
        self, url: str, say: Say, on_written: OnWritten, passages: Passages, groups: Groups, /
    ) -> "Report": ...


class _TooLong(Exception):
    """More was sent than may be."""


def add(app: FastAPI, uploads: Uploads, access: Access, limit: Limit) -> None:
    """The routes below /api/articles/ that add to the index; a file or a text may have as much as `limit` says. Who
    names a `run`, a word of its own choice, can stop it by that. With a `group`, or several, only their readers may
    read what is added."""
    taking = _Taking(uploads, limit)

    @app.post("/api/articles/file")
    async def file(request: Request, name: str = "", run: str = "", group: Group = None) -> Response:
        return no_editor(request, access) or _unusable(group) or await taking.file(request, name, run, group)

    @app.post("/api/articles/text")
    async def text(request: Request, run: str = "", group: Group = None) -> Response:
        return no_editor(request, access) or _unusable(group) or await taking.text(request, run, group)

    @app.post("/api/articles/urls")
    def urls(
        request: Request, sent: Annotated[object, Body()] = None, run: str = "", group: Group = None
    ) -> Response:
        return no_editor(request, access) or _unusable(group) or taking.urls(sent, run, group)

    @app.post("/api/articles/samples")
    def samples(request: Request, run: str = "") -> Response:
        return no_editor(request, access) or taking.samples(run)

    @app.post("/api/articles/stop")
    def stop(request: Request, run: str = "") -> Response:
        return no_editor(request, access) or taking.stop(run)


class _Taking:
    """Takes what editors send, a few at a time, and answers while it is worked at."""

    def __init__(self, uploads: Uploads, limit: Limit) -> None:
        self._uploads = uploads
        self._limit = limit
        self._free = BoundedSemaphore(SIMULTANEOUS_ADDITIONS)
        self._runs: dict[str, Event] = {}

    def stop(self, run: str) -> Response:
        """Stop a run at its next passage, article or address."""
        stopped = self._runs.get(run)
        if stopped is None:
            return error(NO_RUN, 404)
        stopped.set()
        return Response(status_code=202, headers=NO_STORE)

    async def file(self, request: Request, name: str, run: str, groups: Groups) -> Response:
        from index.readers.registry import check_format

        # Names come with folders from some senders; nothing of them is ever a path here.
        called = re.split(r"[/\\]", name)[-1].strip()
        if not called:
            return error(NAMELESS, 400)
        suffix = PurePosixPath(called).suffix.lower()
        try:
            check_format(suffix)
        except ReadError as exc:
            return error(named(called, message_of(exc)), 415)
        return await self._sent(
            request, suffix, run,
            lambda path, say, written, passages: self._uploads.add_file(path, called, say, written, passages, groups),
        )

    async def text(self, request: Request, run: str, groups: Groups) -> Response:
        return await self._sent(
            request, ".json", run,
            lambda path, say, written, passages: self._uploads.add_text(path, say, written, passages, groups),
        )

    def urls(self, sent: object, run: str, groups: Groups) -> Response:
        given = sent.get("urls") if isinstance(sent, dict) else None
        if not isinstance(given, list) or not given or not all(isinstance(url, str) for url in given):
            return error(NO_URLS, 400)
        if not self._free.acquire(blocking=False):
            return _busy()
        held = ExitStack()
        held.callback(self._free.release)

        def of(url: str) -> Step:
            return lambda say, written, passages: self._uploads.add_url(url, say, written, passages, groups)

        return _streamed([of(url) for url in given], held, self._stoppable(run, held))

    def samples(self, run: str) -> Response:
        """Add the sample articles that came with the program."""
        if not SAMPLES.is_dir():
            return error(NO_SAMPLES, 404)
        if not self._free.acquire(blocking=False):
            return _busy()
        held = ExitStack()
        held.callback(self._free.release)
        return _streamed([partial(self._uploads.add_folder, SAMPLES)], held, self._stoppable(run, held))

    def _stoppable(self, run: str, held: ExitStack) -> Event:
        stopped = Event()
        if run:
            self._runs[run] = stopped
            held.callback(self._runs.pop, run, None)
        return stopped

    async def _sent(
        self, request: Request, suffix: str, run: str, add: Callable[[Path, Say, OnWritten, Passages], "Report"]
    ) -> Response:
        """Keeps what is sent in a file until it has been added."""
        if not self._free.acquire(blocking=False):
            return _busy()
        most_mb, variable = self._limit(suffix)
        with ExitStack() as opened:
            opened.callback(self._free.release)
            try:
                path = Path(opened.enter_context(TemporaryDirectory(prefix="article-"))) / f"upload{suffix}"
                await _save(request, path, most_mb * MB)
            except _TooLong:
                return error(_too_large(most_mb, variable), 413)
            except OSError as exc:
                return error(Message(
                    "It cannot be kept while it is read: %(reason)s. Make room on the server.", reason=str(exc.strerror)
                ), 507)
            held = opened.pop_all()
        return _streamed([partial(add, path)], held, self._stoppable(run, held))


def _unusable(groups: Groups) -> Response | None:
    """The answer to whoever names a group that cannot be one."""
    try:
        read_groups(groups or ())
    except GroupError as exc:
        return error(message_of(exc), 400)
    return None


def _too_large(most_mb: int, variable: str) -> Message:
    return Message(
        "It has more than %(most)s MB. %(variable)s sets another limit.", most=str(most_mb), variable=variable
    )


def _busy() -> Response:
    return error(BUSY, 503, {"Retry-After": "5"})


async def _save(request: Request, path: Path, most: int) -> None:
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most:
        raise _TooLong
    taken = 0
    with path.open("wb") as file:
        async for piece in request.stream():
            taken += len(piece)
            if taken > most:
                raise _TooLong
            file.write(piece)


def _streamed(steps: Sequence[Step], held: ExitStack, stopped: Event) -> StreamingResponse:
    """The answer while the steps are done, one after the other. They are brought to their end, whoever listens, or are
    stopped."""
    lines: SimpleQueue[Line] = SimpleQueue()
    Thread(target=_run, args=(steps, held, stopped, lines.put), daemon=True).start()

    def written() -> Iterator[str]:
        line: Line = {}
        while "report" not in line:
            try:
                line = lines.get(timeout=HEARTBEAT_SECONDS)
                yield json.dumps(_in_language(line), ensure_ascii=False) + "\n"
            except Empty:
                yield "\n"

    return StreamingResponse(written(), headers=STREAMED, media_type="application/x-ndjson")


def _in_language(line: Line) -> Line:
    """A line as the page that asked says it: why something was left out, and what ended the run."""
    shown = {name: translated(text) if isinstance(text, str) else text for name, text in line.items()}
    report = line.get("report")
    if isinstance(report, dict):
        left_out = ("refused", "duplicates")
        shown["report"] = report | {name: [_refusal(each) for each in report[name]] for name in left_out}
    return shown


def _refusal(refused: dict[str, str]) -> dict[str, str]:
    return {name: translated(text) for name, text in refused.items()}


def _run(
    steps: Sequence[Step], held: ExitStack, stopped: Event, tell: Callable[[Line], None]
) -> None:
    """Tells of each wait, of a long article's passages, of each article kept (how many), of each step done, and last
    the report."""
    # What reads and indexes takes seconds to import.
    from index.ingest.report import Report

    report, count, last = Report(), 0, dict[str, object]()

    def note_article(_: Article) -> None:
        nonlocal count
        count += 1
        tell({"kept": count})

    def embedded(title: str, done: int, total: int) -> None:
        if stopped.is_set():
            raise StoppedError(STOPPED)
        if not total or total > LONG_PASSAGES:
            tell({"passages": {"title": title, "done": done, "total": total}})

    with held:
        try:
            for done, step in enumerate(steps, 1):
                if stopped.is_set():
                    raise StoppedError(STOPPED)
                report.add(step(lambda line: tell({"waiting": line}), note_article, embedded))
                tell({"done": done})
        except IndexingError as exc:
            last = {"error": message_of(exc)}
        except Exception:  # The outermost edge of this thread: beyond it the editor would wait for ever.
            log.exception("Adding articles failed")
            last = {"error": UNFORESEEN}
    tell({**last, "report": report.to_json(), "line": report.line()})
