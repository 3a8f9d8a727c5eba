"""When a question can't be answered: the search page with all that comes near, and what can be asked instead."""

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from chatbot.answering.matches import matches
from chatbot.web.auth.accounts import Accounts
from index.collection import Collection
from tests.conftest import canned_server
from tests.support.browsing import Pages
from tests.support.page import ask as ask_page
from tests.web.test_accessibility import barriers


def test_each_match_is_of_the_sentence_that_fits_best(samples: Collection) -> None:
    citations = matches(samples, "the hospital in Manbij")
    assert citations and "Manbij" in citations[0].passage
    assert all(each.sentence in each.passage for each in citations)
    assert [each.n for each in citations] == list(range(1, len(citations) + 1))
    of_hama = [each.sentence for each in matches(samples, "Hama") if "Hama" in each.passage]
    assert of_hama and all("Hama" in sentence for sentence in of_hama)
    assert matches(samples, "zzxqy") == [] or all("zzxqy" not in each.passage for each in matches(samples, "zzxqy"))


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_an_abstention_leads_to_what_comes_near(pages: Pages, sample_url: str, width: int, scheme: str) -> None:
    page = pages.lend(sample_url, width=width, height=844, color_scheme=scheme)
    ask_page(page, "Who controls Kherson?")
    expect(page.locator("#live .none")).to_contain_text("No article mentions Kherson.")
    with page.expect_popup() as opened:
        page.locator("#live").get_by_role("link", name="Search the articles for this").press("Enter")
    results = opened.value
    results.set_viewport_size({"width": width, "height": 844})
    expect(results.get_by_label("Words")).to_have_value("Who controls Kherson?")
    expect(results.locator(".entries > li").first.locator("mark")).to_be_visible()
    assert barriers(results) == [] and results.evaluate("document.documentElement.scrollWidth") <= width
    assert "November 2024 (" in results.get_by_label("Month").inner_text()
    results.get_by_label("Month").select_option("2024-11")
    results.get_by_role("button", name="Search").click()
    for origin in results.locator(".entries .src").all_inner_texts():
        assert "November 2024" in origin
    results.get_by_label("Source").select_option("Sample Desk")
    results.get_by_label("Words").fill("airport")
    results.get_by_label("Words").press("Enter")
    expect(results.locator(".entries mark").first).to_be_visible()
    results.goto(f"{sample_url}/search?words=Hama")
    # A heading that fits best is marked as a sentence would be.
    color = "(part) => getComputedStyle(part).backgroundColor"
    heading = results.locator("mark .heading").first
    assert heading.evaluate(color) == results.locator("mark").first.evaluate(color) != "rgba(0, 0, 0, 0)"
    results.goto(f"{sample_url}/search?words=who holds what in the south and the east")
    assert {results.evaluate("(head) => getComputedStyle(head).display", head.element_handle())
            for head in results.locator(".entries .heading").all()} == {"block"}  # fmt: skip
    results.locator(".entries h2 a").first.click()
    expect(results.locator("#cited")).to_be_visible()
    results.close()


def test_what_cannot_be_searched_is_no_empty_result(canned_url: str) -> None:
    failed = httpx.get(f"{canned_url}/search?words=fail")
    assert failed.status_code == 500 and "The search failed: The articles cannot be read" in failed.text
    assert "Type what you look for" in httpx.get(f"{canned_url}/search").text
    shown = httpx.get(f"{canned_url}/search", params={"words": "Hama", "source": "<b>", "month": "x"}).text
    assert "Nothing of that source and month comes near. <a" in shown and "<b>" not in shown
    assert "&lt;img src=" in httpx.get(f"{canned_url}/search?words=Before").text


def test_a_search_needs_the_login_that_the_page_needs(tmp_path: Path) -> None:
    Accounts(tmp_path).add("bob", "correct horse")
    with canned_server(tmp_path, CHATBOT_READERS="accounts") as (_, url):
        assert httpx.get(f"{url}/search?words=Hama").headers["location"].startswith("/login?next=/search")


def test_months_are_in_the_readers_language(canned_url: str) -> None:
    german = httpx.get(f"{canned_url}/search?words=Hama", headers={"Accept-Language": "de"}).text
    assert ">Dezember 2024 (" in german and ">2024-12 (" not in german
