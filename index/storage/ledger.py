"""The ledger: one SQLite file that is the truth about articles, passages and vectors, with a part for each table.

Full-text search (FTS5) and the pragmas aside, the SQL is what PostgreSQL has too. A change is one transaction: it is
there whole after a crash, or not at all. Safe to share between threads; a second process may read meanwhile.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from index.article import Article
from index.storage.aliases import AliasTable
from index.storage.annotations import AnnotationTable
from index.storage.articles import ArticleTable
from index.storage.connection import Connection
from index.storage.corrections import Correction, CorrectionTable
from index.storage.full_text import FullText
from index.storage.groups import GroupTable, restrict
from index.storage.maintenance import Maintenance
from index.storage.name_decisions import NameDecisionTable
from index.storage.passages import Entry, PassageTable
from index.storage.pending import PendingTable
from index.storage.readings import ReadingTable
from index.storage.schema import migrate
from index.storage.settings import SettingTable
from index.storage.stories import StoryTable
from index.storage.versions import VersionTable


class Ledger:
    """The open ledger; its own methods change several tables at once.

    Raises DataFolderError where the file cannot be opened, read or written.
    """

    def __init__(self, path: Path, *, groups: frozenset[str] | None = None) -> None:
        """Open the file, and bring it to this program's format. With `groups` it shows only what these groups of
        readers may read, and is for reading alone."""
        self.path = path
        self._connection = connection = Connection(path)
        # Read first: another process may be making changes.
        noted_changes = connection.changes.read()
        migrate(connection)
        if groups is not None:
            restrict(connection, groups)
        self.settings = SettingTable(connection)
        self.articles = ArticleTable(connection)
        self.passages = PassageTable(connection)
        self.full_text = FullText(connection)
        self.names = NameDecisionTable(connection)
        self.aliases = AliasTable(connection, self.names)
        self.stories = StoryTable(connection)
        self.versions = VersionTable(connection)
        self.annotations = AnnotationTable(connection)
        self.readings = ReadingTable(connection)
        self.corrections = CorrectionTable(connection)
        self.groups = GroupTable(connection)
        self.pending = PendingTable(connection)
        self.maintenance = Maintenance(connection, noted_changes)

    def close(self) -> None:
        """Close the file; the ledger is not to be used afterwards."""
        self._connection.close()

    def transaction(self) -> AbstractContextManager[None]:
        """Everything inside is written, or on an error nothing; one inside another belongs to the outer one."""
        return self._connection.transaction()

    def count(self) -> tuple[int, int]:
        """Number of articles and of passages."""
        return self._connection.unchanged("count", self._count)

    def _count(self) -> tuple[int, int]:
        row = self._connection.row("SELECT (SELECT count(*) FROM article), (SELECT count(*) FROM passage)")
        return (0, 0) if row is None else (row[0], row[1])

    def put(self, article: Article, content_hash: str, entries: Sequence[Entry], aliases: Iterable[tuple[str, str]]
            ) -> None:
        """Write `article` with its passages in place of what was kept under its id.

        An earlier text of the same URL is listed from then on as superseded.
        """
        with self.transaction():
            self.versions.supersede(article)
            self._remove(article.id)
            self.articles.put(article, content_hash)
            for entry in entries:
                serial = self.passages.put(article.id, entry)
                self.full_text.put(serial, article.title, entry.passage.text)
            self.aliases.put(article.id, aliases)

    def correct(self, article: Article, content_hash: str, corrections: Iterable[Correction]) -> None:
        """Write what is known of `article`, its text aside, in place of what was kept, and who changed it."""
        with self.transaction():
            self.pending.note(article.id)
            self.articles.describe(article, content_hash)
            self.full_text.refill(article)
            for correction in corrections:
                self.corrections.note(article.id, correction)

    def describe(self, article: Article, content_hash: str) -> None:
        """Write what is known of `article` in place of what was kept, where its text, title and date are as they were:
        its passages, their vectors and the word index stay."""
        with self.transaction():
            before = self.articles.get(article.id)
            if (before.source, before.groups) != (article.source, article.groups):
                # The dense index knows who may read an article, and its source.
                self.pending.note(article.id)
                self.groups.put(article.id, article.groups)
            self.articles.describe(article, content_hash)

    def restrict(self, article_id: str, groups: Iterable[str]) -> None:
        """Keep which groups of readers may read an article; without one everybody may."""
        with self.transaction():
            self.pending.note(article_id)
            self.groups.put(article_id, groups)

    def remove(self, article_id: str) -> bool:
        """Remove an article and all that belongs to it, its earlier versions too; whether there was one."""
        with self.transaction():
            self.versions.remove(article_id)
            self.corrections.remove(article_id)
            return self._remove(article_id)

    def attached(self, article_id: str) -> dict[str, Any]:
        """What belongs to an article beside its passages, fit for JSON: who else carries it, its earlier versions,
        what editors have changed."""
        return {
            "story": self.stories.outlets(article_id)[0],
            "carried": self.stories.carriers(article_id),
            "superseded": self.versions.exported(article_id),
            "corrections": self.corrections.exported(article_id),
        }

    def attach(self, article_id: str, attached: Mapping[str, Any], *, story: bool) -> None:
        """Keep what `attached` gave of an article; with `story`, which story it tells too, else that stays as it is."""
        with self.transaction():
            for source in attached["carried"]:
                self.stories.carry(article_id, source)
            self.versions.replace(article_id, attached["superseded"])
            self.corrections.replace(article_id, attached["corrections"])
            if story and attached["story"]:
                self.stories.tell(article_id, attached["story"])

    def _remove(self, article_id: str) -> bool:
        self.pending.note(article_id)
        self.full_text.remove(article_id)
        return self.articles.remove(article_id)
