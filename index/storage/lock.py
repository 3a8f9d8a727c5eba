"""One writer at a time: a lock on the data folder that names its holder, locks on folders that one process uses alone,
and on pieces of work. They go when the holder dies."""

import datetime
import json
import os
import shutil
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Condition, get_ident

from filelock import FileLock, Timeout

from index.errors import DataFolderError, LockedError
from index.private_files import PRIVATE_FILE

POLL_SECONDS = 0.1
# Who waits says so again and again; what was said longer ago is of a process that gave up.
ASK_SECONDS = 0.5
ASKED_SECONDS = 3
# The holder takes the lock first and writes its name then.
NAMED_SECONDS = 2
LONGEST_WAY_SECONDS = 3600


class DataLock:
    """The writer's lock on a data folder. Raises LockedError, which names the holder, where it is not free in time."""

    def __init__(
        self, folder: Path, *, wait_seconds: float = 0, say: Callable[[str], None] = lambda line: None
    ) -> None:
        """Take the lock, or wait for it so long; `say` is told for whom."""
        self._holder = folder / "lock.json"
        self._asked = folder / "lock.wanted"
        self._folder = folder
        # Not one thread's: what opens the collection and what closes it may be different threads.
        self._lock = FileLock(str(folder / "lock"), thread_local=False, mode=PRIVATE_FILE)
        self._take(wait_seconds, say)

    def _take(self, wait_seconds: float, say: Callable[[str], None]) -> None:
        folder = self._folder
        try:
            # A folder that cannot be written would look like one in use.
            (folder / "lock").touch()
            self._acquire(folder, wait_seconds, say)
            held = {"pid": os.getpid(), "command": _command(), "since": _now().isoformat()}
            self._holder.write_text(json.dumps(held))
        except Timeout as exc:
            waited = f" after {wait_seconds:g} seconds of waiting" if wait_seconds else ""
            raise LockedError(
                f"The index in {folder} is still being written by {self._described()}{waited}. Wait until it is done "
                "(--wait SECONDS), stop that process, or give another folder with --data."
            ) from exc
        except OSError as exc:
            self._lock.release()
            raise DataFolderError(
                f"The data folder {folder} cannot be written: {exc.strerror}. Give another one with --data."
            ) from exc

    @property
    def wanted(self) -> bool:
        """Whether another process waits for it."""
        try:
            return time.time() - self._asked.stat().st_mtime < ASKED_SECONDS
        except OSError:
            return False

    def let_go(self) -> None:
        """Give the lock back to those that wait for it now."""
        with suppress(OSError):
            self._asked.unlink()
        self.release()

    def take_back(self) -> None:
        """Take it again, once it is free. Raises LockedError after an hour."""
        self._take(LONGEST_WAY_SECONDS, lambda line: None)

    def release(self) -> None:
        """Give the lock back; a second time nothing happens."""
        if self._lock.is_locked:
            self._holder.unlink(missing_ok=True)
            self._lock.release()

    def _acquire(self, folder: Path, wait_seconds: float, say: Callable[[str], None]) -> None:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            if not wait_seconds:
                raise
            until = time.monotonic() + wait_seconds
            if not self._free_before_named(min(until, time.monotonic() + NAMED_SECONDS)):
                say(f"The index in {folder} is being written by {self._described()}. Waiting for it.")
                self._wait(until)

    def _free_before_named(self, until: float) -> bool:
        """Wait until the holder has written its name; whether the lock came free, and was taken, before that."""
        while self._named() is None and time.monotonic() < until:
            with suppress(Timeout):
                self._lock.acquire(timeout=POLL_SECONDS, poll_interval=POLL_SECONDS / 5)
                return True
        return False

    def _wait(self, until: float) -> None:
        while True:
            left = until - time.monotonic()
            self._asked.touch()
            try:
                self._lock.acquire(timeout=min(max(left, 0), ASK_SECONDS), poll_interval=POLL_SECONDS)
                return
            except Timeout:
                if left <= ASK_SECONDS:
                    raise

    def _described(self) -> str:
        return self._named() or "another process"

    def _named(self) -> str | None:
        try:
            holder = json.loads(self._holder.read_text())
            since = datetime.datetime.fromisoformat(holder["since"])
            age = _age((_now() - since).total_seconds())
            return f"process {holder['pid']} ('{holder['command']}', since {since:%Y-%m-%d %H:%M:%S}, {age})"
        except (OSError, ValueError, KeyError):
            return None


