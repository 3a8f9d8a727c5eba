import pytest
from playwright.sync_api import expect

from tests.support.page import Open, ask, box, press_tab_until, unfold
from tests.web.test_accessibility import barriers


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
    box(page).fill("a silent one")
    box(page).press("Enter")
    expect(page.locator("#panel")).to_be_hidden()
    # Opened for the next question while this one is on its way, it stays open.
    panel = unfold(page)
    expect(page.locator("#live .q")).to_contain_text("a silent one")
    expect(page.locator('#live [aria-busy="true"]')).to_have_count(0)
    expect(panel).to_be_visible()


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


def test_the_panel_closes_as_a_question_is_asked_and_retry_keeps_the_day(opened: Open) -> None:
    page = opened()
    panel = unfold(page)
    panel.get_by_label("As of").fill("2024-12-01")
    ask(page, "What is the scope?")
    expect(panel).to_be_hidden()
    expect(page.locator("#live .said")).to_contain_text("as_of=datetime.date(2024, 12, 1)")
    page.get_by_role("button", name="Reset").click()
    expect(page.locator("#scope")).to_contain_text("All articles")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("#live .turn:not([aria-busy]) .said")).to_contain_text("as_of=datetime.date(2024, 12, 1)")
    expect(page.locator("#live .within")).to_contain_text("as of 1 December 2024")
    ask(page, "What is the scope now?")
    expect(page.locator("#live .said")).to_contain_text("as_of=None")


def test_a_question_sent_right_after_retry_is_asked_next(opened: Open) -> None:
    page = opened()
    ask(page, "What is the scope?")
    page.get_by_label("Your question").fill("And what is the history?")
    # Both presses come before the page knows that an answer grows.
    page.evaluate("""() => {
      document.querySelector("[data-retry]").click();
      document.querySelector("#ask").click();
      document.querySelector("#ask").click();
    }""")
    expect(page.get_by_role("heading", name="Question: And what is the history?")).to_be_visible()
    expect(page.locator("#live .turn:not([aria-busy])")).to_have_count(1)
    expect(page.get_by_role("heading", name="Question: And what is the history?")).to_have_count(1)


CUT = """() => [...document.querySelectorAll("body *")].filter((part) => {
  const { overflowX } = getComputedStyle(part), { width } = part.getBoundingClientRect();
  const hides = ["hidden", "clip"].includes(overflowX) && !part.matches(".aloud, .aloud *");
  return hides && width > 1 && part.scrollWidth > part.clientWidth + 1;
}).map((part) => part.outerHTML.slice(0, 90))"""


def test_no_text_is_cut_off_on_a_phone(opened: Open) -> None:
    page = opened(width=390, height=844)
    assert page.evaluate(CUT) == []
    for question in ("What was written?", "And Kherson? " + "A long question that goes on and on. " * 4):
        ask(page, question)
        assert page.evaluate(CUT) == [] and page.evaluate("document.documentElement.scrollWidth") == 390
    unfold(page)
    assert page.evaluate(CUT) == []
    page.keyboard.press("Escape")
    for name in ("History", "Export"):
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("button", name=name).click()
        assert page.evaluate(CUT) == []
        page.keyboard.press("Escape")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_header_of_a_phone_is_one_line_with_a_menu(opened: Open, scheme: str) -> None:
    page = opened(width=390, height=844, color_scheme=scheme)
    ask(page, "Who controls Hama?")
    bounds = page.locator("#top").bounding_box()
    assert bounds and bounds["height"] < 60
    menu = page.get_by_role("button", name="Menu")
    menu.press("Enter")
    expect(menu).to_have_attribute("aria-expanded", "true")
    assert barriers(page) == []
    expect(page.locator("#menu .known")).to_contain_text("11 articles, 27 November to 11 December 2024")
    assert page.locator("#top").bounding_box() == bounds
    page.get_by_role("link", name="Board").press("Escape")
    expect(menu).to_be_focused()
    menu.click()
    page.get_by_role("link", name="Articles").click()
    expect(page.get_by_role("table")).to_be_visible()
    expect(menu).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("width", [1100, 1280, 1500])
def test_the_header_stays_as_it_is_when_a_conversation_begins(opened: Open, width: int) -> None:
    page = opened(width=width, height=800)
    parts = [page.locator("#top h1"), page.locator("#top .meta")]
    before = [part.bounding_box() for part in parts]
    ask(page, "Who controls Hama?")
    expect(page.locator("#fresh")).to_be_visible()
    assert [part.bounding_box() for part in parts] == before


def test_the_line_for_a_comment_shows_its_question_on_a_phone(opened: Open) -> None:
    page = opened(width=390, height=844)
    ask(page, "Who controls Hama?")
    page.get_by_role("button", name="Not helpful").click()
    line = page.get_by_label("Comment", exact=True)
    needed = line.evaluate("""(input) => {
        const pen = document.createElement("canvas").getContext("2d");
        pen.font = getComputedStyle(input).font;
        return pen.measureText(input.placeholder).width;
    }""")
    padding = line.evaluate("(input) => 2 * parseFloat(getComputedStyle(input).paddingLeft)")
    assert needed <= line.evaluate("(input) => input.clientWidth") - padding
