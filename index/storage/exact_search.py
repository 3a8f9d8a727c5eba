"""Searches all passages exactly, in memory. To read every vector of a ledger takes less time than to import Chroma and
open its index, so a process that answers a single question searches this way."""

import numpy as np

from index.passage import Vectors
from index.storage.filters import EVERYTHING, Filters
from index.storage.ledger import Ledger

# Of more passages the vectors take more than 150 MB, and Chroma is faster.
MOST_PASSAGES = 100_000


class ExactIndex:
    """The vectors of all passages of a ledger, as they are when it is made."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._places, self._vectors = ledger.passages.all_vectors()

    def search(self, vector: Vectors, filters: Filters, limit: int) -> list[tuple[str, float]]:
        """Ids of the nearest passages, nearest first, each with its cosine similarity (-1 to 1)."""
        if not self._places or filters.admit_nothing:
            return []
        similarities = self._vectors @ vector
        rows = np.argsort(-similarities, kind="stable").tolist()
        if filters != EVERYTHING:
            admitted = self._ledger.articles.ids(filters)
            rows = [row for row in rows if self._places[row][0] in admitted]
        nearest = [(self._places[row], float(similarities[row])) for row in rows[:limit]]
        return [(f"{article_id}:{number}", similarity) for (article_id, number), similarity in nearest]
