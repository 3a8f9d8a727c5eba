"""Writes a turn as signed text for whoever keeps the conversation, and reads it again when it comes back. What this
server has not written itself is refused, so that no answer and no citation can be made up elsewhere."""

import datetime
import hashlib
import logging
import os
import re
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from pydantic import TypeAdapter, ValidationError

from chatbot.answer import Answer, Block, DayRelation, Heading, Note, Quotation, Statement, block_json, iso
from chatbot.answering.notes import INSTEAD
from chatbot.answering.turn import Turn
from chatbot.errors import RecordError
from chatbot.messages import reworded
from index.message import Message, packed, unpacked
from index.private_files import PRIVATE_FILE

FILE = "records.key"
KEY_BYTES = 32
OTHER_SERVER = Message("This answer was not kept by this server, or was changed since. Ask the question again.")
log = logging.getLogger(__name__)
_BLOCKS: dict[str, TypeAdapter[Any]] = {
    kind.__name__.lower(): TypeAdapter(kind) for kind in (Heading, Quotation, Statement, Note)
}
_WORDED = re.compile(
    r"(?:(?P<relation>As of|On|Earlier, on|Later, on) (?P<day>\d{1,2} \w+ \d{4})|Date unknown), (?P<source>.+)",
    re.DOTALL,
)
_RELATIONS = {"On": DayRelation.ON, "Earlier, on": DayRelation.EARLIER, "Later, on": DayRelation.LATER}
_ANSWER = TypeAdapter(Answer)
_TURN = TypeAdapter(Turn)


class Records:
    """Signs and reads turns with a key in the data folder, which outlasts the process."""

    def __init__(self, data: Path) -> None:
        """Where the key can be neither read nor kept, such as without the folder, another ends with this process."""
        key = _key(data / FILE)
        signing = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        self._signed = URLSafeSerializer(key, salt="turn", signer_kwargs=signing)

    def write(self, turn: Turn) -> str:
        """An ended turn as text of letters, digits, - _ and dots; a few thousand for an answer with its passages. What
        it says is in it in English, and its messages stand beside that once more, with their parts."""
        known = _TURN.dump_python(turn, mode="json", exclude={"answer", "preview", "steps", "replaced"})
        answer = _answer_json(turn.answer) if turn.answer else None
        written = self._signed.dumps({**known, "answer": answer, "messages": list(map(packed, _messages(turn)))})
        return written if isinstance(written, str) else written.decode()

    def read(self, record: str) -> Turn:
        """The turn that was written. Raises RecordError for any other text."""
        try:
            known = self._signed.loads(record)
            answer = known.pop("answer")
            # Earlier versions kept the English alone.
            messages = {text: text for text in map(unpacked, known.pop("messages", ()))}
            turn = _TURN.validate_python(known)
            turn = replace(turn, error=turn.error and messages.get(turn.error, turn.error))
            if answer is None:
                return turn
            whole = reworded(_answer(answer), lambda text: messages.get(text, text))
        except (BadData, ValidationError, AttributeError, KeyError, TypeError, ValueError, RecursionError) as exc:
            raise RecordError(OTHER_SERVER) from exc
        return replace(turn, answer=whole, preview=whole.quoted)


def _messages(turn: Turn) -> list[Message]:
    """The messages of a turn, each once."""
    messages: dict[str, Message] = {}

    def note(text: str) -> str:
        if isinstance(text, Message):
            messages[text] = text
        return text

    note(turn.error or "")
    if turn.answer:
        reworded(turn.answer, note)
    return list(messages.values())


def _answer_json(answer: Answer) -> dict[str, object]:
    known = _ANSWER.dump_python(answer, mode="json", exclude={"blocks", "quoted"})
    blocks = list(map(_block_json, answer.blocks))
    return {**known, "blocks": blocks, "quoted": _answer_json(answer.quoted) if answer.quoted else None}


def _answer(known: dict[str, Any]) -> Answer:
    blocks, quoted = tuple(map(_block, known["blocks"])), known["quoted"]
    if "instead" not in known:
        # Earlier versions have it among the notes alone.
        known = {**known, "instead": next((note for note in known["notes"] if note.endswith(INSTEAD)), None)}
    bare = _ANSWER.validate_python({**known, "blocks": (), "quoted": None})
    return replace(bare, blocks=blocks, quoted=_answer(quoted) if quoted else None)


def _block_json(block: Block) -> dict[str, object]:
    """As in an answer's JSON, with the parts of a heading and the reasons of a statement one by one."""
    known = block_json(block)
    if isinstance(block, Heading):
        return {**known, "date": iso(block.date), "source": block.source, "relation": block.relation}
    return {**known, "reasons": block.missing} if isinstance(block, Statement) and block.missing else known


def _block(known: dict[str, Any]) -> Block:
    kind, fields = known["kind"], {name: value for name, value in known.items() if name != "kind"}
    if kind == "heading" and "relation" not in fields:
        return _heading_of_text(fields["text"], fields["space"])
    if kind == "statement":
        fields["missing"] = fields.pop("reasons", None) or _reasons_of_line(fields["missing"])
    block: Block = _BLOCKS[kind].validate_python(fields)
    return block


def _heading_of_text(text: str, space: str) -> Block:
    """A heading as earlier versions kept it, worded; one in other words is shown as it is."""
    match = _WORDED.fullmatch(text)
    if match is None:
        return Note(f"{text}:", space)
    try:
        date = datetime.datetime.strptime(match["day"], "%d %B %Y").date() if match["day"] else None
    except ValueError:
        return Note(f"{text}:", space)
    source = None if match["source"] == "source unknown" else match["source"]
    return Heading(date, source, _RELATIONS.get(match["relation"], DayRelation.AS_OF), space)


def _reasons_of_line(line: str | None) -> list[str]:
    """The reasons of a statement as earlier versions kept them, in one line."""
    return line.split(", ") if line else []


def _key(path: Path) -> bytes:
    key = secrets.token_bytes(KEY_BYTES)
    try:
        if not path.exists():
            # Whole or not there: another process may make it at the same time.
            own = path.with_name(f"{path.name}.{os.getpid()}")
            own.touch(PRIVATE_FILE)
            own.write_bytes(key)
            try:
                os.link(own, path)
            except FileExistsError:
                pass
            finally:
                own.unlink()
        return path.read_bytes()
    except FileNotFoundError:
        return key
    except OSError as exc:
        log.warning("What readers' browsers keep will be unreadable after a restart: %s: %s", path, exc.strerror)
        return key
