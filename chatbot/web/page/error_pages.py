"""Shows a reader whose browser wants a page what went wrong as a page like the others; programs get JSON."""

import json
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as ASGIMessage

from chatbot.web.templating import render
from index.message import Message

STYLE = Path(__file__).parent.joinpath("static", "chat.css")
TITLES = {
    400: Message("This request cannot be read"),
    401: Message("You are not logged in"),
    403: Message("This is not open to you"),
    404: Message("There is no such page"),
    405: Message("There is no such page"),
    413: Message("This is too long"),
    421: Message("Nothing is served under this name"),
    429: Message("Too much at once"),
    503: Message("Not ready yet"),
}
BROKEN = Message("Something went wrong here")
NO_PAGE = Message("The address may be mistyped, or the page may be gone.")
LOG_IN = Message("Log in to see this page.")
# What a program is told of a token is of no use to a person.
THROUGH_PROXY = Message("Readers come here by another address, where they log in. Ask whoever runs this page for it.")
ADVICE = {
    401: THROUGH_PROXY,
    404: NO_PAGE,
    405: NO_PAGE,
    500: Message("The server's log says why. Try again; if it happens again, tell whoever runs this page."),
}


class ErrorPages:
    """Replaces an error that is no page by a page. `home` is the path of the chatbot's page; with `login`, readers or
    editors log in below it, at `login`."""

    def __init__(self, app: ASGIApp, home: str, *, login: bool = False) -> None:
        self._app = app
        self._home = home
        self._login = login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _wants_page(scope):
            await self._app(scope, receive, send)
            return
        reply = _Reply(send, self._home, self._login_address(scope) if self._login else "")
        try:
            await self._app(scope, receive, reply)
        except Exception:
            # It is raised on to the server, which writes it into its log.
            if not reply.started:
                await self._broken(scope, receive, send)
            raise

    def _login_address(self, scope: Scope) -> str:
        """The login, which leads back to what was asked for."""
        query = scope["query_string"].decode("latin-1")
        wanted = scope["path"] + (f"?{query}" if query else "") if scope["method"] == "GET" else "/"
        return f"{self._home}login?next={quote(wanted)}"

    async def _broken(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        await HTMLResponse(error_page(500, "", self._home), 500, headers)(scope, receive, send)


class _Reply:
    """Passes a response on; one that is an error without a page is gathered and sent as a page."""

    def __init__(self, send: Send, home: str, login: str) -> None:
        self._send, self._home, self._login = send, home, login
        self.started = False
        self._error: ASGIMessage | None = None
        self._body = bytearray()

    async def __call__(self, message: ASGIMessage) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            if _is_bare_error(message):
                self._error = message
                return
        if self._error is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body"):
            await self._finish(self._error)

    async def _finish(self, start: ASGIMessage) -> None:
        html = error_page(start["status"], _detail(bytes(self._body)), self._home, self._login).encode()
        headers = MutableHeaders(scope=start)
        headers.update({"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(html))})
        headers["Cache-Control"] = "no-store"
        await self._send(start)
        await self._send({"type": "http.response.body", "body": html})


def error_page(status: int, detail: str, home: str, login: str = "") -> str:
    """The page for an error; `login` is where whoever is not logged in may do so. Its style is in it, as whoever may
    read nothing may not read the style either."""
    title = TITLES.get(status, BROKEN if status >= 500 else TITLES[400])
    advice = ADVICE.get(status) or detail or ADVICE[500 if status >= 500 else 404]
    if status != 401:
        login = ""
    elif login:
        advice = LOG_IN
    style = Markup(STYLE.read_text())
    return render("error.html", title=title, advice=advice, status=status, home=home, login=login, style=style)


def _wants_page(scope: Scope) -> bool:
    return scope["method"] in ("GET", "POST") and "text/html" in Headers(scope=scope).get("accept", "").lower()


def _is_bare_error(start: ASGIMessage) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return start["status"] >= 400 and kind.startswith(("application/json", "text/plain"))


def _detail(body: bytes) -> str:
    try:
        parsed = json.loads(body)
    except ValueError:
        return ""
    detail = parsed.get("detail") if isinstance(parsed, dict) else None
    return detail if isinstance(detail, str) else ""
