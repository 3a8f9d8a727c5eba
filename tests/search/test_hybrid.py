import datetime
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.article import Article
from index.errors import VectorStoreError
from index.passage import Passage, Vectors
from index.search.hybrid import RetrievalWeights, Retriever, ScoredPassage, fitted_weights, query_words, rank
from index.storage.filters import Filters
from index.storage.ledger import Ledger
from index.storage.passages import Entry
from index.storage.vector_store import VectorStore
from tests.support.corpus import unit_vectors

OLD, NEW = datetime.date(2021, 3, 3), datetime.date(2021, 5, 9)


class Shelf:
    """A ledger and a dense index, filled by hand."""

    def __init__(self, folder: Path) -> None:
        self.ledger = Ledger(folder / "ledger.sqlite")
        self.store = VectorStore(folder=folder / "chroma")
        self.store.create("model", 8)
        self.retriever = Retriever(self.ledger, self.store)

    def put(self, article_id: str, texts: list[str], vector: Vectors, date: datetime.date | None = None) -> None:
        whole = "\n".join(texts)
        article = Article(article_id, whole, "T", date=date)
        starts = [whole.index(text) for text in texts]
        passages = [
            Passage(article_id, number, start, start + len(text), text, ((start, start + len(text)),))
            for number, (start, text) in enumerate(zip(starts, texts, strict=True))
        ]
        self.ledger.put(article, "h", [Entry(passage, vector, vector[None]) for passage in passages], [])
        self.store.add([(passage, article, vector) for passage in passages])

    def search(self, question: str, vector: Vectors, limit: int = 8, filters: Filters | None = None) -> list[str]:
        hits = self.retriever.search(question, vector, limit=limit, filters=filters or Filters())
        return [hit.passage.id for hit in hits]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path)
    yield made
    made.store.close()


NEAR, FAR = unit_vectors(2, dimension=8)


def test_both_legs_find(shelf: Shelf) -> None:
    shelf.put("words", ["The harbour is closed."], FAR)
    shelf.put("meaning", ["Nobody sails."], NEAR)
    shelf.put("neither", ["Tomatoes grow."], -NEAR)
    assert set(shelf.search("harbour", NEAR, limit=2)) == {"words:0", "meaning:0"}


def test_a_passage_that_both_legs_find_is_first(shelf: Shelf) -> None:
    shelf.put("words", ["The harbour is closed."], -NEAR)
    shelf.put("both", ["The harbour of Norvik."], NEAR)
    shelf.put("meaning", ["Nobody sails."], (NEAR + FAR) / np.linalg.norm(NEAR + FAR))
    assert shelf.search("harbour", NEAR)[0] == "both:0"


@pytest.mark.parametrize("first, second", [("a", "b"), ("b", "a")])
def test_of_near_equal_passages_the_newer_is_first(shelf: Shelf, first: str, second: str) -> None:
    shelf.put(first, ["The council holds the harbour."], NEAR, OLD)
    shelf.put(second, ["The council holds the harbour."], NEAR, NEW)
    shelf.put("undated", ["The council holds the harbour."], NEAR)
    assert shelf.search("Who holds the harbour?", NEAR)[0] == f"{second}:0"


def test_one_article_does_not_crowd_out_others_that_match_as_well(shelf: Shelf) -> None:
    shelf.put("long", [f"The harbour is closed, report {n}." for n in range(8)], NEAR)
    shelf.put("short", ["The harbour is closed, says another."], NEAR)
    assert "short:0" in shelf.search("harbour closed", NEAR, limit=5)


def test_one_article_fills_the_list_where_no_other_matches(shelf: Shelf) -> None:
    shelf.put("long", [f"The harbour is closed, report {n}." for n in range(8)], NEAR)
    assert len(shelf.search("harbour closed", NEAR, limit=5)) == 5


@pytest.mark.parametrize("filters, expected", [
    (Filters(since=NEW), {"b:0"}), (Filters(until=OLD), {"a:0"}), (Filters(articles=("c",)), {"c:0"}),
    (Filters(articles=()), set()),
])
def test_filters_hold_for_both_legs(shelf: Shelf, filters: Filters, expected: set[str]) -> None:
    for ident, date in (("a", OLD), ("b", NEW), ("c", None)):
        shelf.put(ident, ["The harbour is closed."], NEAR, date)
    assert set(shelf.search("harbour", NEAR, filters=filters)) == expected


