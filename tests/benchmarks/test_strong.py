import json
from pathlib import Path

import pytest

from benchmarks import sent, strong
from tests.support.reports import report

ROW = {
    "question": "Who runs the ferry?", "collection": "harbour", "faithful": "Lund does. [1] It is old. [1]",
    "sentences": [
        {"text": "Lund does. [1]", "supported": True},
        {"text": "It is old. [1]", "supported": None, "nothing": True},
    ],
    "faulty": [{"text": "Berg does. [1] It is old. [1]", "kind": "wrong name", "sentence": 0}],
    "passages": [{"number": 2, "title": "B", "text": "b"}, {"number": 1, "title": "A", "text": "a"}],
}


def test_answers_are_read_with_their_passages_in_order(tmp_path: Path) -> None:
    (tmp_path / "strong").mkdir()
    (tmp_path / "strong" / "answers.jsonl").write_text(json.dumps(ROW) + "\n\n", encoding="utf-8")
    [answer] = strong.read_answers(tmp_path)
    assert [title for title, _ in answer.passages] == ["A", "B"] and answer.plain == ["Lund does", "It is old"]
    assert [states for _, states in answer.sentences] == [True, False] and answer.faults[0].kind == "wrong name"


def test_a_passage_is_known_though_the_marks_of_its_list_are_missing() -> None:
    text = "Main points\n\n- The ferry is old.\n- It sails on Monday.\n\nMore follows."
    article = report(text, None, title="The ferry")
    [first, last] = ["Main points\n\nThe ferry is old.\n\nIt sails on Monday.", "It sails on Monday. More follows."]
    assert strong.retrieved("The ferry", first, [article]).passage.text == text.removesuffix("\n\nMore follows.")
    assert strong.retrieved("The ferry", last, [article]).passage.end == len(text)
    with pytest.raises(ValueError, match="holds its passage"):
        strong.retrieved("The ferry", "It sinks.", [article])


def checked(kind: str, marked: bool) -> strong.Checked:
    return strong.Checked("harbour", kind, "Lund does.", marked, ("cited",), ())


def test_the_last_line_counts_the_true_and_each_kind_of_fault(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [checked("", True), checked("", False), checked("wrong name", True), checked("negation", False)]
    strong.report(rows, verbose=True)
    *_, last = capsys.readouterr().out.splitlines()
    assert last == (
        "strong: true marked 1 of 2, faults caught 1 of 2 (negation 0 of 1, wrong name 1 of 1)"
    )
    assert strong.line(rows, with_judge=True).startswith("strong with a judge: true marked 1 of 2")


def test_what_is_sent_is_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        sent.Sent("harbour", "Who runs it?", True, 3, 1200, True),
        sent.Sent("harbour", "Who ran it?", True, 4, 1300, False),
        sent.Sent("harbour", "Is it art?", False, 0, 0, None),
    ]
    sent.report(rows, verbose=True)
    out = capsys.readouterr().out
    assert "! harbour: Who ran it?" in out and "sent: the answering passage for 1 of 2 (0.500)" in out
