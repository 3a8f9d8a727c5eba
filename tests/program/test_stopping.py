"""A server that is stopped while its threads are inside libraries that Python does not wait for."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest

from tests.conftest import ROOT, free_port, until_ready
from tests.support import program
from tests.support.corpus import write

pytestmark = pytest.mark.slow_first
# No line stands in it twice: what does is taken for a page's boilerplate and left out.
LONG = "".join(
    f"On day {n} the council met in Norvik and talked of ferry number {n * 7} to the islands.\n\n" for n in range(2500)
)
# Takes longer to embed than these tests wait.
FERRIES = LONG[30_000:200_000]
PATIENCE_SECONDS = 60
STOP_SECONDS = 10


@contextmanager
def server(data: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    port = str(free_port())
    command = [sys.executable, "app.py", "--data", str(data), "--port", port]
    (temporary := data / "temporary").mkdir()
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"TMPDIR": str(temporary)},
    ) as process:
        try:
            until_ready(f"http://127.0.0.1:{port}/ready")
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def post(url: str, title: str, text: str, embedding: Event) -> None:
    """Add a text; `embedding` is set once the model has read its first passages."""
    sent = {"title": title, "text": text}
    with suppress(httpx.HTTPError), httpx.stream("POST", url, json=sent, timeout=PATIENCE_SECONDS) as answer:
        for line in answer.iter_lines():
            if line and json.loads(line).get("passages", {}).get("done"):
                embedding.set()


@pytest.mark.parametrize("later_seconds", [0, 0.3])
def test_a_stop_while_a_text_is_embedded_is_no_crash(tmp_path: Path, later_seconds: float) -> None:
    embedding = Event()
    with server(tmp_path) as (process, url):
        post(f"{url}/api/articles/text", "Harbour", LONG[:2000], Event())
        sender = Thread(target=post, args=(f"{url}/api/articles/text", "Ferries", FERRIES, embedding))
        sender.start()
        assert embedding.wait(PATIENCE_SECONDS)
        time.sleep(later_seconds)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, message = process.communicate(timeout=PATIENCE_SECONDS)
        took = time.monotonic() - began
        sender.join()
    assert process.returncode == 0 and "terminate called" not in message and "fatal" not in message.lower(), message
    assert took < STOP_SECONDS
    assert list((tmp_path / "temporary").glob("chatbot-*")) == []
    listed = program.run("app.py", "articles", "--json", "--data", tmp_path)
    assert listed.returncode == 0 and [json.loads(line)["title"] for line in listed.stdout.splitlines()] == ["Harbour"]


def test_ctrl_c_while_a_long_text_is_embedded_ends_the_command_and_keeps_what_is_written(tmp_path: Path) -> None:
    articles, data = tmp_path / "articles", tmp_path / "data"
    write(articles, "a.md", LONG[:30_000], title="Harbour")
    long = write(articles, "b.md", FERRIES, title="Ferries")
    command = [sys.executable, "app.py", "index", str(articles), "--data", str(data), "--verbose"]
    # Whatever a shell starts in the background ignores the interrupt, and so would the command.
    with subprocess.Popen(
        ["env", "--default-signal=INT", *command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None and process.stdout.readline().startswith("Kept: ")
        time.sleep(2)
        began = time.monotonic()
        # As a terminal does: to the command and all that it started.
        os.killpg(process.pid, signal.SIGINT)
        printed, message = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130 and "Traceback" not in message and time.monotonic() - began < STOP_SECONDS
    assert "added            1" in printed and not _members(process.pid)
    long.unlink()
    write(articles, "c.md", "The mill of Selma was sold on 3 May.", title="Mill")
    again = program.run("app.py", "index", articles, "--data", data, "--json")
    report = json.loads(again.stdout)
    assert again.returncode == 0 and (report["added"], report["unchanged"]) == (["Mill"], ["Harbour"])
    assert program.run("app.py", "verify", "--data", data).returncode == 0


def _members(group: int) -> list[str]:
    """The processes of a group that still run."""
    running = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, of_group, *_ = path.read_text().rpartition(")")[2].split()
            running += [path.parent.name] if int(of_group) == group and state != "Z" else []
    return running
