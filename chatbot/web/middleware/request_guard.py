"""Refuses what the page does not need: requests of another site or under another name, and those that are too long.
Every response leaves with headers that forbid the browser to load from elsewhere."""

import re
import secrets
from collections.abc import Container, Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as ASGIMessage

from chatbot.settings import Settings
from chatbot.web.auth.forwarded_headers import Proxies, brought_by_proxy
from chatbot.web.languages.catalogue import translated
from chatbot.web.middleware.json_bodies import unusable
from index.message import Message

# Gradio compiles the listeners of its HTML in the browser, hence 'unsafe-eval'; its scripts that stand in the page have
# the nonce that page_rewriter.py gives them, so that no text becomes one. Its components are styled by attributes.
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'none'; font-src 'self' data:; connect-src 'self'; worker-src 'none'; "
    "manifest-src 'none'; object-src 'none'; frame-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'{origins}"
)
OFF = "accelerometer browsing-topics camera display-capture geolocation gyroscope hid local-fonts magnetometer " \
    "microphone midi payment screen-wake-lock serial usb xr-spatial-tracking"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # With "no-referrer" a form's own Origin would be hidden from the check below, too.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in OFF.split()),
    "Cross-Origin-Opener-Policy": "same-origin",
}
# What the page asks Gradio for; its other routes (files, uploads, proxying, API descriptions) are closed.
# After a restart the page asks for the app's id until the server answers.
NEEDED = ("queue/join", "queue/data", "startup-events", "cancel", "reset", "app_id")
UNNEEDED = ("config", "manifest.json", "monitoring", "pwa_icon", "robots.txt", "svelte")
LONGEST_BODY_BYTES = 64 * 1024
TOO_LONG = Message("Refused: more than %(most)s KB at once. Ask a shorter question.", most=LONGEST_BODY_BYTES // 1024)
# A sender that is still sending does not read: what is too long is taken in to this length, kept nowhere, and refused.
SWALLOWED_BYTES = 16 * 1024 * 1024
# What editors send to these is counted, and refused to all others, by the routes themselves, before it is read.
UPLOADS = ("/api/articles/file", "/api/articles/text")
# Where the page asks Gradio to run a function.
ASKED = "/gradio_api/queue/join"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Gradio believes these from anyone, and takes its own address from them.
UNBELIEVED = (b"x-forwarded-host", b"x-gradio-server")


class Guard:
    """Refuses what it shall not answer and sets the headers of what it does."""

    def __init__(self, app: ASGIApp, settings: Settings, functions: Container[int] = ()) -> None:
        """`functions` are the numbers of those that the page may ask Gradio to run."""
        public = urlsplit(settings.public_url or "")
        self._app = app
        self._functions = functions
        self._origins = settings.embed_origins
        self._public = f"{public.scheme}://{public.netloc}".lower() if public.netloc else None
        self._proxies = Proxies(settings.proxy_addresses)
        self._prefix = public.path.rstrip("/")
        self._names = _names(settings.host, public.hostname)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = self._cleaned(scope)

        async def guarded(message: ASGIMessage) -> None:
            if message["type"] == "http.response.start":
                self._set_headers(MutableHeaders(scope=message), scope["nonce"])
            await send(message)

        body = None
        refusal = self._refusal(scope)
        if refusal is None and scope["method"] not in ("GET", "HEAD") and scope["path"] not in UPLOADS:
            body = await _body(scope, receive)
            refusal = _refused(413, TOO_LONG) if body is None else self._unusable(scope["path"], body)
        if refusal is None:
            await self._app(scope, receive if body is None else replay(body, receive), guarded)
        else:
            await refusal(scope, receive, guarded)

    def _cleaned(self, scope: Scope) -> Scope:
        """The request as it is without a proxy: below no path, and with nothing that claims another address."""
        path = scope["path"]
        if self._prefix and path.startswith(f"{self._prefix}/"):
            path = path.removeprefix(self._prefix)
        proxied = brought_by_proxy(scope["headers"])
        headers = [(name, value) for name, value in scope["headers"] if name not in UNBELIEVED]
        nonce = secrets.token_urlsafe(16)
        return {**scope, "path": path, "raw_path": None, "headers": headers, "nonce": nonce, "proxied": proxied}

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if self._names is not None and (name := _name(headers.get("host", ""))) not in self._names:
            return _refused(421, Message(
                "Refused: no page is served as %(name)s. See CHATBOT_PUBLIC_URL.", name=ascii(name)
            ))
        writes = scope["method"] not in ("GET", "HEAD")
        if _closed(scope["path"]) or (writes and self._foreign(headers, self._scheme(scope))):
            return _refused(403, Message("Refused: ask through the page itself."))
        return None

    def _foreign(self, headers: Headers, scheme: str) -> bool:
        """Whether another site's page sent this request; browsers over plain http send Origin alone."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:
            return site not in ("same-origin", "none")
        own = (f"{scheme}://{headers.get('host', '').lower()}", self._public)
        return origin is not None and origin.lower() not in own

    def _unusable(self, path: str, body: bytes) -> Response | None:
        reason = unusable(body, self._functions if path == ASKED else None)
        return _refused(400, Message("Refused: %(reason)s", reason=reason)) if reason else None

    def _scheme(self, scope: Scope) -> str:
        return "https" if self._proxies.secure(HTTPConnection(scope)) else "http"

    def _set_headers(self, headers: MutableHeaders, nonce: str) -> None:
        origins = "".join(f" {origin}" for origin in self._origins)
        headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce, origins=origins))
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.update(HEADERS)
        if not self._origins:
            headers["X-Frame-Options"] = "SAMEORIGIN"


def _names(host: str, public: str | None) -> frozenset[str] | None:
    """The host names to answer to, against pages whose own name is made to lead here; None where they are not known."""
    if public is None and host not in LOOPBACK:
        return None
    return frozenset(filter(None, (*LOOPBACK, host.lower(), public)))


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return host


def _closed(path: str) -> bool:
    first, _, route = path.removeprefix("/").partition("/")
    if first != "gradio_api":
        return first in UNNEEDED
    return not (route in NEEDED or re.fullmatch("heartbeat/[^/]+", route))


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    """The request's body, counted as it comes; None where it is longer than any that the page sends."""
    length = Headers(scope=scope).get("content-length", "")
    if length.isdigit() and int(length) > SWALLOWED_BYTES:
        return None
    body, taken, more = bytearray(), 0, True
    while more and taken <= SWALLOWED_BYTES:
        message = await receive()
        piece = message.get("body", b"")
        taken += len(piece)
        more = message.get("more_body", False)
        if taken <= LONGEST_BODY_BYTES:
            body += piece
    return bytes(body) if taken <= LONGEST_BODY_BYTES else None


def replay(body: bytes, receive: Receive) -> Receive:
    """`receive`, which has been read to the end, with `body` before what comes after it."""
    pieces: Iterable[ASGIMessage] = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def again() -> ASGIMessage:
        return next(pieces, None) or await receive()  # type: ignore[call-overload]

    return again


def _refused(status: int, reason: str) -> Response:
    """The page shows `detail` to the reader."""
    return JSONResponse({"detail": translated(reason)}, status)
