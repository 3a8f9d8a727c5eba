"""The table of groups: which groups of readers may read an article. One without a group is for everybody.

A ledger can be opened for a reader: then every table is replaced, on that connection alone, by a view of what the
reader may read, so that no statement of whatever kind can give anything else."""

import json
from collections.abc import Iterable

from index.storage.connection import Connection

# The tables that have a row for an article by its id.
TABLES_OF_ARTICLES = (
    "passage", "alias", "likeness", "carried", "superseded", "annotation", "claim", "correction", "claim_reading",
)
_OPEN = (
    "(NOT EXISTS (SELECT 1 FROM main.article_group AS granted WHERE granted.article_id = {id}) OR EXISTS "
    "(SELECT 1 FROM main.article_group AS granted JOIN reader_group ON reader_group.name = granted.name "
    "WHERE granted.article_id = {id}))"
)
# The groups of a row of `article`, as a list of JSON.
GROUPS_COLUMN = (
    "(SELECT json_group_array(granted.name) FROM article_group AS granted WHERE granted.article_id = article.id)"
)


class GroupTable:
    """Groups by the ids of their articles. What is kept of an article outlives it."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def of(self, article_id: str) -> tuple[str, ...]:
        """The groups that may read an article, in order; empty where everybody may."""
        rows = self._db.rows("SELECT name FROM article_group WHERE article_id = ? ORDER BY name", article_id)
        return tuple(str(name) for name, in rows)

    def by_article(self) -> dict[str, tuple[str, ...]]:
        """The groups of every article that has some, of removed ones too."""
        groups: dict[str, tuple[str, ...]] = {}
        for ident, name in self._db.rows("SELECT article_id, name FROM article_group ORDER BY article_id, name"):
            groups[str(ident)] = (*groups.get(str(ident), ()), str(name))
        return groups

    def put(self, article_id: str, groups: Iterable[str]) -> None:
        """Keep which groups may read an article, in place of what was kept."""
        with self._db.transaction():
            self._db.execute("DELETE FROM article_group WHERE article_id = ?", article_id)
            for name in dict.fromkeys(groups):
                self._db.execute("INSERT INTO article_group (article_id, name) VALUES (?, ?)", article_id, name)

    def all(self) -> frozenset[str]:
        """All groups that any article has, or had when it was removed. The same set until the ledger changes."""
        return self._db.unchanged("groups", self._read)

    def closed(self, article_ids: Iterable[str], groups: Iterable[str]) -> list[str]:
        """Those of the ids whose articles none of these groups may read, whether they are still there or not."""
        rows = self._db.rows(
            "SELECT article_id FROM article_group WHERE article_id IN (SELECT value FROM json_each(?)) "
            "GROUP BY article_id HAVING max(name IN (SELECT value FROM json_each(?))) = 0",
            json.dumps(list(article_ids)), json.dumps(list(groups)),
        )
        return [str(row[0]) for row in rows]

    def _read(self) -> frozenset[str]:
        return frozenset(str(row[0]) for row in self._db.rows("SELECT DISTINCT name FROM article_group"))


def restrict(connection: Connection, groups: Iterable[str]) -> None:
    """Let a connection see only the articles that these groups, or everybody, may read, and what belongs to them; and
    change nothing."""
    connection.execute("CREATE TEMP TABLE reader_group (name TEXT PRIMARY KEY) WITHOUT ROWID")
    for name in groups:
        connection.execute("INSERT INTO reader_group (name) VALUES (?)", name)
    connection.execute(
        f"CREATE TEMP VIEW article AS SELECT * FROM main.article AS own WHERE {_OPEN.format(id='own.id')}"
    )
    for table in TABLES_OF_ARTICLES:
        connection.execute(
            f"CREATE TEMP VIEW {table} AS SELECT * FROM main.{table} AS own WHERE {_OPEN.format(id='own.article_id')}"
        )
    connection.execute("CREATE VIRTUAL TABLE temp.word_place USING fts5vocab (main, words, instance)")
    connection.execute("PRAGMA query_only = ON")
    connection.is_restricted = True
