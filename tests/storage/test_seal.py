import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import index.storage.index_files
from chatbot.cli import commands
from index.collection import Collection
from index.errors import DataFolderError
from index.ingest.run import index_paths
from index.search.embedder import BUNDLED
from tests.support.corpus import first, write
from tests.support.ledgers import change
from tests.support.program import run

FILES = ["ledger.sqlite", "chroma-1/chroma.sqlite3"]


@pytest.fixture
def data(tmp_path: Path, articles: Path) -> Path:
    """A data folder in which two articles are indexed, closed."""
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True)) as opened:
        index_paths(opened, [articles])
    return tmp_path / "data"


def opening_checks(data: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether opening reads all of the index."""
    checked: list[object] = []
    with monkeypatch.context() as patched:
        patched.setattr(index.storage.index_files, "find_damage", lambda ledger: checked.append(ledger))
        Collection(data, embedding_model=BUNDLED, loading=False).close()
    return bool(checked)


def damage(file: Path) -> None:
    """Overwrite bytes in the middle, as a failing disk does: size and time stay as they were."""
    before = file.stat()
    with file.open("r+b") as opened:
        opened.seek(before.st_size // 8192 * 4096)
        opened.write(b"\xff" * 4096)
        opened.truncate(before.st_size)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_what_was_closed_is_not_read_again(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        assert not opening_checks(data, monkeypatch)
    with closing(Collection(data, embedding_model=BUNDLED)) as reader:
        assert first(reader, "Who took over the harbour?") == "Harbour"
        assert not opening_checks(data, monkeypatch)
    assert commands.main(["articles", "--data", str(data)]) == 0
    assert not opening_checks(data, monkeypatch)


@pytest.mark.parametrize("name", [*FILES, "ledger.sqlite-wal", "closed.json"])
def test_a_file_that_was_touched_since_is_checked(data: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with (data / name).open("ab") as file:
        file.write(b"\0")
    assert opening_checks(data, monkeypatch)
    assert not opening_checks(data, monkeypatch)


def test_a_run_that_was_killed_is_checked_at_the_next_opening_and_once(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import sys, os; from pathlib import Path; from index.collection import Collection;"
        f"c = Collection(Path(sys.argv[1]), embedding_model='{BUNDLED}', writing=True); os.kill(os.getpid(), 9)"
    )
    assert run("-c", code, data).returncode == -9
    assert opening_checks(data, monkeypatch)
    assert not opening_checks(data, monkeypatch)


def test_a_writer_beside_an_open_reader_leaves_it_sealed(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Collection(data, embedding_model=BUNDLED)) as server:
        assert first(server, "Who took over the harbour?") == "Harbour"
        for n in range(3):
            index_paths(server, [write(tmp_path, f"{n}.md", f"Report {n}: lorries were mended.", title=f"R{n}")])
            assert not opening_checks(data, monkeypatch)
    assert not opening_checks(data, monkeypatch)


@pytest.mark.parametrize("name", FILES)
def test_damage_that_no_time_tells_of_is_found_by_verify(
    data: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(data / name)
    assert commands.main(["verify", "--data", str(data)]) == 1
    assert "amage" in (output := "".join(capsys.readouterr())) or "Chroma differs" in output
    # From then on every opening knows.
    assert not (data / "closed.json").exists()


def test_a_server_finds_a_damaged_ledger_beside_its_work_and_answers_no_more(data: Path) -> None:
    messages: list[str] = []
    with closing(Collection(data, embedding_model=BUNDLED, say=messages.append)) as server:
        server.check()
        assert messages == [] and server.fault() is None
        change(data, "UPDATE article SET text = replace(text, 'Norvik', 'Nirvik')")
        server.check()
        assert "is damaged" in messages[0] and server.fault() == "The ledger is damaged."
        with pytest.raises(DataFolderError, match="verify --repair"):
            server.search("harbour")
        with pytest.raises(DataFolderError, match="verify --repair"):
            server.mentions("Norvik")


DAMAGES: list[tuple[Callable[[Collection, Path], object], str]] = [
    (lambda server, data: change(data, "UPDATE words_data SET block = zeroblob(length(block)) WHERE id > 100"),
     "The word index is damaged; it is made anew."),
    (lambda server, data: damage(data / "chroma-1" / "chroma.sqlite3"), "Chroma is rebuilt from the ledger: "),
]


@pytest.mark.parametrize(("spoil", "expected"), DAMAGES, ids=["words", "chroma"])
def test_a_server_mends_beside_its_work(
    data: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Collection, Path], object], expected: str
) -> None:
    messages: list[str] = []
    with closing(Collection(data, embedding_model=BUNDLED, say=messages.append)) as server:
        spoil(server, data)
        server.check()
        assert len(messages) == 1 and messages[0].startswith(expected)
        assert first(server, "Who took over the harbour?") == "Harbour" and server.fault() is None
    assert not opening_checks(data, monkeypatch)
