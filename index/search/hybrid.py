"""Question in, passages out: dense search and BM25 over the same passages, joined by reciprocal rank fusion
(Cormack, Clarke and Büttcher, SIGIR 2009)."""

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from index.article import Article
from index.language.words import STOPWORDS, words
from index.passage import RetrievedPassage, Vectors
from index.storage.filters import EVERYTHING, Filters
from index.storage.ledger import Ledger

CANDIDATES = 60
# Measured (`python -m benchmarks --only retrieval --all`): with these the two joined beat the better of them on every
# set, and so they do at a weight of 2. With the usual 60 and 1 they fall behind BM25 where dense search is much worse.
RANK_CONSTANT = 20
BM25_WEIGHT = 1.5
PASSAGES_OF_ONE_ARTICLE = 3
CROWDING = 0.8
RECENCY = 0.05


class DenseIndex(Protocol):
    """What is searched by meaning."""

    def search(self, vector: Vectors, filters: Filters, limit: int, /) -> list[tuple[str, float]]: ...


@dataclass(frozen=True)
class Candidate:
    """A passage that may be among the best: its id, its article without the text, and scores as in RetrievedPassage."""

    id: str
    article: Article
    score: float
    similarity: float


class Retriever:
    """Hybrid search over one ledger and the dense index made from it."""

    def __init__(self, ledger: Ledger, store: DenseIndex) -> None:
        self._ledger = ledger
        self._store = store

    def search(
        self, question: str, vector: Vectors, *, filters: Filters = EVERYTHING, limit: int = 8
    ) -> list[RetrievedPassage]:
        """The `limit` passages that fit best, best first. `vector` is the question's, shape (dimension,).

        Near-equal passages prefer the newer article; from its fourth passage on an article gives way to others that
        match about as well. A failed search is a VectorStoreError or DataFolderError, never an empty list.
        """
        dense = [ident for ident, _ in self._store.search(vector, filters, CANDIDATES)]
        sparse = self._ledger.full_text.search(query_words(question), filters, CANDIDATES)
        scores = fuse([(dense, 1.0), (sparse, BM25_WEIGHT)])
        candidates = [
            Candidate(ident, article, scores[ident], float(own @ vector))
            for ident, (article, own) in self._ledger.passages.outlines(scores).items()
            # Chroma may not know yet that an article has another date or source now.
            if filters.admit(article)
        ]
        best = _spread(_newer_first(candidates), limit)
        kept = self._ledger.passages.get(one.id for one in best)
        return [RetrievedPassage(*kept[one.id], one.score, one.similarity) for one in best if one.id in kept]


def query_words(question: str) -> list[str]:
    """The words that BM25 searches for: those that say something, each once; all of them where none does."""
    every = list(dict.fromkeys(words(question)))
    return [word for word in every if word.lower() not in STOPWORDS] or every


def fuse(rankings: Sequence[tuple[Sequence[str], float]]) -> dict[str, float]:
    """Reciprocal rank fusion of weighted rankings: the sum of weight / (RANK_CONSTANT + rank), rank from 1, by id."""
    scores: dict[str, float] = {}
    for ranking, weight in rankings:
        for rank, ident in enumerate(ranking, 1):
            scores[ident] = scores.get(ident, 0.0) + weight / (RANK_CONSTANT + rank)
    return scores


def _newer_first(found: list[Candidate]) -> list[Candidate]:
    """Best first, where the newest article's passages count up to five per cent more than the oldest's."""
    days = sorted({f.article.date or datetime.date.min for f in found})
    step = RECENCY / max(len(days) - 1, 1)
    gain = {day: 1 + step * place for place, day in enumerate(days)}
    return sorted(found, key=lambda f: f.score * gain[f.article.date or datetime.date.min], reverse=True)


def _spread(found: list[Candidate], limit: int) -> list[Candidate]:
    """The first `limit` of `found` after the surplus passages of one article have lost a fifth of their score each."""
    seen: Counter[str] = Counter()
    weighed: list[tuple[float, int]] = []
    for place, one in enumerate(found):
        surplus = max(0, seen[one.article.id] + 1 - PASSAGES_OF_ONE_ARTICLE)
        weighed.append((-one.score * CROWDING**surplus, place))
        seen[one.article.id] += 1
    return [found[place] for _, place in sorted(weighed)[:limit]]
