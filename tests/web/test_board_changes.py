"""What changed on the board: from the API, and in a browser."""

import json
from xml.etree import ElementTree

from playwright.sync_api import expect

from tests.support.canned_collection import REMAINED
from tests.support.page import Open
from tests.web.test_authentication import ask


def test_the_api_tells_what_changed_in_three_forms(canned_url: str) -> None:
    days = "changed_since=2024-12-01&as_of=2024-12-11"
    status, text, headers = ask(canned_url, "GET", f"/api/board/changes?{days}")
    reply = json.loads(text)
    assert status == 200 and headers["cache-control"] == "no-store"
    assert [change["place"] for change in reply["changes"]] == ["Hama", "Homs"]
    assert reply["changes"][0]["sentence"] == "Opposition forces took the city of Hama on Thursday."
    status, text, headers = ask(canned_url, "GET", f"/api/board/changes.md?{days}")
    assert status == 200 and headers["content-type"].startswith("text/markdown") and "## Hama" in text
    status, text, headers = ask(canned_url, "GET", f"/api/board/changes.atom?{days}")
    assert status == 200 and headers["content-type"] == "application/atom+xml"
    links = [link.get("href") for link in ElementTree.fromstring(text).iter("{http://www.w3.org/2005/Atom}link")]
    assert links[0] == f"{canned_url}/api/board/changes.atom?{days}"
    assert f"{canned_url}/article/0123456789abcdef?start=" in str(links[2])


def test_the_api_says_what_is_wrong_with_the_days(canned_url: str) -> None:
    for path, expected in (
        ("?changed_since=x", 400), (".md?as_of=2024-12-01&changed_since=2024-12-05", 400), (".atom?as_of=5", 400),
        (".pdf", 404),
    ):  # fmt: skip
        status, text, _ = ask(canned_url, "GET", f"/api/board/changes{path}")
        assert status == expected and json.loads(text)["detail"]


def test_what_changed_is_read_between_two_days(opened: Open) -> None:
    page = opened("/#board")
    expect(page.get_by_label("From", exact=True)).to_be_hidden()
    page.get_by_text("What changed", exact=True).click()
    expect(page.locator("#board .count")).to_have_text("4 places changed from 28 November 2024 to 5 December 2024")
    page.get_by_label("From", exact=True).fill("2024-12-01")
    expect(page.locator("#board .count")).to_have_text("2 places changed from 1 December 2024 to 5 December 2024")
    hama = page.locator(".changes > li").first
    expect(hama.locator("dd > b")).to_have_text(["government", "Opposition forces"])
    expect(hama.locator("blockquote")).to_have_text([REMAINED, "Opposition forces took the city of Hama on Thursday."])
    expect(page.get_by_label("Changed since")).to_be_hidden()
    with page.expect_download() as download:
        page.get_by_role("link", name="Markdown").click()
    assert "## Hama" in download.value.path().read_text()
    assert page.get_by_role("link", name="Feed (Atom)").get_attribute("href") == "api/board/changes.atom"
    with page.context.expect_page() as article:
        hama.get_by_role("link", name="Read in the article").last.click()
    expect(article.value.locator("#cited")).to_be_in_viewport()
    assert page.url.endswith("#board?from=2024-12-01&kind=changes")
    page.get_by_label("To", exact=True).fill("2024-11-28")
    expect(page.get_by_role("alert")).to_contain_text("the first day is the later one. Swap them.")
    page.get_by_role("button", name="Try again").focus()
    page.get_by_text("Places", exact=True).click()
    expect(page.locator("#board .opener")).to_have_count(5)
