"""The ledger: one SQLite file that is the truth about articles, passages and vectors. The only file that speaks SQL.

Full-text search (FTS5) and the pragmas aside, the SQL is what PostgreSQL has too. A change is one transaction: it is
there whole after a crash, or not at all. Safe to share between threads; a second process may read meanwhile.
"""

import datetime
import hashlib
import json
import os
import re
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np

from index.article import Article
from index.claim import Certainty, Claim, Status
from index.errors import ArticleNotFoundError, DataFolderError
from index.language.words import stem, words
from index.passage import Passage, Vectors
from index.private_files import PRIVATE_FILE

FORMAT = "4"
OPENING_TRIES = 40
OPENING_SECONDS = 0.05
# Of a search in the list of articles: what stands behind them is passed over.
MOST_WORDS = 8
MEND = (
    "Bring it back from a copy, or move it away and read an export (python app.py import FILE) or index the articles "
    "again."
)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS article (
    id TEXT PRIMARY KEY, text TEXT NOT NULL, title TEXT NOT NULL, source TEXT, author TEXT, date TEXT, url TEXT,
    path TEXT, hash TEXT NOT NULL, added TEXT NOT NULL, date_from TEXT, language TEXT, pages TEXT, text_hash TEXT);
CREATE TABLE IF NOT EXISTS passage (
    serial INTEGER PRIMARY KEY, article_id TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    number INTEGER NOT NULL, start_at INTEGER NOT NULL, end_at INTEGER NOT NULL, sentences TEXT NOT NULL,
    vector BYTEA NOT NULL, sentence_vectors BYTEA NOT NULL, UNIQUE (article_id, number));
CREATE TABLE IF NOT EXISTS alias (
    article_id TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE, short TEXT NOT NULL, long TEXT NOT NULL,
    PRIMARY KEY (article_id, short, long));
