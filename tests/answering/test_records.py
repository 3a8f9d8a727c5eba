import datetime
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from itsdangerous import URLSafeSerializer

from chatbot.answer import Answer, Block, DayRelation, Heading, Note, Statement, Verdict, block_json
from chatbot.answering.compose import unknown_names
from chatbot.answering.notes import INSTEAD, quoted_instead
from chatbot.answering.records import FILE, Records
from chatbot.answering.turn import BROKEN_OFF, Turn
from chatbot.errors import RecordError
from chatbot.filters import QuestionFilter
from chatbot.messages import reworded
from chatbot.verification.facts import Fact, FactKind
from chatbot.web.languages.catalogue import speaking, translated
from index.message import Message
from tests.support.canned import DRAFT_ANSWER, HAMA_ANSWER, HOSTILE_ANSWER, KHERSON_ANSWER, WRITTEN_ANSWER
from tests.support.canned_articles import HAMA

QUOTED = replace(WRITTEN_ANSWER, quoted=HAMA_ANSWER)
TWO_FACTS = Statement("12 men.", Verdict.UNFOUND, missing=(Fact(FactKind.NUMBER, "12").message,))


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path)


@pytest.mark.parametrize("answer", [HAMA_ANSWER, KHERSON_ANSWER, WRITTEN_ANSWER, HOSTILE_ANSWER, DRAFT_ANSWER, QUOTED])
def test_a_turn_comes_back_as_it_was(records: Records, answer: Answer) -> None:
    scope = QuestionFilter(source="Desk", as_of=HAMA.date)
    turn = Turn(answer.question, answer=answer, preview=answer.quoted, scope=scope)
    back = records.read(records.write(turn))
    assert replace(back, steps=turn.steps) == turn
    assert (back.id, back.asked) == (turn.id, turn.asked)


def test_a_turn_without_an_answer_comes_back(records: Records) -> None:
    failed, stopped = Turn("Who?", error="It failed."), Turn("Who?", text="Half of").stop()
    assert [records.read(records.write(turn)) for turn in (failed, stopped)] == [failed, stopped]


NOTED = replace(
    quoted_instead(QUOTED, Message("Ask again.")), reason=unknown_names(["Lund"]),
    blocks=(Note(unknown_names(["Lund"])), TWO_FACTS),
)
NOTED = replace(NOTED, notes=(*NOTED.notes[-1:], "A text."))


def test_messages_come_back_with_their_parts(records: Records) -> None:
    back = records.read(records.write(Turn("Who?", answer=NOTED, error=BROKEN_OFF)))
    assert back.answer == NOTED and back.answer.quoted == HAMA_ANSWER
    for text in (back.error, back.answer.reason, back.answer.instead, *back.answer.notes[:1]):
        assert isinstance(text, Message)
    with speaking("de"):
        shown = reworded(back.answer, translated)
    assert shown.notes == ("Fragen Sie noch einmal. Die Antwort ist stattdessen aus den Artikeln zitiert.", "A text.")
    assert shown.text.startswith("Kein Artikel nennt Lund.") and shown.statements[0].missing == ("die Zahl 12",)


def test_a_record_keeps_the_english_and_opens_without_the_parts(tmp_path: Path, records: Records) -> None:
    signed = _signed(tmp_path)
    known = signed.loads(records.write(Turn("Who?", answer=NOTED)))
    assert known["answer"]["reason"] == "No article mentions Lund."
    assert known["answer"]["notes"] == ["Ask again. The answer is quoted from the articles instead.", "A text."]
    del known["messages"]
    back = records.read(str(signed.dumps(known))).answer
    assert back == NOTED and not isinstance(back.reason, Message)


def test_what_was_changed_or_written_elsewhere_is_refused(records: Records, tmp_path: Path) -> None:
    record = records.write(Turn("Who?", answer=HAMA_ANSWER))
    (tmp_path / "other").mkdir()
    other = Records(tmp_path / "other").write(Turn("Who?", answer=HAMA_ANSWER))
    middle = len(record) // 2
    changed = record[:middle] + ("A" if record[middle] != "A" else "B") + record[middle + 1 :]
    for text in (other, changed, record[:-1], "", ".", "x.y", "\ud800", record[1:], "{}"):
        with pytest.raises(RecordError, match="Ask the question again"):
            records.read(text)


