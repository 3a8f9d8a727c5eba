import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect
from starlette.requests import Request

from chatbot.settings import Settings
from chatbot.web.auth.authorization import Access
from chatbot.web.middleware.question_throttle import QuestionThrottle
from tests.conftest import canned_server
from tests.support.browsing import Pages
from tests.support.memory import Reader

NO_FOLDER = Path("/nonexistent")
PROXY = {"CHATBOT_READERS": "open", "CHATBOT_PROXY_ADDRESSES": "127.0.0.1"}


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def throttle(clock: Clock) -> QuestionThrottle:
    settings = Settings(questions_waiting=2, questions_a_minute=3)
    return QuestionThrottle(settings, Access(settings), lambda _: (0, 0), clock)


@pytest.fixture(scope="module")
def strict_url() -> Iterator[str]:
    """The address of a server that lets a visitor have 2 questions at once and ask 4 a minute."""
    limits = {"CHATBOT_QUESTIONS_WAITING": "2", "CHATBOT_QUESTIONS_A_MINUTE": "4"}
    with canned_server(NO_FOLDER, **PROXY, **limits) as (_, url):
        yield url


def visitor(url: str, address: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"X-Forwarded-For": address}, timeout=60)


def test_the_last_question_of_a_minute_says_when_to_ask_again(throttle: QuestionThrottle, clock: Clock) -> None:
    for _ in range(3):
        with throttle.asking("a") as refused:
            assert refused is None
        clock.now += 10
    with throttle.asking("a") as refused:
        assert refused == (
            "You have asked 3 questions within a minute, so this one was not taken. Please try again in 30 seconds.",
            30,
        )
    with throttle.asking("b") as refused:
        assert refused is None
    clock.now += 30
    with throttle.asking("a") as refused:
        assert refused is None


def test_waiting_questions_make_room_when_they_end(throttle: QuestionThrottle) -> None:
    with ExitStack() as waiting:
        assert waiting.enter_context(throttle.asking("a")) is None
        assert waiting.enter_context(throttle.asking("a")) is None
        third = waiting.enter_context(throttle.asking("a"))
        assert third is not None and third[0].startswith("2 questions of yours are being answered")
    with throttle.asking("a") as refused:
        assert refused is None


def test_visitors_behind_a_proxy_are_told_apart() -> None:
    settings = Settings(proxy_addresses=("127.0.0.1",))
    throttle = QuestionThrottle(settings, Access(settings), lambda _: (0, 0))
    keys = {
        throttle.key(
            Request({"type": "http", "client": ("127.0.0.1", 1), "headers": [(b"x-forwarded-for", address)]})
        )
        for address in (b"10.0.0.1", b"10.0.0.2")
    }
    assert keys == {"address 10.0.0.1", "address 10.0.0.2"}


def test_one_visitor_of_the_api_does_not_shut_out_another(strict_url: str) -> None:
    flood, other = visitor(strict_url, "10.1.0.1"), visitor(strict_url, "10.1.0.2")
    replies: list[httpx.Response] = []
    ask = {"question": "a silent one"}
    threads = [threading.Thread(target=lambda: replies.append(flood.post("/api/ask", json=ask))) for _ in range(30)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    assert other.post("/api/ask", json={"question": "Who controls Hama?"}).status_code == 200
    for thread in threads:
        thread.join()
    assert sorted(reply.status_code for reply in replies) == [200] * 2 + [429] * 28
    refused = next(reply for reply in replies if reply.status_code == 429)
    assert refused.headers["Retry-After"] == "5"
    assert "try again in 5 seconds" in refused.json()["detail"]


def test_one_visitor_of_the_page_does_not_shut_out_another(strict_url: str) -> None:
    flood = Reader(strict_url, {"X-Forwarded-For": "10.2.0.1"})
    other = Reader(strict_url, {"X-Forwarded-For": "10.2.0.2"})
    taken = [flood.join(f"flood{number}", "a silent one").status_code for number in range(72)]
    assert sorted(taken) == [200] * 2 + [429] * 70
    began = time.monotonic()
    assert "Opposition forces" in other.ask("other")
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("event", ["3", 3.0, True, None, "x"])
def test_an_odd_number_of_an_event_passes_no_limit(strict_url: str, event: object) -> None:
    address = f"10.3.0.{hash(str(event)) % 200}"
    reader = Reader(strict_url, {"X-Forwarded-For": address})
    replies = [reader.join("odd", event=event).status_code for _ in range(8)]
    assert set(replies[4:]) <= {400, 429}


def test_the_page_says_when_to_ask_again_and_keeps_the_question(pages: Pages, strict_url: str) -> None:
    page = pages.lend(strict_url, extra_http_headers={"X-Forwarded-For": "10.4.0.1"})
    box = page.get_by_label("Your question")
    expect(box).to_be_visible()
    for number in range(4):
        box.fill("Who controls Hama?")
        box.press("Enter")
        expect(page.locator(".turn")).to_have_count(number + 1)
        expect(page.locator("#live .turn:not([aria-busy]) .tools")).to_be_visible()
    box.fill("And Homs?")
    box.press("Enter")
    expect(page.locator("#refused")).to_contain_text("You have asked 4 questions within a minute")
    expect(page.locator("#refused")).to_contain_text("Please try again in")
    expect(box).to_have_value("And Homs?")
