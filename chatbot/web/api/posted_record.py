"""Reads the record of an answer that a page sends back, and refuses it to whoever may not read the answer."""

from fastapi.responses import Response

from chatbot.answering.audience import Audience
from chatbot.answering.records import Records
from chatbot.answering.turn import Turn
from chatbot.errors import RecordError
from chatbot.web.middleware.authentication import error
from index.message import Message

NO_RECORD = 'Expected a JSON object with the "record" of an answer, as the page keeps it.'
NOT_READABLE = Message("This answer rests on articles that you may not read.")


def posted_record(records: Records, sent: object) -> tuple[str, Turn]:
    """The record that was sent, and its turn. Raises RecordError where there is none, or none of this server's."""
    record = sent.get("record") if isinstance(sent, dict) else None
    if not isinstance(record, str):
        raise RecordError(NO_RECORD)
    return record, records.read(record)


def not_readable(reader: Audience[object], turn: Turn) -> Response | None:
    """The answer to a reader who may not read all that the turn rests on."""
    return None if reader.may_see(turn) else error(NOT_READABLE, 403)
