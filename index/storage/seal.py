"""Remembers what the index's files were like when the last writer closed them, so that opening them need not read all
that they hold: files that were changed by anything else, or not closed at all, are told by their sizes and times."""

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

State = dict[str, list[int]]


class Seal:
    """The seal on a data folder. Whoever changes the index breaks it first, and sets it when all is written."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._file = data / "closed.json"

    def holds(self, ledger: str) -> bool:
        """Whether the files are as they were sealed, and no change waits in a log of the file `ledger`."""
        try:
            sealed = json.loads(self._file.read_text())
            if not isinstance(sealed, dict) or ledger not in sealed or _size(self._data / f"{ledger}-wal"):
                return False
            return self._state(sealed) == sealed
        except (OSError, ValueError):
            return False

    def break_(self) -> None:
        """From now on the files count as not closed."""
        self._file.unlink(missing_ok=True)

    def set(self, files: Iterable[Path]) -> None:
        """Seal these files as they are. On a full disk they stay unsealed, which costs a check."""
        with suppress(OSError):
            state = self._state(str(file.relative_to(self._data)) for file in files)
            written = self._file.with_suffix(".new")
            written.write_text(json.dumps(state))
            os.replace(written, self._file)

    def _state(self, names: Iterable[str]) -> State:
        stats = {name: (self._data / name).stat() for name in names}
        return {name: [stat.st_size, stat.st_mtime_ns] for name, stat in stats.items()}


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
