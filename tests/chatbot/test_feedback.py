import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chatbot.errors import FeedbackError
from chatbot.feedback import LONGEST_COMMENT_CHARACTERS, FeedbackStore, Rated, Rating, cleaned
from chatbot.filters import EVERYWHERE, QuestionFilter
from tests.support.canned import HAMA_ANSWER, WRITTEN_ANSWER
from tests.support.reports import day


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "feedback.jsonl"


def rated(id: str, rating: Rating = Rating.UP, comment: str = "") -> Rated:
    return Rated(id, rating, comment)


def test_a_rating_is_kept_with_all_that_it_is_of(path: Path) -> None:
    scope = QuestionFilter(source="Desk", as_of=day(1))
    FeedbackStore(path).keep(rated("a", Rating.DOWN, "Old “news”."), WRITTEN_ANSWER, scope)
    [record], broken = FeedbackStore(path).read()
    assert (record["id"], record["rating"], record["comment"], broken) == ("a", "down", "Old “news”.", 0)
    assert (record["question"], record["answer"]) == (WRITTEN_ANSWER.question, WRITTEN_ANSWER.text)
    assert (record["answered_by"], record["verified"]) == ("openai:canned", "2 of 3 statements verified")
    days = {"since": None, "until": None, "as_of": "2024-12-01"}
    assert record["scope"] == {"source": "Desk", "article": None, **days, "quoting": False}
    citations, statements = record["citations"], record["statements"]
    assert isinstance(citations, list) and citations[0]["article_id"] and citations[0]["passage"]
    assert isinstance(statements, list) and statements[1]["missing"] == "the number 12"


def test_the_last_rating_of_an_answer_counts_and_the_newest_is_first(path: Path) -> None:
    feedback = FeedbackStore(path)
    for item in (rated("a"), rated("b"), rated("a", Rating.DOWN), rated("c")):
        feedback.keep(item, HAMA_ANSWER, EVERYWHERE)
    assert [(r["id"], r["rating"]) for r in feedback.read()[0]] == [("c", "up"), ("a", "down"), ("b", "up")]


def test_a_half_written_line_is_passed_over_and_harms_none_after_it(path: Path) -> None:
    feedback = FeedbackStore(path)
    feedback.keep(rated("a"), HAMA_ANSWER, EVERYWHERE)
    feedback.keep(rated("b"), HAMA_ANSWER, EVERYWHERE)
    os.truncate(path, path.stat().st_size - 40)
    feedback.keep(rated("c"), HAMA_ANSWER, EVERYWHERE)
    records, broken = feedback.read()
    assert [record["id"] for record in records] == ["c", "a"] and broken == 1


@pytest.mark.parametrize("line", ["null", "[]", "{}", '{"id": 1, "time": "", "rating": ""}', "\x00\xff", "{" * 9])
def test_lines_of_another_kind_are_counted(path: Path, line: str) -> None:
    path.write_text(f"{line}\n\n")
    assert FeedbackStore(path).read() == ([], 1)


def test_a_file_that_is_not_there_is_empty(path: Path) -> None:
    assert FeedbackStore(path).read() == ([], 0)


def test_ratings_of_many_at_once_stand_one_behind_the_other(path: Path) -> None:
    def keep(number: int) -> None:
        FeedbackStore(path).keep(rated(str(number)), HAMA_ANSWER, EVERYWHERE)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(keep, range(80)))
    assert len([json.loads(line) for line in path.read_text().splitlines() if line]) == 80


def test_what_cannot_be_written_or_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(FeedbackError, match="could not be kept in feedback.jsonl: No such file"):
        FeedbackStore(tmp_path / "none" / "feedback.jsonl").keep(rated("a"), HAMA_ANSWER, EVERYWHERE)
    with pytest.raises(FeedbackError, match="cannot be read: Is a directory"):
        FeedbackStore(tmp_path).read()


def test_a_full_disk_is_said() -> None:
    with pytest.raises(FeedbackError, match="No space left"):
        FeedbackStore(Path("/dev/full")).keep(rated("a"), HAMA_ANSWER, EVERYWHERE)


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("  Two\nlines\t", "Two lines"),
        ("\x1b[2Jred\x00\u202e\ud800", "[2Jred"),
        ("e" * 9999, "e" * LONGEST_COMMENT_CHARACTERS),
        ("المدينة 🙂", "المدينة 🙂"),
    ],
)
def test_a_comment_is_one_line_without_control_characters(comment: str, expected: str) -> None:
    assert cleaned(comment) == expected
