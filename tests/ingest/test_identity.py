"""A file that is moved, copied or described anew: its article keeps its id and all that hangs on it, and what the index
has of its text is neither embedded nor parsed again."""

import json
import re
import shutil
import signal
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from index.article import article_id
from index.collection import Collection
from index.errors import ModelError
from index.ingest.corrections import correct_article
from index.ingest.integrity import audit
from index.ingest.report import Report
from index.ingest.run import index_articles, index_paths
from index.ingest.sandbox import Worker
from index.language import annotations
from index.limits import FileLimits
from index.search.embedder import BUNDLED
from tests.support import program
from tests.support.corpus import BRIDGE, HARBOUR, write
from tests.support.ledgers import ledger_in
from tests.support.program import Program

QUARRY = "Marine units took the port of Vessby on Tuesday. Its quarry had been closed since spring."


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three files and their index."""
    folder = tmp_path_factory.mktemp("identity")
    for name, text in (("harbour", HARBOUR), ("bridge", BRIDGE), ("quarry", QUARRY)):
        write(folder / "old", f"{name}.md", text, title=name.title(), source="Desk", date="2024-12-05")
    with closing(Collection(folder / "data", embedding_model=BUNDLED, writing=True)) as opened:
        index_paths(opened, [folder / "old"])
    return folder


@pytest.fixture
def folder(indexed: Path, tmp_path: Path) -> Path:
    """A copy of the index, with the files where they were first, and a link-free folder for new ones."""
    shutil.copytree(indexed / "data", tmp_path / "data")
    shutil.copytree(indexed / "old", tmp_path / "kept")
    return tmp_path


@pytest.fixture
def files(indexed: Path, folder: Path) -> Iterator[Path]:
    """The folder that was indexed; what a test does to it is undone."""
    yield indexed / "old"
    for path in indexed.iterdir():
        if path.name != "data":
            shutil.rmtree(path)
    shutil.copytree(folder / "kept", indexed / "old")


@pytest.fixture
def collection(folder: Path) -> Iterator[Collection]:
    with closing(Collection(folder / "data", embedding_model=BUNDLED, writing=True)) as opened:
        yield opened


def _close_models(collection: Collection) -> None:
    """From here on whatever embeds or parses fails."""
    collection.parse("Close it.")
    collection.question_vector("Is it open?")
    collection._models.close()
    collection._annotator.close()
    with pytest.raises(ModelError):
        collection.question_vector("Is it closed?")


def _state(collection: Collection) -> dict[str, object]:
    """By the title of each article its id and what the models made of it."""
    with ledger_in(collection.data) as ledger:
        return {
            row.title: (
                row.id, row.added, ledger.annotations.get(row.id, annotations.VERSION),
                ledger.annotations.claims_of(row.id),
                [vector.tobytes() for _, _, vector in ledger.passages.vectors_of(row.id)],
            )
            for row in collection.articles()
        }


def _prune(collection: Collection, folder: Path) -> Report:
    return index_paths(collection, [folder], prune=True)


def _id_at(collection: Collection, path: Path) -> str:
    return next(row.id for row in collection.articles() if row.path == str(path))


def test_a_renamed_folder_is_neither_embedded_nor_parsed_again(collection: Collection, files: Path) -> None:
    before, new = _state(collection), files.with_name("new")
    files.rename(new)
    _close_models(collection)
    assert len(index_paths(collection, [new]).duplicates) == 3
    report = _prune(collection, new)
    assert (sorted(report.updated), report.added, report.removed, report.refused, report.passages) == (
        ["Bridge", "Harbour", "Quarry"], [], [], [], 0
    )
    assert _state(collection) == before and {row.path for row in collection.articles()} == set(map(str, new.iterdir()))
    with ledger_in(collection.data) as ledger:
        assert ledger.annotations.claims_of(_id_at(collection, new / "quarry.md"))
    report = _prune(collection, new)
    assert (len(report.unchanged), report.updated, report.removed) == (3, [], [])
    assert audit(collection).faults == []


def test_a_moved_file_keeps_what_editors_have_set_right(collection: Collection, files: Path) -> None:
    ident = _id_at(collection, files / "harbour.md")
    correct_article(collection, ident, {"title": "Port of Norvik", "author": "A. Berg"}, "editor")
    (files / "harbour.md").rename(files / "moved.md")
    _close_models(collection)
    assert _prune(collection, files).updated == ["Port of Norvik"]
    article = collection.article(ident)
    assert (article.title, article.author, article.path) == ("Port of Norvik", "A. Berg", str(files / "moved.md"))
    with ledger_in(collection.data) as ledger:
        assert len(ledger.corrections.of(ident)) == 2


def test_one_that_is_moved_and_described_anew_is_embedded_under_its_id(collection: Collection, files: Path) -> None:
    ident = _id_at(collection, files / "harbour.md")
    correct_article(collection, ident, {"author": "A. Berg"}, "editor")
    (files / "harbour.md").unlink()
    write(files, "moved.md", HARBOUR, title="The port", source="Desk", date="2024-12-05")
    report = _prune(collection, files)
    assert (report.updated, report.removed, report.passages) == (["The port"], [], 1)
    article = collection.article(ident)
    assert (article.author, article.path) == ("A. Berg", str(files / "moved.md"))
    assert _prune(collection, files).updated == []


def test_one_that_is_moved_and_has_another_text_is_a_new_article(collection: Collection, files: Path) -> None:
    ident = _id_at(collection, files / "harbour.md")
    (files / "harbour.md").unlink()
    write(files, "moved.md", f"{HARBOUR} It rained.", title="Harbour")
    report = _prune(collection, files)
    assert (report.added, report.removed, report.passages) == (["Harbour"], ["Harbour"], 1)
    assert _id_at(collection, files / "moved.md") == article_id(str(files / "moved.md")) != ident


def test_a_new_file_at_the_old_path_is_an_article_of_its_own(collection: Collection, files: Path) -> None:
    path, moved = files / "harbour.md", files / "moved.md"
    ident = _id_at(collection, path)
    path.rename(moved)
    _prune(collection, files)
    write(files, "harbour.md", "A new quay was opened.", title="Quay")
    assert _prune(collection, files).added == ["Quay"]
    assert _id_at(collection, moved) == ident != _id_at(collection, path)
    write(files, "harbour.md", "A new quay was closed.", title="Quay")
    report = _prune(collection, files)
    assert (report.updated, report.added, len(report.unchanged)) == (["Quay"], [], 3)
    moved.unlink()
    assert _prune(collection, files).removed == ["Harbour"] and len(_prune(collection, files).unchanged) == 3


def test_a_file_that_comes_back_is_the_one_that_went(collection: Collection, files: Path) -> None:
    path, before = files / "harbour.md", _state(collection)
    path.rename(files / "moved.md")
    _prune(collection, files)
    (files / "moved.md").rename(path)
    _close_models(collection)
    assert _prune(collection, files).updated == ["Harbour"] and _state(collection) == before
    assert collection.article(_id_at(collection, path)).origin_id is None


def test_a_copy_is_a_duplicate_until_the_original_is_gone(collection: Collection, files: Path) -> None:
    ident = _id_at(collection, files / "harbour.md")
    shutil.copy(files / "harbour.md", files / "copy.md")
    _close_models(collection)
    report = _prune(collection, files)
    assert (len(report.duplicates), len(report.unchanged), report.removed) == (1, 3, [])
    (files / "harbour.md").unlink()
    report = _prune(collection, files)
    assert (report.updated, report.removed) == (["Harbour"], []) and _id_at(collection, files / "copy.md") == ident


def test_a_copy_for_other_readers_has_what_was_made_of_the_first(collection: Collection, files: Path) -> None:
    copy = files / "board.md"
    shutil.copy(files / "quarry.md", copy)
    _close_models(collection)
    report = index_paths(collection, [copy], groups=["board"])
    assert (report.added, report.passages) == (["Quarry"], 0)
    own, other = (made for title, *made in _made(collection) if title == "Quarry")
    assert own == other and any(own)
    assert audit(collection).faults == [] and len(collection.mentions("quarry")) == 2


def _made(collection: Collection) -> list[list[object]]:
    with ledger_in(collection.data) as ledger:
        return [
            [
                row.title, ledger.annotations.claims_of(row.id), ledger.passages.sentences(row.id),
                [vector.tobytes() for _, _, vector in ledger.passages.vectors_of(row.id)],
            ]
            for row in collection.articles()
        ]


def test_an_author_costs_no_embedding_and_a_changed_cut_does(collection: Collection, files: Path) -> None:
    write(files, "bridge.md", BRIDGE, title="Bridge", source="Courier", author="M. Ott", date="2024-12-05")
    report = index_paths(collection, [files])
    assert (report.updated, report.passages) == (["Bridge"], 0)
    ident = _id_at(collection, files / "bridge.md")
    assert (collection.article(ident).author, collection.article(ident).source) == ("M. Ott", "Courier")
    # As one that a version cut which had other rules.
    with ledger_in(collection.data) as ledger:
        ledger.articles.describe(collection.article(ident), "hash of an earlier version")
    report = index_paths(collection, [files])
    assert (report.updated, report.passages) == (["Bridge"], 1)


def test_what_lies_in_a_renamed_archive_keeps_its_ids(collection: Collection, folder: Path) -> None:
    def pack(name: str, *texts: str) -> None:
        with zipfile.ZipFile(folder / "packed" / name, "w") as archive:
            for number, text in enumerate(texts):
                archive.writestr(f"{number}.txt", text)

    (folder / "packed").mkdir()
    pack("a.zip", "A tram was halted in Orsa.", "A barge sank off Tarnby.")
    index_paths(collection, [folder / "packed"])
    ids = {row.id for row in collection.articles()}
    (folder / "packed" / "a.zip").rename(folder / "packed" / "b.zip")
    assert len(_prune(collection, folder / "packed").updated) == 2
    pack("b.zip", "A tram was halted in Orsa.", "A barge was raised off Tarnby.")
    report = _prune(collection, folder / "packed")
    assert (len(report.updated), len(report.unchanged), report.removed) == (1, 1, [])
    assert {row.id for row in collection.articles()} == ids


def test_what_was_uploaded_is_not_taken_for_a_file_that_is_gone(collection: Collection, folder: Path) -> None:
    text = write(folder / "sent", "sent.md", "The lock at Brill was drained.", title="Lock")
    with Worker(FileLimits()) as worker:
        index_articles(collection, worker.read(text, "sent.md"))
    report = _prune(collection, folder / "sent")
    assert (len(report.duplicates), report.updated, report.removed) == (1, [], [])


def test_a_kill_among_moved_files_leaves_all_of_them(folder: Path) -> None:
    for n in range(120):
        write(folder / "many", f"{n}.md", f"Report {n} of the day.", title=f"R{n}")
    command = ["app.py", "index", folder / "many", "--data", folder / "index", "--prune"]
    assert program.run(*command).returncode == 0
    with closing(Collection(folder / "index", embedding_model=BUNDLED, loading=False)) as opened:
        ids = {row.title: row.id for row in opened.articles()}
    for n in range(120):
        (folder / "many" / f"{n}.md").rename(folder / "many" / f"moved {n}.md")
    run = Program(*command, "--verbose")
    # 100 are written at a time.
    assert re.match(r"Kept: [0-9a-f]{16} ", run.stdout.readline())
    run.send_signal(signal.SIGKILL)
    run.communicate()
    report = json.loads(program.run(*command, "--json").stdout)
    assert len(report["updated"]) + len(report["unchanged"]) == 120 and report["passages"] == 0
    assert report["removed"] == report["added"] == report["duplicates"] == []
    with closing(Collection(folder / "index", embedding_model=BUNDLED, writing=True, loading=False)) as opened:
        assert {row.title: row.id for row in opened.articles()} == ids and audit(opened).faults == []
        assert all(Path(str(row.path)).exists() for row in opened.articles())
