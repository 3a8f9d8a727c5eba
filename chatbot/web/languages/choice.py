"""Finds out which language a request asks for: the page says its own, a reader may have chosen one, and else the
browser names those that its user reads."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from chatbot.web.auth.login_pages import LOCAL
from chatbot.web.languages.catalogue import ENGLISH, LANGUAGES, speaking

COOKIE = "articles_language"
# The page's scripts send the language of the page, which a frame's host may have chosen.
HEADER = "x-language"
SECONDS_REMEMBERED = 365 * 24 * 3600
MOST_PREFERENCES = 20


class Language:
    """Serves each request in the language that it asks for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with speaking(language_of(HTTPConnection(scope))):
            await self._app(scope, receive, send)


def language_of(request: HTTPConnection) -> str:
    """The code of the language. A program that asks the API is answered in English, a person who opens it is not."""
    path, headers = request.scope["path"], request.headers
    if path.endswith("/embed") and (asked := _of_query(request.scope["query_string"])):
        return asked
    if (sent := headers.get(HEADER)) in LANGUAGES:
        return str(sent)
    if "/api/" in path and "text/html" not in headers.get("accept", ""):
        return ENGLISH
    chosen = request.cookies.get(COOKIE)
    return chosen if chosen in LANGUAGES else preferred(headers.get("accept-language", ""))


def language_of_event(headers: Mapping[str, str] | None) -> str:
    """The language of the page that sent an event with these headers."""
    sent = (headers or {}).get(HEADER, ENGLISH)
    return sent if sent in LANGUAGES else ENGLISH


def preferred(accepted: str) -> str:
    """The best of our languages by a header Accept-Language, such as "de-AT,de;q=0.9,en;q=0.5"; else English."""
    wanted: list[tuple[float, int, str]] = []
    for part in accepted.split(",")[:MOST_PREFERENCES]:
        tag, _, weight = part.partition(";")
        wanted.append((-_weight(weight), len(wanted), tag.strip().lower().split("-")[0]))
    return next((tag for weight, _, tag in sorted(wanted) if weight < 0 and tag in LANGUAGES), ENGLISH)


def add(app: FastAPI, prefix: str) -> None:
    """The route that remembers a reader's choice, without a script. It leads back to where he came from."""

    @app.get("/language/{code}")
    def choose(code: str, request: Request) -> Response:
        came = urlsplit(request.headers.get("referer", ""))
        path = f"{came.path}?{came.query}" if came.query else came.path
        # Without a fragment of its own the browser keeps that of the link.
        back = RedirectResponse(path if LOCAL.fullmatch(path) else f"{prefix}/", 303, {"Cache-Control": "no-store"})
        if code in LANGUAGES:
            attributes = f"Path={prefix or '/'}; Max-Age={SECONDS_REMEMBERED}; SameSite=Lax"
            back.headers["Set-Cookie"] = f"{COOKIE}={code}; {attributes}"
        return back


def _of_query(query: bytes) -> str | None:
    """The language that a page which holds the frame has written into its address: "de", or "de-CH"."""
    asked = parse_qs(query.decode("latin-1")).get("lang", [""])[0].lower().split("-")[0]
    return asked if asked in LANGUAGES else None


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
