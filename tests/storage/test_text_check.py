import os
import random
import shutil
from pathlib import Path

import pytest

from chatbot.cli import commands
from index.article import Article
from index.collection import Collection
from index.errors import DataFolderError
from index.ingest.integrity import audit
from index.ingest.run import index_paths
from index.search.embedder import BUNDLED
from index.storage.ledger import Ledger
from index.storage.text_check import find_damage
from tests.support.corpus import BRIDGE, HARBOUR, first, put, write
from tests.support.ledgers import change, ledger_in

PAGE = 4096
ARTICLES = [Article(f"a{n}", f"{HARBOUR} {BRIDGE} " * 9 + str(n), f"Report {n}") for n in range(5)]


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A ledger's file, closed."""
    (tmp_path / "sound").mkdir()
    ledger = Ledger(tmp_path / "sound" / "ledger.sqlite")
    ledger.settings.keep(model="model", dimension="384")
    for article in ARTICLES:
        put(ledger, article)
    assert find_damage(ledger) is None and ledger.full_text.is_sound()
    ledger.close()
    return ledger.path


@pytest.fixture
def data(tmp_path: Path, articles: Path) -> Path:
    """A data folder in which two articles are indexed."""
    collection = Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True)
    index_paths(collection, [articles])
    collection.close()
    return tmp_path / "data"


def overwrite(file: Path, at: int, filling: bytes) -> None:
    with file.open("r+b") as opened:
        opened.seek(at)
        opened.write(filling)


def what_is_wrong(path: Path) -> str | None:
    try:
        ledger = Ledger(path)
        return find_damage(ledger) or (None if ledger.full_text.is_sound() else "words")
    except DataFolderError as exc:
        return str(exc)


def test_whichever_page_of_the_ledger_is_overwritten_it_is_found(sound: Path, tmp_path: Path) -> None:
    pages = sound.stat().st_size // PAGE
    for number in [0, *random.sample(range(1, pages), 24)]:
        for filling in (b"\0" * PAGE, os.urandom(PAGE)):
            shutil.copytree(sound.parent, tmp_path / "copy")
            overwrite(tmp_path / "copy" / sound.name, number * PAGE, filling)
            assert what_is_wrong(tmp_path / "copy" / sound.name), f"page {number}, {filling[:8]!r}"
            shutil.rmtree(tmp_path / "copy")


@pytest.mark.parametrize("left", [0.6, 0])
def test_changes_that_are_cut_off_with_the_wal_file_are_missed_and_said(
    data: Path, articles: Path, tmp_path: Path, left: float
) -> None:
    running = Collection(data, embedding_model=BUNDLED, writing=True)
    index_paths(running, [write(articles, f"{n}.md", f"Report {n} of a calm day.", title=f"R{n}") for n in range(3)])
    # As a kill leaves it.
    shutil.copytree(data, tmp_path / "cut", ignore=shutil.ignore_patterns("copy-*", "lock*"))
    running.close()
    wal = tmp_path / "cut" / "ledger.sqlite-wal"
    os.truncate(wal, int(wal.stat().st_size * left))
    messages: list[str] = []
    opened = Collection(tmp_path / "cut", embedding_model=BUNDLED, writing=True, say=messages.append)
    assert "changes that were made to it: its -wal file was cut or lost" in messages[0]
    assert first(opened, "Who took over the harbour?") == "Harbour" and opened.summary().articles < 5
    index_paths(opened, [articles])
    assert opened.summary().articles == 5 and audit(opened).faults == []
    opened.close()
    Collection(tmp_path / "cut", embedding_model=BUNDLED, say=pytest.fail).close()


def test_a_damaged_word_index_is_made_anew_and_said(data: Path) -> None:
    change(data, "UPDATE words_data SET block = zeroblob(length(block)) WHERE id > 100")
    with ledger_in(data) as ledger:
        assert not ledger.full_text.is_sound()
    messages: list[str] = []
    opened = Collection(data, embedding_model=BUNDLED, say=messages.append)
    assert messages == ["The word index is damaged; it is made anew."] and opened.vocabulary.frequency("harbour") == 1
    opened.close()


def test_an_article_whose_text_has_changed_is_not_cited_and_comes_back_by_indexing(
    data: Path, articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(data, "UPDATE article SET text = replace(text, 'Norvik', 'Nirvik')")
    where = ["--data", str(data)]
    assert commands.main(["ask", "Who took over the harbour?", *where]) == 1
    assert "is not the one that was indexed. `python app.py verify --repair`" in capsys.readouterr().err
    assert commands.main(["verify", "--repair", *where]) == 0 and "--repair removes it" in capsys.readouterr().out
    assert commands.main(["index", str(articles), *where]) == 0
    assert commands.main(["ask", "Who took over the harbour?", *where]) == 0 and "Norvik" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["ask harbour?", "index {articles}", "articles", "export {out}", "verify"])
def test_a_damaged_ledger_is_said_with_what_to_do_and_nothing_is_answered(
    data: Path, articles: Path, tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    overwrite(data / "ledger.sqlite", (data / "ledger.sqlite").stat().st_size // PAGE // 2 * PAGE, b"\xff" * PAGE * 3)
    words = command.format(articles=articles, out=tmp_path / "out").split()
    assert commands.main([*words, "--data", str(data)]) == 1
    output = "".join(capsys.readouterr())
    assert "damaged" in output and "python app.py import FILE" in output and "Norvik" not in output
