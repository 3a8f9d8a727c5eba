import glob
import random
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from index.article import Article
from index.collection import Collection
from index.errors import ArticleNotFoundError, DataFolderError, LockedError, ModelError, VectorStoreError
from index.ingest.run import index_paths
from index.passage import Passage
from index.search.embedder import BUNDLED, Embedder
from index.storage.ledger import Ledger
from index.storage.passages import Entry
from index.storage.vector_store import VectorStore
from tests.conftest import chroma_server, free_port
from tests.support.corpus import HARBOUR, first, put
from tests.support.program import Program, run

Open = Callable[..., Collection]
ROOT = Path(__file__).parents[2]
# Chroma writes its graph to files from its thousandth passage on.
REPORTS, SENTENCES = 26, 40


def test_it_answers_again_after_reopening(open_collection: Open, articles: Path) -> None:
    opened = open_collection()
    index_paths(opened, [articles])
    assert first(opened, "Who took over the harbour?") == "Harbour"
    opened.close()
    messages: list[str] = []
    again = open_collection(say=messages.append)
    assert first(again, "What did engineers find?") == "Bridge"
    assert messages == [] and again.summary().articles == 2


def test_an_empty_collection_finds_nothing(open_collection: Open) -> None:
    opened = open_collection()
    assert opened.search("Who?") == [] and opened.summary().passages == 0 and opened.articles() == []


def test_removing_an_article(open_collection: Open, articles: Path) -> None:
    opened = open_collection()
    index_paths(opened, [articles])
    ident = next(row.id for row in opened.articles() if row.title == "Harbour")
    assert opened.remove(ident) and not opened.remove(ident)
    assert {result.article.title for result in opened.search("Who took over the harbour?")} == {"Bridge"}
    with pytest.raises(ArticleNotFoundError):
        opened.article(ident)


def test_an_emptied_collection_is_filled_again(open_collection: Open, articles: Path) -> None:
    opened = open_collection()
    index_paths(opened, [articles])
    for row in opened.articles():
        opened.remove(row.id)
    opened.close()
    messages: list[str] = []
    again = open_collection(say=messages.append)
    index_paths(again, [articles])
    assert first(again, "Who took over the harbour?") == "Harbour" and messages == []


def test_a_lost_ledger_beside_an_old_chroma_begins_anew(open_collection: Open, articles: Path, tmp_path: Path) -> None:
    opened = open_collection()
    index_paths(opened, [articles])
    opened.close()
    for file in (tmp_path / "data").glob("ledger.sqlite*"):
        file.unlink()
    again = open_collection()
    assert again.search("harbour") == []
    assert len(index_paths(again, [articles]).added) == 2
    assert first(again, "Who took over the harbour?") == "Harbour"


def test_another_model_is_refused_before_anything_is_asked(open_collection: Open, articles: Path) -> None:
    opened = open_collection()
    index_paths(opened, [articles])
    opened.close()
    with pytest.raises(ModelError, match=f"made with the embedding model '{BUNDLED}', not 'x'.*--reembed"):
        open_collection(embedding_model="x")


def test_a_rebuild_embeds_nothing_and_drops_the_old_generation(open_collection: Open, articles: Path) -> None:
    opened = open_collection()
    index_paths(opened, [articles])
    before = {result.passage.id: result.similarity for result in opened.search("harbour")}
    generation = opened._files.dense.number
    opened.rebuild()
    assert opened._files.dense.number == generation + 1
    assert {result.passage.id: result.similarity for result in opened.search("harbour")} == before


