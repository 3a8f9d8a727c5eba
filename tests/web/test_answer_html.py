import re
from dataclasses import replace
from html import unescape

import pytest

from chatbot.answer import Verdict
from chatbot.web.page.answer_html import answered, growing, unchecked
from tests.support.canned import HAMA_ANSWER, HOSTILE_TEXT, INVENTED, NOT_FOUND, SMUGGLING, WRITTEN_ANSWER, statement


def unfound(text: str, said: str, missing: str | None = None) -> str:
    """The HTML of an answer in which nothing bears out `said`."""
    found_wanting = (statement(text, said, Verdict.UNFOUND, missing=missing),)
    return answered(replace(WRITTEN_ANSWER, text=text, statements=found_wanting), 0)


def test_an_unfound_statement_is_underlined_and_says_what_is_missing() -> None:
    html = answered(WRITTEN_ANSWER, 0)
    badge = '<span class="badge" dir="auto">not found in the articles: the number 12</span>'
    assert f'<span class="unfound">{INVENTED}</span> {badge} The government' in html
    assert NOT_FOUND not in html and html.count("unfound") == 1 and html.count("data-cite") == 3


def test_a_verified_answer_has_neither_underline_nor_badge() -> None:
    html = answered(HAMA_ANSWER, 0)
    assert "unfound" not in html and "badge" not in html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It fell.", "It fell. "),
        (f"It fell. {NOT_FOUND}", "It fell. "),
        (f"It fell. [1][2] {NOT_FOUND} More.", "It fell. 12  More."),
        (f"Now.\nIt fell. {NOT_FOUND}\nMore.", "Now.It fell. More."),
        (f"As of today:\nIt fell.\n{NOT_FOUND}", "As of todayIt fell."),
    ],
)
def test_the_badge_stands_where_the_text_says_so_or_behind_the_statement(text: str, shown: str) -> None:
    html = unfound(text, "It fell.")
    assert html.count('class="badge"') == html.count('class="unfound"') == 1
    words = unescape(re.sub(r"<[^>]+>", "", html.replace("not found in the articles", "")))
    assert words.split() == shown.split()


def test_the_words_of_the_badge_alone_make_no_badge() -> None:
    html = answered(replace(HAMA_ANSWER, text=f"The report reads “{NOT_FOUND}”. [1]"), 0)
    assert "badge" not in html and NOT_FOUND in html


def test_a_statement_over_two_lines_is_underlined_on_both() -> None:
    assert unfound("It fell\nat noon.", "It fell\nat noon.").count('class="unfound"') == 2


def test_statements_that_overlap_lose_no_text() -> None:
    text = "It fell at noon."
    both = tuple(statement(text, said, Verdict.UNFOUND) for said in ("It fell at", "fell at noon."))
    html = answered(replace(HAMA_ANSWER, text=text, statements=both), 0)
    assert "".join(re.sub(r'<span class="badge".*?</span>|<[^>]+>', "", html).split()) == "Itfellatnoon."


def test_nothing_hostile_becomes_markup_by_being_unfound() -> None:
    html = unfound(f"{HOSTILE_TEXT} {NOT_FOUND}", HOSTILE_TEXT, missing=HOSTILE_TEXT)
    assert set(re.findall(r"</?(\w+)", html)) == {"p", "span"}


@pytest.mark.parametrize("smuggled", SMUGGLING)
def test_markup_of_an_llm_is_shown_as_text_whether_it_grows_is_whole_or_failed(smuggled: str) -> None:
    for html in (growing(smuggled), growing(smuggled[:-3]), unchecked(smuggled), unfound(smuggled, smuggled)):
        assert set(re.findall(r"<(\w+)", html)) <= {"p", "span"}
    words = "".join(re.sub(r"<[^>]+>", "", growing(smuggled)).split())
    assert unescape(words) == "".join(smuggled.split())


def test_what_grows_keeps_its_marks_as_text_and_a_draft_loses_them() -> None:
    assert growing("It fell [1], they said.") == '<p class="said" dir="auto">It fell [1], they said.</p>'
    assert unchecked("It fell [1][2], they said.") == '<p class="said" dir="auto">It fell, they said.</p>'
