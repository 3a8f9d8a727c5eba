"""The Board view in a browser, and what the API gives it."""

import csv
import io
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.canned_articles import HOSTILE_TEXT
from tests.support.canned_collection import REMAINED, WITHDREW
from tests.support.page import Open, press_tab_until
from tests.support.page import ask as put
from tests.web.test_authentication import ask

# What is wider than its frame, or sticks out of its picture.
MOVED_SIDEWAYS = """(frames) => frames.filter((frame) => {
    const { right } = frame.getBoundingClientRect();
    const out = [...frame.querySelectorAll("text")].some((text) => text.getBoundingClientRect().right > right);
    return frame.checkVisibility() && (out || frame.scrollWidth > frame.clientWidth);
}).map((frame) => frame.className)"""


def places(page: Page) -> list[str]:
    return page.locator("#board .opener").all_inner_texts()


def row(page: Page, place: str) -> list[str]:
    """The cells of a place's row without the labels that only a phone shows."""
    cells = page.locator("#board tbody tr", has=page.get_by_role("button", name=place, exact=True)).locator("td")
    return [cell.strip() for cell in cells.all_inner_texts()]


def test_the_board_is_read_sorted_and_searched(opened: Open) -> None:
    page = opened("/")
    page.get_by_role("link", name="Board", exact=True).click()
    expect(page.locator("#board .count")).to_have_text(
        "5 places · 1 disputed · as the reports stood on 11 December 2024"
    )
    expect(page.get_by_role("heading", name="Who holds what")).to_be_attached()
    assert row(page, "Hama") == ["Hama", "Opposition forces", "took", "5 December 2024", "5 December 2024", "1", "no"]
    assert row(page, "Homs")[1] == "government\ndisputed" and row(page, "Homs")[6] == "yes"
    assert row(page, "Aleppo")[1] == "opposition\nread by the LLM"
    page.get_by_role("button", name="As of").press("Enter")
    expect(page.get_by_role("columnheader", name="As of")).to_have_attribute("aria-sort", "descending")
    expect(page.get_by_role("button", name="As of")).to_be_focused()
    assert places(page)[0] == "Hama" and places(page)[-1].startswith("Nowhere")
    page.get_by_label("Search the board").fill("north opposition")
    expect(page.locator("#board .count")).to_have_text("Nothing on the board is like that.")
    page.get_by_label("Search the board").fill("OPPOSITION")
    expect(page.locator("#board .count")).to_contain_text("2 places")
    page.get_by_role("button", name="Show all").click()
    page.locator("#narrow select").select_option("government")
    expect(page.locator("#board .opener")).to_have_text(["Damascus", "Homs"], use_inner_text=True)


def test_an_answer_leads_to_the_rows_of_its_places(opened: Open) -> None:
    page = opened("/")
    put(page, "Who controls Hama?")
    page.locator(".on-board").get_by_role("link", name="Hama").click()
    newest = page.locator("#history blockquote").first
    expect(newest).to_have_text("Opposition forces took the city of Hama on Thursday.")
    expect(page.get_by_role("button", name="Hama", exact=True)).to_be_in_viewport()
    page.go_back()
    expect(page.locator(".on-board")).to_be_visible()


def test_the_date_is_moved_and_what_changed_since_is_shown(opened: Open) -> None:
    page = opened("/#board")
    date = page.get_by_label("As the reports stood on")
    expect(date).to_have_attribute("min", "2024-11-27")
    expect(date).to_have_attribute("max", "2024-12-11")
    date.fill("2024-12-04")
    expect(page.locator("#board .count")).to_have_text("4 places · as the reports stood on 4 December 2024")
    assert row(page, "Hama")[1:3] == ["government", "holds"]
    date.fill("2024-11-28")
    expect(page.locator("#board .count")).to_have_text("Nothing on the board is like that as of 28 November 2024.")
    date.fill("")
    page.get_by_label("Changed since").fill("2024-12-02")
    expect(page.locator("#board .opener")).to_have_text(["Hama", "Homs"], use_inner_text=True)


