"""What a run knows of the index. Others write while it reads and embeds: what it decided before is looked at again."""

from dataclasses import dataclass
from pathlib import Path

from index.article import Article
from index.collection import Collection
from index.ingest.identity import Identities


@dataclass(frozen=True)
class Decision:
    """That an article, as it was read under a name, from a file if it was that, is to be written; and what the index
    had of it then: its content hash, None where it is new, and its groups."""

    read: Article
    name: str
    file: Path | None
    content_hash: str | None
    groups: tuple[str, ...]
    times_let_go: int


class KnownArticles:
    """The content hashes and groups of all articles by their ids, which of them editors have corrected, and what tells
    the ids of files; with `prunes` as in `Identities`."""

    def __init__(self, collection: Collection, *, prunes: bool) -> None:
        self._collection = collection
        self._prunes = prunes
        self._look()

    def catch_up(self) -> None:
        """Look again where others may have written since the last look."""
        if self._times_let_go != self._collection.times_let_go:
            self._look()

    def decision(self, article: Article, read: Article, name: str, file: Path | None) -> Decision:
        """That `article`, of what was `read`, is to be written."""
        groups = self.groups.get(article.id, ())
        return Decision(read, name, file, self.hashes.get(article.id), groups, self._times_let_go)

    def stands(self, decision: Decision, article: Article) -> bool:
        """Whether nobody has written the article meanwhile, nor another with its text if it was new."""
        if decision.times_let_go == self._collection.times_let_go:
            return True
        self.catch_up()
        if self.hashes.get(article.id) != decision.content_hash:
            return False
        if self.groups.get(article.id, ()) != decision.groups:
            return False
        same = self._collection.ledger.articles.same_text(article.text, article.groups)
        return decision.content_hash is not None or same is None

    def _look(self) -> None:
        ledger = self._collection.ledger
        self._times_let_go = self._collection.times_let_go
        self.hashes = ledger.articles.hashes()
        self.groups = ledger.groups.by_article()
        self.corrected = ledger.corrections.corrected()
        self.identities = Identities(ledger.articles, self.hashes.keys(), prunes=self._prunes)
