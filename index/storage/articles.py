"""The table of articles: their texts with what is known of them, and the lists of them."""

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from index.article import Article, text_hash
from index.errors import ArticleNotFoundError
from index.storage.connection import Connection, Row
from index.storage.filters import Filters, condition
from index.storage.full_text import quoted
from index.storage.groups import GROUPS_COLUMN, GroupTable

# Of a search in the list of articles: what stands behind them is passed over.
MOST_WORDS = 8
ARTICLE_COLUMNS = (
    "article.id, article.text, title, source, author, article.date, url, path, date_from, language, pages, "
    f"{GROUPS_COLUMN}, origin_id"
)
_PASSAGES = "(SELECT count(*) FROM passage WHERE article_id = article.id)"


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
    groups: tuple[str, ...] = ()


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


class ArticleTable:
    """Articles by their ids."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, article_id: str) -> Article:
        """The article with this id. Raises ArticleNotFoundError."""
        row = self._db.row(f"SELECT {ARTICLE_COLUMNS} FROM article WHERE id = ?", article_id)
        if row is None:
            raise ArticleNotFoundError(f"No article has the id '{article_id}'. `python app.py articles` lists them.")
        return article_of(row)

    def put(self, article: Article, content_hash: str) -> None:
        """Write an article with its groups; there must be none with its id."""
        GroupTable(self._db).put(article.id, article.groups)
        self._db.execute(
            "INSERT INTO article (id, text, title, source, author, date, url, path, hash, added, date_from, "
            "language, pages, text_hash, origin_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            article.id, article.text, article.title, article.source, article.author,
            article.date.isoformat() if article.date else None, article.url, article.path, content_hash,
            now(), article.date_from, article.language,
            json.dumps(article.pages) if article.pages else None, text_hash(article.text), article.origin_id,
        )

    def describe(self, article: Article, content_hash: str) -> None:
        """Write what is known of an article that is there, its text aside."""
        self._db.execute(
            "UPDATE article SET title = ?, source = ?, author = ?, date = ?, url = ?, path = ?, date_from = ?, "
            "language = ?, pages = ?, origin_id = ?, hash = ? WHERE id = ?",
            article.title, article.source, article.author, article.date.isoformat() if article.date else None,
            article.url, article.path, article.date_from, article.language,
            json.dumps(article.pages) if article.pages else None, article.origin_id, content_hash, article.id,
        )

    def with_url(self, url: str) -> str | None:
        """The id of an article with this URL, None where there is none."""
        row = self._db.row("SELECT id FROM article WHERE url = ? LIMIT 1", url)
        return None if row is None else str(row[0])

    def remove(self, article_id: str) -> bool:
        """Remove an article and what refers to it, the word index aside; whether there was one."""
        return self._db.execute("DELETE FROM article WHERE id = ?", article_id) > 0

    def ids(self, filters: Filters) -> set[str]:
        """The ids of the articles that `filters` admit."""
        clause, values = condition(filters)
        return {str(row[0]) for row in self._db.rows(f"SELECT id FROM article WHERE TRUE {clause}", *values)}

    def newest(self, most: int, filters: Filters) -> list[str]:
        """The ids of at most so many of the articles that `filters` admit, newest first, those without a date last."""
        clause, values = condition(filters)
        order = "ORDER BY coalesce(date, '') DESC, title, id"
        return [row[0] for row in self._db.rows(
            f"SELECT id FROM article WHERE TRUE {clause} {order} LIMIT ?", *values, most
        )]

    def hashes(self) -> dict[str, str]:
        """Content hash of every article by its id."""
        return {str(row[0]): str(row[1]) for row in self._db.rows("SELECT id, hash FROM article")}

    def same_text(self, text: str, groups: tuple[str, ...] = ()) -> Listed | None:
        """The article with exactly this text for the same groups, the one added first; None if there is none."""
        return next((row for row in self.with_text(text) if row.groups == groups), None)

    def with_text(self, text: str) -> list[Listed]:
        """The articles with exactly this text, for whichever groups, those added first before the others."""
        return self._listed("WHERE text_hash = ? ORDER BY added, id", text_hash(text))

    def read_alike(self, article: Article) -> tuple[Article, str] | None:
        """An article whose passages and annotations are those of `article`, with its hash: one of the same text, title
        and date, itself before others. None where there is none; what editors corrected is no other's."""
        row = self._db.row(
            "SELECT id, hash FROM article WHERE text_hash = ? AND title = ? AND date IS ? "
            "AND (id = ? OR id NOT IN (SELECT article_id FROM correction)) ORDER BY id <> ?, added, id LIMIT 1",
            text_hash(article.text), article.title, article.date.isoformat() if article.date else None,
            article.id, article.id,
        )
        return None if row is None else (self.get(row[0]), str(row[1]))

    def moved(self) -> list[tuple[str, str, str]]:
        """Of each article whose file was moved: its id, which it kept, the id that its path gives, and its path."""
        rows = self._db.rows("SELECT id, origin_id, path FROM article WHERE origin_id IS NOT NULL AND path IS NOT NULL")
        return [(str(ident), str(origin), str(path)) for ident, origin, path in rows]

    def groups_of_text(self, text: str) -> tuple[str, ...]:
        """The groups that may read this text: those of the article added first, unless another is for everybody."""
        rows = self.with_text(text)
        return () if any(not row.groups for row in rows) else rows[0].groups if rows else ()

    def listed(self, most: int | None = None) -> list[Listed]:
        """The articles, all or at most so many, newest first, those without a date last."""
        limit = "" if most is None else f" LIMIT {most:d}"
        return self._listed(f"ORDER BY coalesce(date, '') DESC, title, id{limit}")

    def browse(self, wanted: Browsing, *, most: int, after: int = 0) -> tuple[list[Listed], int]:
        """At most so many of the articles that are wanted, after the first `after`, and how many those are in all."""
        clause, values = _wanted(wanted)
        total = self._db.number(f"SELECT count(*) FROM article WHERE {clause}", *values)
        key = _KEYS[wanted.order]
        order = f"{key} IS NULL, {key} {'DESC' if wanted.descending else 'ASC'}, lower(title), id"
        return self._listed(f"WHERE {clause} ORDER BY {order} LIMIT ? OFFSET ?", *values, most, after), total

    def sources(self) -> list[tuple[str | None, int]]:
        """Each source with the number of its articles, the most first; None are those without a source."""
        return [
            (source, int(count))
            for source, count in self._db.rows(
                "SELECT source, count(*) FROM article GROUP BY source ORDER BY count(*) DESC, coalesce(source, '')"
            )
        ]

    def date_range(self) -> tuple[datetime.date | None, datetime.date | None]:
        """The oldest and the newest publication date, None where no article has one. A day that is still to come, kept
        by an earlier version, is no such date; that of a file's making counts where nothing better is known."""
        return self._db.unchanged("days", lambda: lru_cache(maxsize=1)(self._dates_until))(_newest_day())

    def _dates_until(self, newest: datetime.date) -> tuple[datetime.date | None, datetime.date | None]:
        row = self._db.row(
            "SELECT min(date), coalesce(max(date) FILTER (WHERE date_from IS NOT 'file metadata'), max(date)) "
            "FROM article WHERE date <= ?", newest.isoformat()
        )
        return (None, None) if row is None else (date_of(row[0]), date_of(row[1]))

    def texts(self) -> Iterator[tuple[str, str, str]]:
        """Id, text and kept hash of every article."""
        for (ident,) in self._db.rows("SELECT id FROM article ORDER BY id"):
            if row := self._db.row("SELECT id, text, text_hash FROM article WHERE id = ?", ident):
                yield row[0], row[1], row[2]

    def keep_added(self, times: Mapping[str, str]) -> None:
        """Keep when these articles were first added, by their ids."""
        with self._db.transaction():
            for ident, added in times.items():
                self._db.execute("UPDATE article SET added = ? WHERE id = ?", added, ident)

    def _listed(self, rest: str, *values: object) -> list[Listed]:
        rows = self._db.rows(
            f"SELECT id, title, source, date, path, {_PASSAGES}, added, date_from, url, {GROUPS_COLUMN} "
            f"FROM article {rest}", *values
        )
        return [
            Listed(ident, title, source, date_of(date), path, passages, added, date_from, url, groups_of(groups))
            for ident, title, source, date, path, passages, added, date_from, url, groups in rows
        ]


