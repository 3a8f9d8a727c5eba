"""Serves the page, the API and the articles over HTTP until it is told to stop. It answers to its own page alone:
nothing is loaded from, framed by, or asked on behalf of another site."""

import atexit
import errno
import logging
import os
import shutil
import socket
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Protocol
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.middleware.cors import CORSMiddleware

from chatbot.answering import matches
from chatbot.answering.audience import Audiences
from chatbot.answering.records import Records
from chatbot.errors import ServerError, reader_message
from chatbot.feedback import FILE, FeedbackStore
from chatbot.settings import Settings
from chatbot.web.api import (
    answered,
    articles,
    claims,
    corrections,
    feedback,
    history,
    next_questions,
    questions,
    search,
    shared,
    sides,
    sources,
)
from chatbot.web.api.corrections import Uploads as ArticleUploads
from chatbot.web.api.sources import Sources
from chatbot.web.audience import audience_of
from chatbot.web.auth import login_pages
from chatbot.web.auth.authorization import Access
from chatbot.web.connection_limits import limited
from chatbot.web.health import OPENING, Door, Readiness
from chatbot.web.languages import catalogue, choice
from chatbot.web.languages.choice import Language
from chatbot.web.middleware.authentication import NO_STORE, Gate
from chatbot.web.middleware.conversation_binding import Conversations
from chatbot.web.middleware.page_rewriter import PageRewriter
from chatbot.web.middleware.question_throttle import PageThrottle, QuestionThrottle
from chatbot.web.middleware.request_guard import Guard
from chatbot.web.page import article_list, citation_cards, conversation
from chatbot.web.page.bundles import FIRST_VIEW, SCRIPTS, STATIC, STYLES, Bundle
from chatbot.web.page.error_pages import ErrorPages, error_page
from index.errors import ArticleNotFoundError, IndexingError
from index.message import Message

GRACE_SECONDS = 1
FRESH = {"Cache-Control": "no-cache"}
# What has its version in its address.
LASTING = {"Cache-Control": "private, max-age=31536000, immutable"}
ARTICLE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
# Where each is asked for, and its file; those of the page itself are bundled.
STATIC_FILES = {
    "/page.css": "chat.css",
    "/editors.css": "editors.css",
    "/copy-text.js": "copy_text.js",
    "/share-page.js": "share_page.js",
    "/world.json": "world.json",
    "/embed.js": "embedded.js",
}
NO_ARTICLE, REMOVED = Message("No such article"), Message("It may have been removed since it was cited.")
UNREADABLE = Message("The article cannot be read")
log = logging.getLogger(__name__)


class Collection(questions.Collection, claims.Collection, article_list.Collection, matches.Collection, Protocol):
    """What page and API together know of the articles."""

    def summary(self) -> conversation.CollectionSummary: ...
    def fault(self) -> str | None: ...


class Uploads(ArticleUploads, sides.Uploads, Protocol):
    """What page and API together change."""


class Background(Protocol):
    """What goes on beside the page, such as watching."""

    def fault(self) -> str | None:
        """Why some of it broke off in a way that nobody thought of, or None."""

    def problems(self) -> list[str]:
        """Why some of it is not done at the moment, whatever the reason."""


