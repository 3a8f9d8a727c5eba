"""What to ask next stands under an answer, and is answered when it is pressed."""

from contextlib import closing

import httpx
import pytest
from playwright.sync_api import Browser, Route, expect

from tests.support.page import ask
from tests.web.test_accessibility import barriers


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_question_under_an_answer_is_answered(browser: Browser, sample_url: str, width: int, scheme: str) -> None:
    with closing(browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(sample_url)
        ask(page, "Who controls Kherson?")
        ask(page, "Who controls Hama?")
        following = page.locator("#live .next button")
        expect(following.first).to_be_visible()
        assert 2 <= following.count() <= 3 and barriers(page) == []
        foot = page.locator("#composer").bounding_box()
        for button in following.all():
            bounds = button.bounding_box()
            assert bounds and foot and bounds["y"] + bounds["height"] <= foot["y"]
        question = following.first.inner_text()
        following.first.press("Enter")
        expect(page.locator("#live .q")).to_contain_text(question)
        expect(page.locator("#live .turn:not([aria-busy]) button.c").first).to_be_visible()
        expect(page.locator("#live .next")).to_be_visible()
        assert question not in page.locator("#live .next button").all_inner_texts()
        expect(page.locator(".next")).to_have_count(1)


def test_a_busy_server_is_asked_again(browser: Browser, sample_url: str) -> None:
    with closing(browser.new_context()) as context:
        page = context.new_page()
        busy = iter([True])

        def answer(route: Route) -> None:
            if next(busy, False):
                route.fulfill(status=503, headers={"Retry-After": "1"}, json={"error": "Too many questions at once."})
            else:
                route.continue_()

        page.route("**/api/next", answer)
        page.goto(sample_url)
        ask(page, "Who controls Hama?")
        expect(page.locator("#live .next button").first).to_be_visible()
        assert next(busy, False) is False


def test_only_what_this_server_answered_is_looked_at(sample_url: str) -> None:
    for record in ("forged.record", "", 7, None):
        assert httpx.post(f"{sample_url}/api/next", json={"record": record}).status_code == 400
