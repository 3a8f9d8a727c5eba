import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from chatbot.feedback import FILE, FeedbackStore
from tests.support.page import Open, ask, box, press_tab_until


def test_copying_takes_the_answer_and_its_sources(opened: Open) -> None:
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    ask(page, "Who controls Hama?")
    page.get_by_role("button", name="Copy with sources").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "[2] Hama changes hands, Sample Desk, 5 December 2024. “The army said" in copied


def acknowledgement(page: Page) -> Locator:
    return page.locator("#live .kept")


def test_a_thumb_and_a_comment_are_kept_with_the_answer(opened: Open, canned_data: Path) -> None:
    page = opened()
    ask(page, "What was written?")
    page.locator("#live").get_by_role("button", name="Not helpful").click()
    expect(acknowledgement(page)).to_have_text("Thank you. Kept for the editors.")
    expect(page.get_by_label("Comment", exact=True)).to_be_focused()
    page.keyboard.type("Twelve is invented.")
    page.keyboard.press("Enter")
    expect(acknowledgement(page)).to_have_text("Thank you. Your comment is kept for the editors.")
    expect(page.get_by_label("Comment", exact=True)).to_be_hidden()
    expect(page.get_by_role("button", name="Not helpful", pressed=True)).to_be_focused()
    record = FeedbackStore(canned_data / FILE).read()[0][0]
    assert (record["question"], record["comment"]) == ("What was written?", "Twelve is invented.")


DROPPING = """
let dropped = 0;
document.addEventListener("tell", (event) => {
  if (event.detail.name === "like" && dropped++ < 2) event.stopImmediatePropagation();
}, true);
"""


def test_a_rating_that_gradio_drops_is_told_again(opened: Open, canned_data: Path) -> None:
    page = opened()
    ask(page, "Who controls Hama?")
    page.evaluate(DROPPING)
    page.get_by_role("button", name="Not helpful").click()
    page.get_by_label("Comment", exact=True).fill("It is older than it says.")
    page.keyboard.press("Enter")
    expect(acknowledgement(page)).to_have_text("Thank you. Your comment is kept for the editors.")
    assert FeedbackStore(canned_data / FILE).read()[0][0]["comment"] == "It is older than it says."


def test_a_rating_can_be_changed_and_outlasts_the_next_question(opened: Open, canned_data: Path) -> None:
    page = opened()
    ask(page, "Who controls Hama?")
    before = len(FeedbackStore(canned_data / FILE).read()[0])
    page.get_by_role("button", name="Helpful", exact=True).click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Not helpful").click()
    expect(page.get_by_role("button", name="Not helpful", pressed=True)).to_have_count(1)
    expect(page.get_by_role("button", name="Helpful", exact=True, pressed=False)).to_have_count(1)
    ask(page, "And Kherson?")
    expect(page.locator("#past").get_by_role("button", name="Not helpful", pressed=True)).to_have_count(1)
    expect(page.locator("#live").get_by_role("button", pressed=True)).to_have_count(0)
    records = FeedbackStore(canned_data / FILE).read()[0]
    assert len(records) == before + 1 and records[0]["rating"] == "down"


def test_a_comment_half_typed_outlasts_the_next_question(opened: Open) -> None:
    page = opened()
    ask(page, "Who controls Hama?")
    page.get_by_role("button", name="Not helpful").click()
    page.keyboard.type("The date is")
    ask(page, "And Kherson?")
    expect(page.locator("#past").get_by_label("Comment", exact=True)).to_have_value("The date is")
    expect(page.locator("#past").get_by_label("Comment", exact=True)).to_be_visible()


def test_an_older_answer_is_rated_while_the_next_one_grows(opened: Open, canned_data: Path) -> None:
    page = opened()
    ask(page, "Who controls Hama?")
    box(page).fill("a slow, endless one")
    box(page).press("Enter")
    expect(page.get_by_text("Sentence number 2")).to_be_visible()
    page.locator("#past").get_by_role("button", name="Helpful", exact=True).click()
    expect(page.locator("#past .kept")).to_have_text("Thank you. Kept for the editors.")
    page.get_by_role("button", name="Stop").click()
    ask(page, "And Kherson?")
    expect(page.locator("#past").get_by_role("button", name="Helpful", exact=True, pressed=True)).to_have_count(1)


def test_a_rating_that_cannot_be_kept_is_said(opened: Open, written_url: str) -> None:
    page = opened(written_url)
    ask(page, "Who controls Hama?")
    page.get_by_role("button", name="Helpful", exact=True).click()
    expect(acknowledgement(page)).to_contain_text("could not be kept")
    expect(page.locator("#live").get_by_role("button", pressed=True)).to_have_count(0)


def test_copying_as_markdown_links_the_sources(opened: Open) -> None:
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    ask(page, "Who controls Hama?")
    page.get_by_role("button", name="Copy as Markdown").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert "[news.example](<https://news.example/hama>)" in page.evaluate("navigator.clipboard.readText()")


def test_the_conversation_is_exported_as_one_file(opened: Open) -> None:
    page = opened()
    expect(page.get_by_role("button", name="Export")).to_be_hidden()
    for question in ("Who controls Hama?", "What was written?", "please fail"):
        ask(page, question)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    assert re.fullmatch(r"conversation-\d{4}-\d\d-\d\d\.md", download.value.suggested_filename)
    text = download.value.path().read_text()
    assert text.startswith("# Ask the articles\n\n11 articles, 27 November to 11 December 2024\n\n## Who controls")
    assert re.findall("^## (.*)", text, re.MULTILINE) == ["Who controls Hama?", "What was written?", "please fail"]
    assert "*2 of 3 statements verified*" in text and "The model at http" in text


def test_everything_can_be_done_from_the_keyboard(opened: Open) -> None:
    page = opened()
    expect(box(page)).to_be_focused()
    page.keyboard.type("Who controls Hama?")
    page.keyboard.press("Enter")
    expect(page.locator("#live button.c")).to_have_count(3)
    press_tab_until(page, "Citation 1: Hama changes hands", back=True)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#card-0-1")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Read the article").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Citation 1: Hama changes hands")).to_be_focused()
    press_tab_until(page, "Retry")


def test_the_latest_answer_is_announced_once_it_is_whole(opened: Open) -> None:
    page = opened()
    live = page.get_by_role("log", name="Latest answer")
    expect(live).to_have_attribute("aria-live", "polite")
    box(page).fill("a slow, endless one")
    box(page).press("Enter")
    expect(live).to_have_attribute("aria-busy", "true")
    page.get_by_role("button", name="Stop").click()
    expect(live).to_have_attribute("aria-busy", "false")