def serve(
    settings: Settings,
    audiences: Audiences[Collection],
    uploads: Uploads,
    *,
    ready: Callable[[str], None],
    door: Door | None = None,
    background: Background | None = None,
    watched: Sources | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, then return. `audiences` say what each reader may read; `ready` gets the URL once
    the port answers.

    `background` is what goes on beside the page; `watched` are the folders and feeds that editors choose.

    `door` is the port, where it was opened before. Raises ServerError when the port cannot be had.
    """
    with door or open_door(settings) as opened:
        app = application(settings, audiences, uploads, background=background, watched=watched)
        # uvicorn would take a visitor's address from a header that anybody can send.
        config = uvicorn.Config(
            app, log_level="warning", timeout_graceful_shutdown=GRACE_SECONDS, proxy_headers=False, **limited()
        )
        _Server(config, lambda: ready(settings.address)).run(sockets=[opened.hand_over()])


def open_door(settings: Settings) -> Door:
    """The port, which says that the page is not ready. Raises ServerError, which says what to do, when it cannot be
    had."""
    home = f"{urlsplit(settings.public_url or '').path.rstrip('/')}/"
    return Door(_bound(settings.host, settings.port), partial(_waiting_page, home))


def _waiting_page(home: str, languages: str) -> str:
    """What a browser that reads these languages shows until the page is ready."""
    with catalogue.speaking(choice.preferred(languages)):
        return error_page(503, OPENING, home)


def application(
    settings: Settings, audiences: Audiences[Collection], uploads: Uploads, *,
    background: Background | None = None, watched: Sources | None = None,
) -> FastAPI:
    """The page at / and, to be embedded, at /embed; the articles at /article/ID; the style, scripts and icon."""
    # Gradio takes seconds to import, and a taken port is to be told of before that.
    # It keeps files in a folder that it learns of then.
    _own_cache()
    from chatbot.web.page import blocks as page
    from chatbot.web.page import gradio_sessions

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(CORSMiddleware, allow_origins=[])
    access, ratings, records = Access(settings), FeedbackStore(settings.data / FILE), Records(settings.data)
    whole, reading = audiences.of(None).collection, audience_of(audiences)
    blocks, words = page.build(audiences, access, ratings, records, limit=settings.upload_limit)
    app.add_middleware(
        PageRewriter, account=lambda visitor: article_list.account(access, visitor),
        head=lambda visitor: history.meta(settings, visitor), words=words,
    )
    app.add_middleware(Conversations, access=access)
    throttle = QuestionThrottle(settings, access, gradio_sessions.pending(blocks))
    app.add_middleware(PageThrottle, throttle=throttle, is_question=gradio_sessions.is_question(blocks))
    app.add_middleware(Gate, access=access)
    app.add_middleware(Guard, settings=settings, functions=frozenset(blocks.fns))
    app.add_middleware(ErrorPages, home=f"{access.prefix}/", login=access.logins)
    app.add_middleware(Language)
    app.add_middleware(Readiness, fault=lambda: whole.fault() or (background.fault() if background else None))
    answered.add(app)
    login_pages.add(app, access)
    choice.add(app, access.prefix)
    questions.add(app, reading, ratings, access, throttle)
    articles.add(app, uploads, access, settings.upload_limit)
    corrections.add(app, whole, uploads, access)
    sources.add(app, watched, access, background.problems if background else list)
    feedback.add(app, ratings, access)
    search.add(app, reading, throttle)
    claims.add(app, reading, settings.public_url)
    sides.add(app, reading, uploads, access)
    history.add(app, settings, reading, records)
    shared.add(app, settings, reading, records)
    next_questions.add(app, reading, records)

    for path, file in STATIC_FILES.items():
        _serve_file(app, path, file)

    _serve_bundle(app, SCRIPTS, "text/javascript")
    _serve_bundle(app, STYLES, "text/css")
    _serve_bundle(app, FIRST_VIEW, "text/css")
    _serve_scripts_of_languages(app)

    @app.get("/favicon.ico")
    def icon() -> FileResponse:
        return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")

    @app.get("/article/{id}")
    def article(request: Request, id: str, start: str = "", end: str = "", of: str = "") -> HTMLResponse:
        return _article(reading(request).collection, id, start, end, of)

    return page.mount(app, blocks, address=settings.public_url)


def _serve_file(app: FastAPI, path: str, file: str) -> None:
    kind = {".css": "text/css", ".json": "application/json"}.get(Path(file).suffix, "text/javascript")

    @app.get(path)
    def static_file() -> FileResponse:
        return FileResponse(STATIC / file, media_type=kind, headers=FRESH)


def _serve_bundle(app: FastAPI, bundle: Bundle, kind: str) -> None:
    @app.get(f"/{bundle.path}")
    def bundled(v: str = "") -> Response:
        return Response(bundle.text, headers=LASTING if v == bundle.version else FRESH, media_type=kind)


def _serve_scripts_of_languages(app: FastAPI) -> None:
    """The scripts that hold messages: of the page in the language that is asked for, of the widget in all of them."""

    @app.get("/language.js")
    def language(request: Request) -> Response:
        code = request.query_params.get("in", "")
        known = code if code in catalogue.LANGUAGES else catalogue.ENGLISH
        script = catalogue.script(known) + (STATIC / "language.js").read_text(encoding="utf-8")
        return Response(script, headers=FRESH, media_type="text/javascript")

    @app.get("/widget.js")
    def widget() -> Response:
        headers = {**FRESH, "Cross-Origin-Resource-Policy": "cross-origin"}
        script = (STATIC / "widget.js").read_text(encoding="utf-8")
        words = script.replace("const WORDS = {};", f"const WORDS = {catalogue.widget_words()};")
        return Response(words, headers=headers, media_type="text/javascript")


def _own_cache() -> None:
    """Give Gradio an empty folder that this user alone can read, for as long as the process runs."""
    folder = tempfile.mkdtemp(prefix="chatbot-gradio-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["GRADIO_TEMP_DIR"] = folder


def _article(collection: Collection, id: str, start: str, end: str, of: str) -> HTMLResponse:
    try:
        html, status = citation_cards.article_page(collection.article(id), _offset(start), _offset(end), of), 200
    except ArticleNotFoundError:
        html, status = (
            citation_cards.message_page(NO_ARTICLE, REMOVED),
            404,
        )
    except IndexingError as exc:
        log.exception("Reading article %s failed", id)
        html, status = citation_cards.message_page(UNREADABLE, reader_message(exc)), 500
    return HTMLResponse(html, status, {"Content-Security-Policy": ARTICLE_POLICY, **NO_STORE})


def _offset(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, proto)
    except OSError as exc:
        raise ServerError(f"Host '{host}' is unknown: {exc.strerror or exc}. Expected one such as 127.0.0.1.") from exc
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        # Two sockets may be bound to one port until the first listens; the second's listen is what fails.
        bound.listen()
    except OSError as exc:
        bound.close()
        raise ServerError(_refusal(host, port, exc)) from exc
    return bound


def _refusal(host: str, port: int, exc: OSError) -> str:
    other = port + 1 if port < 65535 else port - 1
    advice = f"Choose another with --port, such as --port {other}."
    if isinstance(exc, PermissionError):
        return f"Port {port} on {host} may not be used by this user. Choose one above 1023, such as --port 7860."
    if exc.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken. {advice}"
    return f"Port {port} on {host} cannot be used: {exc.strerror}. Expected an address of this machine."



class _Server(uvicorn.Server):
    """A server that says when it answers, and that returns on a signal rather than raise it once more."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # An open page never ends by itself: that a stop cuts it off is no error to report.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self.force_exit = self.should_exit
        self.should_exit = True
