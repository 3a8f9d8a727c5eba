import dataclasses
import json

from chatbot.answer import Answer, Citation, Heading, Note, Quotation, Understood
from chatbot.cli.output import (
    answer_text,
    articles_text,
    feedback_text,
    json_line,
    printable,
    report_text,
)
from index.ingest.report import Report
from index.readers.registry import Refusal
from index.storage.articles import Listed
from index.storage.versions import Superseded
from tests.support.canned import DRAFT_ANSWER, WRITTEN_ANSWER
from tests.support.reports import day

CITED = Citation(1, "abc", "Hama changes hands", "Desk", day(5), None, "It fell.", "It fell.", 0, 8)
BLOCKS = (Heading(day(5), "Desk"), Quotation("It fell.", (1,)))
ANSWER = Answer("And Hama?", Understood("Who controls Hama?"), BLOCKS, "x", citations=(CITED,), notes=("N.",))


def test_an_answer_is_printed_with_its_citations() -> None:
    assert answer_text(ANSWER).split("\n\n") == [
        "As of 5 December 2024, Desk: “It fell.” [1]",
        "[1] Hama changes hands, Desk, 5 December 2024\n    “It fell.”\n    article abc",
        "Question as understood: Who controls Hama?",
        "N.",
    ]


def test_verdicts_and_what_an_llm_left_unchecked_are_printed() -> None:
    assert answer_text(WRITTEN_ANSWER).split("\n\n")[1] == "2 of 3 statements verified"
    assert answer_text(DRAFT_ANSWER).startswith("What the LLM had written when it failed, unchecked:\nOpposition")


def test_what_is_unknown_of_a_citation_is_said() -> None:
    bare = dataclasses.replace(CITED, source=None, date=None, url="https://news.example/1")
    text = answer_text(dataclasses.replace(ANSWER, citations=(bare,)))
    assert "[1] Hama changes hands, source unknown, date unknown" in text and "    https://news.example/1" in text


def test_related_passages_are_printed_as_no_answer() -> None:
    blocks = (Note("The articles do not say."),)
    abstained = Answer("Who?", Understood("Who?"), blocks, "x", abstained=True, related=(CITED,))
    text = answer_text(abstained)
    assert "Related passages, not an answer:\n\n[1] Hama changes hands" in text and "understood" not in text


def test_small_talk_is_printed_as_it_is() -> None:
    assert answer_text(Answer("Thanks", Understood(), (Note("You are welcome."),), "x")) == "You are welcome."


def test_an_article_cannot_steer_the_terminal() -> None:
    hostile = dataclasses.replace(CITED, title="\x1b[2J\x07gone\u202e", sentence="a\rb\x9bc")
    assert not set("\x1b\x07\r\x9b\u202e") & set(answer_text(dataclasses.replace(ANSWER, citations=(hostile,))))
    assert printable("a\x00b\nc\td") == "a b\nc d"


def test_articles_are_listed_in_columns() -> None:
    rows = [
        Listed("0123456789abcdef", "Hama", "Desk", day(5), None, 12, ""),
        Listed("fedcba9876543210", "Undated", None, None, None, 3, ""),
    ]
    head, first, second = articles_text(rows).splitlines()
    assert first.split() == ["0123456789abcdef", "2024-12-05", "12", "Desk", "Hama"]
    assert second.split() == ["fedcba9876543210", "unknown", "3", "source", "unknown", "Undated"]
    assert head.index("title") == first.index("Hama") == second.index("Undated")


def test_superseded_versions_are_listed_below_the_articles() -> None:
    earlier = Superseded("0123456789abcdef", "Hama", "Desk", day(5), "https://a.example/", "", "2024-12-06T01:00")
    *_, line, last = articles_text([], [earlier]).splitlines()
    assert line.startswith("Superseded by a later version")
    assert last.split() == "0123456789abcdef 2024-12-05 - Desk Hama (replaced on 2024-12-06)".split()


def test_ratings_are_a_table_with_the_comment_below() -> None:
    record: dict[str, object] = {
        "time": "2024-12-05T12:00:00+00:00", "rating": "down", "answered_by": "openai:x", "question": "Who\n\x1b[2J?",
        "verified": "2 of 3 statements verified", "comment": "Old.",
    }
    head, first, comment, second = feedback_text([record, {**record, "comment": "", "verified": ""}]).splitlines()
    assert first.split()[2:] == ["down", "openai:x", "2", "of", "3", "statements", "Who", "[2J?"]
    assert comment.strip() == "“Old.”" and head.index("question") == first.index("Who") == second.index("Who")
    assert feedback_text([]) == "Nobody has rated an answer yet."


def test_a_run_ends_in_a_table_with_the_reason_for_each() -> None:
    report = Report(["A", "B"], refused=[Refusal("bad\u202e.pdf", "it is broken.")], passages=60, seconds=2)
    lines = report_text(report).splitlines()
    assert [line.split()[:2] for line in lines[:5]] == [
        ["added", "2"], ["updated", "0"], ["unchanged", "0"], ["duplicates", "0"], ["removed", "0"]
    ]
    assert lines[5].split() == ["refused", "1"] and lines[6] == "    bad .pdf: it is broken."
    assert lines[7].endswith("in 2 seconds, 30 a second")


def test_a_line_of_json_cannot_steer_the_terminal_and_says_the_same() -> None:
    odd = "a\x1b[2J\x9b31m\x85\u202e\u2066\u2028\u200f\x7f\ud800\U000e0041z \u00e9 \u4f60 \U0001f44d"
    line = json_line({odd: [odd]})
    assert line.isprintable() and json.loads(line) == {odd: [odd]} and "\u00e9 \u4f60 \U0001f44d" in line
