"""The word index (SQLite's FTS5) over the titles and texts of the passages: a row for each passage, with its serial."""

import heapq
import json
from collections.abc import Sequence

from index.article import Article
from index.characters import plain_letters
from index.storage.connection import Connection
from index.storage.filters import Filters, condition

_PASSAGES = "FROM passage JOIN article ON article.id = article_id"
_MATCHING = (
    "SELECT article_id, number FROM words JOIN passage ON serial = words.rowid "
    "JOIN article ON article.id = article_id WHERE words MATCH ?"
)


class FullText:
    """Full-text search in passages."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def search(self, query: Sequence[str], filters: Filters, limit: int) -> list[str]:
        """Ids of the passages that hold any of the words, best BM25 first (SQLite's bm25(), title and body alike)."""
        return list(self.scores(query, filters, limit))

    def scores(self, query: Sequence[str], filters: Filters, limit: int) -> dict[str, float]:
        """The same with their BM25 scores (above 0: SQLite's with the sign turned), best first, at most `limit`."""
        if not query or filters.admit_nothing:
            return {}
        clause, values = condition(filters)
        within = f"AND rowid IN (SELECT serial {_PASSAGES} WHERE TRUE {clause})" if clause else ""
        # Without a join: most passages hold some word of a question, and few of these are among the best.
        scores = {int(serial): float(score) for serial, score in self._db.rows(
            f"SELECT rowid, -bm25(words) FROM words WHERE words MATCH ? {within}",
            " OR ".join(quoted(word) for word in query), *values,
        )}
        least = min(heapq.nlargest(limit, scores.values()), default=0.0)
        best = self._newest_first([serial for serial, score in scores.items() if score >= least])
        ranked = sorted(best, key=lambda row: -scores[row[0]])
        return {ident: scores[serial] for serial, ident in ranked[:limit]}

    def mentions(self, name: str, filters: Filters, limit: int) -> list[str]:
        """Ids of the passages whose title or body holds `name`, the newest article's first."""
        return self._ids(quoted(name), filters, "coalesce(date, '') DESC, article_id, number", limit)

    def frequency(self, word: str) -> int:
        """Number of passages that hold `word` or a form of it, in the title or the body."""
        return self._db.number("SELECT count(*) FROM words WHERE words MATCH ?", quoted(word))

    def terms(self, prefix: str) -> list[str]:
        """The stemmed terms of all passages that begin with `prefix`."""
        last = prefix + chr(0x10FFFF)
        rows = self._db.rows("SELECT term FROM term WHERE term >= ? AND term < ?", prefix, last)
        return [str(row[0]) for row in rows]

    def put(self, serial: int, title: str, body: str) -> None:
        """Index the passage with this serial."""
        self._db.execute(
            "INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)", serial, plain_letters(title), plain_letters(body)
        )

    def remove(self, article_id: str) -> None:
        """Remove the passages of an article."""
        for (serial,) in self._db.rows("SELECT serial FROM passage WHERE article_id = ?", article_id):
            self._db.execute("DELETE FROM words WHERE rowid = ?", serial)

    def refill(self, article: Article) -> None:
        """Index the passages of an article anew."""
        with self._db.transaction():
            for serial, start, end in self._db.rows(
                "SELECT serial, start_at, end_at FROM passage WHERE article_id = ?", article.id
            ):
                self._db.execute("DELETE FROM words WHERE rowid = ?", serial)
                self.put(serial, article.title, article.text[start:end])

    def is_sound(self) -> bool:
        """Whether the word index has the words of its texts."""
        return self._db.is_accepted("INSERT INTO words (words) VALUES ('integrity-check')")

    def rebuild(self) -> None:
        """Make the word index anew from its texts."""
        with self._db.transaction():
            self._db.execute("INSERT INTO words (words) VALUES ('rebuild')")

    def _newest_first(self, serials: Sequence[int]) -> list[tuple[int, str]]:
        """These passages with their ids, the newest article's first."""
        return [(int(serial), str(ident)) for serial, ident in self._db.rows(
            f"SELECT serial, article_id || ':' || number {_PASSAGES} WHERE serial IN (SELECT value FROM json_each(?)) "
            "ORDER BY date DESC, article_id, number", json.dumps(serials),
        )]

    def _ids(self, match: str, filters: Filters, order: str, limit: int) -> list[str]:
        clause, values = condition(filters)
        rows = self._db.rows(f"{_MATCHING} {clause} ORDER BY {order} LIMIT ?", match, *values, limit)
        return [f"{row[0]}:{row[1]}" for row in rows]


def quoted(word: str, end: str = "") -> str:
    """A word as FTS5 takes it, whatever signs are in it. With `end` "*" it is the beginning of one."""
    # What an earlier version indexed has the word as it is written.
    forms = dict.fromkeys([word, plain_letters(word)])
    either = " OR ".join('"' + form.replace('"', '""') + '"' + end for form in forms)
    return f"({either})" if len(forms) > 1 else either
