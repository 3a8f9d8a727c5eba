"""What readers thought of the answers, as a page and as CSV, for editors alone."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from chatbot.feedback import FILE, FeedbackStore, Rated, Rating
from chatbot.filters import EVERYWHERE
from chatbot.web.auth.accounts import Accounts, Role
from chatbot.web.languages.catalogue import speaking
from chatbot.web.page import feedback_page
from tests.conftest import canned_server
from tests.support.browsing import Pages
from tests.support.canned import HAMA_ANSWER, HOSTILE_ANSWER, KHERSON_ANSWER, WRITTEN_ANSWER
from tests.support.canned_articles import HOSTILE_TEXT
from tests.web.test_accessibility import barriers
from tests.web.test_authentication import PASSWORD, ask, log_in


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("feedback")
    store = FeedbackStore(folder / FILE)
    store.keep(Rated("a", Rating.DOWN, "=HYPERLINK(1) The date is wrong."), HAMA_ANSWER, EVERYWHERE)
    store.keep(Rated("b", Rating.UP), KHERSON_ANSWER, EVERYWHERE)
    store.keep(Rated("c", Rating.UP, HOSTILE_TEXT), HOSTILE_ANSWER, EVERYWHERE)
    for n in range(40):
        store.keep(Rated(f"n{n}", Rating.UP, f"Number {n}"), KHERSON_ANSWER, EVERYWHERE)
    with (folder / FILE).open("a") as file:
        file.write('{"id": "old", "time": "yesterday", "rating": "up"}\nbroken\n')
    return folder


@pytest.fixture(scope="module")
def url(data: Path) -> Iterator[str]:
    with canned_server(data) as (_, url):
        yield url


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_ratings_are_read_filtered_and_paged(pages: Pages, url: str, width: int, scheme: str) -> None:
    page = pages.lend(f"{url}/feedback", width=width, height=844, color_scheme=scheme)
    entries = page.locator(".entries > li")
    expect(entries).to_have_count(30)
    expect(page.get_by_role("main")).to_contain_text("1 line of the file cannot be read")
    page.get_by_role("link", name="Older").click()
    expect(entries).to_have_count(14)
    expect(entries.filter(has_text="<img src").first).to_be_visible()
    assert page.locator("main :is(img, script, i)").count() == 0 and barriers(page) == []
    page.locator("[name=rating]").select_option("Not helpful")
    page.get_by_label("Words").fill("DATE wrong")
    page.get_by_label("Words").press("Enter")
    expect(entries).to_have_count(1)
    expect(entries).to_contain_text("Who controls Hama?")
    entries.get_by_text("3 passages cited").click()
    expect(entries.get_by_role("link").first).to_have_text("Hama changes hands")
    assert page.evaluate("document.documentElement.scrollWidth") <= width and barriers(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    [row] = csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig")))
    assert (row["rating"], row["question"]) == ("down", "Who controls Hama?")
    assert row["comment"] == "'=HYPERLINK(1) The date is wrong."
    assert "[1] Hama changes hands: Opposition" in row["passages"]
    page.get_by_label("Words").fill("zebra")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Show all 44").click()
    expect(entries).to_have_count(30)


def test_a_page_that_is_not_there_is_the_last_one(url: str) -> None:
    assert "Page 2 of 2" in httpx.get(f"{url}/feedback?page=99").text
    assert "Page 1 of 2" in httpx.get(f"{url}/feedback?page=-1&rating=x").text


def test_page_and_table_are_in_the_readers_language(url: str) -> None:
    german = httpx.get(f"{url}/feedback.csv", headers={"Accept-Language": "de"}).content.decode("utf-8-sig")
    assert german.startswith("Zeit,Bewertung,Anmerkung,Frage,Antwort,")
    page = httpx.get(f"{url}/feedback", headers={"Accept-Language": "de"}).text
    assert "1 Zeile der Datei ist nicht lesbar" in page
    assert httpx.get(f"{url}/feedback.csv").content.decode("utf-8-sig").startswith("time,rating,comment,")


def test_only_editors_read_it(tmp_path: Path) -> None:
    Accounts(tmp_path).add("ada", PASSWORD, Role.EDITOR)
    Accounts(tmp_path).add("bob", PASSWORD)
    with canned_server(tmp_path, CHATBOT_READERS="open") as (_, url):
        ada, bob = log_in(url, "ada"), log_in(url, "bob")
        for path in ("/feedback", "/feedback.csv"):
            assert [ask(url, "GET", path, **sent)[0] for sent in ({}, {"Cookie": bob}, {"Cookie": ada})] == [
                401, 403, 200,
            ]  # fmt: skip
        assert "Nobody has rated an answer yet." in ask(url, "GET", "/feedback", Cookie=ada)[1]


def test_verdicts_and_who_answered_are_shown_in_the_language_of_the_page(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path / FILE)
    store.keep(Rated("a", Rating.UP), WRITTEN_ANSWER, EVERYWHERE)
    store.keep(Rated("b", Rating.UP), HAMA_ANSWER, EVERYWHERE)
    records, _ = store.read()
    with speaking("de"):
        html = feedback_page.page(records, 0, counts={"up": 2, "down": 0}, total=2, unreadable=0, rating="", words="")
    assert f"von {len(WRITTEN_ANSWER.statements)} Aussagen bestätigt" in html and "antwortet mit Zitaten" in html
    assert "statements verified" in str(records[1]["verified"])
