"""The route of what to ask next, /api/next: questions that the articles of an answer answer."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import BoundedSemaphore, Lock
from typing import Annotated

from fastapi import Body, FastAPI, Request
from fastapi.responses import JSONResponse, Response

from chatbot.answering import next_questions
from chatbot.answering.audience import Audience
from chatbot.answering.next_questions import Collection
from chatbot.answering.records import Records
from chatbot.answering.turn import Turn
from chatbot.web.api.answered import answered
from chatbot.web.api.posted_record import not_readable, posted_record
from chatbot.web.audience import AudienceOf
from chatbot.web.languages.catalogue import translated
from chatbot.web.middleware.authentication import NO_STORE, error
from index.message import Message

FAILED = "Further questions could not be looked for"
# They are extras: questions that readers ask themselves come first.
SIMULTANEOUS = 1
# Who waits holds one of the threads that all routes share: many readers at once must not use them up.
WAIT_SECONDS = 3
BUSY = Message("Too much is being answered to look for further questions.")
MOST_REMEMBERED = 500

_Key = tuple[str, frozenset[str]]


def add(app: FastAPI, audience: AudienceOf[Collection], records: Records) -> None:
    """The route, for whom the gate let in. Only what this server has answered is looked at, each answer once for the
    readers of the same groups."""
    free, remembered = BoundedSemaphore(SIMULTANEOUS), _NextQuestions()

    @app.post("/api/next")
    def ask_next(request: Request, sent: Annotated[object, Body()] = None) -> Response:
        def questions() -> Response:
            _, turn = posted_record(records, sent)
            reader = audience(request)
            return not_readable(reader, turn) or _questions(remembered, free, turn, reader)

        return answered(questions, FAILED)


def _questions(
    remembered: "_NextQuestions", free: BoundedSemaphore, turn: Turn, reader: Audience[Collection]
) -> Response:
    key = (turn.id, reader.groups)
    known = remembered.get(key)
    if turn.answer is None or known is not None:
        return _shown(known or [])
    if not free.acquire(timeout=WAIT_SECONDS):
        return error(BUSY, 503, {"Retry-After": "20"})
    try:
        questions = next_questions.next_questions(reader.chain, reader.collection, turn.answer, turn.scope)
    finally:
        free.release()
    remembered.put(key, questions)
    return _shown(questions)


def _shown(questions: Sequence[str]) -> Response:
    """The questions, which are asked in English, and as they are shown in the language of now."""
    return JSONResponse({"questions": list(questions), "shown": list(map(translated, questions))}, headers=NO_STORE)


class _NextQuestions:
    """The questions for the last answers, by their turn's id and the groups of those who asked for them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[_Key, list[str]] = OrderedDict()

    def get(self, key: _Key) -> list[str] | None:
        with self._lock:
            return self._known.get(key)

    def put(self, key: _Key, questions: list[str]) -> None:
        with self._lock:
            self._known[key] = questions
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
