"""By raw HTTP and by browser: whose conversation is read, and what is sent to Gradio, in each of the three modes."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from chatbot.web.auth.accounts import Accounts
from chatbot.web.middleware.conversation_binding import FILE_KEYS
from tests.conftest import canned_server
from tests.support import program
from tests.support.browsing import Pages
from tests.web.test_authentication import PASSWORD, log_in

QUESTION = "Who controls Hama?"
PLACE = "Hama"
HASH = "k3x9w2m1qz"
JOIN, DATA = "/gradio_api/queue/join", "/gradio_api/queue/data"
# Made once: it takes longer than a request does.
TRUSTED = httpx.create_ssl_context()
# The page waits for the server, is loaded anew, brings its turns back and asks: half a minute on a busy machine.
COMING_BACK_MILLISECONDS = 60_000
SECRETS = ("a" * 64, "b" * 64)
PROXY = {
    "CHATBOT_READERS": "proxy",
    "CHATBOT_PROXY_HEADER": "X-Forwarded-User",
    "CHATBOT_PROXY_ADDRESSES": "127.0.0.1",
}
Visitors = tuple[str, dict[str, str], dict[str, str]]


@pytest.fixture(scope="module", params=["here", "open", "accounts", "proxy"])
def visitors(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitors]:
    """A server's address, with the headers of two of its visitors."""
    data, mode = tmp_path_factory.mktemp("conversations"), request.param
    if mode == "accounts":
        for name in ("ada", "bob"):
            Accounts(data).add(name, PASSWORD)
    variables = PROXY if mode == "proxy" else {} if mode == "here" else {"CHATBOT_READERS": mode}
    with canned_server(data, **variables) as (_, url):
        if mode == "accounts":
            yield url, {"Cookie": log_in(url, "ada")}, {"Cookie": log_in(url, "bob")}
        elif mode == "proxy":
            yield url, {"X-Forwarded-User": "ada"}, {"X-Forwarded-User": "bob"}
        else:
            yield url, {"X-Conversation": SECRETS[0]}, {"X-Conversation": SECRETS[1]}


def asking(question: object = QUESTION, **more: object) -> dict[str, object]:
    return {"data": [question, None, None, None], "fn_index": 0, "session_hash": HASH, **more}


def stream(url: str, headers: dict[str, str], session: str = HASH) -> str:
    """All that is sent of a conversation to these headers."""
    try:
        reply = httpx.get(f"{url}{DATA}", params={"session_hash": session}, headers=headers, timeout=15)
    except httpx.RemoteProtocolError:  # Gradio breaks the stream of a session that it does not know.
        return ""
    return reply.text


def test_only_its_own_visitor_reads_a_conversation(visitors: Visitors) -> None:
    url, ada, bob = visitors
    assert httpx.post(f"{url}{JOIN}", json=asking(), headers=ada).status_code == 200
    assert PLACE not in stream(url, bob)
    assert PLACE not in stream(url, {})
    assert PLACE in stream(url, ada)


def test_another_goes_not_on_with_a_conversation(visitors: Visitors) -> None:
    url, ada, bob = visitors
    for headers, count in ((ada, 0), (bob, 0), (ada, 1)):
        sent = {**asking("history"), "session_hash": "history1"}
        assert httpx.post(f"{url}{JOIN}", json=sent, headers=headers).status_code == 200
        assert f"{count} answers came before." in stream(url, headers, "history1")


@pytest.mark.parametrize("session", ["", "a" * 65, "a/b", "../x", "a b", "é", "\u0661"])
def test_what_is_no_session_hash_is_refused(visitors: Visitors, session: str) -> None:
    url, ada, _ = visitors
    assert httpx.get(f"{url}{DATA}", params={"session_hash": session}, headers=ada).status_code == 400
    sent = {**asking(), "session_hash": session}
    assert httpx.post(f"{url}{JOIN}", json=sent, headers=ada).status_code == 400
    assert httpx.get(f"{url}{DATA}?session_hash=a&session_hash=b", headers=ada).status_code == 400


FILE = {"path": "/dev/zero", "meta": {"_type": "gradio.FileData"}}
NESTED: list[object] = [
    asking(FILE),
    asking([[{"a": [FILE]}]]),
    *[asking({key: 1}) for key in sorted(FILE_KEYS)],
    asking(event_data={"question": FILE}),
    asking(event_data={"path": "/etc/passwd"}),
    asking(more=[{"url": "http://127.0.0.1/"}]),
    {**asking(), "path": "x"},
]
TYPES = ["application/json", "application/JSON; charset=utf-8", "text/plain", "multipart/form-data; boundary=x", ""]


