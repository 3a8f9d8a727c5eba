import datetime
import re

import pytest

from chatbot.answer import Answer
from chatbot.answering.compose import abstained, carried, coverage, quoted, unknown_names
from chatbot.extractive.ranker import Ranked
from chatbot.extractive.selection import Choice
from index.article import Article
from index.collection import Summary
from index.passage import RetrievedPassage
from tests.support.reports import candidates, day, ranked, reading, report

HAMA = report("Fog lay over the city. The opposition took Hama. The army left.", day(5))
LINES = report("Hama is held by the government.", day(1), source="Courier", title="Lines")
SDF = report("The SDF hold Hama.", day(5), source="Courier")
UNDATED = report("Hama is in the hands of the SNA.", None, source=None)
NINE = Summary(9, 20, datetime.date(2024, 11, 27), day(5))


def quote(lead: list[Ranked], earlier: list[Ranked]) -> Answer:
    choice = Choice(tuple(lead), tuple(earlier))
    return quoted(reading("Who controls Hama?"), choice, answered_by="answers by quoting", notes=["A note."])


def abstain(**given: object) -> Answer:
    options: dict[str, object] = {"passages": [], "summary": NINE, "answered_by": "answers by quoting"} | given
    return abstained(reading("And Kherson?", "Who controls Hama?"), "No.", **options)  # type: ignore[arg-type]


@pytest.fixture
def answer() -> Answer:
    return quote([ranked(HAMA, at=1), ranked(HAMA, at=2)], [ranked(LINES)])


def test_the_answer_opens_with_its_date_and_quotes_word_for_word(answer: Answer) -> None:
    assert answer.text.splitlines() == [
        "As of 5 December 2024, Desk:",
        "“The opposition took Hama.” [1] “The army left.” [2]",
        "Earlier, on 1 December 2024, Courier: “Hama is held by the government.” [3]",
    ]
    assert (answer.as_of, answer.abstained, answer.reason) == (day(5), False, None)
    assert (answer.answered_by, answer.notes) == ("answers by quoting", ("A note.",))


def test_each_mark_has_its_citation(answer: Answer) -> None:
    assert [int(n) for n in re.findall(r"\[(\d+)\]", answer.text)] == [c.n for c in answer.citations] == [1, 2, 3]
    assert [c.title for c in answer.citations] == ["A report", "A report", "Lines"]


def test_a_number_in_brackets_that_is_quoted_is_no_mark() -> None:
    answer = quote([ranked(report("The opposition [3] took Hama [1].", day(5)))], [])
    assert answer.text.endswith("\n“The opposition (3) took Hama (1).” [1]")
    blocks = answer.to_json()["blocks"]
    assert isinstance(blocks, list) and blocks[1]["text"] == answer.citations[0].sentence
    assert (blocks[1]["kind"], blocks[1]["citations"]) == ("quotation", (1,))


def test_a_citation_holds_the_sentence_at_its_offsets_in_the_article(answer: Answer) -> None:
    for article, cited in zip((HAMA, HAMA, LINES), answer.citations, strict=True):
        assert article.text[cited.start : cited.end] == cited.sentence
        assert (cited.article_id, cited.date, cited.source) == (article.id, article.date, article.source)
        assert cited.sentence in cited.passage


@pytest.mark.parametrize(
    ("lead", "earlier", "headings"),
    [
        ([HAMA], [], ["As of 5 December 2024, Desk:"]),
        ([UNDATED], [], ["Date unknown, source unknown:"]),
        ([HAMA], [UNDATED], ["As of 5 December 2024, Desk:", "Date unknown, source unknown:"]),
        ([HAMA], [LINES], ["As of 5 December 2024, Desk:", "Earlier, on 1 December 2024, Courier:"]),
        ([HAMA, SDF], [], ["As of 5 December 2024, Desk:", "On 5 December 2024, Courier:"]),
        ([LINES, HAMA], [], ["As of 1 December 2024, Courier:", "Later, on 5 December 2024, Desk:"]),
    ],
)
def test_every_date_and_source_has_a_heading(lead: list[Article], earlier: list[Article], headings: list[str]) -> None:
    text = quote([ranked(sentence) for sentence in lead], [ranked(sentence) for sentence in earlier]).text
    assert re.findall(r"(?m)^[^“\n]*:", text) == headings


def test_an_abstention_says_why_and_what_is_known() -> None:
    declined = abstain()
    assert declined.text == "No.\nThe collection holds 9 articles, from 27 November 2024 to 5 December 2024."
    assert (declined.abstained, declined.reason, declined.citations, declined.related) == (True, "No.", (), ())
    assert (declined.question, declined.standalone_question) == ("And Kherson?", "Who controls Kherson?")


def test_an_abstention_relates_the_nearest_sentence_of_each_passage_in_order() -> None:
    fog, took, left = candidates(HAMA)
    related = abstain(nearest=[took, candidates(LINES)[0], fog, left, candidates(SDF)[0]]).related
    assert [c.sentence for c in related] == ["The opposition took Hama.", LINES.text, SDF.text]
    assert [c.n for c in related] == [1, 2, 3]


def test_where_no_sentence_may_answer_the_passages_found_are_related() -> None:
    passages = [
        RetrievedPassage(candidate.passage, candidate.article, 1.0, 0.5)
        for candidate in [*candidates(HAMA)[:1], *candidates(LINES)]
    ]
    related = abstain(passages=passages).related
    assert [c.title for c in related] == ["A report", "Lines"]
    assert all(HAMA.text[c.start : c.end] == c.sentence for c in related[:1])


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (["Kherson"], "No article mentions Kherson."),
        (["Kherson", "Lviv"], "No article mentions Kherson or Lviv."),
        (["Kherson", "Lviv", "Kyiv"], "No article mentions Kherson, Lviv or Kyiv."),
    ],
)
def test_unknown_names_are_listed(names: list[str], line: str) -> None:
    assert unknown_names(names) == line


@pytest.mark.parametrize(
    ("summary", "line"),
    [
        (Summary(0, 0, None, None), "There are no articles yet. Editors add them on the page, under “Articles”."),
        (Summary(1, 3, None, None), "The collection holds 1 article without a date."),
        (Summary(1, 3, day(5), day(5)), "The collection holds 1 article of 5 December 2024."),
        (Summary(2, 3, day(1), day(5)), "The collection holds 2 articles, from 1 December 2024 to 5 December 2024."),
    ],
)
def test_what_is_covered_is_said(summary: Summary, line: str) -> None:
    assert coverage(summary) == line


def test_a_report_that_several_outlets_carry_is_told_as_one() -> None:
    assert carried({}) == []
    assert carried({2: ["A", "B", "C"]}) == ["3 outlets carry this report: A, B, C."]
    assert carried({1: ["A", "B"], 3: ["C", "D"]}) == [
        "2 outlets carry the report of [1]: A, B.", "2 outlets carry the report of [3]: C, D.",
    ]
