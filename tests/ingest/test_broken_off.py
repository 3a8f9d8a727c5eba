"""Runs that something from outside breaks off: a full disk, a folder or file that may not be used, Chroma's end."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

import index.ingest.prepare
from chatbot.cli import commands
from index.article import Article
from index.collection import Collection
from index.errors import DataFolderError
from index.ingest.integrity import audit
from index.ingest.report import Report
from index.ingest.run import index_paths
from index.search.embedder import BUNDLED
from index.storage.index_files import LEDGER_FILE
from index.storage.ledger import Ledger
from tests.conftest import ROOT, chroma_server, free_port
from tests.support.corpus import first, write

ARTICLES = 40


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of small articles, of which four are written at a time."""
    monkeypatch.setattr(index.ingest.prepare, "PASSAGES_AT_A_TIME", 4)
    for n in range(ARTICLES):
        write(tmp_path / "reports", f"{n}.md", f"Report {n}: the harbour of town {n} was closed.", title=f"R{n}")
    return tmp_path / "reports"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB."""
    (tmp_path / "disk").mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", tmp_path / "disk"], capture_output=True)
    if mounted.returncode:
        pytest.skip("a disk to fill cannot be mounted here")
    yield tmp_path / "disk"
    subprocess.run(["umount", "--lazy", tmp_path / "disk"], check=True)


def run_as_user(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run the program without root's right to read and write everything."""
    unprivileged = [] if os.geteuid() else ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    command = [*unprivileged, sys.executable, "app.py", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)


def test_a_disk_that_fills_up_loses_nothing_and_the_rest_follows_when_there_is_room(
    reports: Path, small_disk: Path
) -> None:
    filler, report = small_disk / "filler", Report()

    def fill(article: Article) -> None:
        with filler.open("ab", buffering=0) as file:
            while True:
                try:
                    file.write(b"x" * 4096)
                except OSError:
                    return

    with pytest.raises(DataFolderError, match="is full|No space left"):
        with closing(Collection(small_disk / "data", embedding_model=BUNDLED, writing=True)) as opened:
            index_paths(opened, [reports], on_written=fill, into=report)
    assert 4 <= len(report.added) < ARTICLES
    filler.unlink()
    with closing(Collection(small_disk / "data", embedding_model=BUNDLED, writing=True)) as opened:
        again = index_paths(opened, [reports])
        assert set(report.added) <= set(again.unchanged) and len(again.unchanged + again.added) == ARTICLES
        assert first(opened, "town 7") == "R7"
    with closing(Collection(small_disk / "data", embedding_model=BUNDLED, writing=True)) as opened:
        assert audit(opened).faults == []


def test_what_may_not_be_read_is_refused_and_where_nothing_may_be_written_it_is_said(tmp_path: Path) -> None:
    for name in ("open", "closed"):
        write(tmp_path / "in", f"{name}.md", f"The harbour is {name}.", title=name)
    (tmp_path / "in" / "closed.md").chmod(0)
    (tmp_path / "mine").mkdir(0o555)
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True)) as opened:
        index_paths(opened, [tmp_path / "in" / "open.md"])
    run = run_as_user("index", tmp_path / "in", "--data", tmp_path / "data")
    assert f"{tmp_path}/in/closed.md: the file cannot be read (Permission denied)." in run.stdout + run.stderr
    assert re.search(r"^unchanged +1$", run.stdout, re.MULTILINE), run.stdout
    refused = run_as_user("index", tmp_path / "in", "--data", tmp_path / "mine")
    assert refused.returncode and "mine cannot be written: Permission denied. Give" in refused.stderr


@pytest.mark.parametrize("comes_back", [False, True], ids=["gone", "started again"])
def test_a_chroma_server_that_is_killed_in_mid_run_loses_nothing(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], comes_back: bool
) -> None:
    port = free_port()
    url, data = f"http://127.0.0.1:{port}", tmp_path / "data"
    command = ["index", str(reports), "--data", str(data), "--chroma-url", url]
    with chroma_server(tmp_path / "chroma", port) as (server, _):
        killing = Thread(target=kill_when_written, args=(server, data / LEDGER_FILE))
        killing.start()
        if not comes_back:
            assert commands.main(command) == 1
            output = capsys.readouterr()
            assert "What the table lists is kept; the same command does the rest." in output.err
            assert f"Error: Chroma at {url} could not be " in output.err and "Check that it runs" in output.err
            added = int(output.out.split()[1])
        else:
            status = Thread(target=lambda: commands.main(command))
            status.start()
        killing.join()
    with chroma_server(tmp_path / "chroma", port):
        if comes_back:
            status.join()
            added = 4
            capsys.readouterr()
        assert commands.main([*command, "--json"]) == 0
        again = json.loads(capsys.readouterr().out)
        assert 4 <= added <= len(again["unchanged"]) and len(again["unchanged"] + again["added"]) == ARTICLES
        with closing(Collection(data, embedding_model=BUNDLED, chroma_url=url, writing=True)) as opened:
            assert audit(opened).faults == [] and first(opened, "town 7") == "R7"


def kill_when_written(server: "subprocess.Popen[bytes]", ledger: Path) -> None:
    """Kill with -9 once something is kept. The file beside the ledger is there when its tables are."""
    while not ledger.with_name(f"{ledger.name}-changes").exists():
        time.sleep(0.01)
    opened = Ledger(ledger)
    while opened.count()[0] < 8:
        time.sleep(0.002)
    server.kill()
    opened.close()
