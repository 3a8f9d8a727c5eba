"""The connection to the ledger's SQLite file, which all of its tables share: it runs statements and transactions, and
tells of SQLite's errors in words that help. The only file that imports sqlite3."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

from index.errors import DataFolderError
from index.storage.change_counter import ChangeCounter

OPENING_TRIES = 40
OPENING_SECONDS = 0.05
MEND = (
    "Bring it back from a copy, or move it away and read an export (python app.py import FILE) or index the articles "
    "again."
)

Row = tuple[Any, ...]
T = TypeVar("T")


class Connection:
    """An open SQLite file. Threads share it, one statement at a time; a second process may read meanwhile.

    Raises DataFolderError where the file cannot be opened, read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # Held for a whole transaction too.
        self.lock = RLock()
        # Of what every statement of an answer asks for: how many changes it is the state after, and the value.
        self._known: dict[str, tuple[object, Any]] = {}
        # Whether it shows what some readers may read, and no more; see groups.py.
        self.is_restricted = False
        with self._errors():
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
            _write_ahead(self._db)
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA foreign_keys = ON")
        self.changes = ChangeCounter(path.with_name(f"{path.name}-changes"))

    def close(self) -> None:
        """Close the file; the connection is not to be used afterwards."""
        with self.lock:
            self._db.close()
            self.changes.close()

    def execute(self, sql: str, *values: object) -> int:
        """Run a statement; the number of rows that it changed."""
        with self.lock, self._errors():
            return self._db.execute(sql, values).rowcount

    def row(self, sql: str, *values: object) -> Row | None:
        """The first row that a statement gives, or None."""
        with self.lock, self._errors():
            row: Row | None = self._db.execute(sql, values).fetchone()
            return row

    def rows(self, sql: str, *values: object) -> list[Row]:
        """All rows that a statement gives."""
        with self.lock, self._errors():
            return self._db.execute(sql, values).fetchall()

    def number(self, sql: str, *values: object) -> int:
        """The number that a statement gives, 0 where it gives none."""
        row = self.row(sql, *values)
        return 0 if row is None else int(row[0] or 0)

    def run_script(self, script: str, **functions: Callable[[str], str]) -> None:
        """Run the statements of a script within a transaction; they may call these functions."""
        with self.transaction(), self._errors():
            for name, function in functions.items():
                self._db.create_function(name, 1, function, deterministic=True)
            statement = ""
            for line in script.splitlines(keepends=True):
                statement += line
                if sqlite3.complete_statement(statement):
                    self._db.execute(statement)
                    statement = ""

    def unchanged(self, name: str, read: Callable[[], T]) -> T:
        """What `read` gives, kept under `name` until the ledger changes, by whatever process."""
        with self.lock:
            if self._db.in_transaction:
                return read()
            changes = self.row("SELECT value FROM setting WHERE name = 'changes'")
            if self._known.get(name, ("", None))[0] != changes:
                # The number of changes was read first: one that comes in between is noticed the next time.
                self._known[name] = changes, read()
            value: T = self._known[name][1]
            return value

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is written, or on an error nothing; one inside another belongs to the outer one."""
        with self.lock:
            if self._db.in_transaction:
                yield
                return
            self.execute("BEGIN IMMEDIATE")
            try:
                yield
                changes = self._count_change()
            except BaseException:
                self.execute("ROLLBACK")
                raise
            self.execute("COMMIT")
            self.changes.write(changes)

    def checkpoint(self) -> bool:
        """Write the write-ahead log into the file; whether all of it is there now, and the log empty."""
        return not self.number("PRAGMA wal_checkpoint(TRUNCATE)")

    def damage(self) -> str | None:
        """What SQLite finds wrong with its file, or None; it reads all of it."""
        with self.lock, self._errors():
            return _damage(self._db)

    def is_accepted(self, sql: str) -> bool:
        """Whether SQLite runs a statement that checks something, and finds no damage."""
        with self.lock, self._errors():
            try:
                self._db.execute(sql)
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                return False
            return True

    def _count_change(self) -> int:
        return self.number(
            "INSERT INTO setting (name, value) VALUES ('changes', '1') ON CONFLICT (name) "
            "DO UPDATE SET value = CAST(setting.value AS INTEGER) + 1 RETURNING value"
        )

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as exc:
            raise DataFolderError(
                f"The ledger {self.path} cannot be used: {exc}. Check the folder's permissions and the free space, "
                "or give another folder with --data."
            ) from exc
        except sqlite3.Error as exc:
            raise DataFolderError(
                f"The ledger {self.path} is damaged or no ledger: {exc}. {MEND}"
            ) from exc


def file_damage(path: Path) -> str | None:
    """What SQLite finds wrong with the file at `path`, or None."""
    try:
        with closing(sqlite3.connect(path)) as db:
            return _damage(db)
    except sqlite3.Error as exc:
        return str(exc)


def _damage(db: sqlite3.Connection) -> str | None:
    result = str(db.execute("PRAGMA integrity_check(1)").fetchone()[0])
    return None if result == "ok" else " ".join(result.split())


def _write_ahead(db: sqlite3.Connection) -> None:
    """Switch to a write-ahead log. Two that open a new file at once stand in each other's way, and for this SQLite does
    not wait by itself."""
    for left in reversed(range(OPENING_TRIES)):
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode != sqlite3.SQLITE_BUSY or not left:
                raise
            time.sleep(OPENING_SECONDS)
