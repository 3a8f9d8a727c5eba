"""The table of earlier versions of articles, which later ones of the same URL replaced."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from index.article import Article
from index.storage.articles import date_of, now
from index.storage.connection import Connection

_COLUMNS = ("text", "title", "source", "date", "url", "added", "replaced")


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


class VersionTable:
    """Earlier versions by the ids of their articles."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def all(self) -> list[Superseded]:
        """The earlier versions of articles, those replaced last first."""
        rows = self._db.rows(
            "SELECT article_id, title, source, date, url, added, replaced FROM superseded ORDER BY serial DESC"
        )
        return [
            Superseded(ident, title, source, date_of(date), url, added, replaced)
            for ident, title, source, date, url, added, replaced in rows
        ]

    def supersede(self, article: Article) -> None:
        """Keep the version that `article` is about to replace, where it has the same URL and another text."""
        if article.url is not None:
            self._db.execute(
                "INSERT INTO superseded (article_id, text, title, source, date, url, added, replaced) "
                "SELECT id, text, title, source, date, url, added, ? FROM article "
                "WHERE id = ? AND url = ? AND text <> ?",
                now(), article.id, article.url, article.text,
            )

    def remove(self, article_id: str) -> None:
        """Remove the earlier versions of an article."""
        self._db.execute("DELETE FROM superseded WHERE article_id = ?", article_id)

    def exported(self, article_id: str) -> list[dict[str, Any]]:
        """The earlier versions of an article, oldest first, fit for JSON."""
        rows = self._db.rows(
            f"SELECT {', '.join(_COLUMNS)} FROM superseded WHERE article_id = ? ORDER BY serial", article_id
        )
        return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]

    def replace(self, article_id: str, versions: Iterable[Mapping[str, Any]]) -> None:
        """Keep what `exported` gave, in place of what is there."""
        self.remove(article_id)
        for version in versions:
            self._db.execute(
                f"INSERT INTO superseded (article_id, {', '.join(_COLUMNS)}) "
                f"VALUES (?, {', '.join('?' * len(_COLUMNS))})",
                article_id, *(version[name] for name in _COLUMNS),
            )
