import datetime
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from chatbot.answer import Answer, Heading, Note, Quotation, Understood
from chatbot.answering.notes import INSTEAD, quoted_instead
from chatbot.answering.turn import Turn
from chatbot.feedback import Rated, Rating
from chatbot.markdown import DRAFT
from chatbot.web.page import citation_cards, conversation
from tests.support.canned import (
    DRAFT_ANSWER,
    HAMA_ANSWER,
    HOSTILE_ANSWER,
    KHERSON_ANSWER,
    PROVEN_ANSWER,
    WRITTEN_ANSWER,
    citation,
)
from tests.support.canned_articles import HAMA, HOSTILE, HOSTILE_TEXT, LINES
from tests.support.canned_collection import Known

NOTHING_YET = "The passages that an answer cites will appear here."
ALLOWED_TAGS = set("article h1 h2 h3 h4 span div p button details summary section mark a ul ol li form input".split())


def answered(answer: Answer, **changes: object) -> str:
    changed = replace(answer, **changes)  # type: ignore[arg-type]
    return conversation.latest(Turn(changed.question, answer=changed), 0)


class Elements(HTMLParser):
    """The tags and attribute names of some HTML, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, list[str]] = {}
        self.text = ""
        self.feed(str(html))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2024-11-27", "2024-12-11", "27 November to 11 December 2024"),
        ("2024-12-01", "2024-12-11", "1 to 11 December 2024"),
        ("2023-12-01", "2024-12-11", "1 December 2023 to 11 December 2024"),
        ("2024-12-11", "2024-12-11", "11 December 2024"),
    ],
)
def test_a_span_of_days_names_what_both_share_once(first: str, last: str, expected: str) -> None:
    assert conversation.span(datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)) == expected


def test_the_header_says_what_is_known_and_who_answers() -> None:
    text = Elements(conversation.header(Known(), "openai:<llama>")).text
    assert text == "Ask the articles11 articles, 27 November to 11 December 2024 · openai:<llama>"
    assert "1 article ·" in Elements(conversation.header(Known(articles=1, first=None, last=None), "x")).text


def test_marks_become_buttons_named_for_their_citation() -> None:
    html = answered(HAMA_ANSWER)
    assert re.findall(r'data-cite="(\d)" aria-label="([^"]+)"', html) == [
        ("1", "Citation 1: Hama changes hands"),
        ("2", "Citation 2: Hama changes hands"),
        ("3", "Citation 3: Front lines on the first of December"),
    ]


def test_a_number_in_brackets_is_no_citation() -> None:
    quotation = Quotation("They said [2] and [7].", (1,))
    html = answered(HAMA_ANSWER, blocks=(quotation,), citations=HAMA_ANSWER.citations[:2])
    assert "“They said [2] and [7].” <button" in html and re.findall(r'data-cite="(\d)"', html) == ["1"]
    of_a_source = Heading(HAMA.date, "Desk [2]")
    assert "Desk [2]</p>" in answered(HAMA_ANSWER, blocks=(of_a_source, Quotation("So.", (1,), "\n")))


def test_the_as_of_line_loses_its_colon_and_the_earlier_line_keeps_its_own() -> None:
    html = answered(HAMA_ANSWER)
    assert '<p class="asof">As of 5 December 2024, Sample Desk</p>' in html
    assert '<p class="earlier" dir="auto">Earlier, on 1 December 2024, Sample Desk: “Hama' in html


def test_a_sentence_that_reads_like_a_heading_is_a_sentence() -> None:
    for text in ("As of Thursday Hama had fallen.", "As of Thursday, Desk:", "Earlier, Hama had fallen."):
        assert re.findall(r'<p class="(\w+)"', answered(HAMA_ANSWER, blocks=(Quotation(text, (1,)),))) == ["said"]


def test_an_abstention_shows_its_reason_and_what_is_related() -> None:
    turn = Turn(KHERSON_ANSWER.question, answer=KHERSON_ANSWER)
    assert '<div class="none">' in conversation.latest(turn, 0)
    assert conversation.latest(turn, 0).count(">No article mentions Kherson.</p>") == 1
    cards = conversation.passages([turn])
    assert "Related passages, not an answer" in cards and "<mark>Further north" in cards


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (PROVEN_ANSWER, '<p class="verdict ok">1 of 1 statement verified<span> · 1 article</span></p>'),
        (WRITTEN_ANSWER, '<p class="verdict warn">2 of 3 statements verified<span> · 2 articles</span></p>'),
    ],
)
def test_a_line_sums_up_the_verdicts(answer: Answer, line: str) -> None:
    assert line in answered(answer)
    assert "verdict" not in answered(HAMA_ANSWER)


def test_a_draft_stands_above_the_answer_and_the_note_between_them() -> None:
    html = answered(DRAFT_ANSWER).partition('class="a"')[2]
    order = [html.index(part) for part in (DRAFT, "took Hama and then", "broke off", "As of 5 December")]
    assert order == sorted(order)
    assert "data-cite" not in html[: order[2]]


def test_that_the_built_in_answerer_took_over_is_said_first() -> None:
    answer = quoted_instead(HAMA_ANSWER, "It cannot be reached.", ["Read so.", "Only Desk."])
    html = answered(answer).partition('class="a"')[2]
    assert html.index("It cannot be reached.") < html.index("As of 5") < html.index("Read so.")
    assert html.count('class="instead"') == 1 and "draft" not in html and html.count("cannot be reached") == 1


def test_a_note_that_reads_as_if_another_had_taken_over_is_a_note() -> None:
    html = answered(HAMA_ANSWER, notes=(f"A reader writes: {INSTEAD}",)).partition('class="a"')[2]
    assert html.index("As of 5") < html.index("A reader writes") and 'class="instead"' not in html


def test_the_steps_are_listed_until_text_comes_and_then_only_the_last() -> None:
    steps = ("Reading the question", "Searching", "Writing")
    assert re.findall(r"<li[^>]*>([^<]+)", conversation.latest(Turn("?", steps=steps), 0)) == [*steps[:2], "Writing…"]
    assert re.findall(r"<li[^>]*>([^<]+)", conversation.latest(Turn("?", steps=steps, text="It"), 0)) == ["Writing…"]


def test_what_is_left_of_an_answer_that_broke_off_has_no_marks() -> None:
    for left in (Turn("?", text="It fell. [1] More.", error="Broken."), Turn("?", text="It fell. [1]", stopped=True)):
        html = conversation.latest(left, 0)
        assert "It fell." in html and "[1]" not in html.replace("\\", "")
    assert "It fell. [1]" in conversation.latest(Turn("?", text="It fell. [1]"), 0)


@pytest.mark.parametrize("standalone", ["Who controls Hama?", " Who controls Hama? ", ""])
def test_a_question_understood_as_asked_is_not_repeated(standalone: str) -> None:
    assert "<details>" not in answered(HAMA_ANSWER, understood=Understood(standalone))
    assert "<details>" in answered(HAMA_ANSWER, understood=Understood("Who held Hama on 1 December?"))


def test_nothing_hostile_becomes_markup() -> None:
    turn = Turn(HOSTILE_TEXT, answer=HOSTILE_ANSWER)
    growing = Turn(HOSTILE_TEXT, steps=(HOSTILE_TEXT,), text=HOSTILE_TEXT)
    failed = Turn(HOSTILE_TEXT, error=HOSTILE_TEXT)
    drafted = Turn(HOSTILE_TEXT, answer=replace(HOSTILE_ANSWER, draft=HOSTILE_TEXT))
    pages = [
        conversation.past([turn, growing, failed, drafted]),
        conversation.latest(turn, 0),
        conversation.passages([turn]),
    ]
    pages += [conversation.chips([HOSTILE_TEXT]), conversation.header(Known(), HOSTILE_TEXT)]
    elements = Elements("".join(pages))
    assert elements.tags <= ALLOWED_TAGS
    assert not [name for name in elements.attributes if name.startswith("on") or name in ("src", "style", "srcset")]
    assert all(href.startswith("article/") for href in elements.attributes["href"])
    assert HOSTILE_TEXT in elements.text


def test_the_article_page_marks_the_sentence_and_shows_markup_as_text() -> None:
    start = HOSTILE.text.index(HOSTILE_TEXT)
    html = citation_cards.article_page(HOSTILE, start, start + len(HOSTILE_TEXT))
    elements = Elements(html)
    assert f"Before. {HOSTILE_TEXT} After." in elements.text and '<mark id="cited">&lt;img' in html
    assert elements.attributes["href"] == ["../page.css", "../", "../language/de"]
    assert not elements.tags & {"script", "img", "svg", "b", "i"}


@pytest.mark.parametrize(("start", "end"), [(-1, -1), (5, 5), (9, 3), (0, 10**9)])
def test_offsets_outside_the_article_mark_nothing(start: int, end: int) -> None:
    assert "<mark" not in citation_cards.article_page(LINES, start, end)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//x.example", "ftp://x.example/a"])
def test_only_web_addresses_are_linked(url: str) -> None:
    assert citation_cards.article_page(replace(LINES, url=url), -1, -1).count("href=") == 3


def test_an_original_is_linked_without_telling_where_the_reader_came_from() -> None:
    page = citation_cards.article_page(HAMA, -1, -1)
    assert '<a href="https://news.example/hama" rel="noopener noreferrer nofollow">news.example</a>' in page


def test_a_card_folds_what_is_far_from_its_sentence_and_loses_none_of_it() -> None:
    cited = citation(2, HAMA, "The army said that it had withdrawn its units from Hama.")
    turn = Turn("?", answer=replace(HAMA_ANSWER, citations=(cited,)))
    html = conversation.passages([turn])
    shown = re.sub(r'<span class="gap">[^<]*</span>', "", html)
    whole = Elements(shown.partition('class="passage" dir="auto">')[2].partition("</p>")[0]).text
    assert whole.split() == cited.passage.split()
    assert "data-more" in html and f"<mark>{cited.sentence}</mark>" in html


def test_a_sentence_that_its_passage_lacks_marks_nothing() -> None:
    cited = replace(citation(1, LINES, "Further north"), sentence="Elsewhere.")
    assert "<mark>" not in conversation.passages([Turn("?", answer=replace(HAMA_ANSWER, citations=(cited,)))])


def test_only_the_latest_answer_has_its_cards_in_sight() -> None:
    turns = [Turn("a", answer=HAMA_ANSWER), Turn("b", answer=KHERSON_ANSWER), Turn("c", error="Broken.")]
    assert re.findall(r'<section class="cards" data-turn="(\d)"( hidden)?>', conversation.passages(turns)) == [
        ("0", " hidden"),
        ("1", ""),
    ]


def test_only_the_latest_turn_may_be_asked_again() -> None:
    turn = Turn("a", answer=HAMA_ANSWER)
    assert "data-retry" not in conversation.past([turn]) and "data-retry" in conversation.latest(turn, 1)
    assert "data-retry" not in conversation.latest(Turn("a"), 0)


def test_small_talk_leaves_the_cards_of_the_question_before_it_in_sight() -> None:
    talk = Answer("Thanks", Understood(), (Note("You are welcome."),), "x")
    turns = (Turn("Who?", answer=HAMA_ANSWER), Turn("Thanks", answer=talk))
    assert re.findall(r'<section class="cards" data-turn="(\d)"( hidden)?>', conversation.passages(turns)) == [
        ("0", "")
    ]
    assert "understood" not in answered(talk) and NOTHING_YET in conversation.passages(turns[1:])


def test_an_answer_can_be_rated_and_an_error_cannot() -> None:
    assert answered(HAMA_ANSWER).count('aria-pressed="false"') == 2
    assert "data-rate" not in conversation.latest(Turn("?", error="No."), 0) + conversation.latest(Turn("?"), 0)


def test_a_rating_stays_with_its_answer() -> None:
    turns = [Turn("a", answer=HAMA_ANSWER), Turn("b", answer=KHERSON_ANSWER)]
    html = conversation.past(turns, {1: Rated("x", Rating.DOWN, 'So "old" <b>')})
    pressed = re.findall(r'data-turn="(\d)"|data-rate="(\w+)" aria-pressed="true"', html)
    assert [event for event in pressed if event[1]] == [("", "down")] and pressed[-1] == ("", "down")
    assert 'value="So &#34;old&#34; &lt;b&gt;"' in html
