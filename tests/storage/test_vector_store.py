import datetime
import gc
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.article import Article
from index.errors import VectorStoreError
from index.passage import Passage, Vectors
from index.storage import vector_store
from index.storage.filters import Filters
from index.storage.lock import delete_folder
from index.storage.vector_store import VectorStore, check_server
from tests.conftest import chroma_server, free_port
from tests.support.corpus import unit_vectors

VECTORS = unit_vectors(4, dimension=8)
DESK = Article("a1", "One. Two.", "T", "Desk", date=datetime.date(2021, 3, 3))
COURIER = Article("b2", "One. Two.", "T", "Courier", date=datetime.date(2021, 5, 9))
UNKNOWN = Article("c3", "One.", "T")


def row(article: Article, number: int, vector: Vectors) -> tuple[Passage, Article, Vectors]:
    return Passage(article.id, number, 0, 4, "One.", ((0, 4),)), article, vector


ROWS = [row(DESK, 0, VECTORS[0]), row(DESK, 1, VECTORS[1]), row(COURIER, 0, VECTORS[2]), row(UNKNOWN, 0, VECTORS[3])]


@pytest.fixture(params=["embedded", "server"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorStore]:
    if request.param == "server":
        opened = VectorStore(url=request.getfixturevalue("chroma_url"), collection=f"test-{tmp_path.name}")
    else:
        opened = VectorStore(folder=tmp_path / "chroma")
    opened.create("model", 8)
    opened.add(ROWS)
    yield opened
    opened.close()


def test_it_remembers_its_model(store: VectorStore) -> None:
    assert store.model_and_dimension() == ("model", 8)
    store.create("other", 3)
    assert (store.model_and_dimension(), store.count()) == (("other", 3), 0)


def test_the_nearest_comes_first_with_its_cosine(store: VectorStore) -> None:
    nearest = store.search(VECTORS[2], Filters(), 10)
    assert nearest[0][0] == "b2:0" and len(nearest) == 4
    assert dict(nearest)["a1:1"] == pytest.approx(float(VECTORS[1] @ VECTORS[2]), abs=1e-4)


FILTERED = [
    (Filters(articles=("a1",)), {"a1:0", "a1:1"}),
    (Filters(articles=("a1", "c3"), sources=("Desk",)), {"a1:0", "a1:1"}),
    (Filters(sources=("Courier",)), {"b2:0"}),
    (Filters(since=datetime.date(2021, 3, 4)), {"b2:0"}),
    (Filters(until=datetime.date(2021, 3, 3)), {"a1:0", "a1:1"}),
    (Filters(articles=()), set()),
    (Filters(sources=("None",)), set()),
]


@pytest.mark.parametrize("filters, expected", FILTERED)
def test_filters_hold_for_vectors(store: VectorStore, filters: Filters, expected: set[str]) -> None:
    assert {ident for ident, _ in store.search(VECTORS[0], filters, 10)} == expected


@pytest.mark.parametrize("filters, expected", [
    *FILTERED,
    (Filters(groups=frozenset()), {"a1:0", "a1:1", "b2:0", "c3:0"}),
    (Filters(groups=frozenset({"press", "desk"})), {"a1:0", "a1:1", "b2:0", "c3:0", "d4:0"}),
    (Filters(groups=frozenset({"press"}), since=datetime.date(2021, 3, 4)), {"b2:0"}),
])
def test_many_passages_are_filtered_as_few_are(tmp_path: Path, filters: Filters, expected: set[str]) -> None:
    with closing(VectorStore(folder=tmp_path, many=1)) as many, closing(VectorStore(folder=tmp_path)) as few:
        many.create("model", 8)
        many.add([*ROWS, row(Article("d4", "One.", "T", groups=("desk",)), 0, unit_vectors(5, dimension=8)[4])])
        for limit in (1, 2, 10):
            nearest = many.search(VECTORS[0], filters, limit)
            assert nearest == few.search(VECTORS[0], filters, limit)
            assert len(nearest) == min(limit, len(expected)) and {ident for ident, _ in nearest} <= expected


def test_removing_articles_removes_their_passages(store: VectorStore) -> None:
    store.remove(["a1", "zz"])
    store.remove([])
    assert store.count() == 2


def test_a_passage_that_differs_is_named(store: VectorStore) -> None:
    assert store.first_difference(ROWS, tolerance=1e-3) is None
    assert store.first_difference([*ROWS, row(DESK, 7, VECTORS[0])], tolerance=1e-3) == "a1:7"
    assert store.first_difference([row(DESK, 1, VECTORS[2])], tolerance=1e-3) == "a1:1"
    moved = Article("c3", "One.", "T", "Desk")
    assert store.first_difference([row(moved, 0, VECTORS[3])], tolerance=1e-3) == "c3:0"


def test_a_failed_search_raises(store: VectorStore) -> None:
    with pytest.raises(VectorStoreError, match="could not be searched: .*safe in the ledger"):
        store.search(np.ones(5, np.float32), Filters(), 3)


def test_what_was_never_created_has_no_marks_and_cannot_be_searched(tmp_path: Path) -> None:
    store = VectorStore(folder=tmp_path / "chroma")
    assert store.model_and_dimension() is None
    with pytest.raises(VectorStoreError, match="could not be searched"):
        store.search(VECTORS[0], Filters(), 3)
    store.close()


def test_a_closed_folder_can_be_deleted_and_made_again(tmp_path: Path) -> None:
    for _ in range(2):
        store = VectorStore(folder=tmp_path / "chroma")
        store.create("model", 8)
        store.add(ROWS)
        assert store.count() == 4
        store.close()
        delete_folder(tmp_path / "chroma")


def test_a_closed_store_leaves_no_connection_to_its_server(chroma_url: str) -> None:
    def sockets() -> set[str]:
        gc.collect()
        links = [os.readlink(path) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
        return {link for link in links if link.startswith("socket:")}

    before = sockets()
    store = VectorStore(url=chroma_url)
    store.model_and_dimension()
    assert sockets() - before
    store.close()
    assert not sockets() - before


def test_collections_of_one_server_are_kept_apart(chroma_url: str) -> None:
    first, two = (VectorStore(url=chroma_url, collection=f"apart-{name}") for name in "ab")
    first.create("model", 8)
    first.add(ROWS)
    assert two.model_and_dimension() is None
    first.drop()
    assert first.model_and_dimension() is None
    first.close()
    two.close()


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "127.0.0.1:8000", "http://", "http://127.0.0.1:port", ""])
def test_what_is_no_address_is_named(url: str) -> None:
    with pytest.raises(VectorStoreError, match="is no address of a Chroma server. Expected one such as"):
        check_server(url)


def test_a_server_that_is_not_there_is_named_at_once() -> None:
    port = free_port()
    with pytest.raises(VectorStoreError, match=f"No Chroma server answers at http://127.0.0.1:{port}: .*refused"):
        check_server(f"http://127.0.0.1:{port}")


def test_a_server_that_never_answers_is_given_up_in_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_store, "REACH_SECONDS", 1)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        began = time.monotonic()
        with pytest.raises(VectorStoreError, match="timed out"):
            check_server(f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert time.monotonic() - began < 4


def test_a_server_that_goes_away_makes_searches_fail(tmp_path: Path) -> None:
    with chroma_server(tmp_path) as (process, url):
        store = VectorStore(url=url)
        store.create("model", 8)
        store.add(ROWS)
        assert len(store.search(VECTORS[0], Filters(), 9)) == 4
        process.send_signal(signal.SIGKILL)
        process.wait()
        with closing(store), pytest.raises(VectorStoreError, match=f"Chroma at {url} could not be searched: .*Check"):
            store.search(VECTORS[0], Filters(), 9)
