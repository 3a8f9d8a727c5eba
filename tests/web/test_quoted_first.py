import json
import time

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.conftest import canned_server
from tests.support.canned import HAMA_ANSWER, TAKEN
from tests.support.page import Open, box

QUESTION = "What is said at first, and slowly?"
AT_ONCE = "What is said at first?"
QUOTED = "Opposition forces took the city of Hama on Thursday."
LABEL = "Quoted from the articles. The LLM is still at work on its answer."
SIZES = pytest.mark.parametrize(("width", "path"), [(1240, "/"), (390, "/"), (390, "/embed")])


def begin(page: Page) -> None:
    box(page).fill(QUESTION)
    box(page).press("Enter")
    expect(page.locator("#live .preview")).to_contain_text(LABEL)


@SIZES
def test_what_is_quoted_is_shown_and_can_be_followed_to_its_card_until_the_llm_has_written(
    opened: Open, width: int, path: str
) -> None:
    page = opened(path, width=width)
    begin(page)
    expect(page.locator("#live .preview")).to_contain_text(QUOTED)
    expect(page.locator("#live .turn")).to_have_attribute("aria-busy", "true")
    page.locator("#live .preview button.c").first.click()
    expect(page.locator("#passages .card, #conversation .card").first).to_contain_text(QUOTED)
    expect(page.locator("#live .preview")).to_have_count(0)
    expect(page.locator("#live .said")).to_have_text(TAKEN)
    # The numbers of what was quoted name nothing any more.
    expect(page.locator("#passages .card")).to_have_count(0)
    expect(page.locator("#live .verdict")).to_contain_text("1 of 1 statement verified")
    expect(page.locator("#passages .card")).to_have_count(2)


@SIZES
def test_a_reader_keeps_the_quoted_answer_while_the_llm_is_at_work(opened: Open, width: int, path: str) -> None:
    page = opened(path, width=width)
    begin(page)
    page.get_by_role("button", name="Keep this answer").click()
    expect(page.locator("#live .turn:not([aria-busy]) .note")).to_have_text(
        "The quoted answer was kept, and the LLM was stopped."
    )
    expect(page.locator("#live button.c")).to_have_count(3)
    expect(page.locator("#live")).not_to_contain_text(LABEL)
    page.wait_for_timeout(2500)
    expect(page.locator("#live button.c")).to_have_count(3)


def test_a_stop_keeps_the_quoted_answer_that_is_shown(opened: Open) -> None:
    page = opened()
    begin(page)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#live .turn:not([aria-busy]) button.c")).to_have_count(3)


def test_the_quoted_answer_takes_the_place_of_the_llms_if_a_reader_wants(opened: Open) -> None:
    page = opened()
    box(page).fill(AT_ONCE)
    box(page).press("Enter")
    expect(page.locator("#live .verdict")).to_be_visible()
    page.get_by_role("button", name="Quoted answer instead").click()
    expect(page.locator("#live .note")).to_have_text("The quoted answer was chosen instead of the LLM's.")
    expect(page.locator("#live button.c")).to_have_count(3)
    expect(page.locator("#passages section.cards:not([hidden]) .card")).to_have_count(3)
    expect(page.get_by_role("button", name="Quoted answer instead")).to_have_count(0)
    page.get_by_role("button", name="Export")
    box(page).fill("What is the history?")
    box(page).press("Enter")
    expect(page.locator("#live .said")).to_have_text("1 answers came before.")


def test_the_api_streams_what_is_quoted_before_what_the_llm_writes(canned_url: str) -> None:
    headers = {"Accept": "text/event-stream"}
    events: list[tuple[str, dict[str, object]]] = []
    with httpx.stream(
        "POST", f"{canned_url}/api/ask", json={"question": AT_ONCE}, headers=headers, timeout=60
    ) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in reply.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                events.append((name, json.loads(line.removeprefix("data: "))))
    assert [name for name, _ in events] == ["step", "quoted", "text", "verified", "answer"]
    by_name = dict(events)
    assert by_name["quoted"] == json.loads(json.dumps(HAMA_ANSWER.to_json()))
    assert by_name["answer"]["quoted"] == by_name["quoted"] and by_name["answer"]["answered_by"] == "openai:canned"
    assert httpx.post(f"{canned_url}/api/ask", json={"question": AT_ONCE}, timeout=60).json() == by_name["answer"]


@pytest.mark.parametrize(
    ("question", "message"),
    [("x" * 2001, "has 2,001 characters"), ("a crash", "its log says what"), ("to fail", "does not answer")],
)
def test_the_api_streams_what_went_wrong(canned_url: str, question: str, message: str) -> None:
    headers = {"Accept": "text/event-stream"}
    reply = httpx.post(f"{canned_url}/api/ask", json={"question": question}, headers=headers, timeout=60)
    last = reply.text.strip().split("\n\n")[-1]
    assert last.startswith("event: error\n") and message in last and "secret" not in last


def test_a_stream_that_nobody_reads_any_more_leaves_its_place_to_others() -> None:
    with canned_server(CHATBOT_QUESTIONS_WAITING="1") as (_, url):
        for _ in range(3):
            headers = {"Accept": "text/event-stream"}
            with httpx.stream("POST", f"{url}/api/ask", json={"question": "a slow one"}, headers=headers) as reply:
                assert next(reply.iter_lines())
            asked = time.monotonic()
            while (status := httpx.post(f"{url}/api/ask", json={"question": "?"}, timeout=30).status_code) == 429:
                # By itself the slow answer takes six seconds.
                assert time.monotonic() - asked < 4
                time.sleep(0.1)
            assert status == 200