def test_the_key_is_the_owners_alone_and_outlasts_the_process(records: Records, tmp_path: Path) -> None:
    record = records.write(Turn("Who?", answer=HAMA_ANSWER))
    assert Records(tmp_path).read(record).answer == HAMA_ANSWER
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_without_a_key_records_last_as_long_as_the_process(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    records = Records(tmp_path / "file")
    assert records.read(records.write(Turn("Who?", answer=HAMA_ANSWER))).answer == HAMA_ANSWER
    assert "unreadable after a restart" in caplog.text


TWO_REASONS = Statement(
    "They took Hama, and 12 men.", Verdict.UNFOUND, missing=("who did it (“took Hama, and”)", "the number 12")
)


def test_the_reasons_of_a_statement_come_back_one_by_one(records: Records) -> None:
    answer = replace(WRITTEN_ANSWER, blocks=(TWO_REASONS,))
    assert block_json(TWO_REASONS)["missing"] == "who did it (“took Hama, and”), the number 12"
    assert records.read(records.write(Turn("Who?", answer=answer))).answer == answer


def test_an_answer_of_an_earlier_version_opens(tmp_path: Path, records: Records) -> None:
    back = records.read(_rewritten(tmp_path, records, TWO_REASONS, "reasons"))
    assert back.answer is not None
    assert back.answer.statements[0].missing == ("who did it (“took Hama", "and”)", "the number 12")


@pytest.mark.parametrize("relation", DayRelation)
@pytest.mark.parametrize("date", [HAMA.date, None])
@pytest.mark.parametrize("source", ["Desk, the: 5%", None])
def test_a_heading_of_an_earlier_version_opens(
    tmp_path: Path, records: Records, date: datetime.date | None, source: str | None, relation: DayRelation
) -> None:
    heading = Heading(date, source, relation, " ")
    answer = replace(HAMA_ANSWER, blocks=(heading,))
    assert records.read(records.write(Turn("?", answer=answer))).answer == answer
    back = records.read(_rewritten(tmp_path, records, heading, "date", "source", "relation"))
    assert back.answer is not None
    assert back.answer.blocks == (heading if date else replace(heading, relation=DayRelation.AS_OF),)


def test_why_it_is_quoted_is_known_of_an_answer_of_an_earlier_version(tmp_path: Path, records: Records) -> None:
    signed = _signed(tmp_path)
    known = signed.loads(records.write(Turn("?", answer=DRAFT_ANSWER)))
    del known["answer"]["instead"]
    assert records.read(str(signed.dumps(known))).answer == DRAFT_ANSWER


def test_a_note_that_reads_as_if_it_said_why_is_a_note(records: Records) -> None:
    answer = replace(HAMA_ANSWER, notes=(f"A reader writes: {INSTEAD}",))
    assert records.read(records.write(Turn("?", answer=answer))).answer == answer


def test_a_heading_in_other_words_opens_as_it_is(tmp_path: Path, records: Records) -> None:
    for text in ("Earlier, 1 December 2024", "As of 41 December 2024, Desk"):
        signed = _rewritten(tmp_path, records, Heading(None, None), "date", "source", "relation", text=text)
        back = records.read(signed)
        assert back.answer is not None and back.answer.text == f"{text}:"


def _rewritten(tmp_path: Path, records: Records, block: Block, *lacks: str, **changed: str) -> str:
    """The record of an answer with this block, as a version wrote it that had no such fields."""
    signed = _signed(tmp_path)
    known = signed.loads(records.write(Turn("Who?", answer=replace(WRITTEN_ANSWER, blocks=(block,)))))
    for name in lacks:
        del known["answer"]["blocks"][0][name]
    known["answer"]["blocks"][0] |= changed
    return str(signed.dumps(known))


def _signed(tmp_path: Path) -> URLSafeSerializer:
    signing = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer((tmp_path / FILE).read_bytes(), salt="turn", signer_kwargs=signing)
