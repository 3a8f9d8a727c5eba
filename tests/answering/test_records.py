from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.answer import Answer
from chatbot.answering.records import FILE, Records
from chatbot.answering.turn import Turn
from chatbot.errors import RecordError
from chatbot.filters import QuestionFilter
from tests.support.canned import DRAFT_ANSWER, HAMA_ANSWER, HOSTILE_ANSWER, KHERSON_ANSWER, WRITTEN_ANSWER
from tests.support.canned_articles import HAMA

QUOTED = replace(WRITTEN_ANSWER, quoted=HAMA_ANSWER)


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
