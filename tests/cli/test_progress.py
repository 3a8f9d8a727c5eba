import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from chatbot.cli import progress
from chatbot.cli.progress import file_progress, passage_progress

ROOT = Path(__file__).parents[2]
LONG_ARTICLE = """
from chatbot.cli.progress import passage_progress
tell = passage_progress()
for done, total in ((0, 0), (0, 4000), (1500, 4000)):
    tell("The long report", done, total)
"""


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def error_output(monkeypatch: pytest.MonkeyPatch, output: io.StringIO, *, every_seconds: float = 30) -> io.StringIO:
    """Makes `output` the standard error. Not in a fixture: pytest puts its own there before the test begins."""
    monkeypatch.setattr(sys, "stderr", output)
    monkeypatch.setattr(progress, "LOG_SECONDS", every_seconds)
    return output


def test_a_terminal_shows_a_bar_with_rate_and_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = error_output(monkeypatch, Screen())
    update = file_progress(40)
    update(10)
    update(30)
    drawn = screen.getvalue()
    assert "Indexing" in drawn and "/40" in drawn and "file/s" in drawn


def test_a_short_article_gets_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = error_output(monkeypatch, Screen())
    update = passage_progress()
    for done in range(3):
        update("Short", done, 3)
    assert screen.getvalue() == ""


@pytest.mark.parametrize("columns", [0, 120])
def test_a_terminal_shows_the_passages_of_a_long_article_whatever_width_it_tells(columns: int) -> None:
    seen, terminal = pty.openpty()
    subprocess.run(["stty", "cols", str(columns)], stdin=terminal, check=True)
    clean = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    subprocess.run(
        [sys.executable, "-c", LONG_ARTICLE], stdin=terminal, stdout=terminal, stderr=terminal, cwd=ROOT, env=clean,
        timeout=60, check=True,
    )
    drawn = os.read(seen, 100_000).decode()
    os.close(terminal)
    os.close(seen)
    assert "The long report: cut into passages" in drawn
    assert "1500/4000" in drawn and re.search(r"[\d?.]+(passage/s|s/passage)", drawn)


def test_a_log_gets_a_line_for_the_files_that_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    log = error_output(monkeypatch, io.StringIO(), every_seconds=0)
    update = file_progress(4000)
    update(1500)
    update(2500)
    assert log.getvalue() == "Indexing: 1,500 of 4,000 files.\n"


def test_a_log_gets_a_line_for_the_passages_of_an_article_that_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    log = error_output(monkeypatch, io.StringIO(), every_seconds=0)
    update = passage_progress()
    for title, done, total in (("Brief", 0, 2), ("Long\x1b", 0, 0), ("Long\x1b", 0, 0), ("Long\x1b", 1500, 4000)):
        update(title, done, total)
    assert log.getvalue().splitlines() == [
        "Indexing “Long ”: cut into passages.", "Indexing “Long ”: 1,500 of 4,000 passages."
    ]


def test_a_log_gets_nothing_of_what_is_done_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    log = error_output(monkeypatch, io.StringIO())
    files, passages = file_progress(2), passage_progress()
    files(1)
    for done in range(2):
        passages("Brief", done, 2)
    files(1)
    assert log.getvalue() == ""
