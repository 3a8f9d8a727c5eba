"""Fits the weights of the hybrid retriever on the public sets and the news collections that ship here, cross-validated
leave-one-set-out.

    python -m benchmarks.fit_retrieval --data DIR --work DIR

Writes `index/search/weights.json`. What it prints for a set comes from weights chosen without it. The folder `--work`
may be one that `python -m benchmarks --keep` filled: nothing is then embedded again.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

from benchmarks import sets
from benchmarks.measures import mean
from benchmarks.news_sets import SEPARATE_SETS, NewsSet, news_sets
from benchmarks.retrieval import MEASURES, gold_passages, read_question
from benchmarks.sets import RetrievalSet
from index.search.embedder import Embedder
from index.search.hybrid import RetrievalWeights, Retriever, ScoredPassage, rank
from index.storage.index_files import LEDGER_FILE
from index.storage.ledger import Ledger
from index.storage.vector_store import VectorStore

WEIGHTS = Path(__file__).parents[1] / "index" / "search" / "weights.json"
BM25 = (0.2, 0.3, 0.4, 0.5, 0.6, 0.75, 1.0)
ARTICLE = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0)
RECENCY = (0.0, 0.05, 0.1)
CROWDING = 0.8
MOST_QUERIES = 100


@dataclass(frozen=True)
class Searched:
    """A query with its candidates, the name of what each stands for, and the names of what should be found."""

    candidates: Sequence[ScoredPassage]
    names: Mapping[str, str]
    gold: frozenset[str]

    def ranking(self, weights: RetrievalWeights) -> list[str]:
        """The names, best first, each once."""
        return list(dict.fromkeys(self.names[candidate.id] for candidate, _ in rank(self.candidates, weights)))


@dataclass(frozen=True)
class Fold:
    """One set: its name, what kind of set it is, its measure and its queries."""

    name: str
    kind: str
    measure: str
    queries: Sequence[Searched]

    def value(self, weights: RetrievalWeights) -> float:
        """What these weights reach, 0 to 1."""
        rankings = [(query.ranking(weights), query.gold) for query in self.queries]
        if self.measure in MEASURES:
            return mean([MEASURES[self.measure](ranking, gold) for ranking, gold in rankings])
        # Of an answer one passage is enough, and the higher it stands the better.
        return mean([_first_hit(ranking, gold) for ranking, gold in rankings])


def _first_hit(ranking: Sequence[str], gold: frozenset[str]) -> float:
    rank = next((n for n, name in enumerate(ranking, 1) if name in gold), 0)
    return (float(0 < rank <= 10) + (1 / rank if rank else 0.0)) / 2


def public_folds(bench: Path, work: Path, embedder: Embedder) -> Iterator[Fold]:
    """The public sets; of a set of many queries every n-th."""
    for topic in (1, 2):
        both = [sets.summhay(bench, topic), sets.summhay(bench, topic, questions=True)]
        queries = [query for benchmark in both for query in _searched(benchmark, work / f"summhay-{topic}", embedder)]
        yield Fold(f"SummHay topic {topic}", "SummHay", "nDCG@10", queries)
    for benchmark, folder in ((sets.multihop(bench), "multihop"), (sets.scifact(bench), "scifact")):
        queries = list(_searched(benchmark, work / folder, embedder))
        yield Fold(benchmark.name, benchmark.name, benchmark.measure, queries)


def _searched(benchmark: RetrievalSet, folder: Path, embedder: Embedder) -> Iterator[Searched]:
    sets.write_documents(benchmark.documents, folder / "articles")
    with sets.indexed([folder / "articles"], folder / "data") as collection:
        documents = sets.names(collection)
    with _retriever(folder / "data") as (retriever, _):
        for query in benchmark.queries[:: max(1, len(benchmark.queries) // MOST_QUERIES)]:
            candidates = retriever.candidates(query.text, embedder.embed_question(query.text))
            names = {candidate.id: documents[candidate.article.id] for candidate in candidates}
            yield Searched(candidates, names, query.gold)


def news_fold(news: NewsSet, work: Path, embedder: Embedder) -> Fold:
    """A news collection: found should be one of the passages that hold an answering sentence."""
    data = work / f"news-{news.name}"
    answerable = [question for question in news.questions if not question.abstain]
    with sets.indexed([news.articles], data) as collection:
        asked = [read_question(question, collection).standalone for question in answerable]
    with _retriever(data) as (retriever, ledger):
        queries = []
        for question, text in zip(answerable, asked, strict=True):
            candidates = retriever.candidates(text, embedder.embed_question(text))
            gold = gold_passages(question, ledger)
            queries.append(Searched(candidates, {candidate.id: candidate.id for candidate in candidates}, gold))
    return Fold(f"news: {news.name}", "news", "answering passage", queries)


@contextmanager
def _retriever(data: Path) -> Iterator[tuple[Retriever, Ledger]]:
    ledger = Ledger(data / LEDGER_FILE)
    store = VectorStore(folder=data / f"chroma-{ledger.settings.get('generation') or 0}")
    try:
        yield Retriever(ledger, store), ledger
    finally:
        store.close()
        ledger.close()


def chosen(values: Mapping[RetrievalWeights, Mapping[str, float]], folds: Sequence[Fold]) -> RetrievalWeights:
    """The weights with the best mean over the kinds of set, each kind counting the same."""
    kinds = {fold.kind: [other.name for other in folds if other.kind == fold.kind] for fold in folds}

    def mean_over_kinds(weights: RetrievalWeights) -> float:
        return mean([mean([values[weights][name] for name in names]) for names in kinds.values()])

    return max(values, key=mean_over_kinds)


def main() -> None:
    """Fit, cross-validate, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets, which are not shipped")
    parser.add_argument("--work", type=Path, required=True, help="where indexes are kept between runs")
    options = parser.parse_args()
    embedder = Embedder()
    folds = list(public_folds(options.data, options.work, embedder))
    folds += [news_fold(news, options.work, embedder) for news in news_sets() if news.name not in SEPARATE_SETS]
    grid = [RetrievalWeights(*row, CROWDING) for row in product(BM25, ARTICLE, RECENCY)]
    values = {weights: {fold.name: fold.value(weights) for fold in folds} for weights in grid}
    best = chosen(values, folds)
    print(f"{'set':28}{'queries':>8}  {'measure':18}{'left out':>9}{'all':>7}   weights chosen without it")
    for fold in folds:
        without = chosen(values, [other for other in folds if other is not fold])
        print(
            f"{fold.name:28}{len(fold.queries):8}  {fold.measure:18}{values[without][fold.name]:9.3f}"
            f"{values[best][fold.name]:7.3f}   bm25 {without.bm25}, article {without.article}, recency "
            f"{without.recency}"
        )
    WEIGHTS.write_text(json.dumps(asdict(best)) + "\n", encoding="utf-8")
    print(f"written to {WEIGHTS.name}: {best}")


if __name__ == "__main__":
    main()