def test_scores_and_similarities_are_given(shelf: Shelf) -> None:
    shelf.put("a", ["The harbour is closed."], NEAR)
    [result] = shelf.retriever.search("harbour", NEAR)
    assert result.similarity == pytest.approx(1, abs=1e-4) and result.score > 0
    assert result.article.text[result.passage.start : result.passage.end] == result.passage.text


def test_a_failed_search_raises(shelf: Shelf) -> None:
    shelf.put("a", ["The harbour is closed."], NEAR)
    shelf.store.create("model", 8)
    shelf.store.drop()
    with pytest.raises(VectorStoreError):
        shelf.search("harbour", NEAR)


@pytest.mark.parametrize("question, expected", [
    ("Who controls the harbour of Norvik?", ["controls", "harbour", "Norvik"]),
    ("Who is it?", ["Who", "is", "it"]),
    ("?!", []),
])
def test_the_words_searched_for_are_those_that_say_something(question: str, expected: list[str]) -> None:
    assert query_words(question) == expected


def candidate(ident: str, similarity: float, bm25: float, passages: int = 1, date: datetime.date | None = None
              ) -> ScoredPassage:
    article = Article(ident.partition(":")[0], "", "T", date=date)
    return ScoredPassage(ident, article, passages, similarity, bm25)


def ranked(candidates: list[ScoredPassage], *, article: float = 0.0, recency: float = 0.0) -> dict[str, object]:
    weights = RetrievalWeights(bm25=0.5, article=article, recency=recency, crowding=0.5)
    return {scored.id: pytest.approx(score) for scored, score in rank(candidates, weights)}


def test_scores_are_summed_by_hand() -> None:
    scores = ranked([candidate("b:0", 0.7, 0.0), candidate("a:0", 0.5, 1.0), candidate("c:0", -0.4, 0.2)])
    assert list(scores.items()) == [("a:0", 1.0), ("b:0", 0.7), ("c:0", 0.1)]


def test_the_mean_of_an_articles_best_three_is_added() -> None:
    # Of the fourth passage of "a", which is no candidate, nothing is counted; of the third of "b" the worst score.
    a = [candidate(f"a:{n}", score, 0.0, 4) for n, score in enumerate((0.9, 0.6, 0.3))]
    b = [candidate(f"b:{n}", score, 0.0, 3) for n, score in enumerate((0.8, 0.7))]
    alone = candidate("c:0", 0.5, 0.0)
    assert ranked([*a, *b, alone], article=1.0) == {
        "a:0": 1.5, "b:0": 1.4, "b:1": 1.3, "a:1": 1.2, "c:0": 1.0, "a:2": 0.9,
    }


def test_newer_articles_and_further_passages_are_weighed_by_hand() -> None:
    scores = ranked([candidate("a:0", 0.8, 0, date=OLD), candidate("b:0", 0.8, 0, date=NEW)], recency=0.1)
    assert list(scores.items()) == [("b:0", 0.88), ("a:0", 0.8)]
    many = [candidate(f"a:{n}", 0.8 - n / 10, 0.0, 5) for n in range(5)]
    assert ranked(many) == {"a:0": 0.8, "a:1": 0.7, "a:2": 0.6, "a:3": 0.25, "a:4": 0.1}


def test_a_report_is_found_by_the_rest_of_its_article(shelf: Shelf) -> None:
    beside = (NEAR + FAR) / np.linalg.norm(NEAR + FAR)
    shelf.put("report", ["The harbour is closed.", "Ships wait outside the harbour.", "It opens in May."], NEAR)
    shelf.put("aside", ["Cheese prices rose.", "The harbour choir sang.", "Snow fell."], -beside)
    first = shelf.search("harbour", NEAR, limit=3)
    assert {ident.partition(":")[0] for ident in first} == {"report"}


def test_the_weights_that_ship_use_both_searches_and_the_article() -> None:
    weights = fitted_weights()
    assert weights.bm25 > 0 and weights.article > 0 and 0 < weights.crowding < 1


def test_no_candidates_are_ranked_without_an_error() -> None:
    assert ranked([]) == {}
