"""The search page, /search: where an answer says too little, or nothing, all that comes near."""

import logging
from threading import BoundedSemaphore

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from chatbot.answering.matches import Collection, matches
from chatbot.errors import reader_message
from chatbot.web.audience import AudienceOf
from chatbot.web.middleware.authentication import NO_STORE, error
from chatbot.web.middleware.question_throttle import QuestionThrottle
from chatbot.web.page import search_page
from index.errors import IndexingError
from index.message import Message

LONGEST_WORDS_CHARACTERS = 500
SIMULTANEOUS_SEARCHES = 4
BUSY = Message("Too many searches are at work. Search again in a few seconds.")
log = logging.getLogger(__name__)


def add(app: FastAPI, audience: AudienceOf[Collection], throttle: QuestionThrottle) -> None:
    """The route, for whom the gate let in; a search counts as a question of the visitor."""
    free = BoundedSemaphore(SIMULTANEOUS_SEARCHES)

    @app.get("/search")
    def search(request: Request, words: str = "", source: str = "", month: str = "", page: str = "") -> Response:
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 0
        given = " ".join(words[:LONGEST_WORDS_CHARACTERS].replace("\0", " ").split())
        with throttle.asking(throttle.key(request)) as refused:
            if refused is not None:
                return error(refused[0], 429, {"Retry-After": str(refused[1])})
            if not free.acquire(blocking=False):
                return error(BUSY, 503, {"Retry-After": "5"})
            try:
                citations, failed = (matches(audience(request).collection, given) if given else []), ""
            except IndexingError as exc:
                log.exception("A search failed")
                citations, failed = [], reader_message(exc)
            finally:
                free.release()
        html = search_page.page(given, citations, source=source, month=month, number=number, failed=failed)
        return HTMLResponse(html, 500 if failed else 200, NO_STORE)
