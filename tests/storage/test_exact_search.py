import datetime
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from index.collection import Collection
from index.ingest.run import index_paths
from index.storage.exact_search import ExactIndex
from index.storage.filters import EVERYTHING, Filters
from tests.support.corpus import write
from tests.support.ledgers import ledger_in

Open = Callable[..., Collection]
TOPICS = ["ferry", "bridge", "mayor", "harvest", "storm", "school", "museum", "railway", "strike", "festival"]
GARAGE = "A mechanic repairs automobiles here."
ROUNDS = 20
LAST = Filters(since=datetime.date(2024, 5, 6))


@pytest.fixture
def written(open_collection: Open, tmp_path: Path) -> Collection:
    """Forty articles in a collection that is open for writing."""
    for n in range(40):
        topic, other = TOPICS[n % 10], TOPICS[n // 4]
        text = f"The {topic} was talked of on day {n}. It was about the {other}, too. Nobody knew more of {n}."
        known = {"title": f"T{n}", "source": "Desk" if n % 2 else "Courier", "date": f"2024-05-{n % 9 + 1:02d}"}
        write(tmp_path / "many", f"{n}.md", text, **known)
    writer = open_collection()
    index_paths(writer, [tmp_path / "many"])
    return writer


def test_it_finds_what_chroma_finds(written: Collection) -> None:
    with ledger_in(written.data) as ledger:
        exact = ExactIndex(ledger)
        for topic, filters in product(TOPICS, (EVERYTHING, LAST, Filters(sources=("Desk",)), Filters(articles=()))):
            vector = written.question_vector(f"What was said of the {topic}?")
            with written._files.dense.newest() as chroma:
                expected = chroma.search(vector, filters, 7)
            nearest = exact.search(vector, filters, 7)
            assert [ident for ident, _ in nearest] == [ident for ident, _ in expected]
            assert np.allclose([score for _, score in nearest], [score for _, score in expected], atol=1e-5)
            assert bool(nearest) == (filters.articles is None)


def test_an_empty_ledger_has_nothing(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        assert ExactIndex(ledger).search(np.zeros(384, np.float32), EVERYTHING, 3) == []


def test_a_reader_for_few_questions_sees_changes_and_makes_no_copy_of_chroma(
    written: Collection, open_collection: Open, tmp_path: Path
) -> None:
    written.close()
    with_chroma, without = open_collection(writing=False), open_collection(writing=False, questions_only=True)
    copies = [*written.data.glob("copy-*")]
    question = "Who mends broken cars?"
    assert [hit.passage.id for hit in without.search(question)]
    assert [*written.data.glob("copy-*")] == copies
    index_paths(with_chroma, [write(tmp_path, "garage.md", GARAGE, title="Garage")])
    results = [reader.search(question)[0] for reader in (with_chroma, without)]
    assert [hit.article.title for hit in results] == ["Garage", "Garage"]
    with_chroma.remove(results[0].article.id)
    assert without.search(question)[0].article.title != "Garage"


def test_an_article_like_no_other_is_found_among_many_that_are_alike(open_collection: Open, tmp_path: Path) -> None:
    # Chroma's graph of neighbours often has no link to such a passage.
    for n in range(200):
        text = f"The {TOPICS[n % 10]} was talked of on day {n}. It was about the {TOPICS[n // 4 % 10]}, too."
        write(tmp_path / "many", f"{n}.md", text, title=f"T{n}")
    collection = open_collection()
    index_paths(collection, [tmp_path / "many"])
    question, garage = "Who mends broken cars?", write(tmp_path, "garage.md", GARAGE, title="Garage")
    for _ in range(ROUNDS):
        collection.rebuild()
        assert collection.search(question)
        index_paths(collection, [garage])
        first = collection.search(question)[0].article
        assert first.title == "Garage"
        collection.remove(first.id)
