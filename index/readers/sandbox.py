"""Reads files in a process that can be ended: a file that takes too long, too much memory, or brings its reader down
is refused, and a new process reads the next one. Run as `python -m index.readers.sandbox LIMITS`."""

import datetime
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from index.article import Article
from index.errors import ReadError
from index.limits import MB, FileLimits, over
from index.readers.registry import Refusal, printable_name, read_file

# Small text needs no process of its own.
IN_PROCESS = (".txt", ".text", ".md", ".markdown", ".json")
IN_PROCESS_BYTES = 1_000_000
# The worker ends by itself, should nobody be left to end it.
GRACE_SECONDS = 5
_CHUNK_BYTES = 1 << 20


class Worker:
    """Reads one file after the other; the process is started with the first file that needs one."""

    def __init__(self, limits: FileLimits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._read = b""

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, path: Path, upload: str | None = None) -> Iterator[Article | Refusal]:
        """The articles in the file at `path`, and what of it is refused; `upload` is the name it was uploaded under."""
        if path.suffix.lower() in IN_PROCESS and _size(path) <= IN_PROCESS_BYTES:
            yield from read_file(path, self._limits, upload)
        else:
            yield from self._read_apart(path, upload)

    def read_one(self, path: Path) -> Article:
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

    def _read_apart(self, path: Path, upload: str | None) -> Iterator[Article | Refusal]:
        if self._process is not None and self._process.poll() is not None:
            self.close()
        process = self._process or self._started()
        assert process.stdin is not None
        complete, name = False, upload or printable_name(path)
        try:
            process.stdin.write(json.dumps([str(path), upload]).encode() + b"\n")
            process.stdin.flush()
            while line := self._line(process):
                outcome = json.loads(line)
                if isinstance(outcome, bool):
                    complete = outcome
                    return
                yield _unpacked(outcome)
            status = process.wait()
            yield Refusal(name, f"reading it ended with status {status}; the file is broken.")
        except TimeoutError:
            seconds = self._limits.seconds
            yield Refusal(name, f"reading it took too many seconds {over('seconds', seconds)}.")
        finally:
            # Also where nobody asks for the rest of a file: the next one's lines must not be taken for its.
            if not complete:
                self.close()

    def _started(self) -> "subprocess.Popen[bytes]":
        # -P: what lies in the working directory is not to be taken for a module.
        command = [sys.executable, "-P", "-m", "index.readers.sandbox", json.dumps(asdict(self._limits))]
        found_in = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
        self._process = subprocess.Popen(
            command, env=found_in, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        return self._process

    def _line(self, process: "subprocess.Popen[bytes]") -> bytes:
        """The worker's next line, empty at its end. Raises TimeoutError."""
        assert process.stdout is not None
        deadline = time.monotonic() + self._limits.seconds
        pieces = [self._read]
        while b"\n" not in pieces[-1]:
            wait = max(deadline - time.monotonic(), 0)
            if not select.select([process.stdout], [], [], wait)[0]:
                raise TimeoutError
            if not (piece := process.stdout.read(_CHUNK_BYTES)):
                return b""
            pieces.append(piece)
        line, _, self._read = b"".join(pieces).partition(b"\n")
        return line


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _unpacked(outcome: dict[str, object]) -> Article | Refusal:
    if "reason" in outcome:
        return Refusal(str(outcome["name"]), str(outcome["reason"]))
    date, pages = outcome.pop("date"), outcome.pop("pages")
    known = {"date": date and datetime.date.fromisoformat(str(date)), "pages": tuple(pages)}  # type: ignore[arg-type]
    return Article(**outcome, **known)  # type: ignore[arg-type]


def _outcomes(path: Path, upload: str | None, limits: FileLimits) -> Iterator[Article | Refusal | bool]:
    """`read_file`, with a reason for what hostile files make of the libraries that read them; at last whether this
    process may read another file."""
    name = upload or printable_name(path)
    try:
        yield from read_file(path, limits, upload)
    except MemoryError:
        yield Refusal(name, f"reading it took too much memory {over('memory_mb', limits.memory_mb)}.")
        yield False
        return
    except RecursionError:
        yield Refusal(name, "it is nested too deeply to be read.")
    except Exception as exc:  # noqa: BLE001 - the outermost edge of a process that reads what strangers made
        yield Refusal(name, f"it cannot be read ({type(exc).__name__}: {exc}). Save it anew.")
    yield True


def _main(limits: FileLimits) -> None:
    _limit_memory(limits.memory_mb)
    # What a library prints must not be taken for an article.
    out = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    for line in sys.stdin:
        signal.alarm(limits.seconds + GRACE_SECONDS)
        path, upload = json.loads(line)
        for outcome in _outcomes(Path(path), upload, limits):
            signal.alarm(0)
            packed = outcome if isinstance(outcome, bool) else asdict(outcome)
            print(json.dumps(packed, default=str), file=out, flush=True)  # noqa: T201
            signal.alarm(limits.seconds + GRACE_SECONDS)
        signal.alarm(0)


def _limit_memory(memory_mb: int) -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory_mb * MB, memory_mb * MB))


if __name__ == "__main__":
    _main(FileLimits(**json.loads(sys.argv[1])))
