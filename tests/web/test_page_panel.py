
from playwright.sync_api import expect

from tests.support.page import Open, ask, box, press_tab_until, unfold


def test_a_question_is_narrowed_to_a_source_and_a_day(opened: Open) -> None:
    page = opened()
    line = page.locator("#unfold")
    expect(line).to_have_text("Answers from: All articles · answers by quoting")
    panel = unfold(page)
    panel.get_by_label("Source").select_option("Other Desk")
    panel.get_by_label("As of").fill("2024-12-01")
    panel.get_by_role("button", name="Done").click()
    expect(panel).to_be_hidden()
    expect(line).to_have_text("Answers from: Other Desk · as of 1 December 2024 · answers by quoting")
    ask(page, "What is the scope?")
    expect(page.locator("#live .said")).to_contain_text("source='Other Desk'")
    expect(page.locator("#live .within")).to_have_text("Asked of Other Desk · as of 1 December 2024")

    page.get_by_role("button", name="Reset").click()
    expect(line).to_have_text("Answers from: All articles · answers by quoting")
    ask(page, "What is the history?")
    expect(page.locator("#live .said")).to_have_text("1 answers came before.")
    expect(page.locator(".within")).to_have_count(1)


def test_a_choice_counts_for_a_question_asked_at_once_after_it(opened: Open) -> None:
    page = opened()
    unfold(page).get_by_label("Published from").fill("2024-12-01")
    ask(page, "What is the scope?")
    expect(page.locator("#live .said")).to_contain_text("since=datetime.date(2024, 12, 1)")


def test_days_in_the_wrong_order_are_said_and_not_asked_of(opened: Open) -> None:
    page = opened()
    panel = unfold(page)
    panel.get_by_label("Published from").fill("2024-12-05")
    panel.get_by_label("Published until").fill("2024-12-01")
    panel.get_by_label("Published until").press("Enter")
    problem = page.locator("#scope").get_by_role("alert")
    expect(problem).to_have_text("The first day, 5 December 2024, is after the last, 1 December 2024. Swap them.")
    box(page).fill("What is the scope?")
    box(page).press("Enter")
    expect(page.locator("#hint")).to_contain_text("The first day, 5 December 2024, is after")
    expect(page.locator(".turn")).to_have_count(0)
    page.get_by_role("button", name="Reset").click()
    expect(problem).to_have_count(0)


def test_an_llm_may_be_asked_to_quote(opened: Open, written_url: str) -> None:
    page = opened(written_url)
    expect(page.locator("#top")).to_contain_text("answers written by openai:canned")
    unfold(page).get_by_label("Quoted from the articles").check()
    expect(page.locator("#top")).to_contain_text("answers by quoting")
    ask(page, "What is the scope?")
    expect(page.locator("#live .said")).to_contain_text("quoting=True")


def test_the_panel_is_worked_from_the_keyboard(opened: Open) -> None:
    page = opened()
    press_tab_until(page, "Answers from: All articles · answers by quoting")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Source")).to_be_focused()
    page.keyboard.type("Oth")
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator("#unfold")).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#unfold")).to_contain_text("Other Desk")
