import io
import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from index.article import Article
from index.collection import Collection
from index.errors import LockedError, StoppedError
from index.fetch.address_policy import read_ranges
from index.fetch.client import Fetcher, FetchLimits
from index.ingest import prepare
from index.ingest.report import Report
from index.ingest.run import index_paths
from index.ingest.sandbox import Worker
from index.ingest.uploads import Uploads
from index.limits import FileLimits
from index.readers.registry import Refusal
from index.search.embedder import BUNDLED
from index.storage.lock import DataLock
from tests.support.corpus import BRIDGE, HARBOUR, write
from tests.support.program import run
from tests.support.website import Website, page

FETCHER = Fetcher(allowed=read_ranges("127.0.0.1/32"), limits=FetchLimits(pause_seconds=0))


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    opened = Collection(tmp_path_factory.mktemp("uploads"), embedding_model=BUNDLED, wait_seconds=0.2)
    yield opened
    opened.close()


@pytest.fixture
def uploads(collection: Collection) -> Iterator[Uploads]:
    yield Uploads(collection, FileLimits(), FETCHER)
    for row in collection.articles():
        collection.remove(row.id)


def nothing(_: object) -> None:
    """Whom nothing has to be told."""


def sent(uploads: Uploads, folder: Path, content: str | bytes, name: str = "harbour.md") -> Report:
    """Uploads `content` as a browser does, which puts it wherever it likes."""
    path = folder / f"upload{Path(name).suffix}"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return uploads.add_file(path, name, nothing, nothing)


def pasted(uploads: Uploads, folder: Path, text: str, **known: str) -> Report:
    path = folder / "pasted.json"
    path.write_text(json.dumps({"text": text, **known}))
    return uploads.add_text(path, nothing, nothing)


def only(collection: Collection) -> Article:
    [row] = collection.articles()
    return collection.article(row.id)


def test_a_changed_file_of_the_same_name_replaces_the_first(
    collection: Collection, uploads: Uploads, tmp_path: Path
) -> None:
    assert len(sent(uploads, tmp_path, HARBOUR).added) == 1
    (tmp_path / "elsewhere").mkdir()
    assert len(sent(uploads, tmp_path / "elsewhere", HARBOUR).unchanged) == 1
    [same] = sent(uploads, tmp_path / "elsewhere", HARBOUR, "copy.md").duplicates
    assert same.name == "copy.md" and same.reason.endswith("(harbour.md).")
    assert len(sent(uploads, tmp_path / "elsewhere", f"{HARBOUR} It rained.").updated) == 1
    article = only(collection)
    assert article.path == "upload:harbour.md" and article.text.endswith("It rained.")
    assert collection.search("Who took over the harbour?")[0].article.id == article.id


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.txt", "a\nb\u202e.txt", "<b>.txt", "x" * 300 + ".txt", "\ud800\0.txt"]
)
def test_a_name_is_nothing_but_a_name(collection: Collection, uploads: Uploads, tmp_path: Path, name: str) -> None:
    assert sent(uploads, tmp_path, HARBOUR, name).refused == []
    assert only(collection).path == "upload:" + name.replace("\0", "").replace("\ud800", "\ufffd")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["upload.txt"]


def test_pruning_a_folder_leaves_what_was_uploaded(collection: Collection, uploads: Uploads, tmp_path: Path) -> None:
    (tmp_path / "upload").mkdir()
    sent(uploads, tmp_path / "upload", HARBOUR)
    pasted(uploads, tmp_path, BRIDGE)
    (tmp_path / "upload" / "upload.md").unlink()
    (tmp_path / "pasted.json").unlink()
    assert index_paths(collection, [tmp_path], prune=True).removed == []
    assert len(collection.articles()) == 2


