import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chatbot.web.page.asking import SENT_TURNS
from tests.support.canned import SMUGGLING
from tests.support.canned_articles import HOSTILE_TEXT
from tests.support.page import Open, ask, box

STREAM = Path(__file__).parents[2] / "chatbot/web/page/static/stream.js"
# The server takes the second event after it has decided to end the stream of the first.
GRADIO_SERVER = r"""() => {
  const message = (said) => `data: ${JSON.stringify(said)}\n\n`;
  const done = (id) => message({ msg: "process_completed", event_id: id });
  let joined = 0, streams = 0, opened;
  window.fetch = async (url) => {
    if (url.includes("join")) {
      joined += 1;
      if (joined === 2) opened.enqueue(new TextEncoder().encode(message({ msg: "close_stream" })));
      if (joined === 2) opened.close();
      return new Response(JSON.stringify({ event_id: ["first", "second", "third"][joined - 1] }));
    }
    streams += 1;
    if (streams > 1) return new Response(done(streams === 2 ? "second" : "third") + message({ msg: "close_stream" }));
    return new Response(new ReadableStream({
      start: (out) => { opened = out; out.enqueue(new TextEncoder().encode(done("first"))); },
    }));
  };
}"""
# The client opens a stream only where it knows of none; it knows of the first until it reads that it is closed.
GRADIO_CLIENT = r"""async () => {
  const seen = [];
  const join = () => fetch("/gradio_api/queue/join");
  await join();
  const stream = (await fetch("/gradio_api/queue/data")).body.pipeThrough(new TextDecoderStream()).getReader();
  const read = async () => seen.push(JSON.parse((await stream.read()).value.trim().slice(6)));
  await read();
  for (let again = 0; again < 2; again += 1) {
    await join();
    await read();
  }
  return seen.map((said) => said.event_id ?? said.msg);
}"""


def test_the_header_says_who_answers_and_what_is_known(opened: Open) -> None:
    banner = opened().locator("#top")
    expect(banner).to_contain_text("11 articles, 27 November to 11 December 2024 · answers by quoting")


def test_an_answer_stands_beside_the_passages_it_cites(opened: Open) -> None:
    page = opened()
    ask(page, "Who controls Hama?")
    expect(page.locator("#live .asof")).to_have_text("As of 5 December 2024, Sample Desk")
    expect(page.locator("#live button.c")).to_have_text(["1", "2", "3"])
    expect(page.locator("#passages h2:visible")).to_have_text("Passages cited in this answer")
    expect(page.locator(".card:visible mark").first).to_have_text(
        "Opposition forces took the city of Hama on Thursday."
    )
    expect(box(page)).to_have_value("")


def test_a_mark_of_an_older_answer_brings_back_its_cards(opened: Open) -> None:
    page = opened()
    ask(page, "Who controls Hama?")
    ask(page, "And Kherson?")
    expect(page.locator(".card:visible")).to_have_count(1)
    page.get_by_role("button", name="Citation 3: Front lines").click()
    expect(page.locator(".card:visible")).to_have_count(3)
    expect(page.locator("#card-0-3")).to_be_focused()
    expect(page.locator("#card-0-3")).to_be_in_viewport()
    expect(page.locator("button.c[aria-pressed=true]")).to_have_text(["3"])


def test_an_abstention_shows_related_passages_as_no_answer(opened: Open) -> None:
    page = opened()
    ask(page, "And Kherson?")
    expect(page.locator("#live .none")).to_have_text("No article mentions Kherson.")
    expect(page.locator("#passages h2:visible")).to_have_text("Related passages, not an answer")
    expect(page.locator("#live button.c")).to_have_count(0)
    page.get_by_text("Question as understood").click()
    expect(page.locator("#live details")).to_contain_text("Who controls Kherson?")


def test_a_number_in_brackets_that_is_quoted_is_no_button(opened: Open) -> None:
    page = opened()
    ask(page, "What is in brackets?")
    expect(page.locator("#live .asof")).to_have_text("As of 5 December 2024, Desk [3]")
    quotation = page.locator("#live .said")
    expect(quotation).to_have_text("“They [2] took the city [1].” 1")
    expect(quotation.locator("button")).to_have_count(1)