def article_of(row: Row) -> Article:
    """The article in a row of ARTICLE_COLUMNS."""
    ident, text, title, source, author, date, url, path, date_from, language, pages, groups, origin_id = row
    starts = tuple(json.loads(pages)) if pages else ()
    return Article(
        ident, text, title, source, author, date_of(date), url, path, date_from, language, starts, groups_of(groups),
        origin_id,
    )


def groups_of(names: str) -> tuple[str, ...]:
    """The groups in a value of GROUPS_COLUMN, in order."""
    return () if names == "[]" else tuple(sorted(json.loads(names)))


def date_of(value: str | None) -> datetime.date | None:
    """A day as it is kept."""
    return None if value is None else datetime.date.fromisoformat(value)


def _newest_day() -> datetime.date:
    """The day that it is by now where the day begins first."""
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=14)).date()


def now() -> str:
    """The time as it is kept."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _wanted(wanted: Browsing) -> tuple[str, list[object]]:
    """A word is looked for as it stands in what is known of an article, and as the beginning of a word in its text."""
    clauses, values = ["TRUE"], list[object]()
    known = ("title", "source", "author", "url")
    for word in wanted.words.replace("\0", " ").split()[:MOST_WORDS]:
        held = " OR ".join(f"lower({column}) LIKE lower(?) ESCAPE '\\'" for column in known)
        within = "SELECT article_id FROM words JOIN passage ON serial = words.rowid WHERE words MATCH ?"
        clauses.append(f"({held} OR id IN ({within}))")
        values += ["%" + re.sub(r"([\\%_])", r"\\\1", word) + "%"] * 4 + [quoted(word, "*")]
    if wanted.source is not None:
        clauses.append("source = ?" if wanted.source else "source IS NULL")
        values += [wanted.source] if wanted.source else []
    return " AND ".join(clauses), values
