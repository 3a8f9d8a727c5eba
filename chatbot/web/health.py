"""Whether the server answers questions, at /ready for whoever asks: 503 with a reason while the index is opened,
checked or rebuilt, and where it cannot be read; else 200. Nothing else of it is told."""

import json
import socket
import sys
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from index.message import Message

PATH = "/ready"
OPENING = Message("The index is being opened and checked, or rebuilt. The page answers when that is done.")
AGAIN_SECONDS = 2
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Retry-After": str(AGAIN_SECONDS)}
_STOPPED_SECONDS = 0.05


class Readiness:
    """Answers /ready before anything else sees it; `fault` says why the index cannot be read, or None."""

    def __init__(self, app: ASGIApp, fault: Callable[[], str | None]) -> None:
        self._app = app
        self._fault = fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        reason = await run_in_threadpool(self._fault)
        await JSONResponse(_status(reason), 503 if reason else 200, _HEADERS)(scope, receive, send)


class Door:
    """A listening socket that answers everyone with 503 until it is handed over; closed when it is left. `page` gives
    the HTML that says so, for a browser with this header Accept-Language."""

    def __init__(self, listening: socket.socket, page: Callable[[str], str]) -> None:
        self._listening = listening
        answering = partial(_Meanwhile, page)
        self._server: _QuietServer | None = _QuietServer(("", 0), answering, bind_and_activate=False)
        self._server.socket.close()
        self._server.socket = listening
        Thread(target=self._server.serve_forever, args=(_STOPPED_SECONDS,), daemon=True).start()

    def __enter__(self) -> "Door":
        return self

    def __exit__(self, *_: object) -> None:
        self.hand_over().close()

    def hand_over(self) -> socket.socket:
        """The socket, for another to answer on."""
        if self._server is not None:
            self._server.shutdown()
            self._server = None
        return self._listening


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of who left before the answer was sent."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Meanwhile(BaseHTTPRequestHandler):
    timeout = 5

    def __init__(self, page: Callable[[str], str], *given: Any) -> None:  # noqa: ANN401
        self._page = page
        super().__init__(*given)

    def do_GET(self) -> None:  # noqa: N802
        self.wfile.write(self._answer())

    def do_HEAD(self) -> None:  # noqa: N802
        self._answer()

    do_POST = do_DELETE = do_GET

    def _answer(self) -> bytes:
        """Sends the status and the headers; the body that is to follow."""
        if self.path == PATH:
            kind, text = "application/json", json.dumps(_status(OPENING))
        elif "text/html" in self.headers.get("Accept", ""):
            kind, text = "text/html; charset=utf-8", self._page(self.headers.get("Accept-Language", ""))
        else:
            kind, text = "text/plain; charset=utf-8", OPENING
        self.send_response(503)
        # A browser asks again by itself.
        for name, value in (_HEADERS | {"Content-Type": kind, "Refresh": str(AGAIN_SECONDS)}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        return text.encode()

    def version_string(self) -> str:
        return "articles"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: probes ask often."""


def _status(reason: str | None) -> dict[str, object]:
    return {"ready": False, "reason": reason} if reason else {"ready": True}
