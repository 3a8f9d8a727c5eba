import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect

from chatbot.feedback import FILE, FeedbackStore
from chatbot.web.page.blocks import KEPT_TURNS
from tests.conftest import canned_server
from tests.support.canned import EXAMPLES, HOSTILE_TEXT, SMUGGLING

Open = Callable[..., Page]
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
      return new Response(JSON.stringify({ event_id: joined === 1 ? "first" : "second" }));
    }
    streams += 1;
    if (streams === 2) return new Response(done("second") + message({ msg: "close_stream" }));
    return new Response(new ReadableStream({
      start: (out) => { opened = out; out.enqueue(new TextEncoder().encode(done("first"))); },
    }));
  };
}"""
# The client opens a stream only where it knows of none; it knows of the first until it reads that it is closed.
GRADIO_CLIENT = r"""async () => {
  const seen = [];
  await fetch("/gradio_api/queue/join");
  const stream = (await fetch("/gradio_api/queue/data")).body.pipeThrough(new TextDecoderStream()).getReader();
  let told = (await stream.read()).value;
  await fetch("/gradio_api/queue/join");
  for (let piece; !(piece = await stream.read()).done; ) told += piece.value;
  for (const line of told.trim().split("\n\n")) {
    const said = JSON.parse(line.slice(6));
    seen.push(said.event_id ?? said.msg);
  }
  return seen;
}"""


@pytest.fixture(scope="module")
def written_url() -> Iterator[str]:
    """The address of a page that seems to have an LLM."""
    with canned_server(Path("/nonexistent"), "openai:canned") as (_, url):
        yield url


@pytest.fixture
def opened(browser: Browser, canned_url: str) -> Iterator[Open]:
    """Opens the page in a session of its own; in the end no request may have gone to another host."""
    contexts: list[BrowserContext] = []
    strays: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((f"{canned_url}/", "http://127.0.0.1:", "data:", "blob:")):
            strays.append(request.url)

    def open_page(path: str = "/", *, width: int = 1240, height: int = 760, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        context.on("request", note)
        page = context.new_page()
        page.goto(urljoin(canned_url, path))
        expect(box(page)).to_be_visible()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert strays == []


def box(page: Page) -> Locator:
    return page.get_by_label("Your question")


def ask(page: Page, question: str) -> None:
    """Types the question, sends it with Enter, and waits for the turn to end."""
    box(page).fill(question)
    box(page).press("Enter")
    expect(page.get_by_role("heading", name=f"Question: {question[:40]}").last).to_be_visible()
    expect(page.locator("#live .turn:not([aria-busy]) .tools")).to_be_visible()


def test_the_header_says_who_answers_and_what_is_known(opened: Open) -> None:
    banner = opened().locator("#top")
    expect(banner).to_contain_text("11 articles, 27 November to 11 December 2024 · answers by quoting")


def test_an_answer_stands_beside_the_passages_it_cites(opened: Open) -> None:
    page = opened()
    ask(page, "Who controls Hama?")
    expect(page.locator("#live .asof")).to_have_text("As of 5 December 2024 · Sample Desk")
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
    expect(page.locator("#live .asof")).to_have_text("As of today, Desk [3]")
    said = page.locator("#live .said")
    expect(said).to_have_text("“They [2] took the city [1].” 1")
    expect(said.locator("button")).to_have_count(1)


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


def unfold(page: Page) -> Locator:
    """Opens the panel that narrows questions."""
    page.get_by_role("button", name="Answers from:").click()
    return page.get_by_role("form", name="What to answer from")


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
    box(page).fill("a slow one")
    box(page).press("Enter")
    expect(page.get_by_text("Sentence number 4")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#live .note")).to_contain_text("Stopped before the answer was complete")
    said = page.locator("#live .said").count()
    assert 5 <= said < 60
    ask(page, "What is the history?")
    expect(page.locator("#live .said")).to_have_text("0 answers came before.")
    expect(page.locator("#past .said")).to_have_count(said)


def test_a_question_sent_while_an_answer_grows_is_asked_next(opened: Open) -> None:
    page = opened()
    box(page).fill("a slow one")
    box(page).press("Enter")
    expect(page.get_by_text("Sentence number 2")).to_be_visible()
    box(page).fill("What is the history?")
    box(page).press("Enter")
    expect(page.locator(".turn")).to_have_count(1)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("0 answers came before.")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(2)
    expect(box(page)).to_have_value("")


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
    box(page).fill("a slow one")
    box(page).press("Enter")
    expect(page.get_by_text("Sentence number 3")).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_text("What would you like to know?")).to_be_visible()
    expect(page.locator(".turn, .card")).to_have_count(0)
    page.wait_for_timeout(500)
    expect(page.locator(".turn, .card")).to_have_count(0)
    ask(page, "What is the history?")
    expect(page.locator("#live .said")).to_have_text("0 answers came before.")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("please fail", "The model at http://127.0.0.1:9 does not answer. Start it, or unset --model."),
        ("please crash", "Something went wrong inside the chatbot"),
        ("x" * 2001, "The question has 2,001 characters. Expected at most 2,000."),
    ],
)
def test_an_error_is_said_as_such_and_the_question_is_kept(opened: Open, question: str, said: str) -> None:
    page = opened()
    ask(page, question)
    expect(page.get_by_role("alert")).to_contain_text(said)
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
    expect(page.locator("#main :is(img, svg, script, iframe, b, i, a:not([href^='article/']))")).to_have_count(0)
    page.wait_for_timeout(300)
    assert page.title() == "Ask the articles"


def test_what_an_llm_smuggles_never_becomes_an_element_not_even_while_it_grows(opened: Open) -> None:
    page = opened()
    page.evaluate(
        """() => {
            window.smuggled = [];
            const own = "button[data-cite], .tools button, .comment button";
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


def test_the_article_opens_at_the_cited_sentence(opened: Open) -> None:
    page = opened(height=420)
    ask(page, "Who controls Hama?")
    with page.context.expect_page() as opening:
        page.get_by_role("link", name="Read the article").nth(1).click()
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


def test_copying_takes_the_answer_and_its_sources(opened: Open) -> None:
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    ask(page, "Who controls Hama?")
    page.get_by_role("button", name="Copy with sources").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "[2] Hama changes hands, Sample Desk, 5 December 2024. “The army said" in copied


def kept(page: Page) -> Locator:
    return page.locator("#live .kept")


def test_a_thumb_and_a_comment_are_kept_with_the_answer(opened: Open, canned_data: Path) -> None:
    page = opened()
    ask(page, "What was written?")
    page.locator("#live").get_by_role("button", name="Not helpful").click()
    expect(kept(page)).to_have_text("Thank you. Kept for the editors.")
    expect(page.get_by_label("Comment", exact=True)).to_be_focused()
    page.keyboard.type("Twelve is invented.")
    page.keyboard.press("Enter")
    expect(kept(page)).to_have_text("Thank you. Your comment is kept for the editors.")
    expect(page.get_by_label("Comment", exact=True)).to_be_hidden()
    expect(page.get_by_role("button", name="Not helpful", pressed=True)).to_be_focused()
    record = FeedbackStore(canned_data / FILE).read()[0][0]
    assert (record["question"], record["comment"]) == ("What was written?", "Twelve is invented.")


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
    box(page).fill("a slow one")
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
    expect(kept(page)).to_contain_text("could not be kept")
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


def press_tab_until(page: Page, name: str, *, back: bool = False) -> None:
    for _ in range(20):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("(e => e.ariaLabel || e.textContent)(document.activeElement)") == name:
            return
    raise AssertionError(f"Tab never reached {name}")


def test_the_latest_answer_is_announced_once_it_is_whole(opened: Open) -> None:
    page = opened()
    live = page.get_by_role("log", name="Latest answer")
    expect(live).to_have_attribute("aria-live", "polite")
    box(page).fill("a slow one")
    box(page).press("Enter")
    expect(live).to_have_attribute("aria-busy", "true")
    page.get_by_role("button", name="Stop").click()
    expect(live).to_have_attribute("aria-busy", "false")


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
    one, other = opened(), opened()
    box(one).fill("a slow one")
    box(one).press("Enter")
    expect(one.get_by_text("Sentence number 2")).to_be_visible()
    ask(other, "What is the history?")
    expect(other.locator("#live .said")).to_have_text("0 answers came before.")
    expect(one.locator("#live [aria-busy=true]")).to_have_count(1)
    expect(other.locator(".turn")).to_have_count(1)


def test_the_footer_of_the_framework_is_gone(opened: Open) -> None:
    page = opened()
    expect(page.locator("footer:visible")).to_have_count(0)
    assert not re.search("gradio", page.locator("body").inner_text(), re.IGNORECASE)


def test_turns_that_the_server_no_longer_keeps_stay_on_the_page(opened: Open) -> None:
    page = opened()
    for number in range(KEPT_TURNS + 3):
        box(page).fill(f"Who controls Hama, for the {number}th time?")
        box(page).press("Enter")
        expect(page.locator("#live .q")).to_contain_text(f"the {number}th time")
        expect(page.locator("#live .turn:not([aria-busy]) .tools")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(KEPT_TURNS + 3)
    assert page.locator(".turn").evaluate_all("turns => turns.map(turn => Number(turn.dataset.turn))") == [
        *range(KEPT_TURNS + 3)
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
    meanwhile is taken, and is told of in the next stream."""
    page = opened()
    page.evaluate(GRADIO_SERVER)
    page.evaluate(STREAM.read_text())
    assert page.evaluate(GRADIO_CLIENT) == ["first", "second", "close_stream"]