@pytest.fixture(scope="session")
def thousand(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A data folder of 1041 passages of which one, about a harbour, has the model's own vector."""
    data = tmp_path_factory.mktemp("thousand") / "data"
    data.mkdir()
    with closing(Ledger(data / "ledger.sqlite")) as ledger:
        ledger.settings.keep(model=BUNDLED, dimension="384")
        with ledger.transaction():
            for n in range(REPORTS):
                text = "\n".join(f"Report {n} of day {s}." for s in range(SENTENCES))
                put(ledger, Article(f"r{n}", text, "R"), seed=n)
        article = Article("harbour", HARBOUR, "Harbour")
        passage = Passage("harbour", 0, 0, len(HARBOUR), HARBOUR, ((0, len(HARBOUR)),))
        [(vector, sentences)] = embedder.embed_passages([(article, passage)])
        ledger.put(article, "h", [Entry(passage, vector, sentences)], [])
    Collection(data, embedding_model=BUNDLED).close()
    return data


def segment_file(data: Path, name: str) -> Path:
    return Path(glob.glob(f"{data}/chroma-1/*/{name}")[0])


def overwrite(path: Path, filling: bytes, length: int | None = None) -> None:
    with path.open("r+b") as file:
        file.write(filling * (length or path.stat().st_size))


def overwrite_page(path: Path) -> None:
    """The first page of the index by which Chroma filters; without it, it would find less and say nothing."""
    with closing(sqlite3.connect(path)) as database:
        name = "embedding_metadata_string_value"
        [(page,)] = database.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,))
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(random.randbytes(4096))


