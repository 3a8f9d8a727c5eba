"""The routes of an account's conversations, /api/history: JSON. A reader without a name has none here: the page keeps
them in the browser."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import Body, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from markupsafe import Markup

from chatbot.answering.audience import Audience
from chatbot.answering.records import Records
from chatbot.errors import HistoryError, RecordError
from chatbot.history import Conversation, History
from chatbot.settings import Settings
from chatbot.web.audience import AudienceOf
from chatbot.web.auth.authorization import Visitor
from chatbot.web.middleware.authentication import NO_STORE, error
from chatbot.web.templating import render
from index.digest import text_digest
from index.message import Message, message_of

ELSEWHERE = Message("Conversations are not kept on the server for you.")
NO_TURN = 'Expected a JSON object with a "question", and its "text" and "record".'
NO_TITLE = 'Expected a JSON object with a "title".'


def place(settings: Settings, visitor: Visitor | None) -> str:
    """Where this visitor's conversations are kept: "account", "browser" or "off"."""
    nameless = visitor is None or not visitor.name
    return "browser" if settings.history_place == "account" and nameless else settings.history_place


def meta(settings: Settings, visitor: Visitor | None) -> Markup:
    """What the page's scripts are told of it: where, for how many days, and for whom, without their name."""
    owner = text_digest(visitor.name)[:16] if visitor and visitor.name else ""
    return render("history_meta.html", place=place(settings, visitor), days=settings.history_days, owner=owner)


def add(app: FastAPI, settings: Settings, audience: AudienceOf[object], records: Records) -> None:
    """The routes. `number` is a turn's place in its conversation, from 0 on. Of an answer that rests on articles which
    its reader may no longer read the question alone is left."""
    history = History(settings.data, settings.history_days)
    own = _Own(settings)

    def readable(request: Request) -> Callable[[Conversation], Conversation]:
        reader = audience(request)
        return lambda turn: _readable(turn, reader, records)

    @app.get("/api/history")
    def listed(request: Request, words: str = "") -> Response:
        return own(request, lambda name: {
            "conversations": history.conversations(name, words[:200], readable(request))
        })

    @app.get("/api/history/{id}")
    def conversation(request: Request, id: str) -> Response:
        return own(request, lambda name: history.conversation(name, id, readable(request)))

    @app.put("/api/history/{id}/{number}")
    def keep(request: Request, id: str, number: int, sent: Annotated[object, Body()] = None) -> Response:
        turn = _texts(sent, ("question", "text", "record", "key", "replaces"))
        if not turn["question"]:
            return error(NO_TURN, 400)
        return own(request, lambda name: history.keep_turn(name, id, number, turn))

    @app.patch("/api/history/{id}")
    def rename(request: Request, id: str, sent: Annotated[object, Body()] = None) -> Response:
        title = _texts(sent, ("title",))["title"]
        return own(request, lambda name: history.rename(name, id, title)) if title else error(NO_TITLE, 400)

    @app.delete("/api/history/{id}")
    def delete(request: Request, id: str) -> Response:
        return own(request, lambda name: history.delete(name, id))

    @app.delete("/api/history")
    def delete_all(request: Request) -> Response:
        return own(request, history.delete_all)


class _Own:
    """Answers a request for a reader's own conversations, under the name that the gate has found out."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, request: Request, work: Callable[[str], Any]) -> Response:
        """What `work` returns for the reader's name, as JSON, or why it cannot be had."""
        visitor = request.state.visitor
        if place(self._settings, visitor) != "account":
            return error(ELSEWHERE, 404)
        try:
            return JSONResponse(work(visitor.name), headers=NO_STORE)
        except HistoryError as exc:
            return error(message_of(exc), 409)


def _readable(turn: Conversation, reader: Audience[object], records: Records) -> Conversation:
    """A turn as it is kept, without what its reader may not read."""
    record = str(turn.get("record") or "")
    try:
        may_see = not record or reader.may_see(records.read(record))
    except RecordError:
        # Nobody is shown what stands in it.
        may_see = True
    return turn if may_see else {**turn, "text": "", "record": ""}


def _texts(sent: object, names: Sequence[str]) -> dict[str, str]:
    """What an object says under these names; whatever is no text is empty."""
    known = sent if isinstance(sent, dict) else {}
    return {name: value if isinstance(value := known.get(name), str) else "" for name in names}