def test_it_says_what_it_does_while_nothing_is_written(opened: Open) -> None:
    page = opened()
    box(page).fill("a silent one")
    box(page).press("Enter")
    steps = page.locator("#live .steps li")
    expect(steps).to_have_text(
        ["Reading the question", "Searching the articles", "Reading 8 passages", "Waiting for openai:canned…"]
    )
    expect(steps.last).to_have_attribute("aria-current", "step")
    expect(page.locator("#live .said")).to_have_count(1, timeout=10_000)
    expect(steps).to_have_count(0)


@pytest.mark.parametrize(("motion", "moves"), [("no-preference", True), ("reduce", False)])
def test_nothing_moves_for_a_reader_who_wants_less_motion(opened: Open, motion: str, moves: bool) -> None:
    page = opened(reduced_motion=motion)
    box(page).fill("a silent one")
    box(page).press("Enter")
    expect(page.locator("#live .steps li[aria-current]")).to_be_visible()
    moving = page.evaluate("document.getAnimations().filter((each) => each instanceof CSSAnimation).length")
    assert bool(moving) is moves


def test_verdicts_are_said_in_words_and_by_a_sign(opened: Open) -> None:
    page = opened()
    ask(page, "What was written?")
    expect(page.locator("#live .verdict")).to_have_text("2 of 3 statements verified · 2 articles")
    expect(page.locator("#live .unfound")).to_have_text("They lost 12 men.")
    expect(page.locator("#live .unfound")).to_have_css("text-decoration-style", "dashed")
    expect(page.locator("#live .badge")).to_have_text("not found in the articles: the number 12")
    warning = sign(page)
    ask(page, "What was proven?")
    assert warning != sign(page) != "none"


def sign(page: Page) -> str:
    return str(page.locator("#live .verdict").evaluate("e => getComputedStyle(e, '::before').maskImage"))


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("please fail", "The model at http://127.0.0.1:9 does not answer. Start it, or unset --model."),
        ("please crash", "Something went wrong inside the chatbot"),
        ("the damaged ledger", "The articles cannot be read at the moment."),
        ("x" * 2001, "The question has 2,001 characters. Expected at most 2,000."),
    ],
)
def test_an_error_is_said_as_such_and_the_question_is_kept(opened: Open, question: str, message: str) -> None:
    page = opened()
    ask(page, question)
    expect(page.get_by_role("alert")).to_contain_text(message)
    expect(page.locator("body")).not_to_contain_text("secret detail")
    expect(page.locator("#live .none, .card")).to_have_count(0)
    page.get_by_role("button", name="Edit question").click()
    expect(box(page)).to_have_value(question)
    ask(page, "Who controls Hama?")
    expect(page.locator("#live button.c")).to_have_count(3)


def test_markup_is_shown_as_the_text_it_is(opened: Open) -> None:
    page = opened()
    ask(page, HOSTILE_TEXT)
    for place in ("#live .q", "#live .said", "#live .asof", "#live .earlier", "#live .note", ".card h3", ".card mark"):
        expect(page.locator(place).first).to_contain_text(HOSTILE_TEXT)
    made = page.locator("#main :is(img, svg, script, iframe, b, i, a:not([href^='article/'], [data-whole]))")
    expect(made).to_have_count(0)
    page.wait_for_timeout(300)
    assert page.title() == "Ask the articles"


def test_what_an_llm_smuggles_never_becomes_an_element_not_even_while_it_grows(opened: Open) -> None:
    page = opened()
    page.evaluate(
        """() => {
            window.smuggled = [];
            const own = "button[data-cite], .tools button, .comment button, [data-last], .begin";
            new MutationObserver(() => document
                .querySelectorAll("#conversation :is(img, a, svg, iframe, style, base, script, meta, button)")
                .forEach((e) => e.matches(own) || window.smuggled.push(e.outerHTML))
            ).observe(document.querySelector("#conversation"), {childList: true, subtree: true});
        }"""
    )
    box(page).fill("smuggle")
    box(page).press("Enter")
    expect(page.locator("#live .steps")).to_contain_text("Writing")
    expect(page.locator("#live .badge")).to_have_count(len(SMUGGLING))
    for piece in SMUGGLING:
        expect(page.locator("#live .said", has_text=piece.partition("\n")[0]).first).to_be_visible()
    assert page.evaluate("window.smuggled") == [] and page.title() == "Ask the articles"


def test_the_article_opens_in_a_page_of_its_own_at_the_cited_sentence(opened: Open) -> None:
    page = opened(height=420)
    ask(page, "Who controls Hama?")
    page.get_by_role("link", name="Read the article").nth(1).click()
    with page.context.expect_page() as opening:
        page.get_by_role("link", name="Own page").click()
    article = opening.value
    expect(article.locator("#cited")).to_have_text("The army said that it had withdrawn its units from Hama.")
    expect(article.locator("#cited")).to_be_in_viewport()
    assert article.evaluate("scrollY") > 0