def test_a_history_is_opened_by_keyboard_and_a_sentence_followed(opened: Open) -> None:
    page = opened("/#board")
    page.get_by_role("button", name="Disputed").focus()
    press_tab_until(page, "Hama")
    page.keyboard.press("Enter")
    past = page.locator("#history")
    expect(past.locator("blockquote")).to_have_text(
        ["Opposition forces took the city of Hama on Thursday.", WITHDREW, REMAINED]
    )
    expect(past.locator("li").nth(1)).to_contain_text("“it” stands for army; said by The army.")
    expect(past.locator("li").nth(1)).to_contain_text("Sample Desk · reported 5 December 2024")
    press_tab_until(page, "Read in the article: Hama changes hands")
    with page.context.expect_page() as article:
        page.keyboard.press("Enter")
    expect(article.value.locator("#cited")).to_have_text("Opposition forces took the city of Hama on Thursday.")
    expect(article.value.locator("#cited")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(past).to_have_count(0)
    expect(page.get_by_role("button", name="Hama", exact=True)).to_be_focused()


def test_a_link_restores_what_is_shown(opened: Open) -> None:
    page = opened("/#board")
    page.get_by_label("As the reports stood on").fill("2024-12-04")
    page.get_by_label("Search the board").fill("government")
    expect(page.locator("#board .count")).to_contain_text("3 places")
    page.get_by_role("button", name="Homs", exact=True).click()
    page.get_by_role("button", name="Since").click()
    page.get_by_role("button", name="Copy link").click()
    link = page.locator("[data-link]").get_attribute("data-copy")
    assert link == page.url and "as_of=2024-12-04" in link
    page.get_by_role("link", name="Chat", exact=True).click()
    page.get_by_role("link", name="Board", exact=True).click()
    assert page.url == link
    other = opened(f"/#{link.partition('#')[2]}")
    expect(other.locator("#history blockquote")).to_have_text([REMAINED])
    expect(other.get_by_label("As the reports stood on")).to_have_value("2024-12-04")
    expect(other.get_by_label("Search the board")).to_have_value("government")
    expect(other.get_by_role("columnheader", name="Since")).to_have_attribute("aria-sort", "descending")


def test_what_is_shown_is_downloaded_as_a_table(opened: Open, tmp_path: Path) -> None:
    page = opened("/#board?as_of=2024-12-05")
    expect(page.locator("#board .count")).to_contain_text("4 places")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    assert download.value.suggested_filename == "board-2024-12-05.csv"
    download.value.save_as(tmp_path / "board.csv")
    table = csv.DictReader(io.StringIO((tmp_path / "board.csv").read_text("utf-8-sig")))
    rows = {record["place"]: record for record in table}
    assert list(rows) == ["Aleppo", "Damascus", "Hama", "Homs"]
    assert rows["Hama"]["controllers"] == "Opposition forces" and rows["Hama"]["sources"] == "Sample Desk"
    assert (rows["Homs"]["disputed"], rows["Homs"]["board_of"]) == ("yes", "2024-12-05")
    assert rows["Damascus"]["sentence"] == REMAINED
    assert (rows["Aleppo"]["read_by"], rows["Hama"]["read_by"]) == ("LLM", "rules")


def test_no_text_of_an_article_is_markup_or_a_formula(opened: Open, tmp_path: Path) -> None:
    page = opened("/#board?kind=places")
    page.locator(".opener", has_text="Nowhere").click()
    expect(page.locator("#history blockquote")).to_have_text(HOSTILE_TEXT)
    page.get_by_text("Offices", exact=True).click()
    expect(page.locator("#board td.controller")).to_have_text(f"Ada {HOSTILE_TEXT}")
    expect(page.locator("#board :is(img, script, iframe, b:not(.what b), i)")).to_have_count(0)
    assert page.title() == "Ask the articles"
    page.goto(f"{page.url.partition('#')[0]}#board?words={quote(HOSTILE_TEXT)}&controller={quote(HOSTILE_TEXT)}&sort=x")
    expect(page.locator("#board .count")).to_have_text("Nothing on the board is like that.")
    assert page.title() == "Ask the articles"


def test_a_timeline_has_its_table_and_is_kept_as_a_picture(opened: Open, tmp_path: Path) -> None:
    page = opened("/#board?open=Homs")
    picture = page.get_by_role("img", name="Who held Homs, as reported from 1 December 2024 to 11 December 2024")
    expect(picture.locator(".name")).to_have_text(["government"])
    expect(picture.locator("g > rect")).to_have_count(2)
    expect(picture.locator("g > rect").last).to_have_attribute("fill", "url(#hatch-0)")
    page.get_by_text("The timeline as a table").click()
    assert page.locator(".bands tbody tr").all_inner_texts() == [
        "1 December 2024\t5 December 2024\tgovernment\tno", "5 December 2024\t11 December 2024\tgovernment\tyes",
    ]  # fmt: skip
    for kind, opening in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Download {kind}").click()
        assert download.value.suggested_filename == f"timeline-Homs-2024-12-11.{kind.lower()}"
        download.value.save_as(tmp_path / kind)
        stored = (tmp_path / kind).read_bytes()
        assert stored.startswith(opening) and len(stored) > 1000
    assert b"Sources: Sample Desk." in (tmp_path / "SVG").read_bytes()


def test_offices_are_shown_only_where_there_are_some(opened: Open) -> None:
    page = opened("/#board?kind=offices")
    expect(page.locator("#board .count")).to_contain_text("1 office")
    page.get_by_role("button", name="mayor").click()
    expect(page.locator("#history blockquote")).to_have_text("Before.")
    page = opened("/")
    page.route("**/api/board/offices*", lambda route: route.fulfill(json={"offices": []}))
    page.get_by_role("link", name="Board", exact=True).click()
    expect(page.locator("#board .opener")).to_have_count(5)
    expect(page.get_by_text("Offices", exact=True)).to_be_hidden()


def test_a_failed_reading_is_said_and_never_an_empty_board(opened: Open) -> None:
    page = opened("/")
    fails = [True]

    def answer(route: Route) -> None:
        if fails:
            route.fulfill(status=500, json={"detail": "The index is being rebuilt."})
        else:
            route.continue_()

    page.route("**/api/board?*", answer)
    page.get_by_role("link", name="Board", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("The board could not be read. The index is being rebuilt.")
    fails.clear()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#board .opener")).to_have_count(5)


def test_a_collection_without_claims_says_so(opened: Open) -> None:
    page = opened("/")
    nothing: dict[str, object] = {"places": [], "offices": [], "first": None, "last": None}
    page.route("**/api/board**", lambda route: route.fulfill(json=nothing))
    page.get_by_role("link", name="Board", exact=True).click()
    expect(page.locator("#board .count")).to_have_text("The articles do not say of any place who holds it.")
    expect(page.locator("#board button").filter(visible=True)).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_board_fits_a_phone(opened: Open, scheme: str) -> None:
    page = opened("/#board?open=Hama", width=390, height=844, color_scheme=scheme, locale="de-DE")
    expect(page.locator("#history blockquote")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator("#board tr:has(.opener)", has_text="Homs")).to_contain_text("umstritten")
    # All five ways to look at it stand in one line, and no picture or title is cut.
    tabs = [tab.bounding_box() for tab in page.locator("#board .ways label").all()]
    assert len(tabs) == 5 and len({tab["y"] for tab in tabs if tab}) == 1
    assert page.locator(".picture, .ways").evaluate_all(MOVED_SIDEWAYS) == []
    title = "Wer Hama hielt, nach Berichten vom 1. Dezember 2024 bis zum 11. Dezember 2024"
    expect(page.locator(".picture .title")).to_have_text(title)
    page.locator("#board .ways").get_by_text("Karte").click()
    expect(page.locator(".chart .title")).to_have_text("Wer hält was, nach den Berichten bis 11. Dezember 2024")
    assert page.locator(".picture, .ways").evaluate_all(MOVED_SIDEWAYS) == []


def test_what_nobody_reported_for_long_is_said_to_be_old(opened: Open) -> None:
    page = opened("/#board")
    age = "([day, asOf]) => boardTable.age({ as_of: day }, { asOf, last: '2024-12-11' })"
    assert page.evaluate(age, ["2024-11-18", ""]) == "last reported 23 days before the newest article"
    assert page.evaluate(age, ["2024-11-18", "2024-12-09"]) == "last reported 21 days before 9 December 2024"
    assert page.evaluate(age, ["2024-12-01", ""]) == page.evaluate(age, [None, ""]) == ""


def test_ten_thousand_rows_are_narrowed_at_once(opened: Open) -> None:
    page = opened("/")
    entry = {
        "controllers": ["A"], "disputed": False, "inferred": False, "status": "holds", "since": "2024-12-01",
        "as_of": "2024-12-01", "reports": 1, "sources": ["Desk"], "within": "", "article_id": "a", "sentence": "S.",
    }  # fmt: skip
    many = {"places": [{**entry, "place": f"Place {n}"} for n in range(10_000)], "first": None, "last": None}
    page.route("**/api/board?*", lambda route: route.fulfill(json=many))
    page.get_by_role("link", name="Board", exact=True).click()
    expect(page.locator("#board .count")).to_contain_text("10,000 places")
    expect(page.locator("#board .opener")).to_have_count(200)
    page.get_by_role("button", name="Show 200 more").click()
    expect(page.locator("#board .opener")).to_have_count(400)
    page.get_by_label("Search the board").fill("999")
    expect(page.locator("#board .count")).to_contain_text("19 places")


def test_the_api_gives_a_history_and_says_what_is_wrong(canned_url: str) -> None:
    status, text, headers = ask(canned_url, "GET", "/api/board/history?place=Hama")
    reply = json.loads(text)
    assert status == 200 and headers["cache-control"] == "no-store"
    assert [claim["sentence"] for claim in reply["claims"]][-1] == REMAINED
    assert [(band["from"], band["to"], band["controllers"]) for band in reply["timeline"]] == [
        ("2024-12-01", "2024-12-05", ["government"]), ("2024-12-05", "2024-12-11", ["Opposition forces"]),
    ]  # fmt: skip
    assert json.loads(ask(canned_url, "GET", "/api/board")[1])["last"] == "2024-12-11"
    for path, expected in (("history?place=Oz", 404), ("history?place=Hama&as_of=x", 400), ("offices?as_of=x", 400)):
        status, text, _ = ask(canned_url, "GET", f"/api/board/{path}")
        assert status == expected and json.loads(text)["detail"]
