"""Says which groups of readers may read which articles, and gives a view of the collection for each set of groups: for
whatever it is asked, there are only the articles in it that they may read."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from index.collection import Collection
from index.groups import read_groups
from index.passage import RetrievedPassage, Vectors
from index.search.vocabulary import Vocabulary
from index.storage.filters import Filters
from index.storage.ledger import Ledger


class Readership:
    """The readers of one collection, by their groups."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def groups(self) -> frozenset[str]:
        """All groups that some article is restricted to, or was when it was removed."""
        return self._collection.ledger.groups.all()

    def view(self, groups: Iterable[str]) -> "ReaderView":
        """What readers in these groups, or in none, may read; to be closed."""
        return ReaderView(self._collection, frozenset(groups))

    def closed(self, article_ids: Iterable[str], groups: Iterable[str]) -> bool:
        """Whether any of these articles is, or was when it was removed, restricted to other groups than these."""
        return bool(self._collection.ledger.groups.closed(article_ids, groups))

    def restrict(self, article_ids: Sequence[str], groups: Iterable[str]) -> None:
        """Let only these groups read these articles, or everybody where there are none. It holds when this returns.

        Raises GroupError, ArticleNotFoundError, and LockedError while another process writes.
        """
        names = read_groups(groups)
        ledger = self._collection.ledger
        with self._collection.writing():
            with ledger.transaction():
                for ident in article_ids:
                    # Raises where there is none.
                    ledger.articles.get(ident)
                    ledger.restrict(ident, names)
            self._collection._files.publish_if_due()


class ReaderView(Collection):
    """A collection as readers in some groups see it. It shares models and dense index with the whole collection. Its
    connection to the ledger is its own, and shows nothing else. It is for reading alone."""

    def __init__(self, whole: Collection, groups: frozenset[str]) -> None:
        """`groups` may be empty: then it has what everybody may read."""
        self.data = whole.data
        self._groups = groups
        self._models = whole._models
        self._files = whole._files
        # It is only asked of articles that were read here.
        self._annotator = whole._annotator
        self.ledger = Ledger(whole.ledger.path, groups=groups)
        self.vocabulary = Vocabulary(self.ledger)

    def close(self) -> None:
        """Let go of the ledger; models and dense index stay with the whole collection."""
        self.ledger.close()

    def _search(self, question: str, vector: Vectors, filters: Filters, limit: int) -> list[RetrievedPassage]:
        return super()._search(question, vector, replace(filters, groups=self._groups), limit)
