"""The HTTP API: JSON in, JSON out, for whom the gate let in. Readers ask; editors remove articles and read feedback."""

import json
import logging
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Annotated, Protocol

from fastapi import Body, FastAPI, Request
from fastapi.responses import JSONResponse, Response

from chatbot.answer import Answer
from chatbot.answering.turn import AnswerStreamer
from chatbot.errors import ChatbotError, QuestionError, ScopeError
from chatbot.feedback import FeedbackStore
from chatbot.filters import read_filter
from chatbot.web.auth.authorization import Access
from chatbot.web.middleware.authentication import NEVER_KEPT, error, no_editor
from chatbot.web.middleware.question_throttle import QuestionThrottle
from index.article import Article
from index.errors import ArticleNotFoundError, IndexingError, LockedError

SIMULTANEOUS_QUESTIONS = 8
BUSY = "Too many questions are being answered. Ask again in a few seconds."
NO_OBJECT = 'Expected a JSON object with a "question", sent as application/json.'
log = logging.getLogger(__name__)


class Collection(Protocol):
    """What the API knows of the articles; `article` raises ArticleNotFoundError."""

    def article(self, id: str, /) -> Article: ...
    def remove(self, article_id: str, /) -> bool: ...
    def sources(self) -> list[tuple[str | None, int]]: ...


def add(
    app: FastAPI,
    chain: AnswerStreamer,
    collection: Collection,
    feedback: FeedbackStore,
    access: Access,
    throttle: QuestionThrottle,
) -> None:
    """The routes below /api/."""
    free = BoundedSemaphore(SIMULTANEOUS_QUESTIONS)

    @app.post("/api/ask")
    def ask(request: Request, asked: Annotated[object, Body()] = None) -> Response:
        if not isinstance(asked, dict) or not isinstance(asked.get("question"), str):
            return error(NO_OBJECT, 400)
        with throttle.asking(throttle.key(request)) as refused:
            if refused is not None:
                reason, seconds = refused
                return error(reason, 429, {"Retry-After": str(seconds)})
            if not free.acquire(blocking=False):
                return error(BUSY, 503, {"Retry-After": "5"})
            try:
                return _answered(lambda: JSONResponse(_answer(chain, collection, asked).to_json(), headers=NEVER_KEPT))
            finally:
                free.release()

    @app.get("/api/feedback")
    def read_feedback(request: Request) -> Response:
        return no_editor(request, access) or _answered(lambda: _lines(feedback))

    @app.delete("/api/articles/{id}")
    def remove(request: Request, id: str) -> Response:
        return no_editor(request, access) or _answered(lambda: _removed(collection, id))


def _answer(chain: AnswerStreamer, collection: Collection, asked: dict[str, object]) -> Answer:
    scope = read_filter(asked, [source for source, _ in collection.sources() if source])
    *_, last = chain.stream(str(asked["question"]), (), scope)
    assert isinstance(last, Answer)
    return last


def _lines(feedback: FeedbackStore) -> Response:
    """A line of JSON for each rated answer, newest first."""
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in feedback.read()[0]]
    return Response("".join(lines).encode("utf-8", "replace"), 200, NEVER_KEPT, "application/x-ndjson")


def _removed(collection: Collection, id: str) -> Response:
    title = collection.article(id).title
    collection.remove(id)
    return JSONResponse({"removed": id, "title": title}, headers=NEVER_KEPT)


def _answered(work: Callable[[], Response]) -> Response:
    """What `work` returns, or what went wrong in it."""
    try:
        return work()
    except (QuestionError, ScopeError) as exc:
        return error(str(exc), 400)
    except ArticleNotFoundError as exc:
        return error(str(exc), 404)
    except LockedError as exc:
        return error(str(exc), 503)
    except (ChatbotError, IndexingError) as exc:
        log.exception("A request of the API failed")
        return error(str(exc), 500)