class WriteTurn:
    """One thread at a time, and that one as often as it likes; those that wait have their turns in order. It can be let
    go for a while, and taken back."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._owner: int | None = None
        self._depth = 0
        self._waiting: deque[object] = deque()

    @property
    def wanted(self) -> bool:
        """Whether another thread waits for its turn."""
        return len(self._waiting) > 0

    @property
    def is_own(self) -> bool:
        """Whether it is this thread's turn."""
        return self._owner == get_ident()

    def take(self, waits: Callable[[], None]) -> None:
        """Take the turn, or wait for it; that it has to wait is told first."""
        with self._changed:
            if self.is_own:
                self._depth += 1
                return
            if self._owner is None and not self._waiting:
                self._own(1)
                return
        waits()
        self.take_back(1)

    def release(self) -> None:
        """Give the turn back as often as it was taken. Where it could not be taken back, nothing happens."""
        with self._changed:
            if self.is_own:
                self._depth -= 1
                if not self._depth:
                    self._leave()

    def let_go(self) -> int:
        """Let others have their turns; how often this one was taken."""
        with self._changed:
            depth = self._depth
            self._leave()
            return depth

    def take_back(self, depth: int) -> None:
        """Have the turn again, as often as it was taken, after those that wait now."""
        own = object()
        with self._changed:
            self._waiting.append(own)
            try:
                self._changed.wait_for(lambda: self._owner is None and self._waiting[0] is own)
                self._own(depth)
            finally:
                self._waiting.remove(own)
                self._changed.notify_all()

    def _own(self, depth: int) -> None:
        self._owner, self._depth = get_ident(), depth

    def _leave(self) -> None:
        self._owner, self._depth = None, 0
        self._changed.notify_all()


class FolderLock:
    """A folder that is this process's own until it is released, and is deleted then. LockedError where it is not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder.with_suffix(".lock")
        self._lock = FileLock(str(self._file), thread_local=False, mode=PRIVATE_FILE)
        try:
            self._lock.acquire(timeout=0)
        except Timeout as exc:
            raise LockedError(f"{folder} is in use by another process.") from exc
        except OSError as exc:
            raise DataFolderError(
                f"The data folder {folder.parent} cannot be written: {exc.strerror}. Give another one with --data."
            ) from exc

    def __enter__(self) -> "FolderLock":
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Delete the folder, where it has not been moved away, and let go of it."""
        delete_folder(self.folder)
        self._file.unlink(missing_ok=True)
        self._lock.release()


@contextmanager
def alone_at(folder: Path, work: str) -> Iterator[bool]:
    """Whether no other process is at a piece of work, by its name, which until the end of the block is this one's."""
    path = folder / f"{work}.lock"
    lock = FileLock(str(path), thread_local=False, mode=PRIVATE_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    except OSError as exc:
        raise DataFolderError(
            f"The data folder {folder} cannot be written: {exc.strerror}. Give another one with --data."
        ) from exc
    try:
        yield True
    finally:
        path.unlink(missing_ok=True)
        lock.release()


def delete_folder(folder: Path) -> None:
    """Remove a folder and all that is in it, where there is one."""
    shutil.rmtree(folder, ignore_errors=True)


def _command() -> str:
    return " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])


def _now() -> datetime.datetime:
    return datetime.datetime.now().astimezone().replace(microsecond=0)


def _age(seconds: float) -> str:
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            number = int(seconds // size)
            return f"{number} {unit}{'s' if number > 1 else ''} ago"
    return f"{max(0, int(seconds))} seconds ago"
