"""Checks what is sent to Gradio, and binds each conversation to the visitor who holds it.

The browser's session hash stands in URLs, and so in logs. Gradio is given another one in its place, computed from the
hash, from the visitor, and from a secret that the page sends in a header: who knows the hash alone gets a conversation
of his own."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from chatbot.web.auth.authorization import Access
from chatbot.web.languages.catalogue import translated
from chatbot.web.middleware.request_guard import replay
from index.digest import text_digest
from index.message import Message

GRADIO = "/gradio_api/"
HEARTBEAT = "heartbeat/"
# Gradio takes an object with these for a file: it opens the path and fetches the URL.
FILE_KEYS = frozenset({"path", "url", "meta"})
SECRET_HEADER = "x-conversation"
SECRET = re.compile(r"[!-~]{16,128}")
SESSION = re.compile(r"[\w-]{1,64}", re.ASCII)
NO_FILE = Message(
    "Refused: what is asked must not name a file or an address (path, url, meta). Ask through the page itself."
)
NO_SESSION = Message("Refused: expected one session_hash of 1 to 64 letters, digits, - and _. Load the page again.")
NO_JSON = Message("Refused: expected a JSON object. Load the page again.")
NO_JSON_TYPE = Message("Refused: expected Content-Type: application/json. Ask through the page itself.")


class _FileNamedError(ValueError):
    """An object in the body names a file."""


class Conversations:
    """Passes on to Gradio only JSON that names no file, each with the session hash of its own visitor."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(GRADIO):
            await self._app(scope, receive, send)
            return
        if scope["method"] in ("GET", "HEAD"):
            checked: Scope | Response = self._addressed(scope)
        else:
            body = await self._body(Request(scope, receive))
            checked = body if isinstance(body, Response) else _with_length(scope, body)
            receive = receive if isinstance(body, Response) else replay(body, receive)
        if isinstance(checked, Response):
            await checked(scope, receive, send)
        else:
            await self._app(checked, receive, send)

    def _addressed(self, scope: Scope) -> Scope | Response:
        """The request with the visitor's own session hash in its path or query, where it has one."""
        route, connection = scope["path"].removeprefix(GRADIO), HTTPConnection(scope)
        if route.startswith(HEARTBEAT):
            session = route.removeprefix(HEARTBEAT)
            if not SESSION.fullmatch(session):
                return _refused(400, NO_SESSION)
            return {**scope, "path": GRADIO + HEARTBEAT + self._own(connection, session), "query_string": b""}
        if route != "queue/data":
            return {**scope, "query_string": b""}
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        sessions = [value for name, value in query if name == "session_hash"]
        if len(sessions) != 1 or not SESSION.fullmatch(sessions[0]):
            return _refused(400, NO_SESSION)
        own = urlencode({"session_hash": self._own(connection, sessions[0])})
        return {**scope, "query_string": own.encode()}

    async def _body(self, request: Request) -> bytes | Response:
        """The JSON that Gradio is to read, written anew, so that it reads the same as was checked here."""
        try:
            sent = json.loads(await request.body(), object_pairs_hook=_object, parse_constant=_no_number)
        except _FileNamedError:
            return _refused(403, NO_FILE)
        except (ValueError, RecursionError):
            return _refused(422, NO_JSON)
        if not isinstance(sent, dict):
            return _refused(422, NO_JSON)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return _refused(415, NO_JSON_TYPE)
        if "session_hash" in sent:
            session = sent["session_hash"]
            if not isinstance(session, str) or not SESSION.fullmatch(session):
                return _refused(400, NO_SESSION)
            sent["session_hash"] = self._own(request, session)
        elif not request.scope["path"].endswith("/reset"):
            return _refused(400, NO_SESSION)
        return json.dumps(sent).encode()

    def _own(self, request: HTTPConnection, session: str) -> str:
        """The session hash for Gradio; a program that sends no secret is known by its name and address."""
        visitor = request.state.visitor
        secret = request.headers.get(SECRET_HEADER, "")
        holder = f"secret {secret}" if SECRET.fullmatch(secret) else f"address {self._access.proxies.address(request)}"
        parts = json.dumps([visitor.name if visitor else "", holder, session])
        return text_digest(parts)


def names_file(value: object) -> bool:
    """Whether Gradio could take any object in `value`, at any depth, for a file."""
    left = [value]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            if not FILE_KEYS.isdisjoint(part):
                return True
            left.extend(part.values())
        elif isinstance(part, list | tuple):
            left.extend(part)
    return False


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Each pair is looked at: of a name that comes twice the dictionary keeps the last alone.
    if any(name in FILE_KEYS for name, _ in pairs):
        raise _FileNamedError
    return dict(pairs)


def _no_number(constant: str) -> None:
    raise ValueError(constant)


def _with_length(scope: Scope, body: bytes) -> Scope:
    dropped = (b"content-length", b"content-type", b"transfer-encoding")
    headers = [(name, value) for name, value in scope["headers"] if name not in dropped]
    own = [(b"content-length", str(len(body)).encode()), (b"content-type", b"application/json")]
    return {**scope, "headers": [*headers, *own], "query_string": b""}


def _refused(status: int, reason: str) -> Response:
    """The page shows `detail` to the reader."""
    return JSONResponse({"detail": translated(reason)}, status, {"Cache-Control": "no-store"})
