
from playwright.sync_api import expect

from tests.support.canned import EXAMPLES
from tests.support.page import Open, ask, box


def test_shift_and_enter_make_a_new_line(opened: Open) -> None:
    page = opened()
    box(page).press_sequentially("one")
    box(page).press("Shift+Enter")
    box(page).press_sequentially("two")
    expect(box(page)).to_have_value("one\ntwo")
    expect(page.locator(".turn")).to_have_count(0)


def test_an_example_is_asked_with_one_press(opened: Open) -> None:
    page = opened()
    page.get_by_role("button", name=EXAMPLES[0]).click()
    expect(page.locator("#live .q")).to_contain_text(EXAMPLES[0])
    expect(page.locator("#live button.c")).to_have_count(3)


def test_an_empty_question_gets_a_hint(opened: Open) -> None:
    page = opened()
    box(page).fill("   ")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("alert")).to_have_text("Write a question first, or choose one of the examples.")
    ask(page, "Who controls Hama?")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_stop_keeps_what_was_said_and_the_next_question_is_answered(opened: Open) -> None:
    page = opened()
    box(page).fill("a slow, endless one")
    box(page).press("Enter")
    expect(page.get_by_text("Sentence number 4")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#live .note")).to_contain_text("Stopped before the answer was complete")
    sentences = page.locator("#live .said").count()
    assert 5 <= sentences < 600
    ask(page, "What is the history?")
    expect(page.locator("#live .said")).to_have_text("0 answers came before.")
    expect(page.locator("#past .said")).to_have_count(sentences)


def test_a_question_sent_while_an_answer_grows_is_asked_next(opened: Open) -> None:
    page = opened()
    box(page).fill("a slow, endless one")
    box(page).press("Enter")
    expect(page.get_by_text("Sentence number 2")).to_be_visible()
    box(page).fill("What is the history?")
    box(page).press("Enter")
    expect(page.locator(".turn")).to_have_count(1)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("0 answers came before.")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(2)
    expect(box(page)).to_have_value("")


# The message that an event is done comes well after the last piece of its answer, as from a busy server.
LATE = """() => {
  const Decoder = window.TextDecoderStream;
  window.TextDecoderStream = class {
    constructor() {
      const decoder = new Decoder();
      const late = new TransformStream({
        async transform(piece, out) {
          for (const message of piece.split(/(?<=\\n\\n)/)) {
            if (message.includes("process_completed")) await new Promise((resolve) => setTimeout(resolve, 1500));
            out.enqueue(message);
          }
        },
      });
      [this.writable, this.readable] = [decoder.writable, decoder.readable.pipeThrough(late)];
    }
  };
}"""


def test_a_question_sent_before_the_last_one_is_told_as_done_is_asked(opened: Open) -> None:
    page = opened()
    page.evaluate(LATE)
    for number in range(1, 4):
        box(page).fill("What is the history?")
        box(page).press("Enter")
        expect(page.locator("#live .turn:not([aria-busy]) .said")).to_have_text(f"{number - 1} answers came before.")
        box(page).press("Enter")
    expect(page.locator(".turn")).to_have_count(3)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_stop_works_while_the_chain_is_still_silent(opened: Open) -> None:
    page = opened()
    box(page).fill("a silent one")
    box(page).press("Enter")
    expect(page.get_by_text("Reading the question")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#live .note")).to_be_visible(timeout=2000)


def test_the_end_of_a_growing_answer_stays_in_sight_unless_one_scrolls_up(opened: Open) -> None:
    page = opened()
    box(page).fill("a slow one")
    box(page).press("Enter")
    expect(page.get_by_text("Sentence number 30")).to_be_in_viewport()
    page.mouse.move(300, 300)
    page.mouse.wheel(0, -5000)
    expect(page.get_by_text("Sentence number 35")).to_be_attached()
    expect(page.get_by_text("Sentence number 1 of")).to_be_in_viewport()


def test_retry_asks_the_last_question_again_in_its_place(opened: Open) -> None:
    page = opened()
    ask(page, "Who controls Hama?")
    ask(page, "What is the history?")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("#live .said")).to_have_text("1 answers came before.")
    expect(page.locator(".turn")).to_have_count(2)


def test_a_new_conversation_starts_empty_even_while_an_answer_grows(opened: Open) -> None:
    page = opened()
    ask(page, "Who controls Hama?")
    box(page).fill("a slow, endless one")
    box(page).press("Enter")
    expect(page.get_by_text("Sentence number 3")).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_text("What would you like to know?")).to_be_visible()
    expect(page.locator(".turn, .card")).to_have_count(0)
    page.wait_for_timeout(500)
    expect(page.locator(".turn, .card")).to_have_count(0)
    ask(page, "What is the history?")
    expect(page.locator("#live .said")).to_have_text("0 answers came before.")
