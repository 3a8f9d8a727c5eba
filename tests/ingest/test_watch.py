import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from chatbot.settings import ENVIRONMENT
from index.collection import Collection
from index.errors import DataFolderError, ReadError
from index.ingest.report import Report
from index.ingest.watch import Watch, Watcher
from index.search.embedder import BUNDLED
from tests.conftest import free_port
from tests.support.corpus import BRIDGE, HARBOUR, write
from tests.support.program import Program
from tests.support.website import Website, page


class Recorder:
    """A watch whose runs are recorded, not indexed; each gives the next of `reports`, or raises it."""

    def __init__(self, folders: Sequence[Path], urls: Sequence[str], every_seconds: float = 600) -> None:
        self.looks: list[Sequence[object]] = []
        self.reports: list[Report | Exception] = []
        self.heard: list[Report] = []
        self.failed: list[str] = []
        self.stop = Event()
        self.watch = Watch(folders, urls, self.look, self.look, every_seconds, self.heard.append, self.failed.append)
        self.thread = Thread(target=self.watch.run, args=(self.stop,), daemon=True)

    def look(self, given: Sequence[object]) -> Report:
        self.looks.append(given)
        result = self.reports.pop(0) if self.reports else Report()
        if isinstance(result, Exception):
            raise result
        return result

    def until(self, true: Callable[[], bool]) -> None:
        if not self.thread.is_alive():
            self.thread.start()
        wait_until(true)


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    watcher = Recorder([tmp_path], ["https://a.example/feed"])
    yield watcher
    watcher.stop.set()
    if watcher.thread.is_alive():
        watcher.thread.join(20)
    assert not watcher.thread.is_alive()


def test_everything_is_looked_at_first(recorder: Recorder, tmp_path: Path) -> None:
    recorder.until(lambda: len(recorder.looks) == 2)
    assert recorder.looks == [[tmp_path], ["https://a.example/feed"]]


def test_a_changed_file_is_noticed_and_feeds_are_left_alone(recorder: Recorder, tmp_path: Path) -> None:
    recorder.until(lambda: len(recorder.looks) == 2)
    write(tmp_path / "deep" / "er", "a.md", HARBOUR)
    recorder.until(lambda: len(recorder.looks) > 2)
    assert recorder.looks[2:][0] == [tmp_path] and ["https://a.example/feed"] not in recorder.looks[2:]


def test_a_file_that_changes_while_its_folder_is_looked_at_is_noticed(recorder: Recorder, tmp_path: Path) -> None:
    look = recorder.watch.index_folders

    def busy(given: Sequence[Path]) -> Report:
        if not recorder.looks:
            write(tmp_path, "late.md", HARBOUR)
        return look(given)

    recorder.watch.index_folders = busy
    recorder.until(lambda: recorder.looks.count([tmp_path]) > 1)


def test_feeds_are_looked_at_again_after_a_while() -> None:
    watcher = Recorder([], ["https://a.example/feed"], every_seconds=0.1)
    watcher.until(lambda: len(watcher.looks) >= 3)
    watcher.stop.set()
    watcher.thread.join(20)


def test_what_goes_wrong_is_said_once_and_ends_nothing() -> None:
    watcher = Recorder([], ["https://a.example/feed"], every_seconds=0.1)
    watcher.reports = [DataFolderError("The disk is full."), DataFolderError("The disk is full."), Report(added=["A"])]
    watcher.until(lambda: len(watcher.heard) == 1)
    watcher.stop.set()
    watcher.thread.join(20)
    assert watcher.failed == ["The disk is full."] and watcher.heard[0].added == ["A"]


def test_a_fault_nobody_thought_of_is_told_and_the_rest_is_watched_on(tmp_path: Path) -> None:
    watcher = Recorder([tmp_path], ["https://a.example/feed"], every_seconds=0.1)
    watcher.reports = [ValueError("Invalid IPv6 URL"), Report(added=["A"])]
    watcher.until(lambda: len(watcher.looks) == 2)
    assert [report.added for report in watcher.heard] == [["A"]]
    assert watcher.failed == [
        "The look at the watched folders broke off (ValueError: Invalid IPv6 URL). It is tried again."
    ]
    watcher.until(lambda: watcher.watch.looks > 1 and watcher.watch.fault() is None)
    watcher.stop.set()
    watcher.thread.join(20)


