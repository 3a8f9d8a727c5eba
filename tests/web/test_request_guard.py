import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from chatbot.web.middleware.request_guard import LONGEST_BODY_BYTES, SWALLOWED_BYTES
from tests.conftest import canned_server
from tests.web.test_server import get

JOIN = "/gradio_api/queue/join"
ALLOWED = "https://intranet.example http://127.0.0.1:8080"


@pytest.fixture(scope="module")
def public_url() -> Iterator[str]:
    """The address of a page that readers find at https://news.example/chat and that two origins may embed."""
    server = canned_server(
        CHATBOT_PUBLIC_URL="https://news.example/chat/", CHATBOT_EMBED_ORIGINS=ALLOWED, CHATBOT_READERS="open"
    )
    with server:
        yield f"http://127.0.0.1:{server.port}"


def send(url: str, method: str, path: str, *pieces: bytes, **headers: str) -> tuple[int, str]:
    """A request as it is written here, in chunks where it has several pieces and no length."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    chunked = "Content-Length" not in named
    connection.request(method, path, iter(pieces) if pieces else None, named, encode_chunked=chunked)
    reply = connection.getresponse()
    return reply.status, reply.read().decode()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "SCHEME"},
    ],
)
def test_another_site_cannot_ask(canned_url: str, headers: dict[str, str]) -> None:
    # The page's own host, but reached by TLS: another origin.
    headers = {name: value.replace("SCHEME", canned_url.replace("http:", "https:")) for name, value in headers.items()}
    body = json.dumps({"data": ["?"], "fn_index": 0, "session_hash": "x"}).encode()
    url = f"{canned_url}/gradio_api/queue/join"
    assert get(url, data=body, Content_Type="application/json", **headers)[0] == 403


def test_another_site_cannot_read_answers(canned_url: str) -> None:
    _, _, headers = get(f"{canned_url}/config", Origin="https://evil.example")
    assert not [name for name in headers if name.lower() == "access-control-allow-origin"]


@pytest.mark.parametrize(
    "route", ["upload", "file=/etc/passwd", "proxy=http://x", "openapi.json", "info", "run/predict"]
)
def test_what_the_page_does_not_need_is_closed(canned_url: str, route: str) -> None:
    assert get(f"{canned_url}/gradio_api/{route}")[0] == 403
    assert get(f"{canned_url}/gradio_api/{route}", data=b"x")[0] == 403



@pytest.mark.parametrize("path", ["config", "manifest.json", "monitoring", "pwa_icon", "robots.txt", "svelte/x.js"])
def test_what_else_the_framework_serves_is_closed(canned_url: str, path: str) -> None:
    assert get(f"{canned_url}/{path}")[0] == 403


@pytest.mark.parametrize("path", ["", "embed", "page.js", "article/none", "gradio_api/upload", "nowhere"])
def test_every_response_has_the_headers(canned_url: str, path: str) -> None:
    _, _, headers = get(f"{canned_url}/{path}")
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"
    assert "camera=(), " in headers["permissions-policy"] and "microphone=()" in headers["permissions-policy"]
    assert headers["content-security-policy"].endswith("frame-ancestors 'self'")
    assert headers["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.parametrize("path", ["", "embed", "gradio_api/upload"])
def test_the_allowed_origins_may_frame_and_none_else(public_url: str, path: str) -> None:
    _, _, headers = get(f"{public_url}/{path}")
    assert headers["content-security-policy"].endswith(f"frame-ancestors 'self' {ALLOWED}")
    assert "x-frame-options" not in headers


def test_scripts_run_by_a_nonce_that_is_never_the_same(canned_url: str) -> None:
    policies = {get(f"{canned_url}/page.js")[2]["content-security-policy"].split("; ")[1] for _ in range(3)}
    assert len(policies) == 3 and not any("unsafe-inline" in policy for policy in policies)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "[::2]", "[", ""])
def test_under_another_name_no_page_is_served(canned_url: str, host: str) -> None:
    assert send(canned_url, "GET", "/", Host=host)[0] == 421


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:7860", "LOCALHOST"])
def test_this_machine_has_several_names(canned_url: str, host: str) -> None:
    assert send(canned_url, "GET", "/page.js", Host=host)[0] == 200


def test_the_public_name_is_known(public_url: str) -> None:
    assert send(public_url, "GET", "/page.js", Host="news.example")[0] == 200
    assert send(public_url, "GET", "/chat/page.js", Host="news.example")[0] == 200
    assert send(public_url, "GET", "/page.js", Host="intranet.example")[0] == 421


def test_an_origin_that_may_embed_may_not_ask_by_itself(public_url: str) -> None:
    path, body = "/gradio_api/queue/join", b"{}"
    assert get(f"{public_url}{path}", data=body, Origin="https://intranet.example")[0] == 403
    assert get(f"{public_url}{path}", data=body, Origin="https://news.example")[0] == 415
    assert get(f"{public_url}{path}", data=body, Origin="http://news.example")[0] == 403
    assert get(f"{public_url}{path}", data=body, Origin=public_url)[0] == 415


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (JOIN, rb'{"data":["x"],"fn_index":-1,"session_hash":"a"}'),
        (JOIN, rb'{"data":["x"],"fn_index":9999,"session_hash":"a"}'),
        (JOIN, rb'{"data":["x"],"fn_index":"-1","session_hash":"a"}'),
        (JOIN, rb'{"data":["x"],"fn_index":1e400,"session_hash":"a"}'),
        (JOIN, rb'{"data":["x"],"fn_index":-1.0,"session_hash":"a"}'),
        (JOIN, rb'{"data":[NaN],"fn_index":0,"session_hash":"a"}'),
        (JOIN, rb'{"data":["\ud800"],"fn_index":0,"session_hash":"a"}'),
        (JOIN, rb'{"data":[{"\udfff":1}],"fn_index":0,"session_hash":"a"}'),
        ("/gradio_api/cancel", rb'{"event_id":"\ud800"}'),
        ("/api/ask", rb'{"question":"Who?","source":"\ud800"}'),
        ("/api/ask", rb'{"question":"Who?","since":"\ud800"}'),
    ],
)
def test_a_body_that_cannot_be_worked_with_is_the_senders_fault(canned_url: str, path: str, body: bytes) -> None:
    status, text, _ = get(f"{canned_url}{path}", data=body, Content_Type="application/json")
    assert status == 400 and json.loads(text)["detail"].startswith("Refused: ")


@pytest.mark.parametrize("path", [JOIN, "/gradio_api/cancel", "/gradio_api/reset", "/api/ask"])
@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 30_000, b'{"a":' + b"9" * 5000 + b"}", b"null", b"[]"])
def test_a_body_that_cannot_be_read_is_the_senders_fault_too(canned_url: str, path: str, body: bytes) -> None:
    assert get(f"{canned_url}{path}", data=body, Content_Type="application/json")[0] in (400, 422)


def test_whole_characters_of_every_script_are_taken(canned_url: str) -> None:
    body = json.dumps({"question": "Wer \U0001f44d \u0645\u0646 \u4f60?"}).encode()
    assert get(f"{canned_url}/api/ask", data=body, Content_Type="application/json")[0] == 200


@pytest.mark.parametrize("header", [{"Via": "1.1 proxy"}, {"X_Forwarded_Host": "news.example"}, {"CF_Ray": "1"}])
def test_whom_a_proxy_brings_may_not_read_what_is_for_this_machine(canned_url: str, header: dict[str, Any]) -> None:
    assert get(canned_url, **header)[0] == 403


def test_no_header_makes_the_page_call_another_address(public_url: str) -> None:
    claims: dict[str, Any] = {"X_Forwarded_Host": "evil.example", "X_Gradio_Server": "http://evil.example"}
    status, page, _ = get(public_url, **claims)
    assert status == 200 and "evil.example" not in page


QUESTION = json.dumps({"data": ["x" * 5_000_000, None, None, None], "fn_index": 0, "session_hash": "x"}).encode()


def test_a_question_of_five_megabytes_is_refused_with_a_sentence(canned_url: str) -> None:
    status, text, _ = get(f"{canned_url}/gradio_api/queue/join", data=QUESTION, Content_Type="application/json")
    assert status == 413 and "Refused: more than 64 KB at once. Ask a shorter question." in text


def test_a_body_without_a_length_is_counted_as_it_comes(canned_url: str) -> None:
    pieces = [b"x" * 4096] * (LONGEST_BODY_BYTES // 4096)
    path = "/gradio_api/queue/join"
    assert send(canned_url, "POST", path, *pieces)[0] == 422
    assert send(canned_url, "POST", path, *pieces, b"x")[0] == 413


def test_a_body_that_says_to_be_endless_is_refused_at_once(canned_url: str) -> None:
    length = str(SWALLOWED_BYTES + 1)
    assert send(canned_url, "POST", "/gradio_api/queue/join", b"x", Content_Length=length)[0] == 413
