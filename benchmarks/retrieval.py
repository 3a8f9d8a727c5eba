"""Are the right articles found? Dense search, BM25 and the two joined, each measured alone over the same passages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import sets
from benchmarks.measures import mean, ndcg, recall
from benchmarks.sets import Query, RetrievalSet
from index.search.embedder import Embedder
from index.search.hybrid import CANDIDATES, Retriever, query_words
from index.storage.filters import EVERYTHING
from index.storage.index_files import LEDGER_FILE
from index.storage.ledger import Ledger
from index.storage.vector_store import VectorStore

MEASURES = {"nDCG@10": ndcg, "recall@10": recall}
REFERENCE = {
    "SummHay topic 1": "  (simply done elsewhere .872 .957 .979)",
    "SummHay topic 2": "  (simply done elsewhere .640 .855 .829)",
    "MultiHop-RAG": "  (published .787 .851 .882)",
    "SciFact, 1,000 abstracts": "  (published, development claims, all abstracts: .645 .657 .699)",
}


@dataclass(frozen=True)
class Row:
    """What one set gives: the mean of `measure` over its queries for dense search, BM25 and the two joined."""

    name: str
    measure: str
    queries: int
    dense: float
    bm25: float
    hybrid: float


def measure(bench: Path, work: Path, *, every: bool = False) -> Iterator[Row]:
    """Rows of the two SummHay topics; if `every`, of their questions, MultiHop-RAG and SciFact too, made in `work`."""
    yield _measured(sets.summhay(bench, 1), work / "summhay-1")
    yield _measured(sets.summhay(bench, 2), work / "summhay-2")
    if every:
        yield _measured(sets.summhay(bench, 1, questions=True), work / "summhay-1")
        yield _measured(sets.summhay(bench, 2, questions=True), work / "summhay-2")
        yield _measured(sets.multihop(bench), work / "multihop")
        yield _measured(sets.scifact(bench), work / "scifact")


def report(rows: Iterator[Row]) -> None:
    """Print the rows as they come."""
    print(f"{'set':28}{'queries':>8}  {'measure':10}{'dense':>8}{'BM25':>8}{'hybrid':>8}")
    for row in rows:
        worse = "" if row.hybrid >= max(row.dense, row.bm25) else "  HYBRID WORSE THAN ITS BETTER LEG"
        print(
            f"{row.name:28}{row.queries:8}  {row.measure:10}{row.dense:8.3f}{row.bm25:8.3f}{row.hybrid:8.3f}"
            f"{REFERENCE.get(row.name, '')}{worse}"
        )


def _measured(one: RetrievalSet, folder: Path) -> Row:
    sets.write_documents(one.documents, folder / "articles")
    with sets.indexed([folder / "articles"], folder / "data") as collection:
        names = sets.names(collection)
    legs = _Legs(folder / "data", Embedder(sets.EMBEDDING_MODEL), names)
    score = MEASURES[one.measure]
    found = [legs.rankings(query) for query in one.queries]
    dense, bm25, hybrid = (
        mean([score(rankings[leg], query.gold) for rankings, query in zip(found, one.queries, strict=True)])
        for leg in range(3)
    )
    return Row(one.name, one.measure, len(one.queries), dense, bm25, hybrid)


class _Legs:
    """The retriever over a closed collection's files, and beside it each of its two searches alone."""

    def __init__(self, data: Path, embedder: Embedder, names: Mapping[str, str]) -> None:
        self._ledger = Ledger(data / LEDGER_FILE)
        folder = data / f"chroma-{self._ledger.settings.get('generation') or 0}"
        self._store = VectorStore(folder=folder)
        self._embedder = embedder
        self._names = names

    def rankings(self, query: Query) -> tuple[list[str], list[str], list[str]]:
        """Documents by their best passage: from dense search, from BM25, from both."""
        vector = self._embedder.embed_question(query.text)
        dense = [ident for ident, _ in self._store.search(vector, EVERYTHING, CANDIDATES)]
        bm25 = self._ledger.full_text.search(query_words(query.text), EVERYTHING, CANDIDATES)
        both = Retriever(self._ledger, self._store).search(query.text, vector, limit=2 * CANDIDATES)
        return self._documents(dense), self._documents(bm25), self._documents([one.passage.id for one in both])

    def _documents(self, passage_ids: Sequence[str]) -> list[str]:
        return list(dict.fromkeys(self._names[ident.rpartition(":")[0]] for ident in passage_ids))
