"""By raw HTTP, so that no client mends what is sent: who is let in where, on a server that wants accounts."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from chatbot.feedback import FILE, FeedbackStore, Rated, Rating
from chatbot.filters import EVERYWHERE
from chatbot.web.auth.accounts import Accounts, Role
from tests.conftest import canned_server
from tests.support.canned import HAMA_ANSWER
from tests.support.canned_articles import HAMA, LINES

PASSWORD = "correct horse"
Reply = tuple[int, str, dict[str, str]]
PAGES = ["/", "/?__theme=dark", f"/article/{HAMA.id}", f"/article/{HAMA.id}?start=1&end=9", "/article/../login"]
CLOSED = [
    "/config", "/info", "/app_id", "/monitoring", "/theme.css", "/robots.txt", "/manifest.json", "/page.js",
    "/assets/index.js", "/static/img/logo.svg", "/docs", "/openapi.json", "/api/feedback", "/api/ask", "/api",
    "/articles.js", "/editing.js", "/api/articles/0123456789abcdef", "/api/articles/remove",
    "/api/articles/file", "/api/articles/text?x", "/api/articles/urls", "/api/articles/file/",
    "/embed/", "/login/", "/gradio_api", "/gradio_api/info", "/gradio_api/config", "/gradio_api/queue/join",
    "/gradio_api/queue/data?session_hash=x", "/gradio_api/queue/status", "/gradio_api/heartbeat/abc",
    "/gradio_api/upload", "/gradio_api/file=/etc/passwd", "/gradio_api/file=data/accounts.json",
    "/gradio_api/call/chat", "/gradio_api/call/chat/1", "/gradio_api/run/predict", "/gradio_api/startup-events",
    "/gradio_api/reset", "/gradio_api/cancel", "/gradio_api/stream/a/b/c/playlist.m3u8",
    "/gradio_api/proxy=http://127.0.0.1/", "/gradio_api/openapi.json", "/gradio_api/mcp/", "/gradio_api/login", "//",
    "//login", "/login//", "/./login", "/x/../login", "/login/..", "/login/.", "/login.", "/login%20", "/login;a=b",
    "/%2e%2e/login", "/%2flogin", "//config", "/%63onfig", "/CONFIG", "/Login", "/LOGIN", "/gradio_api%2finfo",
    "/gradio_api//info", "/GRADIO_API/info", "/gradio_api/../config", "/gradio_api/%2e%2e/login",
    "/page.css/../config", "/page.css%00", "/favicon.ico/", "/page.css/", "/\\login", "/login\\", "*", "/%", "/%ff",
]  # fmt: skip


def ask(url: str, method: str, path: str, body: str | None = None, **headers: str) -> Reply:
    """What the server answers to exactly this."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.putheader("Content-Length", str(len(body or "")))
        connection.endheaders((body or "").encode())
        reply = connection.getresponse()
        text = "" if reply.getheader("content-type", "").startswith("text/event") else reply.read().decode()
        return reply.status, text, {name.lower(): value for name, value in reply.getheaders()}
    finally:
        connection.close()


def log_in(url: str, name: str, password: str = PASSWORD, **headers: str) -> str:
    """The cookie that a login gives."""
    form = f"name={name}&password={password}"
    reply = ask(url, "POST", "/login", form, Content_Type="application/x-www-form-urlencoded", **headers)
    assert reply[0] == 303, reply
    return reply[2]["set-cookie"].partition(";")[0]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gate")
    accounts = Accounts(folder)
    accounts.add("ada", PASSWORD, Role.EDITOR)
    accounts.add("bob", PASSWORD)
    FeedbackStore(folder / FILE).keep(Rated("a", Rating.UP, "Ünïcode."), HAMA_ANSWER, EVERYWHERE)
    return folder


@pytest.fixture(scope="module")
def url(data: Path) -> Iterator[str]:
    """A server whose readers need an account."""
    with canned_server(data, CHATBOT_READERS="accounts") as (_, address):
        yield address


@pytest.fixture(scope="module")
def bob(data: Path) -> str:
    """A reader's token."""
    return f"Bearer {Accounts(data).make_token('bob')}"


@pytest.fixture(scope="module")
def ada(data: Path) -> str:
    """An editor's token."""
    return f"Bearer {Accounts(data).make_token('ada')}"


