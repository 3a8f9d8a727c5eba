"""Rewrites Gradio's page, at / and at /embed: with what its reader is told of the index, with who is logged in, with
the nonce on its scripts that lets them run and without what speaks to or of another site."""

import json
import logging
import re
from collections.abc import Callable, Mapping

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatbot.web.auth.authorization import Visitor
from chatbot.web.languages.catalogue import current
from chatbot.web.page.bundles import SCRIPTS, STYLES
from chatbot.web.page.first_view import first_view
from index.errors import IndexingError

PAGES = ("/", "/embed")
PageWords = Mapping[str, Mapping[str, str]]
CONFIG = b"window.gradio_config = "
# Gradio sends its own messages to whoever frames it, and lets him size and scroll it.
MODE = re.compile(rb"<script data-gradio-mode>[^<]*+</script>")
RESIZER = re.compile(
    rb"<script>(?:(?!</?script>|iframeResizer\.contentWindow).)*+iframeResizer\.contentWindow"
    rb"(?:(?!</?script>).)*+</script>",
    re.DOTALL,
)
ABROAD = re.compile(rb'<meta\s+(?:property="og:|name="twitter:)[^<]*?/>|<link\s+rel="manifest"[^<]*?/>')
OWN = Markup('<script>window.__gradio_mode__ = "app";</script><script src="{}"></script>')
STYLE = Markup('<link rel="stylesheet" href="{}">')
LANGUAGE = Markup('<script src="language.js?in={}"></script>')
EMBEDDED = Markup('<script src="embed.js"></script>')
ACCOUNT = Markup('<template id="account">{}</template>')
SCRIPT = Markup('<script nonce="{}"')
TITLE = Markup("<title>{}</title>")
ROOT = Markup('<html lang="{}"')
NO_MARKUP = Markup()
log = logging.getLogger(__name__)


class PageRewriter:
    """Sends Gradio's page rewritten, everything else as it is."""

    def __init__(
        self, app: ASGIApp, account: Callable[[Visitor | None], Markup], head: Callable[[Visitor | None], Markup],
        words: Callable[[Visitor | None], PageWords],
    ) -> None:
        """`account` is HTML that tells who reads the page, and `head` is what the scripts are to know of the reader;
        `words` are those of the page's parts for the reader, in the language of now, and up to date with the index."""
        self._app = app
        self._account = account
        self._head = head
        self._words_of = words
        self._last: dict[tuple[frozenset[str] | None, str], PageWords] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in PAGES:
            await self._app(scope, receive, send)
            return
        # What is compressed cannot be rewritten.
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        visitor = scope["state"]["visitor"]
        words = await run_in_threadpool(self._words, visitor)
        parts = self._head(visitor), self._account(visitor)
        page = _Whole(send, scope["nonce"], *parts, words, embedded=scope["path"] == "/embed")
        await self._app({**scope, "path": "/", "headers": headers}, receive, page)

    def _words(self, visitor: Visitor | None) -> PageWords:
        """The words for a visitor; as they were for readers of the same groups where the index cannot be read."""
        key = (visitor.reads if visitor else frozenset(), current())
        try:
            self._last[key] = self._words_of(visitor)
        except IndexingError:
            log.exception("The page tells of the index as it was")
        return self._last.get(key, {})


class _Whole:
    """Gathers a response's pieces and sends it rewritten."""

    def __init__(
        self, send: Send, nonce: str, head: Markup, account: Markup, words: PageWords, *, embedded: bool
    ) -> None:
        self._send, self._nonce, self._embedded = send, nonce, embedded
        self._parts = head, account
        self._words = words
        self._start: Message = {}
        self._html = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._html += message.get("body", b"")
        if message.get("more_body"):
            return
        body = bytes(self._html)
        if Headers(raw=self._start["headers"]).get("content-type", "").startswith("text/html"):
            body = translated(body, self._words) if self._words else body
            first = first_view(self._words, self._parts[1]) if self._words and not self._embedded else Markup()
            body = rewritten(body, self._nonce, *self._parts, first, embedded=self._embedded)
        headers = MutableHeaders(scope=self._start)
        if body:
            headers["Content-Length"] = str(len(body))
        headers["Cache-Control"] = "no-store"
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})


def rewritten(
    html: bytes, nonce: str, head: Markup = NO_MARKUP, account: Markup = NO_MARKUP, first: Markup = NO_MARKUP, *,
    embedded: bool = False,
) -> bytes:
    """The page with `head` and our own scripts first and the nonce on each, the view `first` before Gradio's, and
    `account` at its end, which first_view.js puts into its place; the data in it has no "<"."""
    if account:
        before, end, after = html.rpartition(b"</body>")
        html = before + ACCOUNT.format(account).encode() + end + after
    own = head + LANGUAGE.format(current()) + (EMBEDDED if embedded else NO_MARKUP) + OWN.format(SCRIPTS.address)
    html = html.replace(b"<gradio-app", first.encode() + b"<gradio-app", 1)
    html = html.replace(b"</head>", STYLE.format(STYLES.address).encode() + b"</head>", 1)
    html = ABROAD.sub(b"", RESIZER.sub(b"", MODE.sub(lambda _: own.encode(), html)))
    return html.replace(b"<script", SCRIPT.format(nonce).encode())


def translated(html: bytes, words: PageWords) -> bytes:
    """The page, which Gradio has built in English, with `words` in the parts that have these ids."""
    before, start, rest = html.decode().partition(CONFIG.decode())
    config, end = json.JSONDecoder().raw_decode(rest)
    for part in config["components"]:
        part["props"].update(words.get(part["props"].get("elem_id"), {}))
    # As Gradio does: no text in the data may end the script that it stands in.
    data = json.dumps({**config, **words["page"]}).replace("<", "\\u003c")
    title, own = TITLE.format(config["title"]), TITLE.format(words["page"]["title"])
    named = before.replace(ROOT.format("en"), ROOT.format(current()), 1).replace(title, own, 1)
    return f"{named}{start}{data}{rest[end:]}".encode()
