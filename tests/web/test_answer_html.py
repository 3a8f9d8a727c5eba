import re
from dataclasses import replace
from html import escape, unescape

import pytest

from chatbot.answer import DayRelation, Heading, Note, Quotation, Statement, Verdict
from chatbot.web.page.answer_html import answered, growing, unchecked
from tests.support.canned import HAMA_ANSWER, INVENTED, NOT_FOUND, SMUGGLING, WRITTEN_ANSWER
from tests.support.canned_articles import HAMA, HOSTILE_TEXT


def unfound(text: str, *missing: str) -> str:
    """The HTML of an answer that says only `said`, which nothing supports."""
    return answered(replace(WRITTEN_ANSWER, blocks=(Statement(text, Verdict.UNFOUND, missing=missing),)), 0)


def test_an_unfound_statement_is_underlined_and_says_what_is_missing() -> None:
    html = answered(WRITTEN_ANSWER, 0)
    badge = '<span class="badge" dir="auto">not found in the articles: the number 12</span>'
    assert f'<span class="unfound">{INVENTED}</span> {badge} The government' in html
    assert NOT_FOUND not in html and html.count("unfound") == 1 and html.count("data-cite") == 3


def test_a_verified_answer_has_neither_underline_nor_badge() -> None:
    html = answered(HAMA_ANSWER, 0)
    assert "unfound" not in html and "badge" not in html


def test_blocks_are_grouped_in_paragraphs() -> None:
    blocks = (
        Note("Yes."), Statement("It fell.", Verdict.VERIFIED, (1,)), Statement("Then?", Verdict.UNFOUND, space="\n\n"),
        Note("More.", " "), Heading(HAMA.date, "Desk", DayRelation.ON), Quotation("So.", (2,)),
        Quotation("And so.", (3,)),
    )
    html = answered(replace(HAMA_ANSWER, blocks=(Heading(HAMA.date, "Desk"), *blocks)), 0)
    shown = [unescape(re.sub(r"<[^>]+>", "", paragraph)) for paragraph in html.split("</p>")]
    assert shown == [
        "As of 5 December 2024, Desk", "Yes. It fell. 1", "Then? not found in the articles More.",
        "On 5 December 2024, Desk: “So.” 2 “And so.” 3", "",
    ]


@pytest.mark.parametrize("alike", [f"The report reads “{NOT_FOUND}”.", "As [2] has it.", "It fell. [1][2]", "【2】"])
def test_what_looks_like_a_mark_or_a_badge_makes_none(alike: str) -> None:
    for block in (Quotation(alike, (1,)), Statement(alike, Verdict.VERIFIED, (1,))):
        html = answered(replace(HAMA_ANSWER, blocks=(block,)), 0)
        assert re.findall(r'data-cite="(\d+)"', html) == ["1"] and "badge" not in html and escape(alike) in html
    for text in (Note(alike), Heading(None, alike)):
        html = answered(replace(HAMA_ANSWER, blocks=(text,)), 0)
        assert "data-cite" not in html and "badge" not in html and escape(alike) in html


def test_a_statement_over_two_lines_is_underlined_as_one() -> None:
    assert '<span class="unfound">It fell<br>at noon.</span>' in unfound("It fell\nat noon.")


def test_nothing_hostile_becomes_markup_by_being_unfound() -> None:
    html = unfound(HOSTILE_TEXT, HOSTILE_TEXT)
    assert set(re.findall(r"</?(\w+)", html)) == {"p", "span"}


@pytest.mark.parametrize("smuggled", SMUGGLING)
def test_markup_of_an_llm_is_shown_as_text_whether_it_grows_is_whole_or_failed(smuggled: str) -> None:
    for html in (growing(smuggled), growing(smuggled[:-3]), unchecked(smuggled), unfound(smuggled)):
        assert set(re.findall(r"<(\w+)", html)) <= {"p", "span", "br"}
    words = "".join(re.sub(r"<[^>]+>", "", growing(smuggled)).split())
    assert unescape(words) == "".join(smuggled.split())


def test_what_grows_keeps_its_marks_as_text_and_a_draft_loses_them() -> None:
    assert growing("It fell [1], they said.") == '<p class="said" dir="auto">It fell [1], they said.</p>'
    assert unchecked("It fell [1][2], they said.") == '<p class="said" dir="auto">It fell, they said.</p>'


def test_points_and_rows_of_an_llm_are_a_list_and_a_table() -> None:
    lines = ("- It fell.", "- It burnt <b>.", "1. First.", "| Place | Side |", "|---|---|", "| Hama | <i>HTS</i> |")
    blocks = tuple(Statement(line, Verdict.VERIFIED, (1,), space="\n") for line in lines)
    html = answered(replace(HAMA_ANSWER, blocks=blocks), 0)
    assert html.count("<li") == 3 and html.count("<tr>") == 2 and html.count("<td") == html.count("<th") == 2
    assert "<ul" in html and "<ol" in html and "- It" not in html and "<b>" not in html and "<i>" not in html
    assert html.count("data-cite") == 5


def test_a_list_and_a_table_are_such_while_they_grow() -> None:
    html = growing("As told:\n- It fell [1].\n- It burnt <b>.\n\n| Place | Side |\n|---|---|\n| Hama | HTS |\n| Ho")
    assert html.count("<li") == 2 and html.count("<th") == html.count("<td") == 2 and "|---" not in html
    assert "It fell [1]." in html and "<b>" not in html and "<button" not in html and "<a" not in html


def test_what_was_not_checked_says_so_without_alarm() -> None:
    html = answered(replace(HAMA_ANSWER, blocks=(Statement("It fell.", Verdict.CITED, (1,)),)), 0)
    assert "cited, not checked" in html and "unfound" not in html and html.count("data-cite") == 1


def test_a_point_of_an_article_is_no_list() -> None:
    html = answered(replace(HAMA_ANSWER, blocks=(Quotation("- It fell.", (1,)),)), 0)
    assert "<li" not in html and "- It fell." in html
