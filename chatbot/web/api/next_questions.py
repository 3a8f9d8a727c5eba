"""The route of what to ask next, /api/next: questions that the articles of an answer answer."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import BoundedSemaphore, Lock
from typing import Annotated

from fastapi import Body, FastAPI
from fastapi.responses import JSONResponse, Response

from chatbot.answering import next_questions
from chatbot.answering.next_questions import Collection
from chatbot.answering.records import Records
from chatbot.answering.turn import AnswerStreamer
from chatbot.errors import ChatbotError, RecordError
from chatbot.web.middleware.authentication import NEVER_KEPT, error
from index.errors import IndexingError

NO_RECORD = 'Expected a JSON object with the "record" of an answer, as the page keeps it.'
# They are extras: questions that readers ask themselves come first.
SIMULTANEOUS = 1
# Who waits holds one of the threads that all routes share: many readers at once must not use them up.
WAIT_SECONDS = 3
BUSY = "Too much is being answered to look for further questions."
MOST_REMEMBERED = 500


def add(app: FastAPI, chain: AnswerStreamer, collection: Collection, records: Records) -> None:
    """The route, for whom the gate let in. Only what this server has answered is looked at, each answer once."""
    free, remembered = BoundedSemaphore(SIMULTANEOUS), _Remembered()

    @app.post("/api/next")
    def ask_next(sent: Annotated[object, Body()] = None) -> Response:
        record = sent.get("record") if isinstance(sent, dict) else None
        if not isinstance(record, str):
            return error(NO_RECORD, 400)
        try:
            turn = records.read(record)
        except RecordError as exc:
            return error(str(exc), 400)
        known = remembered.get(turn.id)
        if turn.answer is None or known is not None:
            return _questions(known or [])
        if not free.acquire(timeout=WAIT_SECONDS):
            return error(BUSY, 503, {"Retry-After": "20"})
        try:
            questions = next_questions.next_questions(chain, collection, turn.answer, turn.scope)
        except (ChatbotError, IndexingError) as exc:
            return error(str(exc), 500)
        finally:
            free.release()
        remembered.put(turn.id, questions)
        return _questions(questions)


def _questions(questions: Sequence[str]) -> Response:
    return JSONResponse({"questions": list(questions)}, headers=NEVER_KEPT)


class _Remembered:
    """The questions for the last answers, by their turn's id."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[str, list[str]] = OrderedDict()

    def get(self, id: str) -> list[str] | None:
        with self._lock:
            return self._known.get(id)

    def put(self, id: str, questions: list[str]) -> None:
        with self._lock:
            self._known[id] = questions
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
