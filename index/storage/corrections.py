"""The table of corrections: what editors have set right about an article, beside what was found there, and who did it.

A correction outlives a later reading of the article. What is put back is noted as well, and counts no longer."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from index.article import Article
from index.storage.articles import date_of
from index.storage.connection import Connection

# What can be set right about an article. Its text cannot: a citation quotes it.
FIELDS = ("title", "source", "author", "date", "url")
# How a date was found that an editor has set.
BY_EDITOR = "editor"
CHANGE_FIELDS = ("field", "found", "value", "restored", "changed_by", "changed")


@dataclass(frozen=True)
class Correction:
    """A change of one field: what was `found`, the new value, and whether that is what was found, put back."""

    field: str
    found: str | None
    value: str | None
    restored: bool
    changed_by: str
    changed: str


class CorrectionTable:
    """Corrections by the ids of their articles."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def of(self, article_id: str) -> list[Correction]:
        """All changes of an article, the oldest first."""
        rows = self._db.rows(
            f"SELECT {', '.join(CHANGE_FIELDS)} FROM correction WHERE article_id = ? ORDER BY serial", article_id
        )
        return [Correction(field, old, new, bool(put), by, at) for field, old, new, put, by, at in rows]

    def corrected(self) -> set[str]:
        """The ids of the articles that were changed."""
        return {str(row[0]) for row in self._db.rows("SELECT DISTINCT article_id FROM correction")}

    def note(self, article_id: str, correction: Correction) -> None:
        """Keep one change."""
        self._db.execute(
            f"INSERT INTO correction (article_id, {', '.join(CHANGE_FIELDS)}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            article_id, *(getattr(correction, column) for column in CHANGE_FIELDS),
        )

    def note_read(self, article: Article) -> None:
        """Keep what a new reading has found in the fields that were changed."""
        for field in {correction.field for correction in self.of(article.id)}:
            self._db.execute(
                "UPDATE correction SET found = ? WHERE article_id = ? AND field = ? AND found IS NOT ?",
                field_value(article, field), article.id, field, field_value(article, field),
            )

    def applied(self, article: Article) -> Article:
        """An article as it was read, with what editors have set right."""
        last = {correction.field: correction for correction in self.of(article.id)}
        return with_values(article, {name: each.value for name, each in last.items() if not each.restored})

    def remove(self, article_id: str) -> None:
        """Forget the changes of an article."""
        self._db.execute("DELETE FROM correction WHERE article_id = ?", article_id)

    def exported(self, article_id: str) -> list[dict[str, Any]]:
        """All changes of an article, the oldest first, fit for JSON."""
        return [vars(correction) for correction in self.of(article_id)]

    def replace(self, article_id: str, corrections: Iterable[Mapping[str, Any]]) -> None:
        """Keep what `exported` gave, in place of what is there."""
        self.remove(article_id)
        for correction in corrections:
            self.note(article_id, Correction(**correction))


def field_value(article: Article, field: str) -> str | None:
    """A field of an article as a correction keeps it."""
    value = getattr(article, field)
    return value.isoformat() if isinstance(value, datetime.date) else value


def with_values(article: Article, values: Mapping[str, str | None]) -> Article:
    """An article with other values in some of FIELDS, which are as a correction keeps them."""
    changes: dict[str, Any] = dict(values)
    if "date" in changes:
        changes["date"] = date_of(changes["date"])
        changes["date_from"] = BY_EDITOR if changes["date"] else None
    return replace(article, **changes)
