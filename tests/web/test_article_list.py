"""The Articles view: its HTML, and in a browser what an editor does there and what a reader does not see."""

import datetime
import http.client
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import FilePayload, Page, expect

from chatbot.settings import Settings
from chatbot.web.auth.accounts import Accounts, Role
from chatbot.web.auth.authorization import Access, Visitor
from chatbot.web.page import article_list
from index.article import Article
from index.limits import FileLimits
from index.storage.articles import Browsing, Listed, Order
from index.storage.ledger import Ledger
from tests.conftest import canned_server
from tests.support.browsing import Pages
from tests.support.canned_articles import HOSTILE, HOSTILE_TEXT
from tests.support.canned_collection import CannedCollection
from tests.support.corpus import put
from tests.support.page import ask as ask_page
from tests.web.test_accessibility import barriers
from tests.web.test_authentication import PASSWORD, ask
from tests.web.test_login_pages import sign_in

ROW = Listed("a1", "Harbour", "Desk", datetime.date(2024, 12, 5), "/secret/harbour.md", 3, "2026-01-02T03:04:05+00:00",
             "text")  # fmt: skip
FERRY = "The town of Kestrel opened a ferry line to Ormsund on Saturday."
# What of the page's events a browser may ask the server for.
EVENTS = 12


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({}, (Browsing(), 0)),
        ({"words": "a b", "source": "=Desk", "order": "title", "descending": False, "page": 2},
         (Browsing("a b", "Desk", Order.TITLE, descending=False), 2)),
        ({"source": "="}, (Browsing(source=""), 0)),
        ({"source": "Desk", "order": "id; DROP TABLE article", "page": "7"}, (Browsing(), 0)),
        ({"words": "x" * 999, "order": ["date"], "page": -1}, (Browsing("x" * 200), 0)),
        ({"words": None, "page": True}, (Browsing(), 0)),
        ({"page": 10**40}, (Browsing(), article_list.LAST_PAGE)),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_as_if_it_were_not_said(given: dict[str, object], read: tuple[Browsing, int]) -> None:
    assert article_list.read_browsing(given) == read


