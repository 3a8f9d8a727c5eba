import re

import pytest

from chatbot.filters import EVERYWHERE, QuestionFilter
from chatbot.web.page import filter_form
from tests.support.canned_articles import HOSTILE_TEXT
from tests.support.reports import day

LLM = "openai:gpt"


def text(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


@pytest.mark.parametrize(
    ("scope", "writer", "message"),
    [
        (EVERYWHERE, None, "Answers from: All articles · answers by quoting"),
        (EVERYWHERE, LLM, "Answers from: All articles · answers written by openai:gpt"),
        (QuestionFilter(quoting=True), LLM, "Answers from: All articles · answers by quotingReset"),
        (
            QuestionFilter(source="D", as_of=day(1)),
            None,
            "Answers from: D · as of 1 December 2024 · answers by quotingReset",
        ),
    ],
)
def test_the_line_says_what_is_answered_from_and_by_whom(
    scope: QuestionFilter, writer: str | None, message: str
) -> None:
    assert text(filter_form.line(scope, writer)) == message


def test_a_problem_is_an_alert_and_can_be_reset() -> None:
    html = filter_form.line(EVERYWHERE, None, "Swap them.")
    assert '<p class="problem" role="alert">Swap them.</p>' in html and "data-widen" in html


def test_the_line_bears_the_number_of_what_it_answers() -> None:
    assert 'data-sent="3"' in filter_form.line_and_answerer({"sent": 3}, [], None)[0]
    assert 'data-sent="&#34;&gt;"' in filter_form.line_and_answerer({"sent": '">', "since": "no day"}, [], None)[0]


def test_only_an_llm_gives_a_choice_of_answerer() -> None:
    assert "radio" not in filter_form.form(["Desk"], None, None, None)
    html = filter_form.form(["Desk"], None, None, LLM)
    assert html.count('type="radio"') == 2 and "Written by openai:gpt" in html


def test_dates_are_offered_from_the_first_article_to_the_last() -> None:
    assert filter_form.form([], day(1), day(5), None).count('min="2024-12-01" max="2024-12-05"') == 3
    assert "min=" not in filter_form.form([], None, None, None)


def test_a_turn_says_what_it_was_narrowed_to() -> None:
    assert filter_form.within(QuestionFilter(quoting=True, source="Desk")) == "Desk · answers by quoting"
    assert filter_form.within(EVERYWHERE) == ""


def test_nothing_hostile_becomes_markup() -> None:
    html = filter_form.form([HOSTILE_TEXT], None, None, HOSTILE_TEXT) + filter_form.line(
        QuestionFilter(source=HOSTILE_TEXT), HOSTILE_TEXT, HOSTILE_TEXT
    )
    assert not re.search(r"<(img|script|b)\b", html) and HOSTILE_TEXT not in html
