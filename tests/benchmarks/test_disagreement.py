import gzip
import json
from pathlib import Path

from benchmarks.disagreement import ABSTAINED, ALL_RIGHT, MIXED, WRONG_ALONE, measure


def row(question: str, documents: list[str], right: list[str], wrong: list[str]) -> dict[str, object]:
    return {
        "question": question, "documents": [{"text": text} for text in documents],
        "gold_answers": right, "wrong_answers": wrong,
    }  # fmt: skip


def built(place: str, year: int) -> str:
    return f"The mill at {place} was built in {year}."


def test_each_question_is_asked_of_its_own_documents(tmp_path: Path) -> None:
    asked = "When was the mill at {} built?".format
    rows = [
        row(asked("Tarnow"), [built("Tarnow", 1843), "It rains often."], ["1843"], ["1850"]),
        row(asked("Belvar"), [built("Belvar", 1843), built("Belvar", 1850)], ["1843"], ["1850"]),
        row(asked("Ossen"), [built("Ossen", 1850)], ["1843"], ["1850"]),
        row(asked("Ossen"), ["Fog came in from the sea at noon."], ["1843"], ["1850"]),
    ]
    (tmp_path / "ramdocs.json.gz").write_bytes(gzip.compress(json.dumps(rows).encode()))
    outcomes = measure(tmp_path, tmp_path / "work")
    assert outcomes == {ALL_RIGHT: 1, MIXED: 1, WRONG_ALONE: 1, ABSTAINED: 1}
