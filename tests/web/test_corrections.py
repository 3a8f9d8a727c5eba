"""What editors change in the Articles view: what is known of an article is corrected, several are removed at once."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chatbot.web.auth.accounts import Accounts, Role
from tests.conftest import canned_server
from tests.support.browsing import Pages
from tests.support.canned_articles import HAMA
from tests.support.page import ask as ask_page
from tests.web.test_article_list import FERRY, file, outcome
from tests.web.test_authentication import PASSWORD, ask, log_in

JSON = {"Content_Type": "application/json"}
REEVE = "The reeve of Kestrel moved into a house in Ormsund."


@pytest.fixture
def editing(pages: Pages, sample_url: str) -> Iterator[Page]:
    """The Articles view of the sample articles with two more, which are gone in the end."""
    page = pages.lend(f"{sample_url}/#articles", width=1280, height=860)
    expect(page.get_by_role("table")).to_be_visible()
    front = "---\ntitle: Kestrl opens a line\nsource: Harbour Post\ndate: 2024-12-14\n---\n"
    page.locator(".drop input").set_input_files([file("kestrel.md", front + FERRY), file("reeve.md", REEVE)])
    outcome(page, "added")
    yield page


def test_an_editor_corrects_and_removes_several(editing: Page) -> None:
    page = editing
    button = page.get_by_role("button", name="Correct Kestrl opens a line")
    button.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Date")).to_have_value("2024-12-14")
    assert dialog.get_by_label("Title").evaluate("(input) => [input.selectionStart, input.selectionEnd]") == [0, 0]
    dialog.get_by_label("Web address").fill("ftp://a.example")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("The URL 'ftp://a.example' is no web address.")
    dialog.get_by_label("Web address").fill("")
    dialog.get_by_label("Title").fill("Kestrel opens a line")
    dialog.get_by_label("Date").fill("2024-12-15")
    dialog.get_by_label("Date").press("Enter")
    expect(page.locator(".outcome p")).to_have_text("Corrected: Kestrel opens a line")
    row = page.locator("#listed tr", has_text="Kestrel opens a line")
    expect(row.locator(".date")).to_contain_text("15 December 2024from the editor")
    expect(page.locator("#top")).to_contain_text("27 November to 15 December 2024")
    row.get_by_role("button", name="Correct").click()
    expect(dialog.locator("[data-field=title] span").first).to_contain_text(
        "Found: Kestrl opens a line · changed by somebody on this machine on "
    )
    dialog.get_by_role("button", name="Put back Date").click()
    expect(dialog.get_by_label("Date")).to_have_value("2024-12-14")
    dialog.get_by_role("button", name="Save").click()
    expect(row.locator(".date")).to_contain_text("14 December 2024")

    page.get_by_role("link", name="Chat", exact=True).click()
    ask_page(page, "Where does the ferry line from Kestrel go?")
    expect(page.locator(".card:visible h3").first).to_contain_text("Kestrel opens a line")

    page.get_by_role("link", name="Articles", exact=True).click()
    page.get_by_label("Search the articles").fill("Kestrel")
    expect(page.locator("#listed tbody tr")).to_have_count(2)
    page.get_by_role("checkbox", name="Choose all on this page").press("Space")
    expect(page.locator(".chosen")).to_contain_text("2 articles chosen")
    page.get_by_label("Search the articles").fill("")
    expect(page.locator("#listed tbody tr")).to_have_count(13)
    expect(page.locator("#listed [name=chosen]:checked")).to_have_count(2)
    page.locator(".chosen").get_by_role("button", name="Remove them").click()
    expect(dialog).to_contain_text("Remove 2 articles?")
    dialog.get_by_role("button", name="Remove them").click()
    expect(page.locator(".outcome p")).to_have_text("Removed: 2 articles")
    expect(page.locator("#listed tbody tr")).to_have_count(11)
    expect(page.locator(".chosen")).to_be_hidden()


def test_only_editors_correct_and_remove(tmp_path: Path) -> None:
    Accounts(tmp_path).add("ada", PASSWORD, Role.EDITOR)
    Accounts(tmp_path).add("bob", PASSWORD)
    path = f"/api/articles/{HAMA.id}"
    with canned_server(tmp_path, CHATBOT_READERS="open") as (_, url):
        ada, bob = log_in(url, "ada"), log_in(url, "bob")
        for method, where in (("GET", path), ("PATCH", path), ("POST", "/api/articles/remove")):
            for sent, status in (({}, 401), ({"Cookie": bob}, 403)):
                body = "" if method == "GET" else '{"title": "x", "ids": ["x"]}'
                assert ask(url, method, where, body, **JSON, **sent)[0] == status
            if method != "GET":
                assert ask(url, method, where, "{}", Cookie=ada, **JSON)[0] == 400
                assert ask(url, method, where, "{}", Cookie=ada, Sec_Fetch_Site="cross-site", **JSON)[0] == 403
        known = json.loads(ask(url, "GET", path, Cookie=ada)[1])
        assert (known["title"], known["date"]) == (HAMA.title, "2024-12-05")
        assert known["changes"][0]["found"] == "2024-12-04" and "text" not in known
        assert ask(url, "PATCH", path, '{"restore": "title"}', Cookie=ada, **JSON)[0] == 400
        assert ask(url, "GET", "/api/articles/none", Cookie=ada)[0] == 404
