"""Several processes write into one data folder at once: each does all of its work in turn, or says who holds it."""

import json
import signal
import threading
import time
from contextlib import closing
from pathlib import Path

from index.collection import Collection
from index.ingest.integrity import audit
from index.ingest.uploads import Uploads
from index.limits import FileLimits
from index.search.embedder import BUNDLED
from tests.ingest.test_web import FETCHER
from tests.support.corpus import HARBOUR, write
from tests.support.program import Program, run

# 64 are kept at a time: some are still to come when the first are told of.
FILES = 80


def folder(at: Path, name: str, files: int) -> Path:
    for n in range(files):
        write(at / name, f"{n}.md", f"Report {n} of {name} on the day, which nobody else has.", title=f"{name} {n}")
    return at / name


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
