"""What several tests stand on: a real browser, and the page served with canned answers."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
QUIET_CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, without a window."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET_CHROMIUM)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def canned_url() -> Iterator[str]:
    """The address of a page that answers as tests/canned.py has it."""
    with canned_server() as (_, url):
        yield url


class canned_server:  # noqa: N801
    """A server process of tests/canned.py on a free port, entered once it is ready."""

    def __enter__(self) -> tuple["subprocess.Popen[str]", str]:
        command = [sys.executable, "-m", "tests.canned", str(free_port())]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        return self.process, self.process.stdout.readline().strip()

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(timeout=15)


def free_port() -> int:
    """A port of the loopback address that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
