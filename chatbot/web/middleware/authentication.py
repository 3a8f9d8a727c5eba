"""Finds out who sent a request, and refuses it where nobody is known who may read. What is not open to everyone is
closed, whatever route it might have led to."""

import logging
from urllib.parse import quote

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from chatbot.errors import AccountError
from chatbot.web.auth.authorization import Access, may_edit
from chatbot.web.languages.catalogue import LANGUAGES, translated
from index.message import Message

# What a browser needs to log in, and a page to show the frame for it. Every other path, however it is written, wants a
# reader.
OPEN_PATHS = (
    "/login", "/login/start", "/login/callback", "/page.css", "/favicon.ico", "/widget.js",
    *(f"/language/{code}" for code in LANGUAGES),
)
NO_STORE = {"Cache-Control": "no-store"}
UNREADABLE = Message("The accounts cannot be read; the server's log says why.")
log = logging.getLogger(__name__)


class Gate:
    """Lets pass whom `access` knows; sends a browser that wants a page to the login, and refuses all else."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            # The page needs none.
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] != "http" or (refused := self._refusal(HTTPConnection(scope))) is None:
            await self._app(scope, receive, send)
        else:
            await refused(scope, receive, send)

    def _refusal(self, request: HTTPConnection) -> Response | None:
        path = request.scope["path"]
        try:
            visitor = self._access.who(request)
        except AccountError as exc:
            log.error("%s", exc)
            return error(UNREADABLE, 503)
        request.state.visitor = visitor
        if visitor is not None or (self._access.by_login and path in OPEN_PATHS):
            return None
        if self._access.by_login and request.scope["method"] in ("GET", "HEAD") and _is_page(path):
            query = request.scope["query_string"].decode("latin-1")
            wanted = path + (f"?{query}" if query else "")
            return RedirectResponse(f"{self._access.prefix}/login?next={quote(wanted)}", 303, NO_STORE)
        status, reason = self._access.refusal()
        return error(reason, status, {"WWW-Authenticate": "Bearer"} if status == 401 else {})


def error(message: str, status: int, headers: dict[str, str] | None = None) -> JSONResponse:
    """What went wrong; the page shows `detail` to the reader."""
    return JSONResponse({"detail": translated(message)}, status, {**NO_STORE, **(headers or {})})


def no_editor(request: HTTPConnection, access: Access) -> Response | None:
    """The answer to whoever may not edit."""
    visitor = request.state.visitor
    if may_edit(visitor):
        return None
    if off := access.editing_off():
        return error(off, 403)
    if visitor.name:
        return error(Message("%(name)s may read, but not edit: that takes an editor.", name=visitor.name), 403)
    return error(Message("Editors have to log in, or send a token: Authorization: Bearer TOKEN."), 401)


def _is_page(path: str) -> bool:
    return path in ("/", "/embed", "/search", "/feedback", "/feedback.csv") or path.startswith(("/article/", "/a/"))
