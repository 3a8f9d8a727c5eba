"""Keeps readers' conversations with their accounts: a file of JSON each, in a folder of the account's below the data
folder. The turns in it are signed text, which is read by whoever shows them."""

import contextlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock
from typing import Any

from chatbot.errors import HistoryError
from index.digest import text_digest
from index.message import Message
from index.private_files import PRIVATE_FILE, make_private_folder

FOLDER = "history"
DAY_SECONDS = 86_400
MOST_CONVERSATIONS = 500
MOST_TURNS = 1000
LONGEST_TITLE_CHARACTERS = 200
_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
UNKNOWN = Message("There is no such conversation any more. It may have been deleted elsewhere, or have been too old.")
OTHER_PAGE = Message("Another page has gone on with this conversation. Load the page again.")

Conversation = dict[str, Any]
Readable = Callable[[Conversation], Conversation]


class History:
    """The conversations of all accounts. Several threads may use it; each change is a whole new file, so that a reader
    never sees half of one."""

    def __init__(self, data: Path, days: int, *, clock: Callable[[], float] = time.time) -> None:
        """A conversation is deleted `days` after its last change."""
        self._folder = data / FOLDER
        self._seconds = days * DAY_SECONDS
        self._clock = clock
        self._lock = Lock()

    def conversations(self, name: str, words: str = "", readable: Readable = lambda turn: turn) -> list[Conversation]:
        """What an account keeps, newest first, without the turns: "id", "title", "changed" in milliseconds and "count";
        only those that hold all of `words`. `readable` gives of a turn what may be read now. Raises HistoryError."""
        with self._locked():
            self._drop_old(name)
            known = [_only(conversation, readable) for path in self._paths(name) if (conversation := _read(path))]
        wanted = words.casefold().split()
        meant = [conversation for conversation in known if all(word in _text(conversation) for word in wanted)]
        listed = [{**c, "count": len(c["turns"])} for c in sorted(meant, key=lambda c: -c["changed"])]
        return [{key: c[key] for key in ("id", "title", "changed", "count")} for c in listed]

    def conversation(self, name: str, id: str, readable: Readable = lambda turn: turn) -> Conversation:
        """The whole conversation: also "turns". `readable` gives what may be read of a turn. Raises HistoryError."""
        with self._locked():
            self._drop_old(name)
            known = _read(self._path(name, id))
        if known is None:
            raise HistoryError(UNKNOWN)
        return _only(known, readable)

    def keep_turn(self, name: str, id: str, number: int, turn: Conversation) -> None:
        """Put a turn at its place, from 0 on; what stood there and after it was asked again, and is gone. A
        conversation that is not there yet begins, and is named as its first question. Raises HistoryError, also where
        what stands there has neither this turn's "key" nor the one that it "replaces": another page wrote it."""
        with self._locked():
            path = self._path(name, id)
            known = _read(path) or {"id": id, "title": _title(str(turn.get("question"))), "turns": []}
            there = known["turns"][number:][:1]
            if not 0 <= number <= len(known["turns"]) or number >= MOST_TURNS:
                raise HistoryError(Message(
                    "Turn %(number)s is not the next of this conversation. Load the page again.", number=str(number)
                ))
            if there and there[0].get("key") not in (turn.get("key"), turn.get("replaces")):
                raise HistoryError(OTHER_PAGE)
            known["turns"] = [*known["turns"][:number], turn]
            self._write(path, known)
            self._drop_old(name)

    def rename(self, name: str, id: str, title: str) -> None:
        """Name a conversation. Raises HistoryError."""
        with self._locked():
            path = self._path(name, id)
            known = _read(path)
            if known is None:
                raise HistoryError(UNKNOWN)
            self._write(path, {**known, "title": _title(title) or known["title"]}, changed=known["changed"])

    def delete(self, name: str, id: str) -> None:
        """Delete a conversation, if there is one. Raises HistoryError."""
        with self._locked():
            self._path(name, id).unlink(missing_ok=True)

    def delete_all(self, name: str) -> None:
        """Delete all that an account keeps. Raises HistoryError."""
        with self._locked():
            shutil.rmtree(self._own(name), ignore_errors=True)

    def _own(self, name: str) -> Path:
        return self._folder / text_digest(name)[:32]

    def _path(self, name: str, id: str) -> Path:
        if not _ID.fullmatch(id):
            raise HistoryError(UNKNOWN)
        return self._own(name) / f"{id}.json"

    def _paths(self, name: str) -> list[Path]:
        return sorted(self._own(name).glob("*.json"), key=lambda path: -path.stat().st_mtime)

    def _write(self, path: Path, known: Conversation, *, changed: float | None = None) -> None:
        now = self._clock()
        known = {**known, "changed": int(now * 1000) if changed is None else changed}
        make_private_folder(self._folder)
        make_private_folder(path.parent)
        new = path.with_suffix(f".{os.getpid()}.new")
        new.touch(PRIVATE_FILE)
        new.write_text(json.dumps(known), encoding="utf-8")
        os.utime(new, (known["changed"] / 1000,) * 2)
        new.replace(path)

    def _drop_old(self, name: str) -> None:
        oldest = self._clock() - self._seconds
        for number, path in enumerate(self._paths(name)):
            if number >= MOST_CONVERSATIONS or path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except OSError as exc:
                reason = str(exc.strerror)
                raise HistoryError(Message("Conversations cannot be kept or read: %(reason)s.", reason=reason)) from exc


def _only(conversation: Conversation, readable: Readable) -> Conversation:
    return {**conversation, "turns": [readable(turn) for turn in conversation["turns"]]}


def _read(path: Path) -> Conversation | None:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return known if isinstance(known, dict) else None


def _text(conversation: Conversation) -> str:
    turns = [f"{turn.get('question')} {turn.get('text')}" for turn in conversation["turns"]]
    return " ".join([conversation["title"], *turns]).casefold()


def _title(text: str) -> str:
    return " ".join(text.split())[:LONGEST_TITLE_CHARACTERS]
