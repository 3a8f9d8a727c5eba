"""A stand-in LLM: a real OpenAI-compatible server on loopback that answers from the passages it was sent, or misbehaves
in a chosen way. `python -m benchmarks.support.scripted_llm --port 8081 --behaviour faithful` runs it by hand."""

import argparse
import json
import re
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, cast

from benchmarks.support.planted_faults import KINDS, TargetPassage
from benchmarks.support.prompts import (
    Sent,
    follow_up_of,
    is_analysis,
    is_claim_reading,
    passages_of,
    question_of,
    sentences_of,
)
from index.language.sentences import sentence_spans
from index.language.words import stems


@dataclass(frozen=True)
class Request:
    """What the server was asked, and at which `time` of the monotonic clock; names of headers are in lower case."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    time: float


def faithful(prompt: str) -> str:
    """Quotes the sentence of the passages that shares most words with the question, with its mark."""
    passage, sentence = _nearest(prompt)
    return f"As of {passage.date}, {passage.source}: {sentence} [{passage.number}]"


def faulty(kind: str, turn: int) -> Callable[[str], str]:
    """A writer of the faithful answer with one fault of this kind, or without where none can be planted."""

    def write(prompt: str) -> str:
        sent = passages_of(prompt)
        near, sentence = _nearest(prompt)
        # The reports repeat one another: a passage that holds most of the sentence is not a wrong one.
        telling = set(stems(sentence))
        others = [
            TargetPassage(passage.number, passage.text)
            for passage in sent
            if len(telling & set(stems(passage.text))) < len(telling) / 2
        ]
        text = KINDS[kind](sentence, TargetPassage(near.number, near.text), others, turn)
        return f"As of {near.date}, {near.source}: {text}" if text else faithful(prompt)

    return write


def bad_marks(prompt: str) -> str:
    """The faithful answer in forms of mark that no prompt asked for, one of them naming no passage."""
    passage, sentence = _nearest(prompt)
    return f"{sentence} 【{passage.number}】[^{passage.number}] [source {passage.number}, 99] Said again. [77]"


def _nearest(prompt: str) -> tuple[Sent, str]:
    wanted = set(stems(question_of(prompt)))
    sentences = [(p, p.text[a:b]) for p in passages_of(prompt) for a, b in sentence_spans(p.text)]
    return max(sentences, key=lambda pair: len(wanted & set(stems(pair[1]))))


FAULTY = {kind.replace(" ", "_").replace("-", "_"): faulty(kind, 0) for kind in KINDS}
WRITERS: dict[str, Callable[[str], str]] = {"faithful": faithful, "bad_marks": bad_marks, **FAULTY}
STATUSES = {"401": 401, "404": 404, "429": 429, "500": 500, "400": 400}
ENDLESS = {"endless": None, "endless_blank": " \n", "endless_empty": ""}
BROKEN = ("silent", "pings", "stall", "cut", "cut_quietly", "cut_short", "invalid_json", "web_page", "empty", "spent")
FAULTS = (*BROKEN, *ENDLESS)
BEHAVIOURS = ("fixed", *WRITERS, *STATUSES, *FAULTS)


class ScriptedLLM:
    """The server, on a free port while the `with` block lasts; `behaviour` and `text` may be changed in between.

    `text` is what "fixed" and the faults write; `delay_seconds` passes before each piece, and `spoke` is when the last
    answer's first piece went out. Where `times` is set, only so many requests meet the behaviour, and the next are
    answered with `text`. Asked to rewrite a follow-up question, it writes `condensed` or, where that is empty, the same
    question again. Asked what a question asks, it writes `analysis`, or nothing ever where that is None; these requests
    are in `analyses`, and those for a schema are refused unless it `knows_schemas`. Asked what sentences claim, it
    writes what `claims` makes of them, at most `most_characters`, and nothing ever where that is None; these requests
    are in `readings`.
    """

    def __init__(self, behaviour: str = "faithful", *, text: str = "", port: int = 0, delay_seconds: float = 0) -> None:
        self.behaviour = behaviour
        self.text = text or "The army left Homs. [1]"
        self.condensed = ""
        self.analysis: str | None = "{}"
        self.analyses: list[Request] = []
        self.claims: Callable[[list[str]], str] | None = lambda sentences: '{"claims": []}'
        self.readings: list[Request] = []
        self.most_characters: int | None = None
        self.knows_schemas = True
        self.delay_seconds = delay_seconds
        self.times: int | None = None
        self.retry_after = "1"
        self.requests: list[Request] = []
        self.spoke = 0.0
        self.abandoned = threading.Event()
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.script = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def base_url(self) -> str:
        """The address to give as base URL."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    @property
    def prompt(self) -> str:
        """All text of the last request's messages."""
        return self.prompt_of(self.requests[-1])

    def prompt_of(self, request: Request) -> str:
        """All text of a request's messages."""
        return "\n".join(message["content"] for message in request.body["messages"])

    def written(self, prompt: str) -> str:
        """What the chosen behaviour answers to `prompt`."""
        if is_analysis(prompt):
            return self.analysis or ""
        if is_claim_reading(prompt):
            return self.claims(sentences_of(prompt)) if self.claims else ""
        if follow_up := follow_up_of(prompt):
            return self.condensed or follow_up
        return WRITERS[self.behaviour](prompt) if self.behaviour in WRITERS else self.text

    def serve(self) -> None:
        """Serves until interrupted."""
        self._server.serve_forever()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    script: ScriptedLLM
    daemon_threads = True
    block_on_close = False


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def script(self) -> ScriptedLLM:
        return cast(_Server, self.server).script

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: tests read `requests`."""

    def do_GET(self) -> None:
        self._json(200, {"object": "list", "data": [{"id": "scripted", "object": "model"}]})

    def do_POST(self) -> None:
        try:
            self._answer()
        except OSError:
            self.script.abandoned.set()
            self.close_connection = True

    def _answer(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.path, headers, body, time.monotonic())
        if is_analysis(_prompt(body)):
            self._analyse(request, self.script.analyses, answers=self.script.analysis is not None)
            return
        if is_claim_reading(_prompt(body)) and self.script.behaviour not in STATUSES:
            self._analyse(request, self.script.readings, answers=self.script.claims is not None)
            return
        self.script.requests.append(request)
        behaviour = self.script.behaviour
        if self.script.times is not None and len(self.script.requests) > self.script.times:
            behaviour = "fixed"
        if behaviour in STATUSES:
            self._refuse(STATUSES[behaviour])
        elif behaviour == "silent":
            self._wait()
        elif behaviour == "web_page":
            self._whole(200, "<html>Welcome</html>", "text/html")
        elif body.get("stream"):
            self._stream(behaviour, self.script.written(_prompt(body)))
        else:
            message = {"role": "assistant", "content": self.script.written(_prompt(body))}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            self._json(200, {"id": "x", "object": "chat.completion", "model": body["model"], "choices": [choice]})

    def _analyse(self, request: Request, asked: list[Request], *, answers: bool) -> None:
        asked.append(request)
        if not answers:
            self._wait()
            return
        streams = request.body.get("stream")
        if "response_format" in request.body and not streams and not self.script.knows_schemas:
            self._refuse(400)
            return
        whole = self.script.written(_prompt(request.body))
        text = whole[: self.script.most_characters] if asked is self.script.readings else whole
        if streams:
            self._stream("fixed" if text == whole else "cut_short", text)
        else:
            message = {"role": "assistant", "content": text}
            choice = {"index": 0, "message": message, "finish_reason": "stop" if text == whole else "length"}
            self._json(200, {"id": "x", "object": "chat.completion", "model": "scripted", "choices": [choice]})

    def _refuse(self, status: int) -> None:
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        wait = {"Retry-After": self.script.retry_after} if status == 429 else {}
        self._json(status, {"error": {"message": f"refused with {status}, key {key}", "code": status}}, wait)

    def _json(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self._whole(status, json.dumps(body), "application/json", headers)

    def _whole(self, status: int, body: str, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def _stream(self, behaviour: str, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        if behaviour != "cut_quietly":
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number, piece in enumerate(self._pieces(behaviour, text)):
            time.sleep(self.script.delay_seconds)
            if number == 0:
                self.script.spoke = time.monotonic()
            self._event(_chunk({"content": piece}, None), chunked=behaviour != "cut_quietly")
        self._end(behaviour)
        self.close_connection = True

    def _pieces(self, behaviour: str, text: str) -> Iterator[str]:
        pieces = re.findall(r"\s*\S+", text)
        if behaviour in ENDLESS:
            blank = ENDLESS[behaviour]
            while not self.script.closing.is_set():
                yield from pieces if blank is None else [blank]
        if behaviour not in ("empty", "pings", "spent"):
            yield from pieces

    def _wait(self) -> None:
        """Until the other side has closed the connection, or this server closes."""
        while not self.script.closing.is_set():
            if select.select([self.connection], [], [], 0.02)[0] and not self.connection.recv(1, socket.MSG_PEEK):
                raise ConnectionAbortedError

    def _end(self, behaviour: str) -> None:
        if behaviour == "stall":
            self._wait()
        elif behaviour == "pings":
            while not self.script.closing.wait(0.05):
                self._chunk(b": ping\n\n")
        elif behaviour == "invalid_json":
            self._event('{"choices": [{"delta": {"con', chunked=True)
            self.wfile.write(b"0\r\n\r\n")
        elif behaviour not in ("cut", "cut_quietly"):
            self._event(_chunk({}, "length" if behaviour in ("spent", "cut_short") else "stop"), chunked=True)
            self._event("[DONE]", chunked=True)
            self.wfile.write(b"0\r\n\r\n")

    def _event(self, data: str, *, chunked: bool) -> None:
        event = f"data: {data}\n\n".encode()
        if chunked:
            self._chunk(event)
        else:
            self.wfile.write(event)

    def _chunk(self, event: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))


def _prompt(body: dict[str, Any]) -> str:
    return str(body["messages"][-1]["content"])


def _chunk(delta: dict[str, str], reason: str | None) -> str:
    choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": reason}
    return json.dumps({"id": "x", "object": "chat.completion.chunk", "model": "scripted", "choices": [choice]})


def closed_address() -> str:
    """A base URL at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}/v1"


def main() -> None:
    """Serves until interrupted, as told on the command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=8081)
    options.add_argument("--behaviour", choices=BEHAVIOURS, default="faithful")
    options.add_argument("--text", default="", help="what 'fixed' and the faults write")
    options.add_argument("--delay", type=float, default=0, help="seconds before each piece")
    given = options.parse_args()
    llm = ScriptedLLM(given.behaviour, text=given.text, port=given.port, delay_seconds=given.delay)
    sys.stdout.write(f"Serving at {llm.base_url}, as '{given.behaviour}'\n")
    sys.stdout.flush()
    llm.serve()


if __name__ == "__main__":
    main()
