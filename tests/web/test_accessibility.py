"""What axe-core finds of people whom the page would keep out, and a conversation without a mouse."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support.browsing import Pages
from tests.support.canned_articles import HAMA, LINES
from tests.support.intranet import Intranet
from tests.support.page import ask, box, unfold

Open = Callable[..., Page]


@pytest.fixture
def opened(pages: Pages, canned_url: str) -> Open:
    """Opens a page of the chat, light or dark."""

    def open_page(path: str, scheme: str) -> Page:
        return pages.lend(f"{canned_url}{path}", height=720, color_scheme=scheme)

    return open_page


def barriers(page: Page) -> list[str]:
    """What axe-core calls serious or critical, with the first element of each kind."""
    violations = Axe().run(page).response["violations"]
    grave = [violation for violation in violations if violation["impact"] in ("serious", "critical")]
    return [
        f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}: {each['nodes'][0]['failureSummary']}"
        for each in grave
    ]


def test_what_is_in_the_way_is_found(opened: Open) -> None:
    page = opened("/article/none", "light")
    page.evaluate("document.querySelector('p').append(new Image())")
    page.evaluate("document.querySelector('p').style.color = '#ddd'")
    assert [barrier.split(":")[0] for barrier in barriers(page)] == ["color-contrast", "image-alt"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/embed"])
def test_nothing_serious_is_in_the_way_on_the_page(opened: Open, path: str, scheme: str) -> None:
    page = opened(path, scheme)
    expect(box(page)).to_be_visible()
    assert barriers(page) == []
    ask(page, "Who controls Hama?")
    unfold(page).get_by_label("Source").select_option("Other Desk")
    assert barriers(page) == []
    page.keyboard.press("Escape")
    ask(page, "What was written?")
    page.locator("#live button.c").first.click()
    page.locator("#live").get_by_role("button", name="Not helpful").click()
    assert barriers(page) == []
    ask(page, "please fail")
    assert barriers(page) == []
    ask(page, "What was drafted?")
    ask(page, "And Kherson?")
    assert barriers(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_in_the_way_while_an_answer_grows(opened: Open, scheme: str) -> None:
    page = opened("/", scheme)
    expect(page.locator("#chips button").first).to_be_visible()
    box(page).fill("a slow and endless one")
    box(page).press("Enter")
    expect(page.locator("#live .turn[aria-busy] .said").first).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#live .turn[aria-busy]")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_in_the_way_where_articles_are_added(opened: Open, scheme: str) -> None:
    page = opened("/#articles", scheme)
    expect(page.get_by_role("table")).to_be_visible()
    for way in ("Files", "Web addresses", "Pasted text"):
        page.get_by_text(way, exact=True).click()
        assert barriers(page) == []
    for text in ("locked", "and open"):
        page.get_by_label("Text", exact=True).fill(text)
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator(".outcome > :not(.dismiss)")).to_have_count(1)
        assert barriers(page) == []
    page.get_by_role("button", name=f"Remove {LINES.title}").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("checkbox", name="Choose all").check()
    page.get_by_role("button", name=f"Correct {LINES.title}").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert barriers(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_in_the_way_on_the_board(opened: Open, scheme: str) -> None:
    page = opened("/#board", scheme)
    expect(page.get_by_role("table")).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("button", name="Hama").click()
    expect(page.locator("#history blockquote")).to_have_count(3)
    assert barriers(page) == []
    for kind, drawn in (("What changed", ".changes"), ("Map", ".chart svg"), ("Offices", "table.offices")):
        page.locator(".ways").get_by_text(kind).click()
        expect(page.locator(drawn)).to_be_visible()
        assert barriers(page) == [], kind
    page.get_by_label("Search the board").fill("zebra")
    expect(page.locator("#board .count")).to_contain_text("Nothing on the board is like that")
    assert barriers(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [f"/article/{HAMA.id}?start=5&end=30", "/article/none"])
def test_nothing_serious_is_in_the_way_in_an_article(opened: Open, path: str, scheme: str) -> None:
    assert barriers(opened(path, scheme)) == []


@pytest.mark.parametrize("color", ["", "#ffd400", "#767676", "black"])
def test_nothing_serious_is_in_the_way_in_the_widget(opened: Open, canned_url: str, color: str) -> None:
    intranet = Intranet()
    intranet.pages["/"] = f'<script src="{canned_url}/widget.js" async data-color="{color}"></script>'
    page = opened("/favicon.ico", "light")
    page.goto(intranet.origin())
    page.get_by_role("button", name="Ask the articles").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert barriers(page) == []
    intranet.close()
