import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chatbot.cli.output import mention_ollama
from chatbot.llm.ollama_hint import hint
from chatbot.settings import Settings

HINT = "An Ollama server answers on this machine. To let it write the answers: python app.py --model ollama:"
Standing = Callable[[bytes], str]


@pytest.fixture
def standing() -> Iterator[Standing]:
    """Starts a small server that answers /api/tags as Ollama does, with what it is given, and gives its address."""
    servers = []

    def start(body: bytes) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if self.path == "/api/tags" else 404)
                self.end_headers()
                if body == b"silence":
                    time.sleep(2)
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def tags(*names: str) -> bytes:
    return json.dumps({"models": [{"name": name, "size": 1} for name in names]}).encode()


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["llama3.2:latest", "qwen3:8b"], "llama3.2"),
        (["nomic-embed-text:latest", "qwen3:8b"], "qwen3:8b"),
        (["x; rm -rf", "hf.co/me/tiny:Q4"], "hf.co/me/tiny:Q4"),
    ],
)
def test_an_ollama_is_named_with_the_option_to_use_it(standing: Standing, names: list[str], chosen: str) -> None:
    assert hint(standing(tags(*names))) == HINT + chosen


@pytest.mark.parametrize("body", [tags(), b'{"models": null}', b"[]", b"<html>", b"\xff", b'{"models": [1]}'])
def test_what_is_no_ollama_with_a_model_is_not_mentioned(standing: Standing, body: bytes) -> None:
    assert hint(standing(body)) is None


def test_nothing_is_waited_for() -> None:
    began = time.monotonic()
    assert hint("http://127.0.0.1:1") is None and time.monotonic() - began < 1


def test_a_server_that_says_nothing_is_left(standing: Standing) -> None:
    began = time.monotonic()
    assert hint(standing(b"silence")) is None and time.monotonic() - began < 1.5


def test_it_is_mentioned_where_no_model_is_named(
    standing: Standing, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("chatbot.llm.ollama_hint.ADDRESS", standing(tags("qwen3:8b")))
    mention_ollama(Settings(model="openai:x"))
    assert capsys.readouterr().err == ""
    mention_ollama(Settings())
    assert capsys.readouterr().err == f"{HINT}qwen3:8b\n"