CREATE TABLE IF NOT EXISTS likeness (
    article_id TEXT PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE, signature BYTEA NOT NULL,
    story TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS carried (
    article_id TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE, source TEXT NOT NULL,
    PRIMARY KEY (article_id, source));
CREATE TABLE IF NOT EXISTS annotation (
    article_id TEXT PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE, version TEXT NOT NULL,
    sentences BYTEA NOT NULL);
CREATE TABLE IF NOT EXISTS claim (
    article_id TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE, number INTEGER NOT NULL,
    place TEXT NOT NULL, place_key TEXT NOT NULL, holder TEXT, status TEXT NOT NULL, certainty TEXT NOT NULL,
    start_at INTEGER NOT NULL, end_at INTEGER NOT NULL, since TEXT, until TEXT, dated TEXT NOT NULL, said_by TEXT,
    resolved_from TEXT NOT NULL, weight REAL NOT NULL, PRIMARY KEY (article_id, number));
CREATE INDEX IF NOT EXISTS claim_place ON claim (place_key);
CREATE TABLE IF NOT EXISTS superseded (
    serial INTEGER PRIMARY KEY, article_id TEXT NOT NULL, text TEXT NOT NULL, title TEXT NOT NULL, source TEXT,
    date TEXT, url TEXT NOT NULL, added TEXT NOT NULL, replaced TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS pending (
    serial INTEGER PRIMARY KEY AUTOINCREMENT, article_id TEXT NOT NULL UNIQUE, replaces INTEGER NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (title, body, tokenize = 'porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE IF NOT EXISTS term USING fts5vocab ('words', 'row');
"""
# What brings a ledger of an older format to the next one; what it adds is not known of the articles there.
_MIGRATIONS = {
    "1": """
ALTER TABLE article ADD COLUMN date_from TEXT;
ALTER TABLE article ADD COLUMN language TEXT;
ALTER TABLE article ADD COLUMN pages TEXT;
ALTER TABLE article ADD COLUMN text_hash TEXT;
""",
    # The table of pending articles, which is made with the others.
    "2": "",
    # The tables of annotations and claims, likewise: articles of before are annotated later.
    "3": "",
}
_ARTICLE = "article.id, article.text, title, source, author, article.date, url, path, date_from, language, pages"
_PASSAGE = "passage.article_id, number, start_at, end_at, sentences"
_JOINED = "FROM passage JOIN article ON article.id = passage.article_id"

_PASSAGES = "(SELECT count(*) FROM passage WHERE article_id = article.id)"
_VERSION = ("text", "title", "source", "date", "url", "added", "replaced")

# Of which articles vectors are asked for: all, those that the dense index lacks, or those that it has.
_PENDING = {
    None: "", True: "AND article.id IN (SELECT article_id FROM pending)",
    False: "AND article.id NOT IN (SELECT article_id FROM pending)",
}

_STRAY_PASSAGE = "article_id NOT IN (SELECT id FROM article)"
_STRAY_WORDS = "rowid NOT IN (SELECT serial FROM passage)"

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Filters:
    """What may be searched: articles, sources, and dates from `since` to `until`, both included. None means all.

    An article without a date passes no date filter.
    """

    articles: tuple[str, ...] | None = None
    sources: tuple[str, ...] | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None

    @property
    def admit_nothing(self) -> bool:
        """Whether they name an empty set of articles or sources, so that no search is needed."""
        return self.articles == () or self.sources == ()

    def admit(self, article: Article) -> bool:
        """Whether `article` is among them."""
        return (
            (self.articles is None or article.id in self.articles)
            and (self.sources is None or article.source in self.sources)
            and (self.since is None or (article.date is not None and article.date >= self.since))
            and (self.until is None or (article.date is not None and article.date <= self.until))
        )


EVERYTHING = Filters()


@dataclass(frozen=True)
class Entry:
    """A passage as it is written: with its vector, shape (dimension,), and those of its sentences."""

    passage: Passage
    vector: Vectors
    sentence_vectors: Vectors


@dataclass(frozen=True)
class Listed:
    """An article as it is listed: without its text, with the number of its passages and the time it was added."""

    id: str
    title: str
    source: str | None
    date: datetime.date | None
    path: str | None
    passages: int
    added: str
    date_from: str | None = None
    url: str | None = None


class Order(StrEnum):
    """What a list of articles is sorted by."""

    TITLE = "title"
    SOURCE = "source"
    DATE = "date"
    PASSAGES = "passages"
    ADDED = "added"


_KEYS = {
    Order.TITLE: "lower(title)", Order.SOURCE: "lower(source)", Order.DATE: "date", Order.PASSAGES: _PASSAGES,
    Order.ADDED: "added",
}


@dataclass(frozen=True)
class Browsing:
    """Which articles to list, and in what order: those that hold all `words` in text, title, source, author or URL,
    of one `source` or, where that is empty, of none; None means all. What has no date or source comes last."""

    words: str = ""
    source: str | None = None
    order: Order = Order.DATE
    descending: bool = True


@dataclass(frozen=True)
class Superseded:
    """An earlier version of an article, which a later one of the same URL replaced."""

    article_id: str
    title: str
    source: str | None
    date: datetime.date | None
    url: str
    added: str
    replaced: str


@dataclass(frozen=True)
class DenseState:
    """What the dense index has of the ledger: its published generation, the number of articles that were changed since
    (`pending`), and the serial of the last of these changes, 0 where there is none."""

    generation: int
    pending: int
    last: int


@dataclass(frozen=True)
class StoredPassage:
    """A passage as it stands in the ledger, nothing of it read or trusted, with what the word index has of it."""

    number: int
    start: int
    end: int
    sentences: str
    vector: bytes
    sentence_vectors: bytes
    title: str | None
    body: str | None


class Ledger:
    """The open ledger. Raises DataFolderError where the file cannot be opened, read or written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = RLock()
        with self._errors():
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
            _write_ahead(self._db)
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA foreign_keys = ON")
            self._db.executescript(_SCHEMA)
        self._changes = Changes(path.with_name(f"{path.name}-changes"))
        # Read first: another process may be making changes.
        noted = self._changes.read()
        self._migrate()
        self.lacks = max(0, noted - int(self.setting("changes") or 0))

    def close(self) -> None:
        """Close the file; the ledger is not to be used afterwards."""
        with self._lock:
            self._db.close()
            self._changes.close()

    def setting(self, name: str) -> str | None:
        """The value kept under `name`, such as the embedding model's name, or None."""
        row = self._one("SELECT value FROM setting WHERE name = ?", name)
        return None if row is None else str(row[0])

    def keep(self, **settings: str) -> None:
        """Keep settings, all or none of them."""
        with self.transaction():
            for name, value in settings.items():
                self._do(
                    "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = ?",
                    name, value, value,
                )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is written, or on an error nothing; one inside another belongs to the outer one."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._do("BEGIN IMMEDIATE")
            try:
                yield
                changes = self._count_change()
            except BaseException:
                self._do("ROLLBACK")
                raise
            self._do("COMMIT")
            self._changes.write(changes)

    def checkpoint(self) -> bool:
        """Write the write-ahead log into the file; whether all of it is there now, and the log empty."""
        with self._lock, self._errors():
            busy, *_ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def dense_state(self) -> DenseState:
        """What the dense index has of the ledger, at one moment."""
        row = self._one(
            "SELECT (SELECT value FROM setting WHERE name = 'generation'), (SELECT count(*) FROM pending), "
            "(SELECT max(serial) FROM pending)"
        )
        generation, pending, last = row or (None, 0, None)
        return DenseState(int(generation or 0), int(pending), int(last or 0))

    def pending(self) -> list[tuple[int, str, bool]]:
        """The articles that were written or removed since the dense index was last published: the serial of the change,
        the article's id, and whether that index may hold an older version of it."""
        rows = self._all("SELECT serial, article_id, replaces FROM pending ORDER BY serial")
        return [(int(serial), str(ident), bool(replaces)) for serial, ident, replaces in rows]

    def pending_passages(self) -> int:
        """Number of the passages of pending articles."""
        row = self._one("SELECT count(*) FROM passage WHERE article_id IN (SELECT article_id FROM pending)")
        return 0 if row is None else int(row[0])

    def settle(self, state: DenseState, *, generation: int) -> None:
        """Keep that the dense index has, in this generation, all changes that were pending at `state`."""
        with self.transaction():
            self.keep(generation=str(generation))
            self._do("DELETE FROM pending WHERE serial <= ?", state.last)

    def go_on(self) -> None:
        """Take the ledger as it is, whatever it lacks."""
        self._changes.write(int(self.setting("changes") or 0))
        self.lacks = 0

    def put(self, article: Article, content_hash: str, entries: Sequence[Entry], aliases: Iterable[tuple[str, str]]
            ) -> None:
        """Write `article` with its passages in place of what was kept under its id.

        An earlier text of the same URL is listed from then on as superseded.
        """
        with self.transaction():
            self._supersede(article)
            self._note_pending(article.id)
            self._remove(article.id)
            self._do(
                "INSERT INTO article (id, text, title, source, author, date, url, path, hash, added, date_from, "
                "language, pages, text_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                article.id, article.text, article.title, article.source, article.author,
                article.date.isoformat() if article.date else None, article.url, article.path, content_hash,
                _now(), article.date_from, article.language,
                json.dumps(article.pages) if article.pages else None, text_hash(article.text),
            )
            for entry in entries:
                self._put_passage(article, entry)
            for short, long in aliases:
                self._do("INSERT INTO alias (article_id, short, long) VALUES (?, ?, ?)", article.id, short, long)

    def annotate(self, article_id: str, version: str, annotations: bytes, claims: Sequence[Claim]) -> None:
        """Keep what the parser found in an article and the claims drawn from it, in place of what was kept."""
        with self.transaction():
            self._do("DELETE FROM annotation WHERE article_id = ?", article_id)
            self._do("DELETE FROM claim WHERE article_id = ?", article_id)
            if self._one("SELECT 1 FROM article WHERE id = ?", article_id) is None:
                return
            self._do(
                "INSERT INTO annotation (article_id, version, sentences) VALUES (?, ?, ?)",
                article_id, version, annotations,
            )
            for number, one in enumerate(claims):
                self._do(
                    "INSERT INTO claim (article_id, number, place, place_key, holder, status, certainty, start_at, "
                    "end_at, since, until, dated, said_by, resolved_from, weight) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    article_id, number, one.place, place_key(one.place), one.holder, one.status.value,
                    one.certainty.value, one.start, one.end, one.since.isoformat() if one.since else None,
                    one.until.isoformat() if one.until else None, one.dated, one.said_by, one.resolved_from, one.weight,
                )

    def annotations(self, article_id: str, version: str) -> bytes | None:
        """What `annotate` kept of an article, None where that is missing or of another version."""
        row = self._one(
            "SELECT sentences FROM annotation WHERE article_id = ? AND version = ?", article_id, version
        )
        return None if row is None else bytes(row[0])

    def unannotated(self, version: str, most: int) -> list[str]:
        """Ids of the articles whose annotations are missing or of another version, at most so many."""
        rows = self._all(
            "SELECT id FROM article WHERE id NOT IN (SELECT article_id FROM annotation WHERE version = ?) LIMIT ?",
            version, most,
        )
        return [str(row[0]) for row in rows]

    def claims(self, place: str | None = None) -> list[tuple[str, Claim]]:
        """All claims, or those about a place, each with its article's id, in the order of their articles."""
        where, values = ("WHERE place_key = ?", [place_key(place)]) if place is not None else ("", [])
        rows = self._all(
            "SELECT article_id, place, holder, status, certainty, start_at, end_at, since, until, dated, said_by, "
            f"resolved_from, weight FROM claim {where} ORDER BY article_id, number", *values,
        )
        return [(str(row[0]), _claim(row[1:])) for row in rows]

    def claiming(self, place: str, filters: Filters, limit: int) -> list[str]:
        """Ids of the passages with claims about a place, the newest article's first."""
        clause, values = _where(filters)
        rows = self._all(
            "SELECT DISTINCT passage.article_id, passage.number, date FROM claim "
            "JOIN passage ON passage.article_id = claim.article_id AND passage.start_at <= claim.start_at "
            "AND passage.end_at >= claim.end_at JOIN article ON article.id = claim.article_id "
            f"WHERE place_key = ? {clause.replace('AND article_id', 'AND article.id')} "
            "ORDER BY coalesce(date, '') DESC, passage.article_id, passage.number LIMIT ?",
            place_key(place), *values, limit,
        )
        return [f"{row[0]}:{row[1]}" for row in rows]

    def held_places(self, most: int) -> list[str]:
        """The places that most sentences give to a holder, at most so many."""
        rows = self._all(
            "SELECT place FROM claim WHERE status IN ('holds', 'took') AND resolved_from = '' AND weight >= 0.9 "
            "GROUP BY place_key HAVING count(*) > 1 ORDER BY count(*) DESC, place LIMIT ?", most,
        )
        return [str(row[0]) for row in rows]

    def remove(self, article_id: str) -> bool:
        """Remove an article and all that hangs on it, its earlier versions too; whether there was one."""
        with self.transaction():
            self._do("DELETE FROM superseded WHERE article_id = ?", article_id)
            self._note_pending(article_id)
            return self._remove(article_id)

    def superseded(self) -> list[Superseded]:
        """The earlier versions of articles, those replaced last first."""
        rows = self._all(
            "SELECT article_id, title, source, date, url, added, replaced FROM superseded ORDER BY serial DESC"
        )
        return [
            Superseded(ident, title, source, _date(date), url, added, replaced)
            for ident, title, source, date, url, added, replaced in rows
        ]

    def unlikened(self, most: int) -> list[str]:
        """Ids of the articles that were compared with no other yet, at most so many."""
        rows = self._all(
            "SELECT id FROM article WHERE NOT EXISTS (SELECT 1 FROM likeness WHERE article_id = id) "
            "ORDER BY added, id LIMIT ?", most,
        )
        return [str(row[0]) for row in rows]

    def likenesses(self) -> list[tuple[bytes, str]]:
        """The signature and the story of every article that was compared."""
        return [(bytes(row[0]), str(row[1])) for row in self._all("SELECT signature, story FROM likeness")]

    def liken(self, article_id: str, signature: bytes, story: str) -> None:
        """Keep an article's signature, and which story it tells: an id that all articles with the story share."""
        self._do("INSERT INTO likeness (article_id, signature, story) VALUES (?, ?, ?)", article_id, signature, story)

    def carry(self, article_id: str, source: str) -> None:
        """Keep that `source`, too, carries an article, word for word."""
        self._do(
            "INSERT INTO carried (article_id, source) VALUES (?, ?) ON CONFLICT (article_id, source) DO NOTHING",
            article_id, source,
        )

    def outlets(self, article_id: str) -> tuple[str | None, list[str]]:
        """The story that an article tells, None where it was compared with no other, and the sources that carry it."""
        row = self._one("SELECT story FROM likeness WHERE article_id = ?", article_id)
        if row is None:
            return None, []
        told = "SELECT article_id FROM likeness WHERE story = ?"
        sources = self._all(
            f"SELECT source FROM article WHERE id IN ({told}) AND source IS NOT NULL "
            f"UNION SELECT source FROM carried WHERE article_id IN ({told}) ORDER BY source", row[0], row[0],
        )
        return str(row[0]), [str(source) for source, in sources]

    def attached(self, article_id: str) -> dict[str, Any]:
        """What hangs on an article beside its passages, fit for JSON: who else carries it, and its earlier versions."""
        carried = self._all("SELECT source FROM carried WHERE article_id = ? ORDER BY source", article_id)
        columns = ", ".join(_VERSION)
        rows = self._all(f"SELECT {columns} FROM superseded WHERE article_id = ? ORDER BY serial", article_id)
        return {
            "story": self.outlets(article_id)[0],
            "carried": [source for source, in carried],
            "superseded": [dict(zip(_VERSION, row, strict=True)) for row in rows],
        }

    def attach(self, article_id: str, attached: Mapping[str, Any], *, story: bool) -> None:
        """Keep what `attached` gave of an article; with `story`, which story it tells too, else that stays as it is."""
        columns, places = ", ".join(_VERSION), ", ".join("?" * len(_VERSION))
        with self.transaction():
            for source in attached["carried"]:
                self.carry(article_id, source)
            self._do("DELETE FROM superseded WHERE article_id = ?", article_id)
            for version in attached["superseded"]:
                self._do(
                    f"INSERT INTO superseded (article_id, {columns}) VALUES (?, {places})",
                    article_id, *(version[name] for name in _VERSION),
                )
            if story and attached["story"]:
                self._do("UPDATE likeness SET story = ? WHERE article_id = ?", attached["story"], article_id)

    def _supersede(self, article: Article) -> None:
        if article.url is not None:
            self._do(
                "INSERT INTO superseded (article_id, text, title, source, date, url, added, replaced) "
                "SELECT id, text, title, source, date, url, added, ? FROM article "
                "WHERE id = ? AND url = ? AND text <> ?",
                _now(), article.id, article.url, article.text,
            )

    def _remove(self, article_id: str) -> bool:
        with self.transaction():
            rows = self._all("SELECT serial FROM passage WHERE article_id = ?", article_id)
            for (serial,) in rows:
                self._do("DELETE FROM words WHERE rowid = ?", serial)
            return self._do("DELETE FROM article WHERE id = ?", article_id).rowcount > 0

    def _note_pending(self, article_id: str) -> None:
        """What is noted already keeps whether an older version was published, and comes last now."""
        row = self._one("SELECT replaces FROM pending WHERE article_id = ?", article_id)
        if row is None:
            row = self._one("SELECT count(*) FROM article WHERE id = ?", article_id)
        self._do("DELETE FROM pending WHERE article_id = ?", article_id)
        self._do("INSERT INTO pending (article_id, replaces) VALUES (?, ?)", article_id, row[0] if row else 0)

    def hashes(self) -> dict[str, str]:
        """Content hash of every article by its id."""
        return {str(row[0]): str(row[1]) for row in self._all("SELECT id, hash FROM article")}

    def same_text(self, text: str) -> Listed | None:
        """The article with exactly this text, the one added first; None if there is none."""
        row = self._one("SELECT id FROM article WHERE text_hash = ? ORDER BY added, id LIMIT 1", text_hash(text))
        return None if row is None else self._listed("WHERE id = ?", row[0])[0]

    def listed(self, most: int | None = None) -> list[Listed]:
        """The articles, all or at most so many, newest first, those without a date last."""
        limit = "" if most is None else f" LIMIT {most:d}"
        return self._listed(f"ORDER BY coalesce(date, '') DESC, title, id{limit}")

    def browse(self, wanted: Browsing, *, most: int, after: int = 0) -> tuple[list[Listed], int]:
        """At most so many of the articles that are wanted, after the first `after`, and how many those are in all."""
        clause, values = _wanted(wanted)
        row = self._one(f"SELECT count(*) FROM article WHERE {clause}", *values)
        key = _KEYS[wanted.order]
        order = f"{key} IS NULL, {key} {'DESC' if wanted.descending else 'ASC'}, lower(title), id"
        listed = self._listed(f"WHERE {clause} ORDER BY {order} LIMIT ? OFFSET ?", *values, most, after)
        return listed, 0 if row is None else int(row[0])

    def article(self, article_id: str) -> Article:
        """The article with this id. Raises ArticleNotFoundError."""
        row = self._one(f"SELECT {_ARTICLE} FROM article WHERE id = ?", article_id)
        if row is None:
            raise ArticleNotFoundError(f"No article has the id '{article_id}'. `python app.py articles` lists them.")
        return _article(row)

    def passages(self, ids: Sequence[str]) -> dict[str, tuple[Passage, Article, Vectors]]:
        """The passages with these ids, each with its article and its vector; an id that is not kept is left out."""
        found: dict[str, tuple[Passage, Article, Vectors]] = {}
        for passage_id in ids:
            article_id, _, number = passage_id.rpartition(":")
            row = self._one(
                f"SELECT vector, {_PASSAGE}, {_ARTICLE} {_JOINED} WHERE article_id = ? AND number = ?",
                article_id, int(number),
            )
            if row is not None:
                article = _article(row[6:])
                found[passage_id] = (_passage(row[1:6], article.text), article, np.frombuffer(row[0], np.float32))
        return found

    def sentence_vectors(self, passage: Passage) -> Vectors:
        """Unit vectors of the passage's sentences, shape (sentences, dimension)."""
        row = self._one(
            "SELECT sentence_vectors FROM passage WHERE article_id = ? AND number = ?",
            passage.article_id, passage.number,
        )
        if row is None:
            raise ArticleNotFoundError(f"Passage '{passage.id}' is no longer in the index. Ask again.")
        vectors: Vectors = np.frombuffer(row[0], np.float16).astype(np.float32)
        return vectors.reshape(len(passage.sentences), -1)

    def sentences(self, article_id: str) -> list[tuple[int, int]]:
        """The spans (start, end) of an article's sentences in its text, in order."""
        rows = self._all("SELECT sentences FROM passage WHERE article_id = ? ORDER BY number", article_id)
        return sorted({(start, end) for (spans,) in rows for start, end in json.loads(spans)})

    def vectors(self, batch: int = 500, *, pending: bool | None = None
                ) -> Iterator[list[tuple[Passage, Article, Vectors]]]:
        """Passages, each with its article (without text, which Chroma does not get) and its vector, in batches: of all
        articles, of those that are pending, or of the others."""
        after = -1
        while rows := self._vector_rows(
            f"WHERE passage.serial > ? {_PENDING[pending]} ORDER BY passage.serial LIMIT ?", after, batch
        ):
            after = rows[-1][0]
            yield [_vector(row) for row in rows]

    def vectors_of(self, article_id: str) -> list[tuple[Passage, Article, Vectors]]:
        """The same of one article's passages; empty where there is no such article."""
        return [_vector(row) for row in self._vector_rows("WHERE article_id = ? ORDER BY number", article_id)]

    def _vector_rows(self, rest: str, *values: object) -> list[Row]:
        return self._all(
            f"SELECT passage.serial, vector, {_PASSAGE}, id, '', title, source, author, date, url, path, date_from, "
            f"language, pages {_JOINED} {rest}", *values,
        )

    def count(self) -> tuple[int, int]:
        """Number of articles and of passages."""
        row = self._one("SELECT (SELECT count(*) FROM article), (SELECT count(*) FROM passage)")
        return (0, 0) if row is None else (row[0], row[1])

    def sources(self) -> list[tuple[str | None, int]]:
        """Each source with the number of its articles, the most first; None are those without a source."""
        return [
            (source, int(count))
            for source, count in self._all(
                "SELECT source, count(*) FROM article GROUP BY source ORDER BY count(*) DESC, coalesce(source, '')"
            )
        ]

    def date_range(self) -> tuple[datetime.date | None, datetime.date | None]:
        """The oldest and the newest publication date, None where no article has one."""
        row = self._one("SELECT min(date), max(date) FROM article")
        return (None, None) if row is None else (_date(row[0]), _date(row[1]))

    def aliases(self) -> set[tuple[str, str]]:
        """Short and long names that articles introduce, such as ("HTS", "Hayat Tahrir al-Sham")."""
        return {(str(row[0]), str(row[1])) for row in self._all("SELECT DISTINCT short, long FROM alias")}

    def search_words(self, query: Sequence[str], filters: Filters, limit: int) -> list[str]:
        """Ids of the passages that hold any of the words, best BM25 first (SQLite's bm25(), title and body alike)."""
        if not query or filters.admit_nothing:
            return []
        clause, values = _where(filters)
        match = " OR ".join(_quoted(word) for word in query)
        rows = self._all(
            "SELECT article_id, number FROM words JOIN passage ON serial = words.rowid "
            f"JOIN article ON article.id = article_id WHERE words MATCH ? {clause} "
            "ORDER BY bm25(words), date DESC, article_id, number LIMIT ?", match, *values, limit,
        )
        return [f"{row[0]}:{row[1]}" for row in rows]

    def mentions(self, name: str, filters: Filters, limit: int) -> list[str]:
        """Ids of the passages whose title or body holds `name`, the newest article's first."""
        clause, values = _where(filters)
        rows = self._all(
            "SELECT article_id, number FROM words JOIN passage ON serial = words.rowid "
            f"JOIN article ON article.id = article_id WHERE words MATCH ? {clause} "
            "ORDER BY coalesce(date, '') DESC, article_id, number LIMIT ?",
            _quoted(name), *values, limit,
        )
        return [f"{row[0]}:{row[1]}" for row in rows]

    def frequency(self, word: str) -> int:
        """Number of passages that hold `word` or a form of it, in the title or the body."""
        row = self._one("SELECT count(*) FROM words WHERE words MATCH ?", _quoted(word))
        return 0 if row is None else int(row[0])

    def terms(self, prefix: str) -> list[str]:
        """The stemmed terms of all passages that begin with `prefix`."""
        last = prefix + chr(0x10FFFF)
        return [str(row[0]) for row in self._all("SELECT term FROM term WHERE term >= ? AND term < ?", prefix, last)]

    def _listed(self, rest: str, *values: object) -> list[Listed]:
        rows = self._all(
            f"SELECT id, title, source, date, path, {_PASSAGES}, added, date_from, url FROM article {rest}", *values
        )
        return [
            Listed(ident, title, source, _date(date), path, passages, added, date_from, url)
            for ident, title, source, date, path, passages, added, date_from, url in rows
        ]

    def damage(self) -> str | None:
        """What SQLite finds wrong with its file, or None; it reads all of it."""
        with self._lock, self._errors():
            return _damage(self._db)

    def words_are_sound(self) -> bool:
        """Whether the word index has the words of its texts."""
        with self._lock, self._errors():
            try:
                self._db.execute("INSERT INTO words (words) VALUES ('integrity-check')")
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                return False
            return True

    def rebuild_words(self) -> None:
        """Make the word index anew from its texts."""
        with self.transaction():
            self._do("INSERT INTO words (words) VALUES ('rebuild')")

    def texts(self) -> Iterator[tuple[str, str, str]]:
        """Id, text and kept hash of every article."""
        for (ident,) in self._all("SELECT id FROM article ORDER BY id"):
            if row := self._one("SELECT id, text, text_hash FROM article WHERE id = ?", ident):
                yield row[0], row[1], row[2]

    def raw_vectors(self, batch: int = 500) -> Iterator[list[tuple[str, bytes, bytes]]]:
        """Article id, vector and sentence vectors of every passage as they stand, in batches."""
        after = -1
        while rows := self._all(
            "SELECT serial, article_id, vector, sentence_vectors FROM passage WHERE serial > ? ORDER BY serial LIMIT ?",
            after, batch,
        ):
            after = rows[-1][0]
            yield [(row[1], row[2], row[3]) for row in rows]

    def strays(self) -> int:
        """Number of passages without an article and of word rows without a passage."""
        row = self._one(f"SELECT (SELECT count(*) FROM passage WHERE {_STRAY_PASSAGE}), "
                        f"(SELECT count(*) FROM words WHERE {_STRAY_WORDS})")
        return 0 if row is None else row[0] + row[1]

    def remove_strays(self) -> None:
        """Remove passages without an article and word rows without a passage."""
        with self.transaction():
            for (ident,) in self._all(f"SELECT DISTINCT article_id FROM passage WHERE {_STRAY_PASSAGE}"):
                self._do("DELETE FROM pending WHERE article_id = ?", ident)
                self._do("INSERT INTO pending (article_id, replaces) VALUES (?, 1)", ident)
            self._do(f"DELETE FROM passage WHERE {_STRAY_PASSAGE}")
            self._do(f"DELETE FROM words WHERE {_STRAY_WORDS}")

    def kept(self, article_id: str) -> list[StoredPassage]:
        """The passages of an article as they stand, in order."""
        rows = self._all(
            "SELECT number, start_at, end_at, sentences, vector, sentence_vectors, title, body FROM passage "
            "LEFT JOIN words ON words.rowid = serial WHERE article_id = ? ORDER BY number", article_id,
        )
        return [StoredPassage(*row) for row in rows]

    def refill_words(self, article_id: str) -> None:
        """Write the word index of an article anew."""
        article = self.article(article_id)
        with self.transaction():
            for serial, start, end in self._all(
                "SELECT serial, start_at, end_at FROM passage WHERE article_id = ?", article_id
            ):
                self._do("DELETE FROM words WHERE rowid = ?", serial)
                self._do("INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)",
                         serial, article.title, article.text[start:end])

    def keep_added(self, times: Mapping[str, str]) -> None:
        """Keep when these articles were first added, by their ids."""
        with self.transaction():
            for ident, added in times.items():
                self._do("UPDATE article SET added = ? WHERE id = ?", added, ident)

    def _put_passage(self, article: Article, entry: Entry) -> None:
        passage = entry.passage
        row = self._one(
            "INSERT INTO passage (article_id, number, start_at, end_at, sentences, vector, sentence_vectors) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING serial",
            article.id, passage.number, passage.start, passage.end, json.dumps(passage.sentences),
            entry.vector.astype(np.float32).tobytes(), entry.sentence_vectors.astype(np.float16).tobytes(),
        )
        if row is not None:
            self._do("INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)", row[0], article.title, passage.text)

    def _count_change(self) -> int:
        row = self._one(
            "INSERT INTO setting (name, value) VALUES ('changes', '1') ON CONFLICT (name) "
            "DO UPDATE SET value = CAST(setting.value AS INTEGER) + 1 RETURNING value"
        )
        return 0 if row is None else int(row[0])

    def _migrate(self) -> None:
        """Bring the file to this program's format, a step at a time; a new file has it already."""
        kept = self.setting("format")
        if kept is None:
            self.keep(format=FORMAT)
            kept = FORMAT
        while kept in _MIGRATIONS:
            after = str(int(kept) + 1)
            with self.transaction():
                # Another process may have come first.
                if self.setting("format") == kept:
                    for statement in filter(str.strip, _MIGRATIONS[kept].split(";")):
                        self._do(statement)
                    self._hash_texts()
                    self.keep(format=after)
            kept = after
        if kept != FORMAT:
            raise DataFolderError(
                f"{self.path} has format {kept}, this program reads format {FORMAT}. "
                "Move the data folder away and index the articles again."
            )
        self._do("CREATE INDEX IF NOT EXISTS article_text_hash ON article (text_hash)")

    def _hash_texts(self) -> None:
        for (ident,) in self._all("SELECT id FROM article WHERE text_hash IS NULL"):
            self._do("UPDATE article SET text_hash = ? WHERE id = ?", text_hash(self.article(ident).text), ident)

    def _do(self, sql: str, *values: object) -> sqlite3.Cursor:
        with self._lock, self._errors():
            return self._db.execute(sql, values)

    def _one(self, sql: str, *values: object) -> Row | None:
        with self._lock, self._errors():
            row: Row | None = self._db.execute(sql, values).fetchone()
            return row

    def _all(self, sql: str, *values: object) -> list[Row]:
        with self._lock, self._errors():
            return self._db.execute(sql, values).fetchall()

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


class Changes:
    """How many changes a ledger has had, in a file beside it: what SQLite takes for a ledger's end may not be it.

    Where its -wal file is cut it goes on from the last change that is whole, and says nothing of those after it.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        except OSError as exc:
            raise DataFolderError(
                f"{path} cannot be written: {exc.strerror}. Check the folder's permissions, or give another folder "
                "with --data."
            ) from exc

    def read(self) -> int:
        """Their number, 0 where none is known."""
        kept = os.pread(self._file, 20, 0)
        return int(kept) if kept.isdigit() else 0

    def write(self, number: int) -> None:
        """Keep their number. On a full disk the old one stays, which is no harm: it is never too high."""
        with suppress(OSError):
            os.pwrite(self._file, b"%020d" % number, 0)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def file_damage(path: Path) -> str | None:
    """What SQLite finds wrong with the file at `path`, or None."""
    try:
        with closing(sqlite3.connect(path)) as db:
            return _damage(db)
    except sqlite3.Error as exc:
        return str(exc)


def _damage(db: sqlite3.Connection) -> str | None:
    found = str(db.execute("PRAGMA integrity_check(1)").fetchone()[0])
    return None if found == "ok" else " ".join(found.split())


def _claim(row: Row) -> Claim:
    place, holder, status, certainty, start, end, since, until, dated, said_by, resolved, weight = row
    return Claim(
        place, holder, Status(status), Certainty(certainty), start, end, _date(since), _date(until), dated, said_by,
        resolved, weight,
    )


def place_key(place: str) -> str:
    """By what a place is found whatever its case and diacritics: the stems of its words."""
    return " ".join(stem(word) for word in words(place) if word.lower() not in ("the", "of"))


def text_hash(text: str) -> str:
    """SHA-256 of a text, by which two articles with one text are told."""
    return hashlib.sha256(text.encode()).hexdigest()


def _where(filters: Filters) -> tuple[str, list[object]]:
    clauses: list[str] = []
    values: list[object] = []
    for column, chosen in (("article_id", filters.articles), ("source", filters.sources)):
        if chosen is not None:
            clauses.append(f"AND {column} IN ({', '.join('?' * len(chosen))})")
            values += chosen
    for comparison, day in ((">=", filters.since), ("<=", filters.until)):
        if day is not None:
            clauses.append(f"AND date {comparison} ?")
            values.append(day.isoformat())
    return " ".join(clauses), values


def _wanted(wanted: Browsing) -> tuple[str, list[object]]:
    """A word is looked for as it stands in what is known of an article, and as the beginning of a word in its text."""
    clauses, values = ["TRUE"], list[object]()
    known = ("title", "source", "author", "url")
    for word in wanted.words.replace("\0", " ").split()[:MOST_WORDS]:
        held = " OR ".join(f"lower({column}) LIKE lower(?) ESCAPE '\\'" for column in known)
        within = "SELECT article_id FROM words JOIN passage ON serial = words.rowid WHERE words MATCH ?"
        clauses.append(f"({held} OR id IN ({within}))")
        values += ["%" + re.sub(r"([\\%_])", r"\\\1", word) + "%"] * 4 + [f"{_quoted(word)}*"]
    if wanted.source is not None:
        clauses.append("source = ?" if wanted.source else "source IS NULL")
        values += [wanted.source] if wanted.source else []
    return " AND ".join(clauses), values


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _date(value: str | None) -> datetime.date | None:
    return None if value is None else datetime.date.fromisoformat(value)


def _article(row: Row) -> Article:
    ident, text, title, source, author, date, url, path, date_from, language, pages = row
    starts = tuple(json.loads(pages or "[]"))
    return Article(ident, text, title, source, author, _date(date), url, path, date_from, language, starts)


def _vector(row: Row) -> tuple[Passage, Article, Vectors]:
    return _passage(row[2:7], ""), _article(row[7:]), np.frombuffer(row[1], np.float32)


def _passage(row: Row, text: str) -> Passage:
    article_id, number, start, end, sentences = row
    spans = tuple((first, last) for first, last in json.loads(sentences))
    return Passage(article_id, number, start, end, text[start:end], spans)


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
