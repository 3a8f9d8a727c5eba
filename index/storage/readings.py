"""The table of readings: how far an LLM has read which article for claims. A row goes with its article."""

from dataclasses import dataclass

from index.storage.connection import Connection


@dataclass(frozen=True)
class ReadingState:
    """How far an article was read, by which model: the first so many `sentences`, or all that are read of it."""

    model: str
    sentences: int
    finished: bool


class ReadingTable:
    """Readings by the ids of their articles."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, article_id: str) -> ReadingState | None:
        """How far an article was read, None where no LLM has begun."""
        row = self._db.row("SELECT model, sentences, finished FROM claim_reading WHERE article_id = ?", article_id)
        return None if row is None else ReadingState(str(row[0]), int(row[1]), bool(row[2]))

    def put(self, article_id: str, state: ReadingState) -> None:
        """Keep how far an article was read, in place of what was kept."""
        with self._db.transaction():
            self.remove(article_id)
            self._db.execute(
                "INSERT INTO claim_reading (article_id, model, sentences, finished) VALUES (?, ?, ?, ?)",
                article_id, state.model, state.sentences, int(state.finished),
            )

    def remove(self, article_id: str) -> None:
        """Forget that an article was read."""
        self._db.execute("DELETE FROM claim_reading WHERE article_id = ?", article_id)

    def unread(self) -> tuple[str, ...]:
        """Ids of the articles that were not read to their end, the newest article's first. The same tuple until the
        ledger changes."""
        return self._db.unchanged("unread", self._read_unread)

    def _read_unread(self) -> tuple[str, ...]:
        rows = self._db.rows(
            "SELECT id FROM article WHERE id NOT IN (SELECT article_id FROM claim_reading WHERE finished = 1) "
            "ORDER BY coalesce(date, '') DESC, id"
        )
        return tuple(str(row[0]) for row in rows)
