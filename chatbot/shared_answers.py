"""Keeps answers that readers share, a file each below the data folder, as they stood when they were shared. Each is a
signed text, and its id is made from it: the same answer has one link, and nobody guesses it."""

import os
import re
from pathlib import Path

from chatbot.errors import HistoryError
from index.digest import text_digest
from index.message import Message
from index.private_files import PRIVATE_FILE, make_private_folder

FOLDER = "shared"
_ID = re.compile(r"[0-9a-f]{32}")


class SharedAnswers:
    """The shared answers. Several threads and processes may use it: a file is written once and never changed."""

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER

    def keep(self, record: str) -> str:
        """Keep a record that was read and found to be ours; its id. Raises HistoryError."""
        id = shared_id(record)
        try:
            make_private_folder(self._folder)
            new = self._folder / f"{id}.{os.getpid()}.new"
            new.touch(PRIVATE_FILE)
            new.write_text(record, encoding="ascii")
            new.replace(self._folder / id)
        except OSError as exc:
            reason = str(exc.strerror)
            raise HistoryError(Message("The answer could not be shared: %(reason)s.", reason=reason)) from exc
        return id

    def record(self, id: str) -> str | None:
        """The record of this id, None where nothing is shared under it. Raises HistoryError."""
        try:
            return (self._folder / id).read_text(encoding="ascii") if _ID.fullmatch(id) else None
        except FileNotFoundError:
            return None
        except OSError as exc:
            reason = str(exc.strerror)
            raise HistoryError(Message("The shared answer cannot be read: %(reason)s.", reason=reason)) from exc

    def remove(self, record: str) -> None:
        """Share a record no longer. Who has it has asked the question. Raises HistoryError."""
        try:
            (self._folder / shared_id(record)).unlink(missing_ok=True)
        except OSError as exc:
            reason = str(exc.strerror)
            raise HistoryError(Message("The shared answer could not be removed: %(reason)s.", reason=reason)) from exc


def shared_id(record: str) -> str:
    """The id under which a record is shared: 32 letters and digits."""
    return text_digest(record)[:32]
