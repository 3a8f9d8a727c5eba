"""The word index (SQLite's FTS5) over the titles and texts of the passages: a row for each passage, with its serial."""

import datetime
import json
from collections.abc import Sequence
from dataclasses import replace

from index.article import Article
from index.characters import plain_letters
from index.storage.connection import Connection, Row
from index.storage.filters import EVERYTHING, Filters, condition
from index.storage.word_scores import Admitted, WordScores

_PASSAGES = "FROM passage JOIN article ON article.id = article_id"
_MATCHING = (
    "FROM words JOIN passage ON serial = words.rowid JOIN article ON article.id = article_id WHERE words MATCH ?"
)

# From so many passages on, words that most of them hold are read last: to score each passage takes SQLite longest.
MANY_PASSAGES = 5000
# What SQLite's bm25() takes for the weight of a word that half of the passages or more hold.
LEAST_WEIGHT = 1e-6
# Of so many words it is remembered how common they are, until the ledger changes.
MOST_WORDS_KNOWN = 20_000


class FullText:
    """Full-text search in passages."""

    def __init__(self, connection: Connection, *, many: int = MANY_PASSAGES) -> None:
        """From `many` passages on, what a word adds that half of them hold is taken for the same everywhere."""
        self._db = connection
        self._many = many

    def search(self, query: Sequence[str], filters: Filters, limit: int) -> list[str]:
        """Ids of the passages that hold any of the words, best BM25 first (SQLite's bm25(), title and body alike)."""
        return list(self.scores(query, filters, limit))

    def scores(self, query: Sequence[str], filters: Filters, limit: int) -> dict[str, float]:
        """The same with their BM25 scores (above 0: SQLite's with the sign turned), best first, at most `limit`.

        Among many passages a word that half of them hold counts only where too few hold the others, and all alike.
        """
        if not query or filters.admit_nothing:
            return {}
        best = self._best([form for word in query for form in _forms(word)], filters, limit)
        ids = self._ids_of([serial for serial, _ in best])
        return {ids[serial]: score for serial, score in best if serial in ids}

    def _best(self, forms: Sequence[str], filters: Filters, limit: int) -> list[tuple[int, float]]:
        """The serials and scores of the best passages, best first."""
        known = self._db.unchanged("scores of words", lambda: WordScores(self._every_serial()))
        common = [form for form in forms if self._is_common(form)]
        rare, within = [form for form in forms if form not in common], self._within(known, filters)
        best = known.best(rare, self._word_scores, within, limit)
        if common and len(best) < limit:
            best = known.best(forms, self._word_scores, within, limit)
        return best

    def mentions(self, name: str, filters: Filters, limit: int) -> list[str]:
        """Ids of the passages whose title or body holds `name`, the newest article's first."""
        return self._ids(quoted(name), filters, "coalesce(date, '') DESC, article_id, number", limit)

    def articles(self, phrase: str, filters: Filters) -> list[str]:
        """Ids of the articles whose title or text holds these words side by side, the newest first."""
        clause, values = condition(filters)
        rows = self._db.rows(
            f"SELECT DISTINCT article_id, date {_MATCHING} {clause} ORDER BY coalesce(date, '') DESC, article_id",
            quoted(phrase), *values,
        )
        return [str(row[0]) for row in rows]

    def frequency(self, word: str) -> int:
        """Number of passages that hold `word` or a form of it, in the title or the body."""
        return self._holding(quoted(word), readable=True)

    def terms(self, prefix: str) -> list[str]:
        """The stemmed terms of all passages that begin with `prefix`."""
        last = prefix + chr(0x10FFFF)
        terms = "SELECT term FROM term WHERE term >= ? AND term < ?"
        if self._db.is_restricted:
            terms = (
                "SELECT DISTINCT term FROM word_place WHERE term >= ? AND term < ? "
                "AND doc IN (SELECT serial FROM passage)"
            )
        rows = self._db.rows(terms, prefix, last)
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

    def _is_common(self, form: str) -> bool:
        """Whether so many of many passages hold a word that it tells none from the other."""
        passages = self._db.unchanged(
            "number of indexed passages", lambda: self._db.number("SELECT count(*) FROM words_docsize")
        )
        if passages < self._many:
            return False
        return 2 * self._holding(form) >= passages

    def _holding(self, match: str, *, readable: bool = False) -> int:
        """Number of passages that match; with `readable`, of those that the readers of this connection may read."""
        # The stages of an answer ask for the same words, and of a common word SQLite reads all its places.
        known: dict[tuple[str, bool], int] = self._db.unchanged("frequencies", dict)
        hides = readable and self._db.is_restricted
        if (holding := known.get((match, hides))) is None:
            if len(known) >= MOST_WORDS_KNOWN:
                known.clear()
            only = " AND rowid IN (SELECT serial FROM passage)" if hides else ""
            sql = f"SELECT count(*) FROM words WHERE words MATCH ?{only}"
            holding = known[match, hides] = self._db.number(sql, match)
        return holding

    def _word_scores(self, form: str) -> list[Row]:
        if self._is_common(form):
            return self._db.rows("SELECT rowid, ? FROM words WHERE words MATCH ?", LEAST_WEIGHT, form)
        return self._db.rows("SELECT rowid, -bm25(words) FROM words WHERE words MATCH ?", form)

    def _every_serial(self) -> list[tuple[int, datetime.date | None]]:
        """The serials of all passages with their days, the newest article's first."""
        rows = self._db.rows(f"SELECT serial, date {_PASSAGES} ORDER BY date DESC, article_id, number")
        days = {day: day and datetime.date.fromisoformat(day) for day in {row[1] for row in rows}}
        return [(row[0], days[row[1]]) for row in rows]

    def _within(self, known: WordScores, filters: Filters) -> Admitted | None:
        """Which passages the filters admit; None where they admit all."""
        # A restricted connection sees no other passages anyway.
        filters = replace(filters, groups=None) if self._db.is_restricted else filters
        if replace(filters, since=None, until=None) == EVERYTHING:
            return None if filters == EVERYTHING else known.between(filters.since, filters.until)
        clause, values = condition(filters)
        return known.among([row[0] for row in self._db.rows(f"SELECT serial {_PASSAGES} WHERE TRUE {clause}", *values)])

    def _ids_of(self, serials: Sequence[int]) -> dict[int, str]:
        rows = self._db.rows(
            "SELECT serial, article_id || ':' || number FROM passage WHERE serial IN (SELECT value FROM json_each(?))",
            json.dumps(serials),
        )
        return {row[0]: row[1] for row in rows}

    def _ids(self, match: str, filters: Filters, order: str, limit: int) -> list[str]:
        clause, values = condition(filters)
        rows = self._db.rows(
            f"SELECT article_id, number {_MATCHING} {clause} ORDER BY {order} LIMIT ?", match, *values, limit
        )
        return [f"{row[0]}:{row[1]}" for row in rows]


def quoted(word: str, end: str = "") -> str:
    """A word as FTS5 takes it, whatever signs are in it. With `end` "*" it is the beginning of one."""
    forms = _forms(word, end)
    return f"({' OR '.join(forms)})" if len(forms) > 1 else forms[0]


def _forms(word: str, end: str = "") -> list[str]:
    # What an earlier version indexed has the word as it is written.
    forms = dict.fromkeys([word, plain_letters(word)])
    return ['"' + form.replace('"', '""') + '"' + end for form in forms]
