"""The table of pending articles: those that were written or removed since the dense index was last published, and
those that it holds and does not find."""

from collections.abc import Collection
from dataclasses import dataclass

from index.storage.connection import Connection
from index.storage.settings import SettingTable


@dataclass(frozen=True)
class DenseState:
    """What the dense index has of the ledger: its published generation, the number of articles that were changed since
    (`pending`), and the serial of the last of these changes, 0 where there is none."""

    generation: int
    pending: int
    last: int


class PendingTable:
    """Pending articles, each with the serial of its last change."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def state(self) -> DenseState:
        """What the dense index has of the ledger, at one moment."""
        row = self._db.row(
            "SELECT (SELECT value FROM setting WHERE name = 'generation'), (SELECT count(*) FROM pending), "
            "(SELECT max(serial) FROM pending)"
        )
        generation, pending, last = row or (None, 0, None)
        return DenseState(int(generation or 0), int(pending), int(last or 0))

    def changes(self) -> list[tuple[int, str, bool]]:
        """The articles that were written or removed since the dense index was last published: the serial of the change,
        the article's id, and whether that index may hold an older version of it."""
        rows = self._db.rows("SELECT serial, article_id, replaces FROM pending ORDER BY serial")
        return [(int(serial), str(ident), bool(replaces)) for serial, ident, replaces in rows]

    def passages(self) -> int:
        """Number of the passages of pending articles."""
        return self._db.number("SELECT count(*) FROM passage WHERE article_id IN (SELECT article_id FROM pending)")

    def settle(self, state: DenseState, *, generation: int, unreached: Collection[str] = ()) -> None:
        """Keep that the dense index has, in this generation, all changes that were pending at `state`. The articles
        `unreached`, which it has and does not find, stay pending or become so."""
        with self._db.transaction():
            SettingTable(self._db).keep(generation=str(generation))
            self._db.execute("DELETE FROM pending WHERE serial <= ?", state.last)
            for ident in sorted(unreached):
                self._db.execute("INSERT OR IGNORE INTO pending (article_id, replaces) VALUES (?, 1)", ident)

    def note(self, article_id: str) -> None:
        """Note that an article is about to change. What is noted already keeps whether an older version was published,
        and comes last now."""
        row = self._db.row("SELECT replaces FROM pending WHERE article_id = ?", article_id)
        if row is None:
            row = self._db.row("SELECT count(*) FROM article WHERE id = ?", article_id)
        self._db.execute("DELETE FROM pending WHERE article_id = ?", article_id)
        self._db.execute(
            "INSERT INTO pending (article_id, replaces) VALUES (?, ?)", article_id, row[0] if row else 0
        )
