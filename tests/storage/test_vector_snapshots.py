import shutil
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from index.article import Article
from index.collection import Collection
from index.ingest.run import index_paths
from index.search.embedder import BUNDLED
from index.storage.filters import EVERYTHING, Filters
from tests.support.corpus import first, write
from tests.support.ledgers import change
from tests.support.program import Program

Open = Callable[..., Collection]
# No word of it is in the article: only the dense index finds it.
MEANING, LORRY = "automobile repair", "A mechanic mends broken cars and lorries in his workshop."
ODD = Article("odd", "Vectors of other lengths are refused.", "Odd")


def nearest(collection: Collection, question: str) -> str:
    """The title of the article that the dense index alone finds."""
    with collection._files.dense.newest() as store:
        [(ident, _)] = store.search(collection.question_vector(question), EVERYTHING, 1)
    return collection.article(ident.rpartition(":")[0]).title


def test_a_reader_finds_what_another_has_written_without_being_opened_anew(
    open_collection: Open, articles: Path, tmp_path: Path
) -> None:
    writer, reader = open_collection(), open_collection(writing=False)
    assert reader.search("harbour") == []
    index_paths(writer, [articles])
    assert first(reader, "Who took over the harbour?") == "Harbour"
    writer.close()
    index_paths(reader, [write(tmp_path, "garage.md", LORRY, title="Garage")])
    assert nearest(reader, MEANING) == "Garage" and nearest(open_collection(), MEANING) == "Garage"


def test_a_server_answers_rightly_while_a_run_adds_and_finds_the_new_within_seconds(
    open_collection: Open, articles: Path, tmp_path: Path
) -> None:
    reader = open_collection(writing=False)
    index_paths(reader, [articles])
    files = [write(tmp_path / "more", f"{n}.md", f"Report {n} of a calm day.", title=f"R{n}") for n in range(12)]
    files.append(write(tmp_path / "more", "garage.md", LORRY, title="Garage"))
    url = ["--chroma-url", reader._files.dense._url] if reader._files.dense._url else []
    run = Program("app.py", "index", tmp_path / "more", "--data", tmp_path / "data", *url)
    while run.poll() is None:
        assert first(reader, "Who took over the harbour?") == "Harbour"
        time.sleep(0.05)
    began = time.monotonic()
    assert run.returncode == 0 and nearest(reader, MEANING) == "Garage" and time.monotonic() - began < 5
    assert reader.summary().articles == 2 + len(files)


def test_two_runs_at_once_lose_nothing_and_one_says_for_whom_it_waits(tmp_path: Path) -> None:
    runs = []
    for name in ("one", "two"):
        for n in range(8):
            write(tmp_path / name, f"{n}.md", f"Report {n} from {name}. It was calm.", title=f"R{n}")
    for name in ("one", "two"):
        runs.append(Program("app.py", "index", tmp_path / name, "--data", tmp_path / "data"))
    message = "".join(run.communicate(timeout=120)[1] for run in runs)
    assert [run.returncode for run in runs] == [0, 0]
    assert "is being written by process" in message and message.endswith("Waiting for it.\n")
    again = Collection(tmp_path / "data", embedding_model=BUNDLED, say=pytest.fail)
    assert again.summary().articles == 16
    again.close()


def test_a_published_index_that_cannot_be_written_is_made_anew(open_collection: Open, articles: Path, tmp_path: Path
                                                               ) -> None:
    opened = open_collection(writing=False)
    index_paths(opened, [articles])
    generation = opened._files.dense.number
    if opened._files.dense._url:
        with closing(opened._files.dense._store_of(generation)) as store:
            store.create("x", 3)
    else:
        (tmp_path / "data" / f"chroma-{generation}" / "chroma.sqlite3").write_bytes(b"no database" * 500)
    index_paths(opened, [write(tmp_path, "garage.md", LORRY, title="Garage")])
    opened.close()
    again = open_collection(say=pytest.fail)
    assert again.dense_fault() is None
    assert nearest(again, MEANING) == "Garage" and nearest(again, "harbour") == "Harbour"


def test_an_article_that_has_another_source_now_passes_no_filter_by_its_old_one(
    open_collection: Open, articles: Path
) -> None:
    opened = open_collection()
    index_paths(opened, [articles])
    change(opened.data, "UPDATE article SET source = 'Other'")
    assert opened.search("harbour", filters=Filters(sources=("Desk",))) == []


def test_copies_of_the_dead_are_deleted_and_those_of_the_living_left(articles: Path, tmp_path: Path) -> None:
    reader = Collection(tmp_path / "data", embedding_model=BUNDLED)
    index_paths(reader, [articles])
    assert first(reader, "harbour") == "Harbour"
    [own] = (tmp_path / "data").glob("copy-*[!k]")
    shutil.copytree(own, own.with_name("copy-dead"))
    own.with_name("copy-dead.lock").touch()
    other = Collection(tmp_path / "data", embedding_model=BUNDLED)
    assert first(other, "harbour") == first(reader, "harbour") == "Harbour"
    assert own.exists() and not list(own.parent.glob("copy-dead*"))
    reader.close()
    other.close()
    assert list(own.parent.glob("copy-*")) == []
