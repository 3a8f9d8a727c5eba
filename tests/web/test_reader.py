"""An article beside the chat: at the cited sentence, from citation to citation, and asked about alone."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from chatbot.web.page import article_shape, citation_cards
from tests.support.canned import HAMA_ANSWER, citation
from tests.support.canned_articles import HAMA, LINES
from tests.support.page import Open, ask, box
from tests.web.test_accessibility import barriers

SHAPED = """The ferry to Lindby runs again.

What is new

Two boats were bought.

- a red one, from Rye

- a blue one

The stops are:

Lindby

Rye

1. buy a ticket

2. board

Boat: Gull; Seats: 40; Since: May

Boat: Tern; Seats: 12

It sails at dawn.

The end"""


def shapes(text: str) -> list[tuple[str, list[str]]]:
    return [(block.kind, [text[line.start : line.end] for line in block.lines]) for block in article_shape.blocks(text)]


def test_headings_lists_and_tables_are_found_again() -> None:
    assert shapes(SHAPED) == [
        ("p", ["The ferry to Lindby runs again."]),
        ("heading", ["What is new"]),
        ("p", ["Two boats were bought."]),
        ("ul", ["a red one, from Rye", "a blue one"]),
        ("p", ["The stops are:"]),
        ("ul", ["Lindby", "Rye"]),
        ("ol", ["buy a ticket", "board"]),
        ("table", ["Boat: Gull; Seats: 40; Since: May", "Boat: Tern; Seats: 12"]),
        ("p", ["It sails at dawn."]),
        ("p", ["The end"]),
    ]
    [table] = [block for block in article_shape.blocks(SHAPED) if block.kind == "table"]
    assert table.heads == ["Boat", "Seats", "Since"]
    assert [SHAPED[first:last] for _, first, last in table.lines[1].cells] == ["Tern", "12"]


@pytest.mark.parametrize("text", ["", "\n\n", "One", "a: b; a: c", "x: ; y: z", ": ; :", "- ", "1. ", "a: b; " * 400])
def test_any_text_has_a_shape(text: str) -> None:
    for block in article_shape.blocks(text):
        assert all(text[line.start : line.end].strip() for line in block.lines)


@pytest.mark.parametrize("sentence", ["Two boats were bought.", "a blue one", "Boat: Tern; Seats: 12", "What is new"])
def test_the_cited_sentence_is_marked_in_any_shape(sentence: str) -> None:
    article = replace(LINES, text=SHAPED)
    start = SHAPED.index(sentence)
    html = citation_cards.article_page(article, start, start + len(sentence))
    assert html.count('id="cited"') == 1
    marked = "".join(part.split("</mark>")[0].split(">", 1)[1] for part in html.split("<mark")[1:])
    assert marked == sentence.replace("Boat: ", "").replace("; Seats: ", "")


def test_a_sentence_of_an_article_that_has_changed_is_not_marked_elsewhere() -> None:
    cited = citation(1, HAMA, "Opposition forces took the city of Hama on Thursday.")
    of = citation_cards.sentence_mark(cited.sentence)
    assert "<mark" in citation_cards.article_page(HAMA, cited.start, cited.end, of)
    assert f"of={of}" in citation_cards.article_link(cited)
    changed = replace(HAMA, text=f"A new opening. {HAMA.text}")
    page = citation_cards.article_page(changed, cited.start, cited.end, of)
    assert "<mark" not in page and "The article was changed since" in page


def test_a_heading_in_a_card_stands_apart() -> None:
    passage = "It sails.\n\nWhat is new\n\nTwo boats were bought. They sail."
    card = citation_cards.card(replace(HAMA_ANSWER.citations[0], passage=passage, sentence="Two boats were bought."))
    assert card.before == 'It sails.\n<b class="heading">What is new\n</b>' and card.after == " They sail."


@pytest.fixture
def reading(opened: Open) -> Page:
    page = opened(width=1280, height=800)
    ask(page, "Who controls Hama?")
    return page


def link(page: Page, number: int) -> Locator:
    return page.locator(".card:visible").nth(number).get_by_role("link", name="Read the article")


def test_an_article_opens_beside_the_chat_at_its_sentence(reading: Page) -> None:
    link(reading, 1).press("Enter")
    leaf = reading.locator("#reader .leaf")
    expect(leaf.locator("mark")).to_have_text(HAMA_ANSWER.citations[1].sentence)
    expect(leaf.locator("mark")).to_be_in_viewport()
    expect(box(reading)).to_be_visible()
    expect(reading.get_by_role("button", name="Previous citation")).to_be_enabled()
    reading.get_by_role("button", name="Next citation").press("Enter")
    expect(leaf.get_by_role("heading", name=LINES.title)).to_be_visible()
    expect(reading.get_by_role("button", name="Next citation")).to_be_disabled()
    assert barriers(reading) == []
    reading.keyboard.press("Escape")
    expect(leaf).to_be_hidden()
    expect(link(reading, 2)).to_be_focused()


def test_a_question_is_asked_of_the_article_alone_until_that_is_reset(reading: Page) -> None:
    link(reading, 2).click()
    reading.get_by_role("button", name="Ask about this article").click()
    expect(reading.locator("#scope")).to_contain_text(LINES.title)
    expect(box(reading)).to_be_focused()
    ask(reading, "What is the scope?")
    expect(reading.locator("#live .said")).to_contain_text(f"article='{LINES.id}'")
    expect(reading.locator("#live .within")).to_contain_text(LINES.title)
    reading.get_by_role("button", name="Reset").click()
    expect(reading.locator("#scope")).to_contain_text("All articles")
    ask(reading, "What is the scope now?")
    expect(reading.locator("#live .said")).to_contain_text("article=None")


def test_an_article_that_was_removed_is_told_where_it_would_stand(reading: Page) -> None:
    reading.evaluate("document.querySelector('.card a').href = 'article/none?start=0&end=5'")
    link(reading, 0).click()
    expect(reading.locator("#reader .leaf")).to_contain_text("It may have been removed since it was cited.")
    expect(reading.get_by_role("button", name="Ask about this article")).to_be_hidden()


@pytest.fixture(params=["light", "dark"])
def phone(browser: Browser, canned_url: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    with closing(browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=request.param)) as context:
        page = context.new_page()
        page.goto(canned_url)
        yield page


def test_on_a_phone_it_is_a_sheet(phone: Page) -> None:
    ask(phone, "Who controls Hama?")
    link(phone, 0).click()
    expect(phone.locator("#reader mark")).to_be_in_viewport()
    bounds = phone.locator("#reader .reader").bounding_box()
    assert bounds and bounds["width"] == 390 and bounds["y"] > 60 and round(bounds["y"] + bounds["height"]) == 844
    assert barriers(phone) == []
    phone.get_by_role("button", name="Close the article").click()
    expect(phone.locator("#reader mark")).to_be_hidden()


def test_no_word_in_an_articles_table_is_broken_on_a_phone(phone: Page, canned_url: str) -> None:
    cells = "; ".join(f"{name}: Frontlinesmen" for name in ("Boat", "Berth", "Owner", "Captain", "Since"))
    html = str(citation_cards.article_page(replace(LINES, text=f"{cells}\n\n{cells}"), 0, 0))
    phone.route("**/article/made", lambda route: route.fulfill(body=html, content_type="text/html"))
    phone.goto(f"{canned_url}/article/made")
    heights = phone.locator("td").evaluate_all("(cells) => cells.map((cell) => cell.getBoundingClientRect().height)")
    assert len(heights) == 10 and max(heights) < 45
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def test_a_citation_is_large_enough_to_be_touched(phone: Page) -> None:
    ask(phone, "Who controls Hama?")
    for chip in phone.locator("#live button.c").all():
        bounds = chip.bounding_box()
        assert bounds and bounds["width"] >= 24 and bounds["height"] >= 24
