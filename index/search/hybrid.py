"""The hybrid retriever: dense search and BM25 over the same passages, fused by their normalised scores.

Summing scores beats joining ranks, because ranks forget how much better one passage is than the next (Bruch, Gai and
Ingber, An Analysis of Fusion Functions for Hybrid Retrieval, TOIS 2023). `benchmarks/fit_retrieval.py` makes the
weights.
"""

import datetime
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Protocol

from index.article import Article
from index.language.words import STOPWORDS, words
from index.passage import RetrievedPassage, Vectors
from index.storage.filters import EVERYTHING, Filters
from index.storage.ledger import Ledger

CANDIDATES = 100
PASSAGES_PER_ARTICLE = 3


class DenseIndex(Protocol):
    """What is searched by meaning."""

    def search(self, vector: Vectors, filters: Filters, limit: int, /) -> list[tuple[str, float]]: ...


@dataclass(frozen=True)
class RetrievalWeights:
    """What a passage's score is made of, beside its cosine similarity: its normalised BM25 score times `bm25`, then the
    score of its article times `article`.

    The newest article's passages count up to `recency` more than the oldest's. Each passage of an article from the
    fourth on is multiplied by `crowding` once more.
    """

    bm25: float
    article: float
    recency: float
    crowding: float


@dataclass(frozen=True)
class ScoredPassage:
    """A passage that may be among the best: its id, its article, without the text, and how many passages that has.

    `similarity` is the cosine (-1 to 1). `bm25` is the BM25 score divided by the sum of the idf of the question's
    words (0 to about 2), so that a passage that lacks most of them scores low even where it is the best there is.
    """

    id: str
    article: Article
    article_passages: int
    similarity: float
    bm25: float


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
        best = rank(self.candidates(question, vector, filters), fitted_weights())[:limit]
        stored = self._ledger.passages.get([candidate.id for candidate, _ in best])
        return [
            RetrievedPassage(*stored[candidate.id], score, candidate.similarity)
            for candidate, score in best
            if candidate.id in stored
        ]

    def candidates(self, question: str, vector: Vectors, filters: Filters = EVERYTHING) -> list[ScoredPassage]:
        """The best passages of either search, each with both scores, in no order."""
        dense = [ident for ident, _ in self._store.search(vector, filters, CANDIDATES)]
        query = query_words(question)
        sparse = self._ledger.full_text.scores(query, filters, CANDIDATES + len(dense))
        most = self._sum_of_idf(query)
        outlines = {
            ident: (article, own)
            for ident, (article, own) in self._ledger.passages.outlines(dict.fromkeys([*dense, *sparse])).items()
            # Chroma may not know yet that an article has another date or source now.
            if filters.admit(article)
        }
        counts = self._ledger.passages.counts({article.id for article, _ in outlines.values()})
        return [
            ScoredPassage(ident, article, counts.get(article.id, 1), float(own @ vector), sparse.get(ident, 0.0) / most)
            for ident, (article, own) in outlines.items()
        ]

    def _sum_of_idf(self, query: Iterable[str]) -> float:
        passages = self._ledger.count()[1]
        rare = [self._ledger.full_text.frequency(word) for word in query]
        # The 1 keeps the idf of a word that most passages hold above 0, as Lucene does.
        return sum(math.log(1 + (passages - holding + 0.5) / (holding + 0.5)) for holding in rare) or 1.0


def query_words(question: str) -> list[str]:
    """The words that BM25 searches for: those that say something, each once; all of them where none does."""
    every = list(dict.fromkeys(words(question)))
    return [word for word in every if word.lower() not in STOPWORDS] or every


@lru_cache(maxsize=1)
def fitted_weights() -> RetrievalWeights:
    """The weights in `weights.json`."""
    return RetrievalWeights(**json.loads((files("index.search") / "weights.json").read_text(encoding="utf-8")))


def rank(candidates: Sequence[ScoredPassage], weights: RetrievalWeights) -> list[tuple[ScoredPassage, float]]:
    """The candidates with their scores, best first."""
    scores = [max(candidate.similarity, 0.0) + weights.bm25 * candidate.bm25 for candidate in candidates]
    of_articles = _article_scores(candidates, scores)
    scores = [
        score + weights.article * of_articles[candidate.article.id]
        for candidate, score in zip(candidates, scores, strict=True)
    ]
    scored = list(zip(candidates, scores, strict=True))
    return _spread(_newer_first(scored, weights.recency), weights.crowding)


def _article_scores(candidates: Sequence[ScoredPassage], scores: Sequence[float]) -> dict[str, float]:
    """The score of each article: the mean of its three best passages.

    A passage that is no candidate counts as the worst candidate. An article of one passage is not worse off for it.
    """
    floor = min(scores, default=0.0)
    by_article: defaultdict[str, list[float]] = defaultdict(list)
    of_passages: dict[str, int] = {}
    for candidate, score in zip(candidates, scores, strict=True):
        by_article[candidate.article.id].append(score)
        of_passages[candidate.article.id] = candidate.article_passages
    result = {}
    for ident, own in by_article.items():
        best = sorted(own, reverse=True)[:PASSAGES_PER_ARTICLE]
        among = max(len(best), min(PASSAGES_PER_ARTICLE, of_passages[ident]))
        result[ident] = (sum(best) + floor * (among - len(best))) / among
    return result


def _newer_first(scored: Sequence[tuple[ScoredPassage, float]], recency: float) -> list[tuple[ScoredPassage, float]]:
    """Best first, where the newest article's passages count up to a share of `recency` more than the oldest's."""
    days = sorted({candidate.article.date or datetime.date.min for candidate, _ in scored})
    step = recency / max(len(days) - 1, 1)
    gain = {day: 1 + step * number for number, day in enumerate(days)}
    weighed = [(candidate, score * gain[candidate.article.date or datetime.date.min]) for candidate, score in scored]
    return sorted(weighed, key=lambda row: -row[1])


def _spread(scored: Sequence[tuple[ScoredPassage, float]], crowding: float) -> list[tuple[ScoredPassage, float]]:
    """The candidates after the surplus passages of one article have lost a part of their score each, best first."""
    seen: Counter[str] = Counter()
    weighed: list[tuple[ScoredPassage, float]] = []
    for candidate, score in scored:
        surplus = max(0, seen[candidate.article.id] + 1 - PASSAGES_PER_ARTICLE)
        weighed.append((candidate, score * crowding**surplus))
        seen[candidate.article.id] += 1
    return sorted(weighed, key=lambda row: -row[1])
