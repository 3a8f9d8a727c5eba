"""One writer at a time: a lock on the data folder that names its holder, and locks on folders that one process uses
alone. Both go when the holder dies."""

import datetime
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import DataFolderError, LockedError

POLL_SECONDS = 0.1


class DataLock:
    """The writer's lock on a data folder. Raises LockedError, which names the holder, where it is not free in time."""

    def __init__(
        self, folder: Path, *, wait_seconds: float = 0, say: Callable[[str], None] = lambda line: None
    ) -> None:
        """Take the lock, or wait for it so long; `say` is told for whom."""
        self._holder = folder / "lock.json"
        # Not one thread's: what opens the collection and what closes it may be different threads.
        self._lock = FileLock(str(folder / "lock"), thread_local=False)
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
            say(f"The index in {folder} is being written by {self._described()}. Waiting for it.")
            self._lock.acquire(timeout=wait_seconds, poll_interval=POLL_SECONDS)

    def _described(self) -> str:
        try:
            holder = json.loads(self._holder.read_text())
            since = datetime.datetime.fromisoformat(holder["since"])
            age = _age((_now() - since).total_seconds())
            return f"process {holder['pid']} ('{holder['command']}', since {since:%Y-%m-%d %H:%M:%S}, {age})"
        except (OSError, ValueError, KeyError):
            return "another process"


class FolderLock:
    """A folder that is this process's own until it is released, and is deleted then. LockedError where it is not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._mark = folder.with_suffix(".lock")
        self._lock = FileLock(str(self._mark), thread_local=False)
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
        self._mark.unlink(missing_ok=True)
        self._lock.release()


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
