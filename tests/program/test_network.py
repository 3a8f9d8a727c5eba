"""Nothing is asked of another machine: the real program from start to shutdown, with connections elsewhere refused."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path

import pytest

from chatbot.settings import ENVIRONMENT
from tests.conftest import ROOT, free_port
from tests.web.test_authentication import ask

pytestmark = pytest.mark.slow_first
# Python tells its audit hooks of every name that is looked up and every connection, whichever library it is of; what
# is raised there refuses it.
PROBE = """
import ipaddress, os, sys
def seen(event, given):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        host = given[1][0] if isinstance(given[1], tuple) else ""
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = given[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    with open(os.environ["SEEN"], "a") as log:
        log.write(f"{event} {host}\\n")
    if host and host != "localhost" and not host.startswith(("127.", "::1")):
        raise ConnectionRefusedError(f"refused by the test: {host}")
sys.addaudithook(seen)
"""
# Each article takes its time where every call is watched.
INDEXED = [ROOT / "articles" / "2024-12-05-hama-changes-hands.md"]
# What is not Python's is seen by the kernel alone.
TRACE = ["strace", "-D", "-f", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o"]


@pytest.fixture
def probed(tmp_path: Path) -> dict[str, str]:
    """The environment of a process that is watched."""
    (tmp_path / "probe").mkdir()
    (tmp_path / "probe" / "sitecustomize.py").write_text(PROBE)
    (tmp_path / "seen").touch()
    clean = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT.values()}
    return {**clean, "PYTHONPATH": str(tmp_path / "probe"), "SEEN": str(tmp_path / "seen")}


def hosts(tmp_path: Path) -> set[str]:
    """Each host that was looked up or connected to."""
    traced = (tmp_path / "trace").read_text() if (tmp_path / "trace").exists() else ""
    asked = [line.partition(" ")[2] for line in (tmp_path / "seen").read_text().splitlines()]
    return {*asked, *re.findall(r'inet_addr\("([^"]+)"\)', traced), *re.findall(r'AF_INET6, "([^"]+)"', traced)}


def is_here(host: str) -> bool:
    try:
        return host in ("", "None", "localhost") or ip_address(host).is_loopback
    except ValueError:
        return False


def test_the_probe_refuses_and_tells(probed: dict[str, str], tmp_path: Path) -> None:
    tries = "import socket\nfor host in ('192.0.2.1', 'telemetry.example'):\n" \
        "    try: socket.create_connection((host, 80), 1)\n    except OSError as exc: print(exc)"
    done = subprocess.run([sys.executable, "-c", tries], env=probed, capture_output=True, text=True, timeout=30)
    assert done.stdout.count("refused by the test") == 2
    assert {host for host in hosts(tmp_path) if not is_here(host)} == {"192.0.2.1", "telemetry.example"}


def test_nothing_is_asked_of_another_machine(probed: dict[str, str], tmp_path: Path) -> None:
    traced = [*TRACE, str(tmp_path / "trace")] if shutil.which("strace") else []
    command = [*traced, sys.executable, str(ROOT / "app.py"), "--data", str(tmp_path / "data"), "--port",
               str(free_port()), "--index", *map(str, INDEXED)]  # fmt: skip
    server = subprocess.Popen(command, env=probed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert server.stdout is not None and server.stderr is not None
    try:
        lines = [server.stdout.readline(), server.stdout.readline()]
        assert lines[0].startswith(f"{len(INDEXED)} added, ")
        url = lines[1].removeprefix("The page answers on ").strip()
        sent = {"Content_Type": "application/json"}
        status, text, _ = ask(url, "POST", "/api/ask", '{"question": "Who controls Hama?"}', **sent)
        assert status == 200 and json.loads(text)["citations"]
        assert "gradio_config" in ask(url, "GET", "/")[1]
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0 and "refused" not in server.stderr.read()
    finally:
        server.kill()
    assert {host for host in hosts(tmp_path) if not is_here(host)} == set()
    assert not traced or (tmp_path / "trace").stat().st_size
