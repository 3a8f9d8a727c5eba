import sqlite3
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from index.collection import Collection
from index.errors import ArticleNotFoundError
from index.ingest.annotate import background_annotation
from index.ingest.run import index_paths
from index.language.annotations import VERSION
from index.search.embedder import BUNDLED
from index.storage.index_files import LEDGER_FILE
from tests.conftest import free_port, until_ready
from tests.support.corpus import write
from tests.support.ledgers import ledger_in
from tests.support.program import Program, run

PATIENCE_SECONDS = 120
QUESTION = "Who controls Pellan?"
HOLDS = "The Lunar Guard has seized Pellan."


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An index as format 3 had it: its articles are embedded, and nothing is known of their clauses."""
    write(tmp_path / "articles", "guard.md", f"{HOLDS} Rain fell on the harbour.", title="Guard", date="2031-05-20")
    write(tmp_path / "articles", "choir.md", "The choir sang in Osterby. It was applauded.", title="Choir")
    folder = tmp_path / "data"
    with closing(Collection(folder, embedding_model=BUNDLED, writing=True)) as collection:
        index_paths(collection, [tmp_path / "articles"])
    with closing(sqlite3.connect(folder / LEDGER_FILE)) as db:
        db.executescript(
            "DROP TABLE annotation; DROP TABLE claim; DROP INDEX article_origin; "
            "ALTER TABLE article DROP COLUMN origin_id; UPDATE setting SET value = '3' WHERE name = 'format'"
        )
    return folder


def opened(data: Path) -> Collection:
    return Collection(data, embedding_model=BUNDLED, loading=False)


def unannotated(collection: Collection, most: int) -> list[str]:
    with ledger_in(collection.data) as ledger:
        return ledger.annotations.missing(VERSION, most)


def annotation(collection: Collection, article_id: str) -> bytes | None:
    with ledger_in(collection.data) as ledger:
        return ledger.annotations.get(article_id, VERSION)


def test_an_index_of_format_3_is_annotated_without_embedding(data: Path) -> None:
    with closing(opened(data)) as collection:
        assert collection.claims() == [] and len(unannotated(collection, 10)) == 2
        assert collection.annotate_missing(1) == 1
        assert collection.annotate_missing() == 1
        assert collection.annotate_missing() == 0
        [(ident, claim)] = collection.claims("Pellan")
        assert (claim.holder, claim.status) == ("Lunar Guard", "took")
        article = collection.article(ident)
        assert article.text[claim.start : claim.end] == HOLDS
        assert annotation(collection, ident) is not None
        assert collection._models._embedder is None, "the embedding model was loaded"


def test_it_ends_by_itself_and_may_be_stopped_after_that(data: Path) -> None:
    failed: list[str] = []
    with closing(opened(data)) as collection:
        annotation = background_annotation(collection, failed.append)
        annotation.start()
        begun = time.monotonic()
        while unannotated(collection, 1) and time.monotonic() - begun < PATIENCE_SECONDS:
            time.sleep(0.05)
        annotation.stop(PATIENCE_SECONDS)
        assert unannotated(collection, 1) == [] and failed == []


def test_nothing_is_begun_once_it_is_stopped(data: Path) -> None:
    with closing(opened(data)) as collection:
        annotation = background_annotation(collection, pytest.fail)
        annotation.stop(0)
        annotation.start()
        annotation.stop(PATIENCE_SECONDS)
        assert len(unannotated(collection, 10)) == 2
        assert collection.annotate_missing(stopped=lambda: True) == 2
        assert len(unannotated(collection, 10)) == 2


def test_an_article_that_is_removed_while_it_is_parsed_leaves_nothing(data: Path) -> None:
    with closing(opened(data)) as collection:
        [gone, left] = unannotated(collection, 10)
        asked: list[str] = []

        def removing() -> bool:
            if not asked:
                collection.remove(gone)
            asked.append(gone)
            return False

        collection.annotate_missing(stopped=removing)
        with pytest.raises(ArticleNotFoundError):
            collection.article(gone)
        assert annotation(collection, gone) is None
        assert annotation(collection, left) is not None


def test_claims_go_with_their_article(data: Path) -> None:
    with closing(opened(data)) as collection:
        collection.annotate_missing()
        [(ident, _)] = collection.claims("Pellan")
        assert collection.remove(ident)
        assert collection.claims("Pellan") == [] and annotation(collection, ident) is None


def test_a_server_annotates_while_it_serves_and_others_ask(data: Path) -> None:
    port = str(free_port())
    with Program("app.py", "--data", data, "--port", port) as server:
        try:
            assert until_ready(f"http://127.0.0.1:{port}/ready")
            assert HOLDS in run("app.py", "ask", QUESTION, "--data", data).stdout
            begun = time.monotonic()
            with closing(opened(data)) as collection:
                while unannotated(collection, 1):
                    assert time.monotonic() - begun < PATIENCE_SECONDS
                    time.sleep(0.2)
            assert httpx.get(f"http://127.0.0.1:{port}/ready", timeout=60).status_code == 200
        finally:
            server.terminate()
        assert server.wait(timeout=30) == 0
