import os
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from index.article import Article
from index.errors import FetchError
from index.fetch.feeds import read_feed
from index.ingest.sandbox import Worker
from index.limits import FileLimits, over
from index.message import Message
from index.readers.registry import Refusal, read_file
from tests.readers.test_formats import html, pdf

URL = "https://news.example/feed"


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_one_process_reads_many_files_and_a_new_one_follows_one_that_was_ended(tmp_path: Path) -> None:
    page = write(tmp_path / "a.html", html().encode())
    slow = write(tmp_path / "b.pdf", pdf("\n".join(["word"] * 400_000)))
    with Worker(FileLimits(seconds=5)) as worker:
        outcomes = [list(worker.read(path)) for path in (page, page, slow, page)]
    assert [isinstance(outcome, Article) for [outcome] in outcomes] == [True, True, False, True]
    assert "CHATBOT_LIMIT_SECONDS" in str(outcomes[2][0])


def test_a_file_that_takes_too_much_memory_is_refused_and_the_next_one_read(tmp_path: Path) -> None:
    big = write(tmp_path / "a.json", b"[" + b'{"text": "x"},' * 3_000_000 + b'{"text": "x"}]')
    page = write(tmp_path / "b.html", html().encode())
    with Worker(FileLimits(memory_mb=600)) as worker:
        [refused] = worker.read(big)
        [read] = worker.read(page)
    assert "CHATBOT_LIMIT_MEMORY_MB" in str(refused) and isinstance(read, Article)


def test_many_small_files_are_read_by_one_process(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{n}.txt", f"Text {n}.".encode()) for n in range(1000)]
    with Worker(FileLimits()) as worker:
        outcomes = [list(worker.read(path)) for path in paths[:1]]
        process, began = worker._process, time.monotonic()
        outcomes += [list(worker.read(path)) for path in paths[1:]]
        assert worker._process is process
        assert time.monotonic() - began < 20
    assert all(isinstance(outcome, Article) for [outcome] in outcomes)


def test_what_reads_on_and_on_is_ended_and_the_next_file_is_read(tmp_path: Path) -> None:
    merges = "a0: &a0 {k: v}\n" + "".join(f"a{n + 1}: &a{n + 1} {{<<: *a{n}}}\n" for n in range(3))
    with Worker(FileLimits()) as worker:
        [read] = worker.read(write(tmp_path / "a.md", f"---\n{merges}title: Merged\n---\nText.".encode()))
        assert isinstance(read, Article) and read.title == "Merged"
        assert worker._process is not None
        worker._process.kill()
        worker._process.wait()
        [read] = worker.read(write(tmp_path / "b.txt", b"Text."))
    assert isinstance(read, Article)


def test_a_feed_is_read_in_the_process_and_what_brings_its_reader_down_is_refused() -> None:
    entries = "<item><link>/a</link><pubDate>Tue, 03 Dec 2024 00:30:00 GMT</pubDate></item>"
    feed = f"<rss><channel><title>Courier</title>{entries}</channel></rss>".encode()
    slow = f"<rss><channel><item><author>{'a' * 200_000}</author>{entries}</item></channel></rss>".encode()
    with Worker(FileLimits(seconds=5)) as worker:
        assert worker.read_feed(feed, URL) == read_feed(feed, URL)
        try:
            worker.read_feed(slow, URL)
        except FetchError as exc:
            assert URL in str(exc)
        assert worker.read_feed(b"<html>", URL) is None
        assert worker.read_feed(feed, URL) == read_feed(feed, URL)


def test_a_file_that_grows_while_it_is_read_is_read_whole_or_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", b"Text. " * 100_000)
    done = threading.Event()

    def grow() -> None:
        with path.open("ab", buffering=0) as file:
            while not done.is_set() and os.fstat(file.fileno()).st_size < 40_000_000:
                file.write(b"More. " * 1000)

    growing = threading.Thread(target=grow)
    growing.start()
    with Worker(FileLimits()) as worker:
        [read] = worker.read(path)
    done.set()
    growing.join()
    assert isinstance(read, Article) or "changed while it was read" in read.reason or "CHATBOT_LIMIT" in read.reason


ARMY, HARBOUR = (f"The {noun} was told to leave the old town. " * 9000 for noun in ("army", "crew"))


def write_slowly(path: Path, text: str, pause: float) -> None:
    with path.open("w") as file:
        for at in range(0, len(text), len(text) // 3):
            file.write(text[at : at + len(text) // 3])
            file.flush()
            time.sleep(pause)


def replace(path: Path, text: str, pause: float) -> None:
    new = path.with_suffix(".new")
    new.write_text(text)
    os.replace(new, path)
    time.sleep(pause)


@pytest.mark.parametrize("pause", [0, 0.003, 0.1])
@pytest.mark.parametrize("change", [write_slowly, replace])
def test_a_file_that_others_write_is_never_read_in_part(
    tmp_path: Path, change: Callable[[Path, str, float], None], pause: float
) -> None:
    path, stop = tmp_path / "a.txt", threading.Event()
    path.write_text(ARMY)

    def write_on() -> None:
        while not stop.is_set():
            change(path, HARBOUR, pause)
            change(path, ARMY, pause)

    writer = threading.Thread(target=write_on)
    writer.start()
    with Worker(FileLimits()) as worker:
        outcomes: list[Article | Refusal] = []
        end = time.monotonic() + 1.5
        # A reader that waits for no writer reads often in this time.
        while not outcomes or time.monotonic() < end:
            outcomes += worker.read(path, settled=False)
        stop.set()
        writer.join()
        [last] = worker.read(path, settled=False)
    for outcome in outcomes:
        if isinstance(outcome, Article):
            assert outcome.text in (ARMY.strip(), HARBOUR.strip())
        else:
            # On a busy machine a writer may pause for long between emptying a file and filling it.
            assert "changed while it was read" in outcome.reason or "no text" in outcome.reason
    assert isinstance(last, Article) and last.text == ARMY.strip()


def test_a_file_whose_writer_pauses_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    writer = threading.Thread(target=write_slowly, args=(path, ARMY, 0.1))
    with Worker(FileLimits()) as worker:
        [_] = worker.read(write(tmp_path / "b.txt", b"The worker is at work."))
        writer.start()
        time.sleep(0.05)
        [article] = worker.read(path, settled=False)
    writer.join()
    assert isinstance(article, Article) and article.text == ARMY.strip()


def test_an_archive_that_is_replaced_while_it_is_read_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}.txt", f"Report {number}. " * 20)
    outcomes = read_file(path, FileLimits(), settled=False)
    assert isinstance(next(outcomes), Article)
    os.utime(path)
    *_, last = outcomes
    assert isinstance(last, Refusal) and "changed while it was read" in last.reason


def test_a_broken_file_is_no_end_of_the_process(tmp_path: Path) -> None:
    with Worker(FileLimits()) as worker:
        assert isinstance(next(worker.read(tmp_path / "missing.pdf")), Refusal)
        assert isinstance(next(worker.read(write(tmp_path / "a.html", html().encode()))), Article)


def test_a_reason_comes_out_of_the_process_with_its_parts(tmp_path: Path) -> None:
    long = write(tmp_path / "a.txt", b"word " * 300_000)
    with Worker(FileLimits(text_mb=1)) as worker:
        [refused] = worker.read(long)
    assert isinstance(refused, Refusal) and isinstance(refused.reason, Message)
    assert refused.reason == "the text has 1,499,999 characters (limit 1 MB; CHATBOT_LIMIT_TEXT_MB sets another)."
    assert refused.reason.values["count"] == 1_499_999 and refused.reason.values["limit"] == over("text_mb", 1)