def test_an_archive_is_taken_apart_and_what_is_refused_is_named(
    collection: Collection, uploads: Uploads, tmp_path: Path
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/harbour.md", HARBOUR)
        archive.writestr("empty.txt", " ")
        archive.writestr("list.jsonl", json.dumps({"text": BRIDGE}) + "\n{}")
    report = sent(uploads, tmp_path, packed.getvalue(), "week.zip")
    assert len(report.added) == 2
    assert [refusal.name for refusal in report.refused] == ["week.zip: empty.txt", "week.zip: list.jsonl"]
    assert len(sent(uploads, tmp_path, packed.getvalue(), "week.zip").unchanged) == 2
    assert {row.path for row in collection.articles()} == {"upload:week.zip"}


def test_a_pasted_text_is_known_by_title_source_and_date(
    collection: Collection, uploads: Uploads, tmp_path: Path
) -> None:
    known = {"title": "Harbour", "source": "Desk", "date": "2024-12-01"}
    pasted(uploads, tmp_path, HARBOUR, **known)
    assert len(pasted(uploads, tmp_path, f"{HARBOUR} It rained.", **known).updated) == 1
    article = only(collection)
    assert (article.title, article.source, str(article.date), article.path) == ("Harbour", "Desk", "2024-12-01", None)
    assert len(pasted(uploads, tmp_path, BRIDGE, **known | {"date": "2024-12-02"}).added) == 1
    [same] = pasted(uploads, tmp_path, f"{HARBOUR} It rained.", title="Another").duplicates
    assert same.reason == "it has the same text as 'Harbour'."
    assert str(*pasted(uploads, tmp_path, " ").refused) == "pasted text: the file has no text."


def test_a_page_is_fetched_and_what_may_not_be_is_said(collection: Collection, uploads: Uploads) -> None:
    written: list[Article] = []
    with Website() as site:
        site.pages["/harbour"] = page(HARBOUR, "text/plain")
        report = uploads.add_url(f"{site.url}/harbour", nothing, written.append)
    assert len(report.added) == 1 and [article.url for article in written] == [only(collection).url]
    assert len(uploads.add_url("http://10.0.0.1/", nothing, nothing).refused) == 1


def test_who_writes_is_named_and_waited_for(collection: Collection, uploads: Uploads, tmp_path: Path) -> None:
    messages: list[str] = []
    lock = DataLock(collection.data)
    try:
        for add in (uploads.add_file, lambda path, _, *tell: uploads.add_url("http://10.0.0.1/", *tell)):
            with pytest.raises(LockedError, match="still being written by process"):
                add(write(tmp_path, "harbour.md", HARBOUR), "harbour.md", messages.append, nothing)
    finally:
        lock.release()
    assert len(messages) == 2 and all("is being written by process" in line for line in messages)
    assert collection.articles() == []
    assert len(sent(uploads, tmp_path, HARBOUR).added) == 1


def long_text(sentences: int = 2500) -> str:
    """About a passage for each ten sentences."""
    days = range(sentences)
    return " ".join(f"On day {n} the ferry of town {n % 97} came late, and {n} people waited." for n in days)


def test_small_files_pass_between_the_passages_of_a_long_text(
    collection: Collection, uploads: Uploads, tmp_path: Path
) -> None:
    progress: list[tuple[str, int, int]] = []
    began, reports = Event(), list[Report]()

    def passages(*so_far: object) -> None:
        progress.append(so_far)  # type: ignore[arg-type]
        began.set()

    long = write(tmp_path, "long.md", long_text(1800), title="Long")
    thread = Thread(target=lambda: reports.append(uploads.add_file(long, "long.md", nothing, nothing, passages)))
    thread.start()
    assert began.wait(60)
    messages: list[str] = []
    for name, text in (("harbour.md", HARBOUR), ("bridge.md", BRIDGE)):
        assert len(uploads.add_file(write(tmp_path, name, text), name, messages.append, nothing).added) == 1
    assert thread.is_alive() and messages[0] == "Other articles are being added here. These are next."
    # Another process, too.
    other = write(tmp_path / "other", "other.md", "A gull sat on the pier.", title="Gull")
    done = run("app.py", "index", other, "--data", collection.data)
    assert done.returncode == 0 and thread.is_alive(), done.stderr
    assert collection.search("Who took over the harbour?")[0].article.text == HARBOUR
    thread.join()
    assert reports[0].added == ["Long"] and len(collection.articles()) == 4
    done_of_all = [(done, total) for title, done, total in progress if total and title == "Long"]
    assert done_of_all == sorted(done_of_all) and len(done_of_all) > 3
    assert done_of_all[-1][1] == reports[0].passages == next(
        row.passages for row in collection.articles() if row.title == "Long"
    )
    assert collection.search("Which ferry came late on day 777?")[0].article.title == "Long"


def test_a_long_text_can_be_stopped_and_leaves_nothing(
    collection: Collection, uploads: Uploads, tmp_path: Path
) -> None:
    class EnoughError(StoppedError):
        """As it is pressed."""

    def passages(title: str, done: int, total: int) -> None:
        if done:
            raise EnoughError("It was stopped.")

    with pytest.raises(EnoughError):
        uploads.add_file(write(tmp_path, "long.md", long_text()), "long.md", nothing, nothing, passages)
    assert collection.articles() == [] and collection.fault() is None
    assert len(sent(uploads, tmp_path, HARBOUR).added) == 1


def test_a_long_text_is_told_of_and_stopped_before_it_is_embedded(
    collection: Collection, uploads: Uploads, tmp_path: Path
) -> None:
    progress: list[tuple[int, int]] = []

    def passages(_: str, done: int, total: int) -> None:
        progress.append((done, total))
        raise StoppedError("It was stopped.")

    began = time.monotonic()
    with pytest.raises(StoppedError):
        uploads.add_file(write(tmp_path, "long.md", long_text(20_000)), "long.md", nothing, nothing, passages)
    assert collection.articles() == [] and progress == [(0, 0)] and time.monotonic() - began < 30


@pytest.mark.parametrize("cores", [1, 2])
def test_a_long_text_is_told_of_and_stopped_while_it_is_annotated(
    collection: Collection, uploads: Uploads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: int
) -> None:
    monkeypatch.setattr(prepare, "cores", lambda: cores)
    monkeypatch.setattr(prepare, "PAUSE_SECONDS", 0)
    progress: list[tuple[int, int]] = []

    def passages(_: str, done: int, total: int) -> None:
        progress.append((done, total))
        if total and progress.count((total, total)) == 3 - cores:
            raise StoppedError("It was stopped.")

    with pytest.raises(StoppedError):
        uploads.add_file(write(tmp_path, "long.md", long_text(400)), "long.md", nothing, nothing, passages)
    assert collection.articles() == [] and progress[-1][0] == progress[-1][1] > 32


def test_a_server_that_stops_does_not_wait_for_the_end_of_a_long_text(
    collection: Collection, uploads: Uploads, tmp_path: Path
) -> None:
    stopping, began = Uploads(collection, FileLimits(), FETCHER), Event()
    failed: list[str] = []

    def add() -> None:
        long = write(tmp_path, "long.md", long_text())
        try:
            stopping.add_file(long, "long.md", nothing, nothing, lambda *_: began.set())
        except StoppedError as exc:
            failed.append(str(exc))

    thread = Thread(target=add)
    thread.start()
    assert began.wait(60)
    since = time.monotonic()
    stopping.stop(60)
    assert time.monotonic() - since < 30
    thread.join()
    assert "The server is being stopped" in failed[0] and collection.articles() == []


def test_others_add_while_the_first_article_of_a_file_is_read(
    uploads: Uploads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, released = Event(), Event()
    reading = Worker.read

    def slow_for_the_book(self: Worker, path: Path, name: str | None = None) -> Iterator[Article | Refusal]:
        if name == "book.md":
            begun.set()
            assert released.wait(30)
        yield from reading(self, path, name)

    monkeypatch.setattr(Worker, "read", slow_for_the_book)
    reports: list[Report] = []
    (tmp_path / "book").mkdir()
    thread = Thread(target=lambda: reports.append(sent(uploads, tmp_path / "book", HARBOUR, "book.md")))
    thread.start()
    assert begun.wait(30)
    assert sent(uploads, tmp_path, BRIDGE, "small.md").added
    released.set()
    thread.join(30)
    assert reports[0].added