@pytest.mark.parametrize("route", ["queue/join", "cancel", "reset"])
@pytest.mark.parametrize("kind", TYPES)
def test_no_object_that_names_a_file_reaches_gradio(visitors: Visitors, route: str, kind: str) -> None:
    url, ada, _ = visitors
    for sent in NESTED:
        for body in (json.dumps(sent), json.dumps(sent).replace('"path"', '"\\u0070ath"')):
            for encoded in (body.encode(), body.encode("utf-16")):
                headers = {**ada, "Content-Type": kind}
                reply = httpx.post(
                    f"{url}/gradio_api/{route}", content=encoded, headers=headers, timeout=60, verify=TRUSTED
                )
                assert reply.status_code == 403 and "path, url, meta" in reply.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"data": [{"path": "/dev/zero", "path": "x", "meta": 1}], "data": [""], "session_hash": "a"}', 403),
        (b'{"data": [{"path": "/dev/zero"}', 403),
        (b"[" * 60_000, 422),
        (b'{"data": [NaN], "session_hash": "a"}', 400),
        (b'{"data": [' + b"9" * 5000 + b'], "session_hash": "a"}', 422),
        (b"[]", 422),
        (b"", 422),
        (b'{"data": [""], "fn_index": 0}', 400),
        (b'{"data": [""], "fn_index": 0, "session_hash": null}', 400),
    ],
)
def test_odd_json_is_refused(visitors: Visitors, body: bytes, status: int) -> None:
    url, ada, _ = visitors
    headers = {**ada, "Content-Type": "application/json"}
    assert httpx.post(f"{url}{JOIN}", content=body, headers=headers).status_code == status


def test_json_under_another_type_is_refused(visitors: Visitors) -> None:
    url, ada, _ = visitors
    headers = {**ada, "Content-Type": "text/plain"}
    assert httpx.post(f"{url}{JOIN}", content=json.dumps(asking()), headers=headers).status_code == 415


GRADIO_ITSELF = """
import asyncio, os, stat, sys
from pathlib import Path
from tests.support.canned import *
from chatbot.web import server
everybody = SameAudience(Audience(CannedChain(), CannedCollection()))
app = server.application(read_settings(port="1", data=sys.argv[1]), everybody, CannedUploads())
blocks = next(route.app for route in app.routes if hasattr(getattr(route, "app", None), "get_blocks")).get_blocks()
cache = Path(os.environ["GRADIO_TEMP_DIR"])
print(stat.filemode(cache.stat().st_mode), sum(path.is_file() for path in cache.rglob("*")), flush=True)
import gradio
from gradio.context import LocalContext
from gradio import processing_utils
LocalContext.blocks.set(blocks)
fn = blocks.fns[0]
for sent in ({"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, {"url": "http://127.0.0.1"}):
    try:
        asyncio.run(blocks.preprocess_data(fn, [sent, None, None, None], None))
        print("taken")
    except gradio.Error as exc:
        print("refused")
try:
    processing_utils.move_files_to_cache(
        {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, fn.inputs[0], check_in_upload_folder=True
    )
    print("taken")
except Exception as exc:
    print(type(exc).__name__)
print(sum(path.is_file() for path in cache.rglob("*")), cache)
"""


def test_gradio_itself_refuses_files_and_its_cache_is_its_own(tmp_path: Path) -> None:
    run = program.run("-c", GRADIO_ITSELF, tmp_path)
    *lines, last = run.stdout.splitlines()
    assert lines == ["drwx------ 0", "refused", "refused", "InvalidPathError"], run.stderr[-2000:]
    left, cache = last.split(" ", 1)
    assert left == "0" and not Path(cache).exists()


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")


def kill(server: canned_server) -> None:
    """End the process; entering the server again starts another on the same port."""
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()


@pytest.mark.parametrize("asked_meanwhile", [True, False])
def test_after_a_restart_an_open_page_comes_back_with_its_turns(
    pages: Pages, tmp_path: Path, asked_meanwhile: bool
) -> None:
    server = canned_server(tmp_path)
    with server as (_, url):
        page = pages.lend(url)
        ask(page, QUESTION)
        expect(page.locator("#live .turn:not([aria-busy]) .tools")).to_be_visible()
        kill(server)
        if asked_meanwhile:
            ask(page, "history")
            expect(page.get_by_text("Attempting reconnection").first).to_be_visible()
        server.__enter__()
        if not asked_meanwhile:
            ask(page, "history")
        expect(page.locator("#live .a")).to_contain_text("1 answers came before.", timeout=COMING_BACK_MILLISECONDS)
        expect(page.get_by_text("Attempting reconnection")).to_have_count(0)
        page.locator("#past button.c").first.click()
        expect(page.locator(".card.on")).to_be_visible()


def test_after_a_restart_a_reader_logs_in_again_and_finds_the_turns(pages: Pages, tmp_path: Path) -> None:
    Accounts(tmp_path).add("ada", PASSWORD)
    server = canned_server(tmp_path, CHATBOT_READERS="accounts")
    with server as (_, url):
        page = pages.lend(url)
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        ask(page, QUESTION)
        expect(page.locator("#live button.c")).to_have_count(3)
        kill(server)
        ask(page, "history")
        expect(page.get_by_text("Attempting reconnection").first).to_be_visible()
        server.__enter__()
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("#live .a")).to_contain_text("1 answers came before.", timeout=COMING_BACK_MILLISECONDS)
        expect(page.locator("#past .turn")).to_have_count(1)
