import http.client
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from chatbot.web.connection_limits import BACKLOG, MOST_HEADER_BYTES, most_connections
from tests.conftest import canned_server, lone_server
from tests.support.short_headers import HEADER_SECONDS
from tests.web.test_server import get

MB = 1024 * 1024
LINE = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
MANY = b"".join(b"x-%d: %s\r\n" % (n, b"y" * 1000) for n in range(40))


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[int, str]]:
    """A server of its own: the number of its process and its address."""
    with lone_server(CHATBOT_READERS="accounts") as (process, url):
        yield process.pid, f"http://{urlsplit(url).netloc}"


def connect(url: str) -> socket.socket:
    return socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=30)


def send_and_read(opened: socket.socket, data: bytes) -> bytes:
    """What the server answers, until it ends the connection; nothing where it ended it while more was sent."""
    try:
        opened.sendall(data)
        return b"".join(iter(lambda: opened.recv(65536), b""))
    except ConnectionError:
        return b""


def peak_memory(pid: int) -> int:
    """In bytes."""
    with open(f"/proc/{pid}/status") as status:
        match = re.search(r"VmHWM:\s+(\d+) kB", status.read())
    assert match
    return int(match[1]) * 1024


def switches(pid: int) -> int:
    """How often the threads of a process have waited for something."""
    counted = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/status")]
    return sum(int(text.partition("\nvoluntary_ctxt_switches:")[2].split()[0]) for text in counted)


@pytest.mark.parametrize(
    "sent",
    [
        LINE + MANY + b"\r\n",
        LINE + b"x: " + b"y" * (MOST_HEADER_BYTES + 1),
        LINE + b"x" * (MOST_HEADER_BYTES + 1),
        b"GET /" + b"a" * MOST_HEADER_BYTES + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        LINE + b"\r\n" + LINE + MANY + b"\r\n",
    ],
)
def test_headers_that_are_too_long_are_refused(served: tuple[int, str], sent: bytes) -> None:
    with connect(served[1]) as opened:
        answer = send_and_read(opened, sent)
    assert b"HTTP/1.1 431 " in answer and b"headers of this request are too long" in answer


def test_an_idle_server_leaves_the_processor_to_others(served: tuple[int, str]) -> None:
    assert get(f"{served[1]}/login")[0] == 200
    before, began = switches(served[0]), time.monotonic()
    time.sleep(1)
    # Gradio by itself wakes a thousand times a second.
    assert (switches(served[0]) - before) / (time.monotonic() - began) < 400


@pytest.mark.parametrize("start", [LINE, LINE.replace(b"GET", b"POST") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n"])
def test_headers_without_end_are_not_kept(served: tuple[int, str], start: bytes) -> None:
    pid, url = served
    get(f"{url}/login")
    before = peak_memory(pid)
    with ExitStack() as stack:
        for rest in (b"x: " + b"y" * 10 * MB, MANY * 250) * 20:
            send_and_read(stack.enter_context(connect(url)), start + rest)
        assert peak_memory(pid) - before < 30 * MB
    assert get(f"{url}/login")[0] == 200


def test_usual_headers_and_a_body_in_small_pieces_are_taken(served: tuple[int, str]) -> None:
    connection = http.client.HTTPConnection(urlsplit(served[1]).netloc, timeout=20)
    for _ in range(3):
        headers = {"Cookie": "a=" + "b" * 16_000, "Content-Type": "application/x-www-form-urlencoded"}
        body = iter([b"name=a&password="] + [b"x"] * 30_000)
        connection.request("POST", "/login", body, headers, encode_chunked=True)
        answer = connection.getresponse()
        assert answer.status in (401, 429) and b"Log in" in answer.read()


def test_headers_have_their_time() -> None:
    with ExitStack() as stack:
        _, url = stack.enter_context(canned_server(module="tests.support.short_headers"))
        slow, silent = (stack.enter_context(connect(url)) for _ in range(2))
        began = time.monotonic()
        slow.sendall(LINE)
        for _ in range(5):
            time.sleep(0.7)
            slow.sendall(b"x: y\r\n")
        answer = send_and_read(slow, b"z: ")
        assert answer.startswith(b"HTTP/1.1 408 ") and silent.recv(100) == b""
        # Where each line was given the whole time anew, it would be 7.5 seconds.
        assert HEADER_SECONDS - 1 < time.monotonic() - began < HEADER_SECONDS + 3


def test_idle_connections_shut_nobody_out(served: tuple[int, str]) -> None:
    url = served[1]
    with ExitStack() as stack:
        for number in range(most_connections() + 150):
            stack.enter_context(connect(url))
            if number % (BACKLOG // 2) == 0:
                # Where more wait to be taken than the kernel has room for, it lets a connection wait for a second.
                assert get(f"{url}/login")[0] == 200
        for _ in range(5):
            began = time.monotonic()
            assert get(f"{url}/login")[0] == 200
            assert time.monotonic() - began < 5
