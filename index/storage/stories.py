"""The tables of stories: which articles tell one story in nearly the same words, and which sources carry an article."""

from index.storage.connection import Connection


class StoryTable:
    """A story is an id that all articles with the story share. An article's signature is what tells how like it is to
    others."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put(self, article_id: str, signature: bytes, story: str) -> None:
        """Keep an article's signature, and which story it tells."""
        self._db.execute(
            "INSERT INTO likeness (article_id, signature, story) VALUES (?, ?, ?)", article_id, signature, story
        )

    def tell(self, article_id: str, story: str) -> None:
        """Keep that an article that was compared tells another story."""
        self._db.execute("UPDATE likeness SET story = ? WHERE article_id = ?", story, article_id)

    def signatures(self) -> list[tuple[bytes, str]]:
        """The signature and the story of every article that was compared."""
        rows = self._db.rows("SELECT signature, story FROM likeness")
        return [(bytes(row[0]), str(row[1])) for row in rows]

    def not_compared(self, most: int) -> list[str]:
        """Ids of the articles that were compared with no other yet, at most so many."""
        rows = self._db.rows(
            "SELECT id FROM article WHERE NOT EXISTS (SELECT 1 FROM likeness WHERE article_id = id) "
            "ORDER BY added, id LIMIT ?", most,
        )
        return [str(row[0]) for row in rows]

    def carry(self, article_id: str, source: str) -> None:
        """Keep that `source`, too, carries an article, word for word."""
        self._db.execute(
            "INSERT INTO carried (article_id, source) VALUES (?, ?) ON CONFLICT (article_id, source) DO NOTHING",
            article_id, source,
        )

    def carriers(self, article_id: str) -> list[str]:
        """The other sources that carry an article word for word."""
        rows = self._db.rows("SELECT source FROM carried WHERE article_id = ? ORDER BY source", article_id)
        return [source for source, in rows]

    def outlets(self, article_id: str) -> tuple[str | None, list[str]]:
        """The story that an article tells, None where it was compared with no other, and the sources that carry it."""
        row = self._db.row("SELECT story FROM likeness WHERE article_id = ?", article_id)
        if row is None:
            return None, []
        same_story = "SELECT article_id FROM likeness WHERE story = ?"
        sources = self._db.rows(
            f"SELECT source FROM article WHERE id IN ({same_story}) AND source IS NOT NULL "
            f"UNION SELECT source FROM carried WHERE article_id IN ({same_story}) ORDER BY source", row[0], row[0],
        )
        return str(row[0]), [str(source) for source, in sources]