@pytest.mark.parametrize("path", CLOSED)
def test_a_stranger_is_refused_whatever_the_path(url: str, path: str) -> None:
    for method in ("GET", "HEAD", "POST", "OPTIONS", "DELETE", "PUT", "BREW"):
        status, text, headers = ask(url, method, path)
        # What is no HTTP gets 400 from the server itself, and what no one needs 403 from the guard.
        assert status in (400, 401, 403) and "set-cookie" not in headers, (method, status)
        assert HAMA.title not in text and "gradio_config" not in text and "root:" not in text


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_who_wants_a_page_is_led_to_the_login(url: str, path: str) -> None:
    for method in ("GET", "HEAD"):
        status, text, headers = ask(url, method, path)
        assert (status, text) == (303, "") and headers["location"].startswith("/login?next=/")
    assert [ask(url, method, path)[0] for method in ("POST", "OPTIONS", "DELETE")] == [401] * 3


@pytest.mark.parametrize("path", ["/login", "/login?next=/", "/page.css", "/favicon.ico", "/widget.js"])
def test_only_what_a_login_needs_is_open(url: str, path: str) -> None:
    assert ask(url, "GET", path)[0] == 200


@pytest.mark.parametrize("path", ["/", "/gradio_api/queue/join", "/login", "/api/ask"])
def test_no_socket_is_opened(url: str, bob: str, path: str) -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13",
               "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
    for authorization in ({}, {"Authorization": bob}):
        assert ask(url, "GET", path, **upgrade, **authorization)[0] in (401, 403)


@pytest.mark.parametrize(
    "sent", ["", "Bearer", "Bearer ", "Bearer articles_", "Bearer articles_00000000_x", "Basic Ym9iOng=", "Bearer \x00"]
)
def test_what_is_no_token_opens_nothing(url: str, sent: str) -> None:
    assert ask(url, "GET", "/page.js", Authorization=sent)[0] in (400, 401)


@pytest.mark.parametrize("header", ["X_Forwarded_User", "Remote_User", "X_Forwarded_For", "X_Real_IP", "Forwarded"])
def test_no_header_of_a_proxy_opens_anything(url: str, header: str) -> None:
    for value in ("ada", "127.0.0.1", "for=127.0.0.1"):
        assert ask(url, "GET", "/page.js", **{header: value})[0] == 401


def test_a_token_and_a_session_let_a_reader_in(url: str, bob: str) -> None:
    for known in ({"Authorization": bob}, {"Cookie": log_in(url, "bob")}):
        assert ask(url, "GET", "/page.js", **known)[0] == 200
        assert HAMA.title in ask(url, "GET", f"/article/{HAMA.id}", **known)[1]
        assert "gradio_config" in ask(url, "GET", "/", **known)[1]


def test_a_question_is_answered_as_on_the_command_line(url: str, bob: str) -> None:
    sent = {"Authorization": bob, "Content_Type": "application/json"}
    status, text, headers = ask(url, "POST", "/api/ask", '{"question": "Who controls Hama?"}', **sent)
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert json.loads(text) == json.loads(json.dumps(HAMA_ANSWER.to_json()))
    narrowed = {"question": "scope", "source": "Sample Desk", "since": "2024-12-01", "quoting": True}
    assert "quoting=True" in ask(url, "POST", "/api/ask", json.dumps(narrowed), **sent)[1]


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ("", 400, 'Expected a JSON object with a \\"question\\"'),
        ("{", 422, ""),
        ("[]", 400, "Expected a JSON object"),
        ('{"question": 5}', 400, "Expected a JSON object"),
        (json.dumps({"question": "a" * 3000}), 400, "Expected at most 2,000."),
        ('{"question": "a", "source": "Nobody"}', 400, "No article is from the source 'Nobody'"),
        ('{"question": "a", "since": [1]}', 400, "is no date"),
        ('{"question": "please fail"}', 500, "does not answer"),
    ],
)
def test_a_question_that_cannot_be_answered_is_said(url: str, bob: str, body: str, status: int, message: str) -> None:
    reply = ask(url, "POST", "/api/ask", body, Authorization=bob, Content_Type="application/json")
    assert reply[0] == status and message in reply[1] and "Traceback" not in reply[1]


def test_another_site_cannot_ask_with_a_readers_cookie(url: str) -> None:
    cookie = log_in(url, "bob")
    for sent in ({"Origin": "https://evil.example"}, {"Sec_Fetch_Site": "cross-site"}, {"Origin": "null"}):
        body = '{"question": "Who?"}'
        reply = ask(url, "POST", "/api/ask", body, Cookie=cookie, Content_Type="application/json", **sent)
        assert reply[0] == 403
        assert ask(url, "POST", "/logout", Cookie=cookie, **sent)[0] == 403
        assert ask(url, "DELETE", f"/api/articles/{HAMA.id}", Cookie=cookie, **sent)[0] == 403
    assert ask(url, "GET", "/page.js", Cookie=cookie)[0] == 200


