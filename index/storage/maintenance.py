"""Finds and mends what is wrong with the ledger as a whole: a damaged file, lost changes, stray rows."""

from index.storage.connection import Connection
from index.storage.settings import SettingTable

_STRAY_PASSAGE = "article_id NOT IN (SELECT id FROM article)"
_STRAY_WORDS = "rowid NOT IN (SELECT serial FROM passage)"


class Maintenance:
    """`lacks` is how many of the last changes are missing: the -wal file was cut, or an older file is in the place."""

    def __init__(self, connection: Connection, noted_changes: int) -> None:
        self._db = connection
        self._settings = SettingTable(connection)
        self.lacks = max(0, noted_changes - self._changes())

    def damage(self) -> str | None:
        """What SQLite finds wrong with its file, or None; it reads all of it."""
        return self._db.damage()

    def checkpoint(self) -> bool:
        """Write the write-ahead log into the file; whether all of it is there now, and the log empty."""
        return self._db.checkpoint()

    def go_on(self) -> None:
        """Take the ledger as it is, whatever it lacks."""
        self._db.changes.write(self._changes())
        self.lacks = 0

    def strays(self) -> int:
        """Number of passages without an article and of word rows without a passage."""
        row = self._db.row(f"SELECT (SELECT count(*) FROM passage WHERE {_STRAY_PASSAGE}), "
                           f"(SELECT count(*) FROM words WHERE {_STRAY_WORDS})")
        return 0 if row is None else row[0] + row[1]

    def remove_strays(self) -> None:
        """Remove passages without an article and word rows without a passage."""
        with self._db.transaction():
            for (ident,) in self._db.rows(f"SELECT DISTINCT article_id FROM passage WHERE {_STRAY_PASSAGE}"):
                self._db.execute("DELETE FROM pending WHERE article_id = ?", ident)
                self._db.execute("INSERT INTO pending (article_id, replaces) VALUES (?, 1)", ident)
            self._db.execute(f"DELETE FROM passage WHERE {_STRAY_PASSAGE}")
            self._db.execute(f"DELETE FROM words WHERE {_STRAY_WORDS}")

    def _changes(self) -> int:
        return int(self._settings.get("changes") or 0)
