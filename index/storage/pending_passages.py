"""Searches the passages that the published dense index does not hold yet, exactly and in memory, so that the index need
not be written anew for each change."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from index.article import Article
from index.passage import Passage, Vectors
from index.storage.filters import Filters
from index.storage.ledger import Ledger

Row = tuple[Passage, Article, Vectors]


@dataclass(frozen=True)
class Pending:
    """The pending articles of a ledger at one moment. `rows` holds their passages by the serial of the change, `ids`
    the articles' ids, those of removed ones too: whatever the published index has of these is out of date. `vectors`
    are those of `passages`, shape (passages, dimension)."""

    rows: dict[int, list[Row]] = field(default_factory=dict)
    ids: frozenset[str] = frozenset()
    passages: Sequence[tuple[Passage, Article]] = ()
    vectors: Vectors = field(default_factory=lambda: np.zeros((0, 0), np.float32))

    @classmethod
    def of(cls, ledger: Ledger, before: "Pending") -> "Pending":
        """Those of `ledger`; what `before` has of them is not read again."""
        changes = [(serial, ident) for serial, ident, _ in ledger.pending.changes()]
        rows = {
            serial: before.rows[serial] if serial in before.rows else ledger.passages.vectors_of(ident)
            for serial, ident in changes
        }
        every = [row for some in rows.values() for row in some]
        return cls(
            rows,
            frozenset(ident for _, ident in changes),
            [(passage, article) for passage, article, _ in every],
            np.stack([vector for _, _, vector in every]) if every else cls().vectors,
        )

    def is_stale(self, passage_id: str) -> bool:
        """Whether a passage of the published index is out of date."""
        return passage_id.rpartition(":")[0] in self.ids

    def search(self, vector: Vectors, filters: Filters, limit: int) -> list[tuple[str, float]]:
        """Ids of the nearest pending passages, nearest first, each with its cosine similarity (-1 to 1)."""
        if not len(self.vectors):
            return []
        similarities = self.vectors @ vector
        near: list[tuple[str, float]] = []
        for row in _by_similarity(similarities):
            passage, article = self.passages[row]
            if filters.admit(article):
                near.append((passage.id, float(similarities[row])))
                if len(near) == limit:
                    break
        return near


def _by_similarity(similarities: Vectors) -> Sequence[int]:
    return [int(row) for row in np.argsort(-similarities, kind="stable")]