def test_two_thousand_articles_are_listed_fifty_at_a_time_and_at_once(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
        with ledger.transaction():
            for n in range(2000):
                put(ledger, Article(f"a{n:04}", f"Text number {n}.", f"Title {n:04}", f"Source {n % 7}"), dimension=4)
        began = time.monotonic()
        by_title = {"order": "title", "descending": False}
        pages = [article_list.listing(ledger.articles, by_title | {"page": n}, editor=True) for n in (0, 39)]
        matching = article_list.listing(ledger.articles, {"words": "number 1234"}, editor=True)
        assert time.monotonic() - began < 1
    assert [page.count("<tr>") for page in pages] == [51, 51] and "1 to 50 of 2,000" in pages[0]
    assert "1,951 to 2,000 of 2,000" in pages[1] and "Title 1999" in pages[1] and pages[1].count(" disabled") == 1
    assert matching.count("<tr>") == 2 and "Title 1234" in matching


def test_a_page_that_is_no_longer_there_is_the_last_one() -> None:
    assert "3 articles" in article_list.listing(CannedCollection(), {"page": 9}, editor=False)


def test_only_an_editor_is_shown_files_and_what_changes_the_list(tmp_path: Path) -> None:
    access = Access(Settings(data=tmp_path, readers="open"))
    editor, reader = Visitor("ada", Role.EDITOR), Visitor("", Role.READER)
    shown = article_list.table([ROW], 1, Browsing(), 0, editor=True)
    assert "harbour.md" in shown and "/secret" not in shown and "data-remove" in shown and "from the text" in shown
    assert not {"harbour.md", "data-remove"} & set(article_list.table([ROW], 1, Browsing(), 0, editor=False).split('"'))
    limit = Settings(upload_mb=70, file_limits=FileLimits(file_mb=7)).upload_limit
    tools = article_list.tools(access, editor, limit)
    assert 'type="file"' in tools and "7 MB each at most, a .zip 70. A file" in tools
    assert article_list.tools(access, reader, limit) == ""
    Accounts(tmp_path).add("ada", PASSWORD, Role.EDITOR)
    assert 'href="login"' in article_list.tools(access, reader, limit)
    assert article_list.account(access, reader) == "" and "Log out" in article_list.account(access, editor)


def test_names_and_titles_are_text() -> None:
    row = Listed("x", HOSTILE.title, HOSTILE.source, None, f"upload:{HOSTILE_TEXT}", 1, "2026-01-02T03:04:05+00:00")
    html = article_list.table([row], 1, Browsing(), 0, editor=True) + article_list.bar([(HOSTILE.source, 1), (None, 2)])
    assert "<img" not in html and "<svg" not in html and "<i>" not in html and "unknown (2)" in html


@pytest.fixture
def editing(pages: Pages, sample_url: str) -> Iterator[Page]:
    """The Articles view of the sample articles, on this machine."""
    page = pages.lend(sample_url, width=1240, height=860)
    page.get_by_role("link", name="Articles", exact=True).press("Enter")
    expect(page.get_by_role("table")).to_be_visible()
    yield page


def file(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def drop(page: Page, name: str, text: str) -> None:
    """Drops a file on the page as a hand would."""
    make = """([name, text]) => {
        const dropped = new DataTransfer();
        dropped.items.add(new File([text], name));
        return dropped;
    }"""
    page.dispatch_event(".drop", "drop", {"dataTransfer": page.evaluate_handle(make, [name, text])})


def outcome(page: Page, name: str) -> str:
    row = page.locator(f".outcome .{name}")
    expect(row).to_be_visible(timeout=30_000)
    return row.inner_text()


def test_an_editor_adds_asks_and_removes(editing: Page) -> None:
    page = editing
    front = "---\ntitle: Kestrel opens a line\nsource: Harbour Post\ndate: 2024-12-14\n---\n"
    page.locator(".drop input").set_input_files([file("kestrel.md", front + FERRY), file("empty.txt", " ")])
    assert "Kestrel opens a line" in outcome(page, "added")
    assert "empty.txt: the file has no text." in outcome(page, "refused")
    expect(page.locator("#top")).to_contain_text("12 articles, 27 November to 14 December 2024")
    drop(page, "kestrel.md", f"{front}{FERRY.replace('Ormsund', 'Ormsund and Vik')}")
    assert "Kestrel opens a line" in outcome(page, "updated")

    page.get_by_text("Pasted text", exact=True).click()
    page.locator("form.text").get_by_label("Title").fill("Tern closes its mill")
    page.get_by_label("Text", exact=True).fill("The paper mill of Tern was closed on Friday after eighty years.")
    page.get_by_role("button", name="Add", exact=True).click()
    assert "Tern closes its mill" in outcome(page, "added")
    expect(page.get_by_label("Text", exact=True)).to_have_value("")
    expect(page.locator("tr", has_text="Tern closes its mill").locator(".date")).to_have_text("unknown")

    page.get_by_role("link", name="Chat", exact=True).click()
    page.get_by_role("button", name="Answers from:").click()
    page.locator("#panel").get_by_label("Source").select_option("Harbour Post")
    ask_page(page, "Where does the ferry line from Kestrel go?")
    expect(page.locator("#live .said").first).to_contain_text("a ferry line to Ormsund and Vik on Saturday")
    expect(page.locator(".card:visible h3").first).to_contain_text("Kestrel opens a line")

    page.get_by_role("link", name="Articles", exact=True).click()
    for title in ("Kestrel opens a line", "Tern closes its mill"):
        page.get_by_role("button", name=f"Remove {title}").click()
        page.get_by_role("button", name="Remove it").click()
        expect(page.locator(".outcome p")).to_have_text(f"Removed: {title}")
    expect(page.locator("#top")).to_contain_text("11 articles, 27 November to 11 December 2024")
    page.get_by_role("link", name="Chat", exact=True).click()
    ask_page(page, "Who closed the paper mill of Tern?")
    expect(page.locator("#live .said").first).not_to_contain_text("mill of Tern was closed")


def test_the_list_is_searched_sorted_and_narrowed_by_keyboard(editing: Page) -> None:
    page = editing
    titles = page.locator("#listed .title a")
    expect(titles.first).to_have_text("Truce in Manbij and a new change in Deir ez-Zor")
    page.get_by_role("button", name="Date").press("Enter")
    expect(titles.first).to_have_text("Opposition opens an offensive west of Aleppo")
    expect(page.get_by_role("columnheader", name="Date")).to_have_attribute("aria-sort", "ascending")
    expect(page.get_by_role("button", name="Date")).to_be_focused()
    page.get_by_label("Search the articles").fill("truce")
    expect(page.locator("#found")).to_have_text(page.locator("#listed .count").inner_text())
    expect(titles).to_have_text(["Truce in Manbij and a new change in Deir ez-Zor"])
    page.locator("#browse select").select_option("=Sample Desk")
    page.get_by_label("Search the articles").fill("zebra")
    expect(page.locator("#listed")).to_contain_text("No article is like that.")
    page.get_by_label("Search the articles").fill("")
    expect(titles).to_have_count(11)
    button = page.get_by_role("button", name="Remove Truce")
    button.press("Enter")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    with page.context.expect_page() as article:
        titles.last.press("Enter")
    expect(article.value.locator("h1")).to_have_text("Truce in Manbij and a new change in Deir ez-Zor")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1240


def test_on_a_phone_all_are_chosen_and_outcomes_have_room(pages: Pages, sample_url: str) -> None:
    page = pages.lend(f"{sample_url}/#articles", width=390, height=844)
    expect(page.get_by_role("table")).to_be_visible()
    page.get_by_role("checkbox", name="Choose all on this page").check(timeout=5000)
    page.get_by_role("button", name="Remove them").click()
    expect(page.get_by_role("dialog")).to_contain_text("and 3 more")
    assert barriers(page) == []
    page.get_by_role("button", name="Keep them").click()
    page.get_by_text("Web addresses", exact=True).click()
    addresses = ["no address", "http://127.0.0.1:9/page"]
    page.get_by_label("Web addresses, one a line").fill("\n".join(addresses))
    page.locator("form.urls").get_by_role("button", name="Add").click()
    outcome(page, "refused")
    expect(page.get_by_label("Web addresses, one a line")).to_have_value("\n".join(addresses))
    bounds = page.locator(".outcome .refused ul").bounding_box()
    assert bounds and bounds["width"] > 280 and barriers(page) == []


def test_what_could_not_be_added_waits_to_be_sent_again(pages: Pages, canned_url: str) -> None:
    page = pages.lend(f"{canned_url}/#articles", width=390, height=844)
    expect(page.locator(".drop")).to_be_visible()
    names = ["open.md", "a.exe", "locked.md", "later.md"]
    page.locator(".drop input").set_input_files([file(name, "x") for name in names])
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("still being written by process 1. Send the other 2 files", timeout=30_000)
    assert "open.md: 1 bytes" in outcome(page, "added")
    assert "a.exe: '.exe' files are not" in outcome(page, "refused")
    problem.get_by_role("button").click()
    expect(problem).to_contain_text("still being written")
    page.get_by_text("Web addresses", exact=True).click()
    page.locator("[name=urls]").fill("http://a.example\nhttp://b.example")
    page.get_by_role("button", name="Add", exact=True).click()
    assert outcome(page, "refused").count("the page has no article in it.") == 2
    expect(page.locator("[name=urls]")).to_have_value("http://a.example\nhttp://b.example")
    expect(page.locator(".outcome tr")).to_have_count(1)
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator(".outcome")).to_be_empty()
    page.get_by_text("Pasted text", exact=True).click()
    page.get_by_label("Text", exact=True).fill("locked")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(problem).to_contain_text("still being written")
    expect(page.get_by_label("Text", exact=True)).to_have_value("locked")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_label("Search the articles").fill("damaged")
    expect(page.locator(".toast-body")).to_contain_text("The articles cannot be read at the moment.")
    expect(page.locator("body")).not_to_contain_text("secret detail")


def test_a_reader_sees_the_list_alone_until_an_editor_logs_in(pages: Pages, tmp_path: Path) -> None:
    Accounts(tmp_path).add("ada", PASSWORD, Role.EDITOR)
    server = canned_server(tmp_path, CHATBOT_READERS="open")
    with server as (_, url):
        page = pages.lend(f"{url}/#articles")
        expect(page.locator("#listed tbody tr")).to_have_count(3)
        assert page.locator("#article-list :is([type=file], [data-remove], [data-again], dialog)").count() == 0
        page.get_by_role("link", name="log in").click()
        sign_in(page)
        page.get_by_role("link", name="Articles", exact=True).click()
        expect(page.locator(".drop input")).to_have_count(1)
        expect(page.locator("#listed [data-remove]")).to_have_count(3)
        page.goto(f"{url}/embed#articles")
        expect(page.get_by_label("Your question")).to_be_visible()
        expect(page.locator("#article-list, #views, .account").filter(visible=True)).to_have_count(0)


def test_no_event_of_the_page_tells_a_reader_what_is_an_editors(tmp_path: Path) -> None:
    with canned_server(tmp_path, CHATBOT_READERS="open") as (_, url):
        for number in range(EVENTS):
            body = f'{{"data": [], "event_data": {{"opening": true}}, "fn_index": {number}, "session_hash": "x"}}'
            ask(url, "POST", "/gradio_api/queue/join", body, Content_Type="application/json")
        events = stream(url)
    assert "Hama changes hands" in events and "data-remove" not in events and "type=" + '\\"file' not in events


def stream(url: str) -> str:
    """All that the queue tells a session until it has nothing more to tell."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=15)
    connection.request("GET", "/gradio_api/queue/data?session_hash=x")
    events = connection.getresponse().read().decode()
    connection.close()
    return events


def test_a_long_text_tells_how_far_it_is_and_can_be_stopped(editing: Page) -> None:
    page = editing
    text = " ".join(f"On day {n} the ferry of town {n % 97} came late, and {n} people waited." for n in range(9000))
    long = file("long.md", f"---\ntitle: Long\n---\n{text}")
    page.locator(".drop input").set_input_files([long, file("b.md", FERRY)])
    expect(page.locator(".progress")).to_contain_text("passages", timeout=30_000)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".outcome .problem")).to_contain_text("It was stopped.", timeout=30_000)
    expect(page.locator("#listed")).not_to_contain_text("Long")
