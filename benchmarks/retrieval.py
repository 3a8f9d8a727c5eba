"""Is the right text found? Of public sets the right articles, by dense search, by BM25 and by the two fused, over the
same passages; of the news collections a passage that holds an answering sentence."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import sets
from benchmarks.measures import mean, ndcg, recall
from benchmarks.news_sets import NewsQuestion, NewsSet, news_sets
from benchmarks.sets import Query, RetrievalSet
from chatbot.answer import Understood
from chatbot.answering.pipeline import Chain
from chatbot.answering.retrieval import PASSAGES
from chatbot.filters import EVERYWHERE
from chatbot.question.entity_linking import settle
from chatbot.question.parse import ParsedQuestion, read
from chatbot.question.query import query_of
from chatbot.question.refine import refined
from chatbot.settings import Settings
from index.collection import Collection
from index.passage import RetrievedPassage
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


@dataclass(frozen=True)
class NewsRow:
    """Of one news collection the share of answerable questions of which a passage with an answering sentence is among
    the first ten of the search, and among all that the chain reads; `missed` are the others' ids."""

    name: str
    questions: int
    searched: float
    read: float
    missed: tuple[str, ...]


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


def measure_news(work: Path) -> Iterator[NewsRow]:
    """A row for each news collection that ships, made in `work`."""
    for news in news_sets():
        with sets.indexed([news.articles], work / f"news-{news.name}") as collection:
            yield _news_row(news, collection)


def report_news(rows: Iterator[NewsRow]) -> None:
    """Print the rows as they come, and the figures over all questions."""
    print(f"\n{'answering sentence found':28}{'questions':>10}{'search, 10':>12}{'chain':>8}")
    every = []
    for row in rows:
        every.append(row)
        missed = f"  chain missed {', '.join(row.missed)}" if row.missed else ""
        print(f"{row.name:28}{row.questions:10}{row.searched:12.3f}{row.read:8.3f}{missed}")
    asked = sum(row.questions for row in every)
    searched, read_ = (sum(row.questions * share for row, share in zip(every, shares, strict=True)) / asked
                       for shares in ([row.searched for row in every], [row.read for row in every]))
    print(f"{'all':28}{asked:10}{searched:12.3f}{read_:8.3f}")


def read_question(question: NewsQuestion, collection: Collection) -> ParsedQuestion:
    """The last turn of a question as the chain reads it, after the turns before."""
    newest = collection.summary().last or datetime.date.today()
    before: list[Understood] = []
    for turn in question.turns[:-1]:
        before.append(read(turn, before, newest=newest).understood)
    reading = read(question.turns[-1], before, newest=newest)
    return settle(refined(reading, query_of(collection.parse(reading.own))), collection.vocabulary).reading


def _news_row(news: NewsSet, collection: Collection) -> NewsRow:
    chain = Chain(collection, Settings())
    answerable = [question for question in news.questions if not question.abstain]
    searched, missed = 0, []
    for question in answerable:
        reading = read_question(question, collection)
        searched += _holds_answer(question, collection.search(reading.standalone, limit=PASSAGES))
        if not _holds_answer(question, chain.retrieve(reading, EVERYWHERE)):
            missed.append(question.id)
    count = len(answerable)
    return NewsRow(news.name, count, searched / count, 1 - len(missed) / count, tuple(missed))


def gold_passages(question: NewsQuestion, ledger: Ledger) -> frozenset[str]:
    """Ids of all passages with a sentence that answers."""
    texts = {listed.id: ledger.articles.get(listed.id).text for listed in ledger.articles.listed()}
    return frozenset(
        passage.id
        for batch in ledger.passages.vectors() for passage, _, _ in batch
        if any(question.is_gold(texts[passage.article_id][start:end]) for start, end in passage.sentences)
    )


def _holds_answer(question: NewsQuestion, retrieved: Sequence[RetrievedPassage]) -> bool:
    return any(
        question.is_gold(passage.article.text[start:end])
        for passage in retrieved
        for start, end in passage.passage.sentences
    )


def _measured(data: RetrievalSet, folder: Path) -> Row:
    sets.write_documents(data.documents, folder / "articles")
    with sets.indexed([folder / "articles"], folder / "data") as collection:
        names = sets.names(collection)
    legs = _Legs(folder / "data", Embedder(sets.EMBEDDING_MODEL), names)
    score = MEASURES[data.measure]
    ranked_lists = [legs.rankings(query) for query in data.queries]
    dense, bm25, hybrid = (
        mean([score(rankings[leg], query.gold) for rankings, query in zip(ranked_lists, data.queries, strict=True)])
        for leg in range(3)
    )
    return Row(data.name, data.measure, len(data.queries), dense, bm25, hybrid)


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
        return self._documents(dense), self._documents(bm25), self._documents([hit.passage.id for hit in both])

    def _documents(self, passage_ids: Sequence[str]) -> list[str]:
        return list(dict.fromkeys(self._names[ident.rpartition(":")[0]] for ident in passage_ids))
