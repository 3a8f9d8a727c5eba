import json
import re
import signal
import socket
import struct
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from starlette.testclient import TestClient

from chatbot.answering.audience import Audience
from chatbot.errors import ServerError
from chatbot.settings import read_settings
from chatbot.web.health import OPENING
from chatbot.web.server import application, open_door
from tests.conftest import canned_server, free_port
from tests.support.audiences import SameAudience
from tests.support.canned import CannedChain
from tests.support.canned_articles import HAMA
from tests.support.canned_collection import CannedCollection, CannedUploads


def get(url: str, *, data: bytes | None = None, **headers: str) -> tuple[int, str, dict[str, str]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, named), timeout=10) as reply:
            return reply.status, reply.read().decode(), dict(reply.headers)
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode(), dict(refused.headers)


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ServerError) as refused:
            open_door(read_settings(port=str(port)))
    advice = f"Choose another with --port, such as --port {port + 1}."
    assert str(refused.value) == f"Port {port} on 127.0.0.1 is taken. {advice}"


def test_who_leaves_before_the_port_has_answered_fills_no_log(capfd: pytest.CaptureFixture[str]) -> None:
    settings = read_settings(port=str(free_port()))
    with open_door(settings):
        for _ in range(5):
            with socket.create_connection(("127.0.0.1", settings.port)) as leaving:
                # Closed so, the connection is reset at once.
                leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                leaving.sendall(b"GET / HTTP/1.1\r\n")
        assert get(settings.address)[0] == 503
        time.sleep(0.3)
    assert capfd.readouterr().err == ""


def test_until_the_page_is_served_the_port_says_why_not(browser: Browser) -> None:
    settings = read_settings(port=str(free_port()))
    with open_door(settings), closing(browser.new_context(locale="de-DE")) as context:
        page = context.new_page()
        page.goto(settings.address)
        expect(page.get_by_role("heading", level=1)).to_have_text("Noch nicht bereit")
        expect(page.locator("main")).to_contain_text("Der Index wird geöffnet und geprüft")
        expect(page.locator("main")).to_have_css("border-radius", "12px")
        page.close()
        status, text, headers = get(f"{settings.address}/ready")
        assert status == 503 and json.loads(text) == {"ready": False, "reason": OPENING} and headers["Retry-After"]
        assert [get(f"{settings.address}/{path}")[:2] for path in ("", "api/ask")] == [(503, OPENING)] * 2
        assert get(f"{settings.address}/api/ask", data=b"{}")[0] == 503
    with pytest.raises(OSError):
        get(settings.address)
    open_door(settings).hand_over().close()


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1"])
def test_a_host_that_is_not_ours_is_refused(host: str) -> None:
    with pytest.raises(ServerError, match=re.escape(host)):
        open_door(read_settings(host=host, readers="open"))


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_though_a_page_is_open(sent: signal.Signals) -> None:
    with canned_server() as (process, url):
        with urllib.request.urlopen(f"{url}/gradio_api/heartbeat/abc", timeout=10) as heartbeat:
            assert heartbeat.status == 200
            began = time.monotonic()
            process.send_signal(sent)
            assert process.wait(timeout=10) == 0
            assert time.monotonic() - began < 5
    assert process.stderr is not None and process.stderr.read() == ""


class Beside:
    """Work beside the page that broke off once."""

    def __init__(self) -> None:
        self.reasons: list[str | None] = ["Watching for changed articles ended. It is begun anew.", None]

    def fault(self) -> str | None:
        return self.reasons.pop(0)

    def problems(self) -> list[str]:
        return []


def test_the_page_is_not_ready_while_a_watcher_is_gone(tmp_path: Path) -> None:
    settings = read_settings(data=str(tmp_path))
    everybody = SameAudience(Audience(CannedChain(), CannedCollection()))
    app = application(settings, everybody, CannedUploads(), background=Beside())
    with TestClient(app) as client:
        gone, back = client.get("/ready"), client.get("/ready")
    assert (gone.status_code, gone.json()["reason"]) == (503, "Watching for changed articles ended. It is begun anew.")
    assert (back.status_code, back.json()) == (200, {"ready": True})


def test_whoever_asks_is_told_that_the_page_is_ready_and_no_more(canned_url: str) -> None:
    status, text, _ = get(f"{canned_url}/ready", Host="10.0.0.9")
    assert (status, json.loads(text)) == (200, {"ready": True})


def test_the_page_loads_nothing_from_elsewhere(canned_url: str) -> None:
    status, html, headers = get(canned_url)
    assert status == 200
    assert not re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(?:https?:)?//', html)
    assert "preconnect" not in html and "fonts.g" not in html
    assert "default-src 'none'" in headers["content-security-policy"]


def test_an_article_is_shown_with_the_sentence_marked(canned_url: str) -> None:
    start = HAMA.text.index("Opposition forces")
    status, html, headers = get(f"{canned_url}/article/{HAMA.id}?start={start}&end={start + 17}")
    assert status == 200 and '<mark id="cited">Opposition forces</mark>' in html
    assert headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("query", ["", "?start=x&end=y", "?start=-5&end=99999999999999999999", "?start=²&end=3"])
def test_odd_offsets_still_show_the_article(canned_url: str, query: str) -> None:
    query = query.replace("²", "%C2%B2")
    status, html, _ = get(f"{canned_url}/article/{HAMA.id}{query}")
    assert status == 200 and HAMA.title in html and "<mark" not in html


@pytest.mark.parametrize("id", ["0000000000000000", "%3Cscript%3E", "..%2F..%2Fetc%2Fpasswd"])
def test_an_unknown_article_is_a_404_that_repeats_nothing(canned_url: str, id: str) -> None:
    status, html, _ = get(f"{canned_url}/article/{id}")
    assert status == 404 and "<script" not in html


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("page.css", "text/css"),
        ("page.js", "text/javascript"),
        ("widget.js", "text/javascript"),
        ("favicon.ico", "image/svg+xml"),
    ],
)
def test_the_parts_of_the_page_come_from_here(canned_url: str, path: str, kind: str) -> None:
    status, _, headers = get(f"{canned_url}/{path}")
    assert status == 200 and headers["content-type"].startswith(kind)


@pytest.mark.parametrize("path", ["docs", "redoc", "openapi.json"])
def test_no_documentation_of_an_api_is_served(canned_url: str, path: str) -> None:
    assert get(f"{canned_url}/{path}")[0] == 404


@pytest.mark.parametrize("id", ["0123456789abcdef", "none"])
def test_no_cache_keeps_an_article(canned_url: str, id: str) -> None:
    assert get(f"{canned_url}/article/{id}")[2]["cache-control"] == "no-store"
