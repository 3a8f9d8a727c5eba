"""The routes by which programs ask questions, and by which editors remove articles and read feedback."""

import json
import logging
from collections.abc import Generator
from contextlib import ExitStack, closing
from threading import BoundedSemaphore
from typing import Annotated, Protocol

from fastapi import Body, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from starlette.types import Receive, Scope, Send

from chatbot.answer import Answer, Preview, Step
from chatbot.answering.audience import Audience
from chatbot.answering.turn import UNFORESEEN
from chatbot.errors import OF_THE_SERVER, ChatbotError, reader_message
from chatbot.feedback import FeedbackStore
from chatbot.filters import QuestionFilter, read_filter
from chatbot.web.api.answered import answered
from chatbot.web.audience import AudienceOf
from chatbot.web.auth.authorization import Access
from chatbot.web.middleware.authentication import NO_STORE, error, no_editor
from chatbot.web.middleware.question_throttle import QuestionThrottle
from index.article import Article
from index.errors import IndexingError
from index.message import Message

SIMULTANEOUS_QUESTIONS = 8
EVENTS = "text/event-stream"
# A proxy such as nginx passes on at once what comes.
UNBUFFERED = {"X-Accel-Buffering": "no"}
BUSY = Message("Too many questions are being answered. Ask again in a few seconds.")
NO_OBJECT = 'Expected a JSON object with a "question", sent as application/json.'
FAILED = "A request of the API failed"
log = logging.getLogger(__name__)


class Collection(Protocol):
    """What the API knows of the articles; `article` raises ArticleNotFoundError."""

    def article(self, id: str, /) -> Article: ...
    def remove(self, article_id: str, /) -> bool: ...
    def sources(self) -> list[tuple[str | None, int]]: ...


def add(
    app: FastAPI,
    audience: AudienceOf[Collection],
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
        reader = audience(request)
        with ExitStack() as held:
            refused = held.enter_context(throttle.asking(throttle.key(request)))
            if refused is not None:
                reason, seconds = refused
                return error(reason, 429, {"Retry-After": str(seconds)})
            if not free.acquire(blocking=False):
                return error(BUSY, 503, {"Retry-After": "5"})
            held.callback(free.release)
            if EVENTS in request.headers.get("accept", ""):
                return answered(lambda: _streamed(reader, asked, held), FAILED)
            return answered(lambda: JSONResponse(_answer(reader, asked).to_json(), headers=NO_STORE), FAILED)

    @app.get("/api/feedback")
    def read_feedback(request: Request) -> Response:
        return no_editor(request, access) or answered(lambda: _lines(feedback), FAILED, editing=True)

    @app.delete("/api/articles/{id}")
    def remove(request: Request, id: str) -> Response:
        return no_editor(request, access) or answered(
            lambda: _removed(audience(request).collection, id), FAILED, editing=True
        )


def _answer(reader: Audience[Collection], asked: dict[str, object]) -> Answer:
    *_, last = reader.chain.stream(str(asked["question"]), (), _scope(reader.collection, asked))
    assert isinstance(last, Answer)
    return last


def _scope(collection: Collection, asked: dict[str, object]) -> QuestionFilter:
    def title_of(id: str) -> str:
        return collection.article(id).title

    return read_filter(asked, [source for source, _ in collection.sources() if source], title_of)


def _streamed(
    reader: Audience[Collection], asked: dict[str, object], held: ExitStack
) -> EventSourceResponse:
    """The answer as events while it grows. What is `held` is let go once the stream ends, or nobody reads it."""
    pieces = reader.chain.stream(str(asked["question"]), (), _scope(reader.collection, asked))

    def events() -> Generator[bytes]:
        try:
            for piece in pieces:
                yield _event(piece)
        except (ChatbotError, IndexingError) as exc:
            if isinstance(exc, OF_THE_SERVER):
                log.exception("A streamed answer failed")
            yield _sse_event("error", {"error": reader_message(exc)})
        except Exception:  # The outermost edge: the status went out long ago.
            log.exception("A streamed answer failed")
            yield _sse_event("error", {"error": UNFORESEEN})

    return _EventStream(events(), held.pop_all())


class _EventStream(EventSourceResponse):
    """A stream that lets go of what is held once it has ended, or nobody reads it any more."""

    def __init__(self, events: Generator[bytes], held: ExitStack) -> None:
        super().__init__(events, headers=NO_STORE | UNBUFFERED)
        self._events = events
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._held, closing(self._events):
            await super().__call__(scope, receive, send)


def _event(piece: str | Step | Preview | Answer) -> bytes:
    """A piece of the stream; one without text keeps the connection."""
    if isinstance(piece, Answer):
        return _sse_event("answer", piece.to_json())
    if isinstance(piece, Step):
        return _sse_event("step", {"text": piece.text})
    if isinstance(piece, Preview):
        return _sse_event("quoted", piece.answer.to_json()) if piece.answer else _sse_event("verified", {})
    return _sse_event("text", {"text": piece}) if piece else KEEPALIVE_COMMENT


def _sse_event(name: str, data: dict[str, object]) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data, ensure_ascii=False))


def _lines(feedback: FeedbackStore) -> Response:
    """A line of JSON for each rated answer, newest first."""
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in feedback.read()[0]]
    return Response("".join(lines).encode("utf-8", "replace"), 200, NO_STORE, "application/x-ndjson")


def _removed(collection: Collection, id: str) -> Response:
    title = collection.article(id).title
    collection.remove(id)
    return JSONResponse({"removed": id, "title": title}, headers=NO_STORE)
