"""Counts the changes of a ledger in a file beside it, so that a ledger that lost its last changes is noticed."""

import os
from contextlib import suppress
from pathlib import Path

from index.errors import DataFolderError
from index.private_files import PRIVATE_FILE


class ChangeCounter:
    """How many changes a ledger has had, in a file beside it: what SQLite takes for a ledger's end may not be it.

    Where its -wal file is cut it goes on from the last change that is whole, and says nothing of those after it.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        except OSError as exc:
            raise DataFolderError(
                f"{path} cannot be written: {exc.strerror}. Check the folder's permissions, or give another folder "
                "with --data."
            ) from exc

    def read(self) -> int:
        """Their number, 0 where none is known."""
        digits = os.pread(self._file, 20, 0)
        return int(digits) if digits.isdigit() else 0

    def write(self, number: int) -> None:
        """Keep their number. On a full disk the old one stays, which is no harm: it is never too high."""
        with suppress(OSError):
            os.pwrite(self._file, b"%020d" % number, 0)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
