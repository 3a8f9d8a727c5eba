"""Keeps the ratings of answers, a line of JSON each in a file below the data folder; the last one of an answer counts.
Lines are only ever added: one that a crash cut off is passed over, and harms none after it."""

import datetime
import json
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock

from chatbot.answer import Answer, iso
from chatbot.errors import FeedbackError
from chatbot.filters import QuestionFilter
from index.message import Message
from index.private_files import PRIVATE_FILE

FILE = "feedback.jsonl"
LONGEST_COMMENT_CHARACTERS = 2000

Record = dict[str, object]


class Rating(StrEnum):
    """What a reader thinks of an answer."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class Rated:
    """A reader's rating of one answer; another one of the same answer has the same `id` and takes its place."""

    id: str
    rating: Rating
    comment: str = ""


class FeedbackStore:
    """The file of ratings. Several threads may add to it, and several processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()

    def keep(self, rated: Rated, answer: Answer, scope: QuestionFilter) -> None:
        """Add a rating with the answer that it is of, its passages and verdicts. Raises FeedbackError."""
        days = {name: iso(getattr(scope, name)) for name in ("since", "until", "as_of")}
        narrowed = {"source": scope.source, "article": scope.article, **days, "quoting": scope.quoting}
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        rating = {"id": rated.id, "rating": rated.rating, "comment": rated.comment}
        record = {"time": now, **rating, **answer.to_json(), "verified": answer.verified, "scope": narrowed}
        try:
            self._add(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        except OSError as exc:
            raise FeedbackError(Message(
                "The rating could not be kept in %(file)s: %(reason)s.", file=self._path.name, reason=str(exc.strerror)
            )) from exc

    def read(self) -> tuple[list[Record], int]:
        """The last rating of each answer, newest first, and the number of lines that cannot be read.

        Raises FeedbackError where the file cannot be read; one that is not there yet is empty.
        """
        try:
            lines = self._path.read_bytes().splitlines()
        except FileNotFoundError:
            return [], 0
        except OSError as exc:
            raise FeedbackError(Message(
                "The ratings in %(file)s cannot be read: %(reason)s.", file=str(self._path), reason=str(exc.strerror)
            )) from exc
        records = [_record(line) for line in lines if line.strip()]
        latest: dict[object, Record] = {}
        for record in filter(None, records):
            latest.pop(record["id"], None)
            latest[record["id"]] = record
        return list(reversed(latest.values())), records.count(None)

    def _add(self, line: bytes) -> None:
        with self._lock:
            file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)
            try:
                size = os.fstat(file).st_size
                if size and os.pread(file, 1, size - 1) != b"\n":
                    line = b"\n" + line
                # One write: what two processes add at once stands one behind the other.
                if os.write(file, line) < len(line):
                    raise OSError(0, "the disk is full")
                os.fsync(file)
            finally:
                os.close(file)


def cleaned(comment: str) -> str:
    """A comment as it is kept: one line without control characters, no longer than it may be."""
    visible = "".join(c if c.isprintable() else " " for c in comment[: 2 * LONGEST_COMMENT_CHARACTERS])
    return " ".join(visible.split())[:LONGEST_COMMENT_CHARACTERS]


def _record(line: bytes) -> Record | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    whole = isinstance(record, dict) and all(isinstance(record.get(name), str) for name in ("id", "time", "rating"))
    return record if whole else None
