"""Reads strangers' files and feeds in a process that can be ended: what takes too long, too much memory, or brings its
reader down is refused, and a new process reads the next one. Run as `python -m index.ingest.sandbox LIMITS`."""

import datetime
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from index.article import Article
from index.characters import printable
from index.child_process import start_child
from index.errors import FetchError, ReadError
from index.fetch.feeds import Feed, NewsEntry, is_feed, read_feed
from index.limits import MB, FileLimits, over
from index.message import Message, message_of, packed, unpacked
from index.readers.registry import Refusal, printable_name, read_file

# The worker ends by itself, should nobody be left to end it.
GRACE_SECONDS = 5
IDLE_SECONDS = 0.5
_CHUNK_BYTES = 1 << 20


class Worker:
    """Reads one file or feed after the other, all in one process, which is started with the first of them."""

    def __init__(self, limits: FileLimits, idle: Callable[[], None] = lambda: None) -> None:
        """`idle` is called now and then while a file is read."""
        self._limits = limits
        self._idle = idle
        self._process: subprocess.Popen[bytes] | None = None
        self._read = b""

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, path: Path, upload: str | None = None, *, settled: bool = True) -> Iterator[Article | Refusal]:
        """The articles in the file at `path`, and what of it is refused; `upload` is the name it was uploaded under. A
        file that others may be writing is not `settled`."""
        name = upload or printable_name(path)
        try:
            for outcome in self._outcomes({"path": str(path), "upload": upload, "settled": settled}):
                yield _unpacked(outcome)
        except ReadError as exc:
            yield Refusal(name, message_of(exc))

    def read_feed(self, body: bytes, url: str) -> Feed | None:
        """What `body` holds, as `index.fetch.feeds.read_feed` says it. Raises FetchError."""
        if not is_feed(body):
            return None
        with tempfile.NamedTemporaryFile() as file:
            file.write(body)
            file.flush()
            try:
                outcome = [*self._outcomes({"path": file.name, "feed": url})][0]
            except ReadError as exc:
                raise FetchError(message_of(exc), name=url) from exc
        if "reason" in outcome:
            raise FetchError(unpacked(outcome["reason"]), name=url)
        return _unpacked_feed(outcome)

    def read_article(self, path: Path) -> Article:
        """The article in a file that holds one. Raises ReadError with the reason alone."""
        outcome = [*self.read(path)][0]
        if isinstance(outcome, Refusal):
            raise ReadError(outcome.reason)
        return outcome

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
            self._read = b""

    def _outcomes(self, request: dict[str, str | bool | None]) -> Iterator[dict[str, Any]]:
        """What the process answers to `request`. Raises ReadError where it does not answer to the end."""
        complete = False
        process = self._asked(json.dumps(request).encode() + b"\n")
        try:
            while line := self._line(process):
                outcome = json.loads(line)
                if isinstance(outcome, bool):
                    complete = outcome
                    return
                yield outcome
            raise ReadError(Message(
                "reading it ended with status %(status)s; the file is broken.", status=process.wait()
            ))
        except TimeoutError as exc:
            seconds = self._limits.seconds
            raise ReadError(Message(
                "reading it took too many seconds %(limit)s.", limit=over("seconds", seconds)
            )) from exc
        finally:
            # Also where nobody asks for the rest of a file: the next one's lines must not be taken for its.
            if not complete:
                self.close()

    def _asked(self, request: bytes) -> "subprocess.Popen[bytes]":
        """The process, with `request` sent to it; a new one where the last has ended since."""
        if self._process is not None:
            try:
                return _sent(self._process, request)
            except OSError:
                self.close()
        return _sent(self._started(), request)

    def _started(self) -> "subprocess.Popen[bytes]":
        limits = json.dumps(asdict(self._limits))
        self._process = start_child("index.ingest.sandbox", limits, buffered=False)
        return self._process

    def _line(self, process: "subprocess.Popen[bytes]") -> bytes:
        """The worker's next line, empty at its end. Raises TimeoutError."""
        assert process.stdout is not None
        deadline = time.monotonic() + self._limits.seconds
        pieces = [self._read]
        while b"\n" not in pieces[-1]:
            wait = max(deadline - time.monotonic(), 0)
            if not select.select([process.stdout], [], [], min(wait, IDLE_SECONDS))[0]:
                if wait <= IDLE_SECONDS:
                    raise TimeoutError
                self._idle()
                continue
            if not (piece := process.stdout.read(_CHUNK_BYTES)):
                return b""
            pieces.append(piece)
        line, _, self._read = b"".join(pieces).partition(b"\n")
        return line


