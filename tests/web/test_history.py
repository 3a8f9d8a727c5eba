"""Conversations that are there again: after a reload, a stray press, a restart, in another tab and with an account."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from chatbot.web.auth.accounts import Accounts
from tests.conftest import canned_server
from tests.support.browsing import Pages
from tests.support.page import ask, box, unfold
from tests.web.test_accessibility import barriers

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def history_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with canned_server(tmp_path_factory.mktemp("kept")) as (_, url):
        yield url


@pytest.fixture
def page(pages: Pages, history_url: str) -> Page:
    page = pages.lend(history_url)
    expect(box(page)).to_be_visible()
    return page


@pytest.fixture
def context(page: Page) -> BrowserContext:
    return page.context


def questions(page: Page) -> list[str]:
    return [text.removeprefix("Question: ") for text in page.locator("#conversation .q").all_text_contents()]


def open_history(page: Page) -> None:
    page.get_by_role("button", name="History").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def begin_anew(page: Page) -> None:
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#live .welcome .last")).to_be_visible()


def test_a_reload_brings_back_all_that_was_said_and_typed(page: Page) -> None:
    ask(page, "Who controls Hama?")
    ask(page, "And Kherson?")
    ask(page, "What was written?")
    box(page).fill("half typed")
    answer = page.locator("#live .a").inner_text()
    page.reload()
    expect(page.locator("#live .q")).to_contain_text("What was written?")
    assert questions(page) == ["Who controls Hama?", "And Kherson?", "What was written?"]
    assert page.locator("#live .a").inner_text() == answer
    expect(box(page)).to_have_value("half typed")
    page.locator("#past button.c").first.click()
    expect(page.locator(".card.on mark")).to_have_text("Opposition forces took the city of Hama on Thursday.")
    page.locator("#live").get_by_role("button", name="Not helpful").click()
    expect(page.locator("#live .kept")).to_have_text("Thank you. Kept for the editors.")
    ask(page, "What is the history?")
    expect(page.locator("#live .said")).to_have_text("3 answers came before.")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("#live .said")).to_have_text("3 answers came before.")
    panel = unfold(page)
    panel.get_by_label("Source").select_option("Other Desk")
    panel.get_by_label("As of").fill("2024-12-01")
    panel.get_by_role("button", name="Done").click()
    expect(page.locator("#unfold")).to_contain_text("Other Desk · as of 1 December 2024")
    page.reload()
    expect(page.locator(".turn")).to_have_count(4)
    rated = page.locator('.turn[data-turn="2"]')
    expect(rated.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")
    expect(page.locator('.thumb[aria-pressed="true"]')).to_have_count(1)
    expect(page.locator("#unfold")).to_contain_text("Other Desk · as of 1 December 2024")
    ask(page, "What is the scope?")
    expect(page.locator("#live .said")).to_contain_text("source='Other Desk'")
    expect(rated.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")
    begin_anew(page)
    expect(page.locator("#unfold")).to_contain_text("All articles")


def test_a_question_that_is_still_being_answered_is_there_to_be_asked_again(page: Page) -> None:
    box(page).fill("a slow one")
    box(page).press("Enter")
    expect(page.get_by_text("Sentence number 2")).to_be_visible()
    page.reload()
    expect(page.locator("#live .error")).to_contain_text("Press Retry to ask again.")
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_text("Sentence number 1 of")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(1)


def test_a_question_waits_for_the_conversation_to_come_back(page: Page) -> None:
    ask(page, "Who controls Hama?")
    page.reload()
    box(page).fill("What is the history?")
    box(page).press("Enter")
    expect(page.locator("#live .said")).to_have_text("1 answers came before.")
    assert questions(page) == ["Who controls Hama?", "What is the history?"]


def test_a_new_conversation_can_be_undone_and_the_old_one_goes_on(page: Page) -> None:
    ask(page, "Who controls Hama?")
    begin_anew(page)
    page.locator(".last button").click()
    expect(page.locator("#live button.c")).to_have_count(3)
    ask(page, "What is the history?")
    expect(page.locator("#live .said")).to_have_text("1 answers came before.")


def test_a_conversation_is_printed_whole_and_without_what_is_pressed(page: Page) -> None:
    for number in range(6):
        ask(page, f"Who controls Hama, part {number}?")
    page.emulate_media(media="print")
    try:
        for pressed in ("#composer", "#top", "#live .tools"):
            expect(page.locator(pressed)).to_be_hidden()
        for part in ("#chat", "#conversation", "#passages"):
            assert page.locator(part).evaluate("(part) => part.scrollHeight - part.clientHeight") <= 1
        expect(page.locator("#live .q")).to_be_visible()
    finally:
        page.emulate_media(media="screen")


def test_a_long_conversation_comes_back_whole(page: Page) -> None:
    for number in range(25):
        ask(page, f"What is the history, part {number}?")
    page.reload()
    expect(page.locator("#live .q")).to_contain_text("part 24?")
    assert questions(page) == [f"What is the history, part {number}?" for number in range(25)]
    ask(page, "What is the history in the end?")
    expect(page.locator("#live .said")).to_have_text("20 answers came before.")
    assert len(questions(page)) == 26


def test_conversations_are_found_renamed_deleted_and_brought_back(page: Page) -> None:
    for question in ("Who controls Hama?", "What was written?", "And Kherson?"):
        ask(page, question)
        begin_anew(page)
    open_history(page)
    titles = page.get_by_role("dialog").locator(".open b")
    expect(titles).to_have_text(["And Kherson?", "What was written?", "Who controls Hama?"])
    page.get_by_label("Search your conversations").fill("withdrawn UNITS")
    expect(titles).to_have_text(["Who controls Hama?"])
    page.get_by_role("button", name="Rename Who controls Hama?").click()
    page.get_by_label("New title").fill("The city")
    page.keyboard.press("Enter")
    page.get_by_label("Search your conversations").fill("")
    expect(titles).to_have_text(["And Kherson?", "What was written?", "The city"])
    page.get_by_role("button", name="Delete And Kherson?").click()
    expect(titles).to_have_text(["What was written?", "The city"])
    assert "Kherson" not in json.dumps(page.evaluate("({ ...localStorage })"))
    # Also after something was looked for.
    page.get_by_label("Search your conversations").fill("Kherson")
    expect(page.get_by_role("dialog")).to_contain_text("No conversation holds “Kherson”.")
    page.get_by_label("Search your conversations").fill("")
    page.get_by_role("button", name="Undo: bring back And Kherson?").click()
    expect(titles).to_have_count(3)
    page.get_by_role("button", name="Delete all").click()
    expect(titles).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(titles).to_have_text(["And Kherson?", "What was written?", "The city"])
    page.get_by_role("button", name="The city").first.click()
    expect(page.locator("#live .q")).to_contain_text("Who controls Hama?")


def test_deleting_the_conversation_that_is_shown_leaves_an_empty_page(page: Page) -> None:
    ask(page, "Who controls Hama?")
    open_history(page)
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Delete Who controls Hama?").press("Enter")
    expect(page.get_by_role("button", name="Undo: bring back")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#live .welcome")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)
    assert "Hama" not in json.dumps(page.evaluate("[{ ...localStorage }, { ...sessionStorage }]"))


def test_two_tabs_of_one_conversation_lose_nothing(page: Page, context: BrowserContext, history_url: str) -> None:
    ask(page, "Who controls Hama?")
    other = context.new_page()
    other.goto(history_url)
    other.locator(".last button").click()
    expect(other.locator("#live .q")).to_contain_text("Who controls Hama?")
    ask(other, "What was written?")
    ask(page, "And Kherson?")
    third = context.new_page()
    third.goto(history_url)
    open_history(third)
    expect(third.get_by_role("dialog").locator(".open small")).to_have_count(2)
    for words in ("Hama Kherson", "Hama written"):
        third.get_by_label("Search your conversations").fill(words)
        expect(third.get_by_role("dialog").locator(".open")).to_have_count(1)


def test_what_the_browser_keeps_cannot_be_forged(page: Page) -> None:
    ask(page, "Who controls Hama?")
    page.evaluate("""() => {
      const key = Object.keys(localStorage)[0], kept = JSON.parse(localStorage[key]);
      kept.turns[0].record = kept.turns[0].record.replace(/.\\./, (end) => (end[0] === "A" ? "B." : "A."));
      localStorage[key] = JSON.stringify(kept);
    }""")
    page.reload()
    expect(page.locator("#live .error")).to_contain_text("not kept by this server, or was changed")
    expect(page.locator(".card")).to_have_count(0)


def test_the_embedded_chat_is_there_again_after_its_page_was_left(page: Page, history_url: str) -> None:
    page.goto(f"{history_url}/embed")
    ask(page, "Who controls Hama?")
    page.goto(f"{history_url}/login")
    page.goto(f"{history_url}/embed")
    expect(page.locator("#live button.c")).to_have_count(3)


def test_a_full_browser_makes_room_and_says_so(page: Page) -> None:
    ask(page, "Who controls Hama?")
    begin_anew(page)
    page.evaluate("""() => {
      for (let size = 4e6; size > 100; size /= 2) {
        try { for (let n = 0; ; n += 1) localStorage[`x${size} ${n}`] = "x".repeat(size); } catch { /* full */ }
      }
    }""")
    ask(page, "And Kherson?")
    open_history(page)
    expect(page.get_by_role("dialog").locator(".open b")).to_have_text(["And Kherson?"])
    expect(page.get_by_role("dialog")).to_contain_text("the oldest were deleted")


@pytest.mark.parametrize("width", [390, 1280])
def test_after_a_reload_the_newest_answer_is_in_sight(pages: Pages, history_url: str, width: int) -> None:
    page = pages.lend(history_url, width=width, height=600)
    for question in ("Who controls Hama?", "And Kherson?", "What was written?"):
        ask(page, question)
    page.reload()
    expect(page.locator("#live .q")).to_contain_text("What was written?")
    page.wait_for_function(
        """() => {
          const end = document.querySelector("#live .turn:last-child .a").getBoundingClientRect().bottom;
          return end > 60 && end <= document.querySelector("#question").getBoundingClientRect().top + 1;
        }"""
    )


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_serious_is_in_the_way_in_the_drawer(pages: Pages, history_url: str, width: int) -> None:
    for scheme in ("light", "dark"):
        page = pages.lend(history_url, width=width, height=800, color_scheme=scheme)
        ask(page, "Who controls Hama?")
        if width < 861:
            page.get_by_role("button", name="Menu").click()
            assert barriers(page) == []
        open_history(page)
        page.get_by_role("button", name="Rename").click()
        assert barriers(page) == []
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Delete Who").click()
        assert barriers(page) == []


def log_in(page: Page, name: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(box(page)).to_be_visible()


def test_an_accounts_conversations_are_on_the_server_and_its_own(pages: Pages, tmp_path: Path) -> None:
    for name in ("ada", "bob"):
        Accounts(tmp_path).add(name, PASSWORD)
    with canned_server(tmp_path, CHATBOT_READERS="accounts") as (_, url):
        for name in ("ada", "ada", "bob"):
            page = pages.lend(url)
            log_in(page, name)
            if name == "bob":
                open_history(page)
                expect(page.get_by_role("dialog")).to_contain_text("No conversation is kept yet.")
                continue
            if page.locator(".last").is_visible() or list(tmp_path.rglob("history/*/*.json")):
                page.locator(".last button").click()
                expect(page.locator("#live .q")).to_contain_text("What was written?")
                assert questions(page) == ["Who controls Hama?", "What was written?"]
                open_history(page)
                page.get_by_role("button", name="Delete Who").click()
                expect(page.get_by_role("button", name="Undo")).to_be_visible()
                assert list(tmp_path.rglob("history/*/*.json")) == []
                page.get_by_role("button", name="Undo").click()
                expect(page.get_by_role("dialog")).to_contain_text("Kept with your account, for 90 days.")
                continue
            ask(page, "Who controls Hama?")
            ask(page, "What was written?")
            assert page.evaluate("Object.keys(localStorage).length") == 0


def test_where_keeping_is_off_nothing_outlives_the_tab(pages: Pages, tmp_path: Path) -> None:
    with canned_server(tmp_path, CHATBOT_HISTORY="off") as (_, url):
        page = pages.lend(url)
        ask(page, "Who controls Hama?")
        page.reload()
        expect(page.locator("#live button.c")).to_have_count(3)
        expect(page.get_by_role("button", name="History")).to_be_hidden()
        assert page.evaluate("Object.keys(localStorage).length") == 0
        other = page.context.new_page()
        other.goto(url)
        expect(other.locator("#live .welcome")).to_be_visible()
        expect(other.locator(".last")).to_be_hidden()
