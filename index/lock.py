"""One process at a time: a lock on the data folder that names its holder, and goes when the holder dies."""

import datetime
import json
import os
import sys
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import DataFolderError, LockedError


class DataLock:
    """The lock on a data folder. Raises LockedError, which names the holder, where another process has it."""

    def __init__(self, folder: Path) -> None:
        self._holder = folder / "lock.json"
        # Not one thread's: what opens the collection and what closes it may be different threads.
        self._lock = FileLock(str(folder / "lock"), thread_local=False)
        now = datetime.datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
        command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])
        try:
            # A folder that cannot be written would look like one in use.
            (folder / "lock").touch()
            self._lock.acquire(timeout=0)
            self._holder.write_text(json.dumps({"pid": os.getpid(), "command": command, "since": now}))
        except Timeout as exc:
            raise LockedError(
                f"The index in {folder} is in use by {self._described()}. Stop that process, give another folder with "
                "--data, or let all share a Chroma server with --chroma-url."
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

    def _described(self) -> str:
        try:
            holder = json.loads(self._holder.read_text())
            return f"process {holder['pid']} ('{holder['command']}', since {holder['since']})"
        except (OSError, ValueError, KeyError):
            return "another process"
