"""Each request in, either on to the page or refused: what another site asks for, and what the page does not need. Every
response leaves with headers that forbid the browser to load anything from elsewhere."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Gradio's templates are compiled in the browser, hence 'unsafe-eval'; that any text is escaped is held by render.py.
PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; frame-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
# What the page asks Gradio for; its other routes (files, uploads, proxying, API descriptions) are closed.
NEEDED = ("queue/join", "queue/data", "heartbeat/", "startup-events", "cancel", "reset")


class Guard:
    """Refuses what another site asks for and what the page does not need; forbids loading anything from elsewhere."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", PAGE_POLICY)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
            await send(message)

        if _foreign(scope) or _closed(scope["path"]):
            await PlainTextResponse("Refused: ask through the page itself.", 403)(scope, receive, guarded)
        else:
            await self._app(scope, receive, guarded)


def _closed(path: str) -> bool:
    api, _, route = path.partition("/gradio_api/")
    return api == "" and not route.startswith(NEEDED)


def _foreign(scope: Scope) -> bool:
    """Whether another site's page sent this request to change something; browsers over plain http only send Origin."""
    if scope["method"] in ("GET", "HEAD"):
        return False
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host")
