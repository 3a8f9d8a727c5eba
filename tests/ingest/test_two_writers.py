"""Several processes write into one data folder at once: each does all of its work in turn, or says who holds it."""

import json
import signal
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from index.collection import Collection
from index.ingest.integrity import audit
from index.ingest.run import index_paths
from index.ingest.uploads import Uploads
from index.limits import FileLimits
from index.search.embedder import BUNDLED
from tests.ingest.test_web import FETCHER
from tests.support.corpus import HARBOUR, write
from tests.support.program import Program, run

pytestmark = pytest.mark.slow_first
# 64 are kept at a time: some are still to come when the first are told of.
FILES = 80


def folder(at: Path, name: str, files: int) -> Path:
    for n in range(files):
        write(at / name, f"{n}.md", f"Report {n} of {name} on the day, which nobody else has.", title=f"{name} {n}")
    return at / name


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 100
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def long_text(sentences: int) -> str:
    days = range(sentences)
    return " ".join(f"On day {n} the keeper of lighthouse {n * 7} wrote down what the sea brought." for n in days)


def test_index_commands_at_once_take_turns_or_say_who_writes(tmp_path: Path) -> None:
    first, second, third = (folder(tmp_path, name, size) for name, size in (("a", FILES), ("b", 9), ("c", 7)))
    data = ["--data", tmp_path / "data"]
    with Program("app.py", "index", first, "--verbose", *data) as writer:
        assert writer.stdout.readline().startswith("Kept:")
        # The first one is held there, so that the others meet it however fast the machine is.
        writer.send_signal(signal.SIGSTOP)
        with Program("app.py", "index", third, "--wait", "100", "--json", *data) as waiting:
            refused = run("app.py", "index", second, "--wait", "0", *data)
            assert f"is being written by process {writer.pid}" in waiting.stderr.readline()
            writer.send_signal(signal.SIGCONT)
            waited = json.loads(waiting.communicate(100)[0])
        writer.communicate(100)
    assert refused.returncode != 0 and "Traceback" not in refused.stderr
    assert f"still being written by process {writer.pid} ('app.py index" in refused.stderr
    assert "--wait SECONDS" in refused.stderr
    assert (writer.returncode, len(waited["added"])) == (0, 7)
    assert len(json.loads(run("app.py", "index", second, "--json", *data).stdout)["added"]) == 9
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True)) as collection:
        assert collection.summary().articles == FILES + 9 + 7 and audit(collection).faults == []


def test_two_that_begin_a_new_index_at_once_lose_nothing(tmp_path: Path) -> None:
    sources = [folder(tmp_path, name, 5) for name in "ab"]
    command = ["--data", tmp_path / "new", "--json"]
    runs = [Program("app.py", "index", source, *command) for source in sources]
    for each in runs:
        _, errors = each.communicate(100)
        assert each.returncode == 0 or ("written by process" in errors and "Traceback" not in errors), errors
    again = [json.loads(run("app.py", "index", source, *command).stdout) for source in sources]
    assert all(len(report["added"]) + len(report["unchanged"]) == 5 for report in again)
    with closing(Collection(tmp_path / "new", embedding_model=BUNDLED, writing=True)) as collection:
        assert collection.summary().articles == 10 and audit(collection).faults == []


def test_a_watcher_an_upload_and_a_command_share_one_folder(tmp_path: Path) -> None:
    watched, other = folder(tmp_path, "watched", 4), folder(tmp_path, "other", 9)
    data = tmp_path / "data"
    Collection(data, embedding_model=BUNDLED, writing=True, loading=False).close()
    with closing(Collection(data, embedding_model=BUNDLED, wait_seconds=100)) as collection:
        uploads = Uploads(collection, FileLimits(), FETCHER)
        with Program("app.py", "watch", watched, "--data", data) as watcher:
            with Program("app.py", "index", other, "--wait", "100", "--data", data) as writer:
                sent = write(tmp_path, "sent.md", HARBOUR)
                report = uploads.add_file(sent, "sent.md", lambda line: None, lambda article: None)
                _, errors = writer.communicate(100)
                assert writer.returncode == 0, errors
            write(watched, "late.md", "A late report of the watched folder.")
            until = time.monotonic() + 100
            while collection.summary().articles < 4 + 9 + 2 and time.monotonic() < until:
                threading.Event().wait(0.1)
            # An interrupt would be ignored where the tests were started in the background.
            watcher.send_signal(signal.SIGTERM)
            watcher.communicate(60)
    with closing(Collection(data, embedding_model=BUNDLED, writing=True)) as collection:
        assert len(report.added) == 1 and collection.summary().articles == 15 and audit(collection).faults == []