def test_readers_get_the_board_and_its_claims(url: str, bob: str) -> None:
    for path in ("/api/board", "/api/claims"):
        assert ask(url, "GET", path)[0] == 401
    status, text, headers = ask(url, "GET", "/api/board?place=Hama", Authorization=bob)
    [row] = json.loads(text)["places"]
    assert status == 200 and row["place"] == "Hama" and headers["cache-control"] == "no-store"
    claims = json.loads(ask(url, "GET", "/api/claims?place=Hama", Authorization=bob)[1])["claims"]
    assert claims and all(claim["sentence"] for claim in claims)
    status, text, _ = ask(url, "GET", "/api/board?as_of=5.12.2024", Authorization=bob)
    assert status == 400 and "is no day" in text


def test_only_an_editor_reads_feedback_and_removes_articles(url: str, ada: str, bob: str) -> None:
    for method, path in (("GET", "/api/feedback"), ("DELETE", f"/api/articles/{LINES.id}")):
        assert ask(url, method, path)[0] == 401
        status, text, _ = ask(url, method, path, Authorization=bob)
        assert status == 403 and "bob may read, but not edit" in text
    status, text, headers = ask(url, "GET", "/api/feedback", Authorization=ada)
    assert status == 200 and headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line)["comment"] for line in text.splitlines()] == ["Ünïcode."]
    assert ask(url, "DELETE", f"/api/articles/{LINES.id}", Authorization=ada)[:2] == (
        200, json.dumps({"removed": LINES.id, "title": LINES.title}, separators=(",", ":")),
    )  # fmt: skip
    assert ask(url, "DELETE", f"/api/articles/{LINES.id}", Authorization=ada)[0] == 404


def test_a_token_that_is_revoked_and_a_user_who_is_removed_are_out_at_once(url: str, data: Path) -> None:
    accounts = Accounts(data)
    accounts.add("cy", PASSWORD)
    cookie, token = log_in(url, "cy"), f"Bearer {accounts.make_token('cy')}"
    assert ask(url, "GET", "/page.js", Authorization=token)[0] == 200
    accounts.revoke(accounts.tokens("cy")[0].id)
    assert ask(url, "GET", "/page.js", Authorization=token)[0] == 401
    assert ask(url, "GET", "/page.js", Cookie=cookie)[0] == 200
    accounts.remove("cy")
    accounts.add("cy", PASSWORD)
    assert ask(url, "GET", "/page.js", Cookie=cookie)[0] == 401


def test_accounts_that_cannot_be_read_let_nobody_in(tmp_path: Path) -> None:
    (tmp_path / "accounts.json").write_text("{")
    with canned_server(tmp_path, CHATBOT_READERS="accounts") as (_, url):
        assert ask(url, "GET", "/page.js", Authorization="Bearer articles_1_2")[0] == 503
        assert [ask(url, "GET", path)[0] for path in ("/", "/page.js", "/login")] == [303, 401, 200]
        form = {"Content_Type": "application/x-www-form-urlencoded"}
        assert ask(url, "POST", "/login", "name=ada&password=x", **form)[0] == 503


def test_a_proxys_header_is_believed_of_a_listed_proxy_alone(tmp_path: Path) -> None:
    proxy = {"CHATBOT_READERS": "proxy", "CHATBOT_PROXY_HEADER": "X-Forwarded-User", "CHATBOT_EDITORS": "zoe"}
    named = {"X_Forwarded_User": "zoe", "X_Forwarded_For": "10.0.0.5"}
    with canned_server(tmp_path, **{**proxy, "CHATBOT_PROXY_ADDRESSES": "127.0.0.1"}) as (_, url):
        assert [ask(url, "GET", path, **named)[0] for path in ("/", "/api/feedback", "/page.js")] == [200] * 3
        assert ask(url, "GET", "/api/feedback", X_Forwarded_User="bob")[0] == 403
        assert [ask(url, "GET", path)[0] for path in ("/", "/login", "/page.css")] == [401] * 3
    with canned_server(tmp_path, **{**proxy, "CHATBOT_PROXY_ADDRESSES": "10.0.0.5"}) as (_, url):
        assert [ask(url, "GET", path, **named)[0] for path in ("/", "/api/feedback", "/page.js")] == [401] * 3


def test_where_anyone_reads_an_editor_still_logs_in(tmp_path: Path) -> None:
    with canned_server(tmp_path, CHATBOT_READERS="open") as (_, url):
        assert ask(url, "GET", "/page.js")[0] == 200
        status, text, _ = ask(url, "GET", "/api/feedback")
        assert status == 403 and "Editing is off, as there is no editor." in text
        Accounts(tmp_path).add("ada", PASSWORD, Role.EDITOR)
        assert ask(url, "GET", "/api/feedback")[0] == 401
        assert ask(url, "GET", "/api/feedback", Cookie=log_in(url, "ada"))[0] == 200
