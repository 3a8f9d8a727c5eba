"""What a stranger does first: starts the program, opens the page in a browser and asks. With SCREENSHOTS set, the
pictures in docs/ are taken anew."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.conftest import ROOT
from tests.support.page import ask, box

Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, sample_url: str) -> Iterator[Open]:
    """Opens the page in a session of its own; in the end no request may have left the server, and no script failed."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((f"{sample_url}/", "data:", "blob:")):
            wrong.append(request.url)

    def open_page(*, width: int = 1240, height: int = 760, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        context.on("request", note)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(sample_url)
        expect(box(page)).to_be_visible()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def test_the_first_three_questions_are_answered_or_honestly_not(opened: Open) -> None:
    page = opened()
    expect(page.locator("#top")).to_contain_text("11 articles, 27 November to 11 December 2024 · answers by quoting")
    expect(page.locator(".chips button")).to_have_count(3)

    ask(page, "Who controls Aleppo?")
    expect(page.locator("#live .asof")).to_have_text("As of 11 December 2024, Sample Desk")
    expect(page.locator("#live .said").first).to_contain_text(re.compile("opposition.*Aleppo|Aleppo.*opposition"))
    expect(page.locator("#live .earlier")).to_contain_text("government")
    expect(page.locator("#live .q")).to_contain_text("Who controls Aleppo?")

    ask(page, "And Homs?")
    expect(page.locator("#live .said").first).to_contain_text(re.compile("(opposition|coalition).*Homs|Homs.*HTS"))
    expect(page.locator("#live button.c").first).to_have_text("1")
    expect(page.locator("#live details")).to_contain_text("Who controls Homs?")

    ask(page, "Who controls Kherson?")
    expect(page.locator("#live .none")).to_contain_text("No article mentions Kherson.")
    expect(page.locator("#live button.c")).to_have_count(0)
    expect(page.locator("#passages h2:visible")).to_have_text("Related passages, not an answer")


def test_a_citation_opens_its_passage_and_that_its_article(opened: Open) -> None:
    page = opened()
    ask(page, "Who controls Hama?")
    page.locator("#live button.c").first.click()
    card = page.locator("#card-0-1")
    expect(card).to_be_focused()
    expect(card).to_be_in_viewport()
    sentence = card.locator("mark").inner_text()
    expect(page.locator("#live .said").first).to_contain_text(f"“{sentence}”")
    expect(card).to_contain_text("11 December 2024")

    card.get_by_role("link", name="Read the article").click()
    expect(page.locator("#reader mark")).to_have_text(sentence)
    with page.context.expect_page() as article:
        page.get_by_role("link", name="Own page").click()
    mark = article.value.locator("mark#cited")
    expect(mark).to_have_text(sentence)
    expect(mark).to_be_in_viewport()
    expect(article.value.locator("h1")).to_have_text("Truce in Manbij and a new change in Deir ez-Zor")


def test_an_example_is_answered_with_a_citation(opened: Open) -> None:
    page = opened()
    page.locator(".chips button").first.click()
    expect(page.locator("#live button.c").first).to_be_visible()
    expect(page.locator("#live .none")).to_have_count(0)


def test_it_works_on_a_phone_in_the_dark(opened: Open) -> None:
    page = opened(width=390, height=844, color_scheme="dark")
    ask(page, "Who controls Aleppo?")
    page.locator("#live button.c").first.click()
    expect(page.locator("#card-0-1 mark")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.skipif("SCREENSHOTS" not in os.environ, reason="SCREENSHOTS is not set")
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("page", {}),
        ("page-dark", {"color_scheme": "dark"}),
        ("page-phone", {"width": 390, "height": 844}),
    ],
)
def test_the_pictures_of_the_readme(opened: Open, name: str, options: dict[str, object]) -> None:
    page = opened(**options)
    ask(page, "When did the offensive begin?")
    ask(page, "Who controls Hama?")
    shoot(page, name)


@pytest.mark.skipif("SCREENSHOTS" not in os.environ, reason="SCREENSHOTS is not set")
def test_the_picture_of_the_articles(opened: Open) -> None:
    page = opened()
    page.get_by_role("link", name="Articles", exact=True).click()
    expect(page.get_by_role("table")).to_be_visible()
    shoot(page, "articles")


def shoot(page: Page, name: str) -> None:
    page.wait_for_timeout(500)
    docs: Path = ROOT / "docs"
    docs.mkdir(exist_ok=True)
    page.screenshot(path=docs / f"{name}.png")
