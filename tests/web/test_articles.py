"""By raw HTTP, so that no client mends what is sent: who may add articles, and what is answered."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from urllib.parse import quote, urlsplit

import pytest

from chatbot.web.auth.accounts import Accounts, Role
from tests.conftest import canned_server
from tests.web.test_authentication import PASSWORD, ask, log_in
from tests.web.test_request_guard import send

ROUTES = ["/api/articles/file?name=a.md", "/api/articles/text", "/api/articles/urls"]
JSON = {"Content_Type": "application/json"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adding")
    Accounts(folder).add("ada", PASSWORD, Role.EDITOR)
    Accounts(folder).add("bob", PASSWORD)
    return folder


@pytest.fixture(scope="module")
def url(data: Path) -> Iterator[str]:
    """A server that takes 1 MB at once, whose readers need no account."""
    with canned_server(data, CHATBOT_READERS="open", CHATBOT_UPLOAD_LIMIT="1") as (_, address):
        yield address


@pytest.fixture(scope="module")
def bob(url: str) -> str:
    return log_in(url, "bob")


@pytest.fixture(scope="module")
def ada(url: str) -> str:
    return log_in(url, "ada")


def first_bytes(url: str, path: str, headers: dict[str, str], length: int = 900_000) -> str:
    """The status line of the answer to a request that announces a body and never sends it."""
    host = urlsplit(url)
    named = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection((host.hostname, host.port), timeout=10) as connection:
        opening = f"POST {path} HTTP/1.1\r\nHost: {host.netloc}\r\nContent-Length: {length}\r\n{named}\r\n"
        connection.sendall(opening.encode())
        return connection.recv(100).decode().partition("\r\n")[0]


@pytest.mark.parametrize("path", ROUTES[:2])
def test_whoever_may_not_add_is_refused_before_the_body_is_read(url: str, ada: str, bob: str, path: str) -> None:
    assert "401" in first_bytes(url, path, {})
    assert "403" in first_bytes(url, path, {"Cookie": bob})
    for foreign in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert "403" in first_bytes(url, path, {"Cookie": ada} | foreign)
    assert "413" in first_bytes(url, path, {"Cookie": ada}, 1_000_001)


def test_a_reader_a_stranger_and_another_site_add_nothing(url: str, ada: str, bob: str) -> None:
    for path in ROUTES:
        for sent, status in (({}, 401), ({"Cookie": bob}, 403), ({"Cookie": ada, "Sec_Fetch_Site": "same-site"}, 403)):
            reply = ask(url, "POST", path, '{"urls": ["http://a.example"], "text": "a"}', **JSON, **sent)
            assert reply[0] == status and "report" not in reply[1]
        assert ask(url, "GET", path, Cookie=ada)[0] in (404, 405)


def events(reply: tuple[int, str, dict[str, str]]) -> list[dict[str, object]]:
    assert (reply[0], reply[2]["content-type"], reply[2]["cache-control"]) == (200, "application/x-ndjson", "no-store")
    return [json.loads(line) for line in reply[1].splitlines() if line]


def test_an_editor_adds_a_file_and_is_told_of_each_step(url: str, ada: str) -> None:
    added, done, last = events(ask(url, "POST", ROUTES[0], "abcde", Cookie=ada))
    assert (added, done) == ({"kept": 1}, {"done": 1})
    assert last["report"]["added"] == ["a.md: 5 bytes"]  # type: ignore[index]
    assert last["line"] == "1 added, 0 updated, 0 unchanged, 0 duplicates, 0 removed, 0 refused"


def test_what_waits_fails_or_breaks_is_said(url: str, ada: str) -> None:
    waiting, last = events(ask(url, "POST", "/api/articles/file?name=locked.md", "x", Cookie=ada))
    assert waiting == {"waiting": "Somebody else is writing."}
    assert last["error"] == "The index is still being written by process 1."
    [last] = events(ask(url, "POST", "/api/articles/file?name=broken.md", "x", Cookie=ada))
    assert "its log says what" in str(last["error"]) and "secret" not in str(last)
    done, *_, last = events(ask(url, "POST", ROUTES[2], '{"urls": ["http://a.example", "x"]}', Cookie=ada, **JSON))
    assert done == {"done": 1} and len(last["report"]["refused"]) == 2  # type: ignore[index]


def test_a_page_in_german_is_told_in_german(url: str, ada: str) -> None:
    sent = {"Cookie": ada, "X_Language": "de"}
    [last] = events(ask(url, "POST", "/api/articles/file?name=broken.md", "x", **sent))
    assert str(last["error"]).startswith("Beim ")
    *_, last = events(ask(url, "POST", ROUTES[2], '{"urls": ["http://a.example"]}', **sent, **JSON))
    refused = [{"name": "http://a.example", "reason": "auf der Seite steht kein Artikel."}]
    assert last["report"]["refused"] == refused  # type: ignore[index]
    reply = ask(url, "POST", "/api/articles/file?name=a.exe", "x", **sent)
    assert json.loads(reply[1])["detail"].startswith("a.exe: Dateien der Art „.exe“")


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("/api/articles/file", "x", 400, "Give the file's name"),
        ("/api/articles/file?name=a.exe", "x", 415, "a.exe: '.exe' files are not read. Expected one of .txt"),
        ("/api/articles/file?name=../", "x", 400, "Give the file's name"),
        ("/api/articles/urls", "{}", 400, 'a list of \\"urls\\"'),
        ("/api/articles/urls", '{"urls": [1]}', 400, 'a list of \\"urls\\"'),
        ("/api/articles/urls", "x" * 70_000, 413, "more than 64 KB"),
        ("/api/articles/text", "x" * 1_000_001, 413, "It has more than 1 MB. CHATBOT_UPLOAD_LIMIT sets another limit."),
    ],
)
def test_what_cannot_be_added_is_said(url: str, ada: str, path: str, body: str, status: int, message: str) -> None:
    reply = ask(url, "POST", path, body, Cookie=ada, **JSON)
    assert reply[0] == status and message in reply[1]


@pytest.mark.parametrize("name", ["../../a.md", "C:\\fakepath\\a.md", "/etc/a.md", "a\0.md", "%00.md", "'\"<b>.md"])
def test_a_name_leads_nowhere(url: str, ada: str, name: str) -> None:
    *_, last = events(ask(url, "POST", f"/api/articles/file?name={quote(name)}", "x", Cookie=ada))
    called = name.replace("\\", "/").rpartition("/")[2]
    assert last["report"]["added"] == [f"{called}: 1 bytes"]  # type: ignore[index]


def test_what_is_sent_in_pieces_is_counted_as_it_comes(url: str, ada: str) -> None:
    pieces = [b"x" * 100_000] * 10
    assert send(url, "POST", ROUTES[0], *pieces, Cookie=ada)[0] == 200
    assert send(url, "POST", ROUTES[0], *pieces, b"x", Cookie=ada)[0] == 413


def test_a_long_text_is_told_of_by_passages_and_stopped_by_its_name(url: str, ada: str, bob: str) -> None:
    lines: list[dict[str, object]] = []
    thread = Thread(
        target=lambda: lines.extend(events(ask(url, "POST", "/api/articles/file?name=long.md&run=7", "x", Cookie=ada)))
    )
    thread.start()
    time.sleep(1)
    assert ask(url, "POST", "/api/articles/stop?run=7", Cookie=bob)[0] == 403
    assert ask(url, "POST", "/api/articles/stop?run=8", Cookie=ada)[0] == 404
    assert ask(url, "POST", "/api/articles/stop?run=7", Cookie=ada)[0] == 202
    thread.join(5)
    assert not thread.is_alive()
    *so_far, last = lines
    assert so_far[0] == {"passages": {"title": "A long text", "done": 0, "total": 1000}} and 3 < len(so_far) < 50
    assert str(last["error"]).startswith("It was stopped.") and last["report"]["added"] == []  # type: ignore[index]
    assert ask(url, "POST", "/api/articles/stop?run=7", Cookie=ada)[0] == 404