def test_the_whole_passage_can_be_unfolded(opened: Open) -> None:
    page = opened()
    ask(page, "Who controls Hama?")
    card = page.locator(".card:visible").first
    expect(card.get_by_text("Hama, a city in the middle")).to_be_hidden()
    card.get_by_role("button", name="Whole passage", expanded=False).click()
    expect(card.get_by_text("Hama, a city in the middle")).to_be_visible()
    expect(card.get_by_role("button", name="Whole passage", expanded=True)).to_be_visible()


@pytest.mark.parametrize("width", [390, 320])
def test_a_phone_shows_the_cards_below_and_never_scrolls_sideways(opened: Open, width: int) -> None:
    page = opened(width=width, height=700)
    for question in ("Who controls Hama?", HOSTILE_TEXT, "w" * 300):
        ask(page, question)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Citation 1: Hama changes hands").first.click()
    expect(page.locator("#card-0-1")).to_be_in_viewport(ratio=0.5)
    page.locator("#card-0-1").get_by_role("button", name="Back to the answer").click()
    expect(page.get_by_role("button", name="Citation 1: Hama changes hands").first).to_be_in_viewport()


@pytest.mark.parametrize(
    ("scheme", "path", "paper"),
    [
        ("light", "/", "rgb(247, 247, 245)"),
        ("dark", "/", "rgb(21, 23, 26)"),
        ("light", "/?__theme=dark", "rgb(21, 23, 26)"),
        ("dark", "/?__theme=light", "rgb(247, 247, 245)"),
    ],
)
def test_the_page_is_light_or_dark_as_one_wishes(opened: Open, scheme: str, path: str, paper: str) -> None:
    page = opened(path, color_scheme=scheme)
    expect(page.locator(".gradio-container")).to_have_css("background-color", paper)


def test_two_people_are_answered_at_once_and_apart(opened: Open) -> None:
    first, other = opened(), opened()
    box(first).fill("a slow one")
    box(first).press("Enter")
    expect(first.get_by_text("Sentence number 2 of")).to_be_visible()
    ask(other, "What is the history?")
    expect(other.locator("#live .said")).to_have_text("0 answers came before.")
    expect(first.locator("#live [aria-busy=true]")).to_have_count(1)
    expect(other.locator(".turn")).to_have_count(1)


def test_the_footer_of_the_framework_is_gone(opened: Open) -> None:
    page = opened()
    expect(page.locator("footer:visible")).to_have_count(0)
    assert not re.search("gradio", page.locator("body").inner_text(), re.IGNORECASE)


def test_turns_that_the_server_no_longer_keeps_stay_on_the_page(opened: Open) -> None:
    page = opened()
    for number in range(SENT_TURNS + 3):
        box(page).fill(f"Who controls Hama, for the {number}th time?")
        box(page).press("Enter")
        expect(page.locator("#live .q")).to_contain_text(f"the {number}th time")
        expect(page.locator("#live .turn:not([aria-busy]) .tools")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(SENT_TURNS + 3)
    assert page.locator(".turn").evaluate_all("turns => turns.map(turn => Number(turn.dataset.turn))") == [
        *range(SENT_TURNS + 3)
    ]
    expect(page.locator(".turn").first.locator(".thumb").first).to_be_disabled()
    page.locator('.turn[data-turn="0"] button.c').first.click()
    expect(page.locator("#card-0-1")).to_be_focused()


def test_a_question_that_is_pressed_twice_is_asked_once(opened: Open) -> None:
    page = opened()
    box(page).fill("What is the history?")
    page.get_by_role("button", name="Ask", exact=True).dblclick()
    expect(page.get_by_text("0 answers came before.")).to_be_visible()
    ask(page, "And the history?")
    expect(page.locator(".turn")).to_have_count(2)


def test_what_is_sent_while_the_stream_of_events_ends_is_still_answered(opened: Open) -> None:
    """Gradio's server ends the stream when the last event that it knows of is done. The event that the page has sent
    meanwhile is taken, and is told of in the next stream; so is one that is sent after it."""
    page = opened()
    page.evaluate(GRADIO_SERVER)
    page.evaluate(STREAM.read_text())
    assert page.evaluate(GRADIO_CLIENT) == ["first", "second", "third"]