def test_a_short_run_ends_while_another_prepares_a_long_article(tmp_path: Path) -> None:
    book, short = tmp_path / "book", folder(tmp_path, "short", 2)
    write(book, "book.md", long_text(700), title="Book")
    data = ["--data", tmp_path / "data"]
    with Program("app.py", "index", book, "--json", *data) as writer:
        held = tmp_path / "data" / "lock.json"
        until(lambda: held.exists() and str(writer.pid) in held.read_text())
        done = json.loads(run("app.py", "index", short, "--wait", "30", "--json", *data).stdout)
        assert len(done["added"]) == 2 and writer.poll() is None
        report = json.loads(writer.communicate(300)[0])
    assert (report["added"], writer.returncode) == (["Book"], 0)
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True)) as collection:
        assert collection.summary().articles == 3 and audit(collection).faults == []


def test_two_runs_with_the_same_articles_at_once_keep_each_once(tmp_path: Path) -> None:
    texts = [f"{long_text(60)} Report {n} ends here." for n in range(6)]
    for name in "ab":
        for n, text in enumerate(texts):
            write(tmp_path / name, f"{n}.md", text, title=f"Report {n}")
    data = ["--data", tmp_path / "data", "--wait", "100", "--json"]
    runs = [Program("app.py", "index", tmp_path / name, *data) for name in "aab"]
    reports = [json.loads(each.communicate(300)[0]) for each in runs]
    assert sum(len(report["added"]) for report in reports) == 6
    assert all(not report["refused"] for report in reports)
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True)) as collection:
        assert sorted(row.title for row in collection.articles()) == [f"Report {n}" for n in range(6)]
        assert audit(collection).faults == []


@pytest.mark.parametrize("other, expected", [
    ("same.md", "unchanged"), ("copy.md", "duplicates"), ("newer.md", "unchanged"),
])
def test_what_another_writes_while_an_article_is_prepared_is_met(
    tmp_path: Path, other: str, expected: str
) -> None:
    text = long_text(200)
    path = write(tmp_path / "articles", "report.md", text, title="Report")
    first_read = path.read_text()
    copy = write(tmp_path / "copies", "copy.md", text, title="Report")
    data, began = tmp_path / "data", threading.Event()

    def write_other() -> None:
        with closing(Collection(data, embedding_model=BUNDLED, wait_seconds=100)) as collection:
            if other == "newer.md":
                path.write_text(first_read.replace("Report", "Other report"))
            index_paths(collection, [copy if other == "copy.md" else path])

    thread = threading.Thread(target=write_other)
    with closing(Collection(data, embedding_model=BUNDLED)) as collection:

        def meanwhile(title: str, done: int, total: int) -> None:
            if total and not began.is_set():
                began.set()
                thread.start()
                until(lambda: (data / "lock.wanted").exists())
            elif total:
                # The index is free by now.
                thread.join(100)
                assert not thread.is_alive()

        report = index_paths(collection, [path], passages=meanwhile)
        thread.join()
        counts = {name: len(listed) for name, listed in vars(report).items() if isinstance(listed, list)}
        assert began.is_set() and {name: number for name, number in counts.items() if number} == {expected: 1}
        [row] = collection.articles()
        assert row.title == ("Other report" if other == "newer.md" else "Report") and audit(collection).faults == []