def test_a_watch_that_ends_is_begun_anew_and_readiness_says_so(caplog: pytest.LogCaptureFixture) -> None:
    recorder = Recorder([], ["https://a.example/feed"], every_seconds=0.1)
    deaths = iter([RuntimeError("the library broke"), None])
    reported = recorder.watch.reported

    def dying(report: Report) -> None:
        if death := next(deaths, None):
            raise death
        reported(report)

    recorder.watch.reported = dying
    recorder.reports = [Report(added=["A"]), Report(added=["B"])]
    watcher = Watcher(recorder.watch, first_pause_seconds=1)
    watcher.start()
    try:
        wait_until(lambda: watcher.fault() is not None)
        assert "RuntimeError: the library broke" in str(watcher.fault()) and "begun anew" in recorder.failed[0]
        assert "The watcher ended" in caplog.text
        wait_until(lambda: watcher.fault() is None)
        assert [report.added for report in recorder.heard] == [["B"]]
    finally:
        watcher.stop(20)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_is_gone_is_begun_anew() -> None:
    recorder = Recorder([], ["https://a.example/feed"], every_seconds=0.1)
    reported = recorder.watch.reported

    def leaving(report: Report) -> None:
        recorder.watch.reported = reported
        raise SystemExit

    recorder.watch.reported = leaving
    recorder.reports = [Report(added=["A"]), Report(added=["B"])]
    watcher = Watcher(recorder.watch)
    watcher.start()
    try:
        wait_until(lambda: recorder.watch.reported is reported and watcher.fault() is not None)
        wait_until(lambda: watcher.fault() is None)
        assert [report.added for report in recorder.heard] == [["B"]]
    finally:
        watcher.stop(20)


def test_a_run_that_did_nothing_is_not_told_of() -> None:
    watcher = Recorder([], ["https://a.example/feed"], every_seconds=0.1)
    watcher.reports = [Report(unchanged=["A"]), Report(updated=["B"])]
    watcher.until(lambda: len(watcher.looks) >= 3)
    watcher.stop.set()
    watcher.thread.join(20)
    assert [report.updated for report in watcher.heard] == [["B"]]


def test_a_folder_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="gone: there is no such file or folder"):
        Recorder([tmp_path / "gone"], []).watch.check()


def test_a_folder_that_goes_and_comes_back_is_watched_on(recorder: Recorder, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    recorder.watch.folders = [folder]
    recorder.until(lambda: len(recorder.looks) == 2)
    folder.rmdir()
    recorder.until(lambda: bool(recorder.failed))
    looked = len(recorder.looks)
    write(folder, "a.md", HARBOUR)
    recorder.until(lambda: len(recorder.looks) > looked)


def test_the_command_keeps_a_folder_and_a_feed_fresh_until_it_is_told_to_end(tmp_path: Path) -> None:
    write(tmp_path / "articles", "harbour.md", HARBOUR, title="Harbour")
    (tmp_path / "data").mkdir()
    environment = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT.values()}
    with Website() as site:
        site.pages["/feed"] = page("<rss><channel><item><link>/bridge</link></item></channel></rss>", "text/xml")
        site.pages["/bridge"] = page(f"---\ntitle: Bridge\n---\n{BRIDGE}", "text/markdown")
        with Program(
            "app.py", "watch", "--data", tmp_path / "data", tmp_path / "articles", f"{site.url}/feed",
            env=environment | {"CHATBOT_FETCH_ALLOW": "127.0.0.1/32"}, into=tmp_path / "out",
        ) as process:
            wait_until(lambda: (tmp_path / "out").read_text().count("1 added") == 2, 120)
            write(tmp_path / "articles", "late.md", "A tram line was opened in Tolmin.", title="Tram")
            wait_until(lambda: (tmp_path / "out").read_text().count("1 added") == 3, 60)
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0


def test_the_server_keeps_folders_fresh_while_it_serves_each_for_its_readers(tmp_path: Path) -> None:
    write(tmp_path / "articles", "harbour.md", HARBOUR, title="Harbour")
    write(tmp_path / "minutes", "bridge.md", BRIDGE, title="Bridge")
    environment = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT.values()}
    output = tmp_path / "out"
    with Program(
        "app.py", "--data", tmp_path / "data", "--port", free_port(), "--watch", tmp_path / "articles",
        "--watch-for", f"board,Staff={tmp_path / 'minutes'}", env=environment, into=output,
    ) as process:
        wait_until(lambda: "answers on" in output.read_text() and output.read_text().count("1 added") == 2, 120)
        write(tmp_path / "articles", "late.md", "A tram line was opened in Tolmin.", title="Tram")
        wait_until(lambda: output.read_text().count("1 added") == 3, 60)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0 and "Traceback" not in output.read_text()
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED)) as collection:
        groups = {row.title: row.groups for row in collection.articles()}
    assert groups == {"Harbour": (), "Tram": (), "Bridge": ("board", "staff")}
