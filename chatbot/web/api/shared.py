"""The routes of shared answers: /api/answers shares one and takes it back, /a/ID shows it as a page or as Markdown."""

import logging
from collections.abc import Callable
from typing import Annotated

from fastapi import Body, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from chatbot.answering.audience import Audience
from chatbot.answering.records import Records
from chatbot.answering.turn import Turn
from chatbot.errors import HistoryError, RecordError
from chatbot.markdown import turn_markdown
from chatbot.settings import Settings
from chatbot.shared_answers import SharedAnswers
from chatbot.web.api.answered import answered
from chatbot.web.api.posted_record import not_readable, posted_record
from chatbot.web.audience import AudienceOf
from chatbot.web.middleware.authentication import NO_STORE, error
from chatbot.web.page import citation_cards, filter_form, shared_answer
from index.message import Message

NO_ANSWER = Message("Only a whole answer can be shared. Ask the question again.")
GONE = Message("It is no longer shared, it is not for you, or the address is mistyped.")
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'{origins}"
)
HEADERS = {**NO_STORE, "X-Robots-Tag": "noindex"}
log = logging.getLogger(__name__)


def add(app: FastAPI, settings: Settings, audience: AudienceOf[object], records: Records) -> None:
    """The routes, for whom the gate let in: where readers need a login, so does the link. It answers only those who may
    read all that the answer rests on."""
    shared = SharedAnswers(settings.data)
    origins = "".join(f" {origin}" for origin in settings.embed_origins)
    page_headers = {**HEADERS, "Content-Security-Policy": POLICY.format(origins=origins)}

    @app.post("/api/answers")
    def share(request: Request, sent: Annotated[object, Body()] = None) -> Response:
        def keep(record: str) -> dict[str, object]:
            return {"path": f"a/{shared.keep(record)}"}

        return _with_record(records, sent, audience(request), keep)

    @app.post("/api/answers/remove")
    def remove(request: Request, sent: Annotated[object, Body()] = None) -> Response:
        def take_back(record: str) -> dict[str, object]:
            shared.remove(record)
            return {"removed": True}

        return _with_record(records, sent, audience(request), take_back)

    @app.get("/a/{id}.md")
    def as_markdown(request: Request, id: str) -> Response:
        if (turn := _shared(shared, records, id, audience(request))) is None:
            return error(GONE, 404)
        text = turn_markdown(turn.question, turn.asked, filter_form.within(turn.scope), turn.answer)
        named = {"Content-Disposition": f'attachment; filename="answer-{turn.asked:%Y-%m-%d}.md"'}
        return Response(f"{text}\n".encode("utf-8", "replace"), 200, {**HEADERS, **named}, "text/markdown")

    @app.get("/a/{id}")
    def as_page(request: Request, id: str, embed: str = "") -> HTMLResponse:
        turn = _shared(shared, records, id, audience(request))
        if turn is None:
            return HTMLResponse(citation_cards.message_page(Message("No such answer"), GONE), 404, page_headers)
        address = f"{settings.address}/a/{id}"
        return HTMLResponse(shared_answer.page(turn, address, framed=bool(embed)), 200, page_headers)


def _with_record(
    records: Records, sent: object, reader: Audience[object], work: Callable[[str], dict[str, object]]
) -> Response:
    """What is done with the record of an answer that this server gave."""

    def done() -> Response:
        record, turn = posted_record(records, sent)
        if turn.answer is None:
            return error(NO_ANSWER, 400)
        return not_readable(reader, turn) or JSONResponse(work(record), headers=NO_STORE)

    return answered(done, "An answer could not be shared, or taken back")


def _shared(shared: SharedAnswers, records: Records, id: str, reader: Audience[object]) -> Turn | None:
    """The turn that is shared under this id; None where none is, or it cannot be read any more, or not by this
    reader."""
    try:
        record = shared.record(id)
        turn = records.read(record) if record else None
        return turn if turn and reader.may_see(turn) else None
    except (HistoryError, RecordError) as exc:
        log.error("A shared answer cannot be shown: %s", exc)
        return None