def truncate(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def remove_passages(data: Path) -> None:
    store = VectorStore(folder=data / "chroma-1")
    store.remove(["r3"])
    store.close()


def mark_with_another_model(data: Path) -> None:
    with closing(sqlite3.connect(data / "chroma-1" / "chroma.sqlite3")) as database, database:
        database.execute("UPDATE collection_metadata SET str_value = 'x' WHERE key = 'model'")


DAMAGES: list[tuple[str, Callable[[Path], None], str]] = [
    ("folder gone", lambda data: shutil.rmtree(data / "chroma-1"), "it is missing"),
    ("header zeroed", lambda data: overwrite(data / "chroma-1" / "chroma.sqlite3", b"\0", 100), "not a database"),
    ("page overwritten", lambda data: overwrite_page(data / "chroma-1" / "chroma.sqlite3"), "it cannot be used ("),
    # Which error Chroma gives depends on which of the vectors it asks for first.
    ("vectors cut off", lambda data: truncate(segment_file(data, "data_level0.bin")), "Error "),
    ("vectors overwritten", lambda data: overwrite(segment_file(data, "data_level0.bin"), b"\xff"), "status -11"),
    ("metadata gone", lambda data: segment_file(data, "index_metadata.pickle").unlink(), "Error finding id"),
    ("graph gone", lambda data: shutil.rmtree(segment_file(data, "header.bin").parent), "Error finding id"),
    ("passages behind", remove_passages, "it holds 1001 passages, the ledger 1041"),
    ("another model", mark_with_another_model, "made with another embedding model"),
]


@pytest.mark.parametrize("damage, fault", [d[1:] for d in DAMAGES], ids=[d[0] for d in DAMAGES])
def test_a_damaged_chroma_is_rebuilt_from_the_ledger(
    thousand: Path, tmp_path: Path, damage: Callable[[Path], None], fault: str
) -> None:
    data = tmp_path / "data"
    shutil.copytree(thousand, data)
    damage(data)
    messages: list[str] = []
    with closing(Collection(data, embedding_model=BUNDLED, say=messages.append)) as opened:
        [message] = messages
        assert message.startswith("Chroma is rebuilt from the ledger: ") and fault in message
        assert first(opened, "Who took over the harbour?") == "Harbour"
        assert [path.name for path in data.glob("chroma-*")] == ["chroma-2"]


def test_what_a_killed_rebuild_left_is_cleared_away(thousand: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(thousand, data)
    shutil.copytree(data / "chroma-1", data / "chroma-0")
    Collection(data, embedding_model=BUNDLED).close()
    assert [path.name for path in data.glob("chroma-*")] == ["chroma-1"]


@pytest.mark.parametrize("damage", ["drop", "remove", "mark"])
def test_a_servers_damaged_collection_is_rebuilt(chroma_url: str, tmp_path: Path, articles: Path, damage: str) -> None:
    with closing(Collection(tmp_path, embedding_model=BUNDLED, chroma_url=chroma_url, writing=True)) as opened:
        index_paths(opened, [articles])
        store = opened._files.dense._store_of(opened._files.dense.number)
        ident = opened.articles()[0].id
        damages: dict[str, Callable[[], None]] = {
            "drop": store.drop, "remove": lambda: store.remove([ident]), "mark": lambda: store.create("x", 3)
        }
        damages[damage]()
        store.close()
    messages: list[str] = []
    with closing(Collection(tmp_path, embedding_model=BUNDLED, chroma_url=chroma_url, say=messages.append)) as again:
        assert len(messages) == 1 and first(again, "Who took over the harbour?") == "Harbour"


def test_readers_of_a_server_stand_beside_the_writer_and_follow_it(
    chroma_url: str, tmp_path: Path, articles: Path
) -> None:
    def opened(writing: bool) -> Collection:
        return Collection(tmp_path / "data", embedding_model=BUNDLED, chroma_url=chroma_url, writing=writing)

    with closing(opened(writing=True)) as writer, closing(opened(writing=False)) as reader:
        assert reader.search("harbour") == []
        index_paths(writer, [articles])
        assert first(reader, "Who took over the harbour?") == "Harbour"
        writer.rebuild()
        assert first(reader, "Who took over the harbour?") == "Harbour"
        with pytest.raises(LockedError):
            opened(writing=True)
    opened(writing=True).close()


def test_a_server_that_is_not_there_is_an_error_at_once(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    began = time.monotonic()
    with pytest.raises(VectorStoreError, match=f"No Chroma server answers at {url}"):
        Collection(tmp_path, embedding_model=BUNDLED, chroma_url=url)
    assert time.monotonic() - began < 3
    Collection(tmp_path, embedding_model=BUNDLED).close()


def test_a_search_on_a_server_that_went_away_is_an_error_and_no_empty_list(tmp_path: Path, articles: Path) -> None:
    with chroma_server(tmp_path / "chroma") as (process, url):
        opened = Collection(tmp_path / "data", embedding_model=BUNDLED, chroma_url=url, writing=True)
        index_paths(opened, [articles])
        assert opened.fault() is None and first(opened, "harbour") == "Harbour"
        process.kill()
        process.wait()
        assert opened.fault() == "The Chroma server does not answer."
        with pytest.raises(VectorStoreError, match="could not be searched"):
            opened.search("harbour")
        opened.close()


def test_a_second_writer_is_refused_and_a_killed_ones_place_taken(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from index.collection import Collection;"
        f"c = Collection(Path(sys.argv[1]), embedding_model='{BUNDLED}', writing=True);"
        "print('open', flush=True); time.sleep(60)"
    )
    holder = Program("-c", code, tmp_path)
    assert holder.stdout.readline() == "open\n"
    with pytest.raises(LockedError, match=f"written by process {holder.pid} .*seconds ago"):
        Collection(tmp_path, embedding_model=BUNDLED, writing=True)
    Collection(tmp_path, embedding_model=BUNDLED).close()
    holder.kill()
    holder.wait()
    Collection(tmp_path, embedding_model=BUNDLED, writing=True).close()


@pytest.mark.parametrize("data", ["/proc/data", "file/data", "file"])
def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path, data: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataFolderError, match="The data folder .* cannot be made: .*--data"):
        Collection(tmp_path / data, embedding_model=BUNDLED)


def test_a_failed_opening_gives_the_lock_back(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"no database" * 100)
    for _ in range(2):
        with pytest.raises(DataFolderError, match="is damaged or no ledger"):
            Collection(tmp_path, embedding_model=BUNDLED)


def test_a_model_that_cannot_be_loaded_is_an_error_of_what_needs_it(tmp_path: Path, articles: Path) -> None:
    with closing(Collection(tmp_path / "data", embedding_model="/no/such/model")) as opened:
        assert opened.articles() == []
        with pytest.raises(ModelError, match="'/no/such/model' cannot be loaded"):
            index_paths(opened, [articles])


def test_nothing_is_asked_of_another_host(tmp_path: Path, articles: Path) -> None:
    code = (
        "import sys; from pathlib import Path;"
        "sys.addaudithook(lambda e, a: sys.exit(str(a)) if e in ('socket.getaddrinfo', 'socket.connect') else None);"
        "from index.collection import Collection; from index.ingest.run import index_paths;"
        f"c = Collection(Path(sys.argv[1]), embedding_model='{BUNDLED}'); index_paths(c, [Path(sys.argv[2])]);"
        "print(len(c.search('harbour'))); c.close()"
    )
    done = run("-c", code, tmp_path / "data", articles)
    assert done.stdout == "2\n", done.stderr