def _sent(process: "subprocess.Popen[bytes]", request: bytes) -> "subprocess.Popen[bytes]":
    assert process.stdin is not None
    if process.poll() is not None:
        raise ChildProcessError
    process.stdin.write(request)
    process.stdin.flush()
    return process


def _unpacked(outcome: dict[str, object]) -> Article | Refusal:
    if "reason" in outcome:
        return Refusal(str(outcome["name"]), unpacked(outcome["reason"]))
    date, pages = outcome.pop("date"), outcome.pop("pages")
    known = {"date": date and datetime.date.fromisoformat(str(date)), "pages": tuple(pages)}  # type: ignore[arg-type]
    # No file says by itself who may read it.
    outcome.pop("groups", None)
    return Article(**outcome, **known)  # type: ignore[arg-type]


def _unpacked_feed(outcome: dict[str, Any]) -> Feed:
    entries = [
        NewsEntry(**entry | {"date": entry["date"] and datetime.date.fromisoformat(entry["date"])})
        for entry in outcome["entries"]
    ]
    return Feed(tuple(entries), tuple(outcome["sitemaps"]), outcome["empty"])


def _answers(request: dict[str, Any], limits: FileLimits) -> Iterator[Article | Refusal | Feed | bool]:
    """What is in a file or feed, with a reason for what hostile ones make of the libraries that read them; at last
    whether this process may read another."""
    path = Path(request["path"])
    name = request.get("feed") or request.get("upload") or printable_name(path)
    try:
        if "feed" in request:
            yield read_feed(path.read_bytes(), name) or Feed()
        else:
            yield from read_file(path, limits, request["upload"], settled=request["settled"])
    except FetchError as exc:
        yield Refusal(name, exc.reason if exc.name == name else message_of(exc))
    except MemoryError:
        yield Refusal(name, Message(
            "reading it took too much memory %(limit)s.", limit=over("memory_mb", limits.memory_mb)
        ))
        yield False
        return
    except RecursionError:
        yield Refusal(name, Message("it is nested too deeply to be read."))
    except Exception as exc:  # noqa: BLE001 - the outermost edge of a process that reads what strangers made
        detail = printable(f"{type(exc).__name__}: {exc}")
        yield Refusal(name, Message("it cannot be read (%(error)s). Save it anew.", error=detail))
    yield True


def _packed(outcome: Article | Refusal | Feed | bool) -> object:
    """What `_unpacked` and `_unpacked_feed` read."""
    if isinstance(outcome, bool):
        return outcome
    return asdict(outcome) | ({"reason": packed(outcome.reason)} if isinstance(outcome, Refusal) else {})


def _main(limits: FileLimits) -> None:
    _limit_memory(limits.memory_mb)
    # What a library prints must not be taken for an article.
    out = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    for line in sys.stdin:
        signal.alarm(limits.seconds + GRACE_SECONDS)
        for outcome in _answers(json.loads(line), limits):
            signal.alarm(0)
            print(json.dumps(_packed(outcome), default=str), file=out, flush=True)  # noqa: T201
            signal.alarm(limits.seconds + GRACE_SECONDS)
        signal.alarm(0)


def _limit_memory(memory_mb: int) -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory_mb * MB, memory_mb * MB))


if __name__ == "__main__":
    _main(FileLimits(**json.loads(sys.argv[1])))
