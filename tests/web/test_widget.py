import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import QUIET_CHROMIUM, ROOT, canned_server
from tests.support.browsing import Pages
from tests.support.intranet import ROUTER, Intranet
from tests.support.widget import CORNER, FLOW, SCRIPT, ask, box, console_of, frame, opener

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def intranet() -> Iterator[Intranet]:
    """A site whose name localhost is allowed to embed the chat; as 127.0.0.1 it is another, which is not."""
    site = Intranet()
    yield site
    site.close()


@pytest.fixture(scope="module")
def chat_url(intranet: Intranet) -> Iterator[str]:
    """The address of a chat that the intranet may embed."""
    with canned_server(CHATBOT_EMBED_ORIGINS=intranet.origin()) as (_, url):
        yield url


@pytest.fixture
def opened(pages: Pages, intranet: Intranet, chat_url: str) -> Open:
    """Opens a page of the intranet that holds `body`, in which CHAT is the chat's address; `head` is that of all its
    pages, and `others` are the bodies of others by their paths."""
    def open_page(
        body: str, *, host: str = "localhost", policy: str = "", phone: bool = False, head: str = "", **others: str
    ) -> Page:
        bodies = {"": body, **others}
        intranet.pages = {f"/{path}": text.replace("CHAT", chat_url) for path, text in bodies.items()}
        intranet.head, intranet.policy = head.replace("CHAT", chat_url), policy.replace("CHAT", chat_url)
        width = 390 if phone else 1000
        return pages.lend(intranet.origin(host), width=width, height=720, framed=chat_url, has_touch=phone)

    return open_page


def test_the_widget_is_smaller_than_eight_kilobytes_and_needs_nothing() -> None:
    script = (ROOT / "chatbot/web/page/static/widget.js").read_bytes()
    assert len(script) < 8 * 1024
    assert not re.search(rb"\bimport\b|innerHTML|eval\(|fetch\(|localStorage|cookie", script)


def test_a_button_in_the_corner_opens_a_chat_that_cites(opened: Open) -> None:
    page = opened(CORNER)
    expect(opener(page)).to_have_attribute("aria-expanded", "false")
    expect(page.locator("iframe")).to_have_count(0)
    opener(page).click()
    expect(page.get_by_role("dialog", name="Ask the articles")).to_be_visible()
    ask(page)
    frame(page).get_by_role("button", name="Citation 1: Hama changes hands").click()
    card = frame(page).locator(".said + .card")
    expect(card).to_be_focused()
    expect(card.locator("mark")).to_have_text("Opposition forces took the city of Hama on Thursday.")
    with page.context.expect_page() as article:
        card.get_by_role("link", name="Read the article").click()
    expect(article.value.locator("#cited")).to_be_in_viewport()


def test_only_one_citation_is_open_and_a_second_press_closes_it(opened: Open) -> None:
    page = opened(FLOW)
    ask(page)
    marks = frame(page).locator("#live button.c")
    marks.nth(0).click()
    marks.nth(2).click()
    expect(frame(page).locator("#live .card")).to_contain_text("Front lines on the first of December")
    expect(frame(page).locator("#passages .card:visible")).to_have_count(0)
    marks.nth(2).click()
    expect(frame(page).locator("#live .card")).to_have_count(0)
    expect(marks.nth(2)).to_be_focused()
    ask(page, "And Kherson?")
    expect(frame(page).locator("#passages .card.related:visible")).to_have_count(1)


def test_the_chat_is_worked_from_the_keyboard(opened: Open) -> None:
    page = opened(CORNER)
    opener(page).focus()
    page.keyboard.press("Enter")
    expect(box(page)).to_be_focused()
    page.keyboard.type("Who controls Hama?")
    page.keyboard.press("Enter")
    mark = frame(page).get_by_role("button", name="Citation 2: Hama changes hands")
    expect(mark).to_be_visible()
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if mark.evaluate("e => e === document.activeElement"):
            break
    page.keyboard.press("Space")
    expect(frame(page).locator(".said + .card")).to_be_focused()
    page.keyboard.press("Escape")
    expect(mark).to_be_focused()
    expect(opener(page)).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(opener(page)).to_have_attribute("aria-expanded", "false")
    expect(opener(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(box(page)).to_be_focused()
    expect(frame(page).locator(".turn")).to_have_count(1)


def test_escape_closes_it_from_its_own_button_too(opened: Open) -> None:
    page = opened(CORNER)
    opener(page).click()
    # To the driven browser each document has the focus, and this one would take it once it is loaded.
    expect(frame(page).get_by_label("Your question")).to_be_visible()
    page.get_by_role("button", name="Close").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener(page)).to_be_focused()


def test_attributes_choose_looks_and_words_which_stay_text(opened: Open) -> None:
    words = 'data-title="Nachrichten" data-greeting="<b>Guten</b> Tag" data-question="Who controls Hama?"'
    looks = 'data-lang="de" data-color="#ffd400" data-position="left" data-theme="dark"'
    page = opened(SCRIPT.format(f"{words} {looks}"))
    expect(opener(page, "Nachrichten")).to_have_css("background-color", "rgb(255, 212, 0)")
    expect(opener(page, "Nachrichten")).to_have_css("color", "rgb(0, 0, 0)")
    expect(opener(page, "Nachrichten")).to_have_css("left", "20px")
    opener(page, "Nachrichten").click()
    expect(frame(page).locator(".lead")).to_have_text("<b>Guten</b> Tag")
    expect(frame(page).locator(".lead")).to_have_attribute("lang", "de")
    expect(frame(page).get_by_label("Ihre Frage")).to_have_value("Who controls Hama?")
    expect(frame(page).locator(".turn")).to_have_count(0)
    expect(frame(page).locator(".gradio-container")).to_have_css("background-color", "rgb(21, 23, 26)")


def test_in_the_flow_of_a_page_it_grows_with_its_answers(opened: Open) -> None:
    page = opened(FLOW)
    expect(box(page)).to_be_visible()
    expect(opener(page)).to_have_count(0)
    page.wait_for_timeout(500)
    assert page.evaluate("document.activeElement === document.body"), "it took the focus from the page"
    before = page.locator("iframe").bounding_box()
    # All of it is seen: nothing lies under the box.
    assert page.frames[1].evaluate("document.documentElement.scrollHeight - innerHeight") == 0
    ask(page)
    ask(page, "What was written?")
    after = page.locator("iframe").bounding_box()
    assert before and after and before["height"] < 450 < after["height"] <= 720
    frame(page).get_by_role("button", name="New conversation").click()
    expect(frame(page).locator(".turn")).to_have_count(0)
    expect(box(page)).to_be_focused()


def test_a_plain_frame_works_without_the_script(opened: Open) -> None:
    page = opened('<iframe src="CHAT/embed?greeting=Welcome" title="Chat" width="900" height="500"></iframe>')
    expect(frame(page).locator(".lead")).to_have_text("Welcome")
    ask(page)
    expect(frame(page).locator("#passages .card:visible")).to_have_count(0)


def test_a_link_cannot_put_words_into_the_page(opened: Open, chat_url: str) -> None:
    page = opened(CORNER)
    page.goto(f"{chat_url}/embed?greeting=Send+us+your+password&question=x")
    expect(page.locator(".lead")).to_have_text("What would you like to know?")
    expect(page.get_by_label("Your question")).to_have_value("")


def test_on_a_phone_it_fills_the_screen(opened: Open) -> None:
    page = opened(CORNER, phone=True)
    opener(page).tap()
    expect(box(page)).to_be_visible()
    size = page.get_by_role("dialog").bounding_box()
    assert size == {"x": 0, "y": 0, "width": 390, "height": 720}
    ask(page)
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 720})
        assert frame(page).locator("html").evaluate("e => e.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Close").tap()
    expect(opener(page)).to_be_focused()


@pytest.mark.parametrize("body", [CORNER, FLOW])
def test_a_strict_policy_of_the_page_needs_two_exceptions(opened: Open, body: str) -> None:
    page = opened(body, policy="default-src 'self'; script-src 'self' CHAT; frame-src CHAT")
    messages = console_of(page)
    page.reload()
    if body is CORNER:
        opener(page).click()
        expect(opener(page)).to_have_css("position", "fixed")
    ask(page)
    assert [m.text for m in messages if m.type in ("warning", "error") and "404" not in m.text] == []


@pytest.mark.parametrize("body", [CORNER, FLOW])
def test_a_page_that_is_not_allowed_gets_nothing_but_an_explanation(
    opened: Open, intranet: Intranet, chat_url: str, body: str
) -> None:
    page = opened("", host="127.0.0.1")
    messages = console_of(page)
    intranet.pages["/"] = body.replace("CHAT", chat_url)
    page.reload()
    with page.expect_console_message(lambda message: message.type == "warning") as warned:
        if body is CORNER:
            opener(page).click()
    explanation = f"may not allow this page: add {intranet.origin('127.0.0.1')} to its CHATBOT_EMBED_ORIGINS."
    assert explanation in warned.value.text
    assert any("frame-ancestors" in message.text for message in messages)
    expect(page.get_by_role("link", name="Open its own page")).to_have_attribute("href", f"{chat_url}/")
    assert [f.url for f in page.frames[1:]] == ["chrome-error://chromewebdata/"]
    # The browser's own picture of a page that it has refused is not shown.
    expect(page.locator("iframe")).to_be_hidden()


LINKS = "".join(
    f'<a href="/{path}" data-swaps="{part}">{part} of {path or "start"}</a> '
    for path in ("", "other", "place", "without") for part in ("body", "main")
)


def follow_link(page: Page, name: str) -> None:
    """Presses a link whatever stands over it."""
    page.get_by_role("link", name=name).dispatch_event("click")
    page.wait_for_url(re.compile(rf"/{name.split()[-1].replace('start', '')}$"))


@pytest.mark.parametrize("stands_in", ["head", "body"])
def test_a_router_that_swaps_the_page_leaves_one_chat_with_its_conversation(opened: Open, stands_in: str) -> None:
    head, line = (ROUTER + CORNER, "") if stands_in == "head" else (ROUTER, CORNER)
    place = f"{LINKS}<div data-article-chat></div>{line}"
    page = opened(LINKS + line, head=head, other=LINKS + line, place=place, without=LINKS)
    opener(page).click()
    ask(page)
    page.locator("iframe").evaluate("e => { e.isTheSame = true }")
    for name in ("body of other", "main of start", "body of other"):
        follow_link(page, name)
        page.wait_for_timeout(200)
        expect(opener(page)).to_have_count(1)
        expect(page.get_by_role("dialog", name="Ask the articles")).to_be_visible()
        assert page.locator("iframe").evaluate_all("all => all.map((e) => e.isTheSame)") == [True]
    ask(page, "And Kherson?")
    follow_link(page, "main of place")
    expect(opener(page)).to_have_count(0)
    expect(frame(page).locator(".q")).to_contain_text(["Who controls Hama?", "And Kherson?"])
    expect(page.locator("iframe")).to_have_count(1)
    follow_link(page, "body of without")
    expect(opener(page)).to_have_count(1 if stands_in == "head" else 0)
    expect(page.locator("[data-article-chat]")).to_have_count(0)


def test_the_conversation_goes_on_in_the_next_page_of_a_plain_site(opened: Open, intranet: Intranet) -> None:
    page = opened(CORNER, other=FLOW)
    opener(page).click()
    ask(page)
    page.goto(f"{intranet.origin()}/other")
    expect(frame(page).locator(".q")).to_contain_text("Who controls Hama?")
    ask(page, "And Kherson?")
    page.go_back()
    opener(page).click()
    expect(frame(page).locator(".q")).to_contain_text(["Who controls Hama?", "And Kherson?"])


def test_a_router_changes_the_language_and_the_words_of_an_open_chat(opened: Open) -> None:
    page = opened(LINKS + CORNER, head=ROUTER, other=LINKS + SCRIPT.format('data-title="Nachrichten" data-lang="de"'))
    opener(page).click()
    ask(page)
    follow_link(page, "body of other")
    expect(page.get_by_role("dialog", name="Nachrichten")).to_be_visible()
    expect(opener(page)).to_have_count(0)
    expect(page.get_by_role("button", name="Schließen")).to_be_visible()
    expect(frame(page).get_by_label("Ihre Frage")).to_be_visible()
    expect(frame(page).locator(".q")).to_contain_text("Who controls Hama?")


def settled_height(page: Page) -> object:
    """The height of the frame, once it follows the answer no further."""
    heights: list[object] = []
    while len(heights) < 3 or len(set(heights[-3:])) > 1:
        heights.append(page.locator("iframe").evaluate("e => e.style.height"))
        page.wait_for_timeout(200)
    return heights[-1]


def test_what_another_window_says_is_not_heard(opened: Open) -> None:
    page = opened(FLOW)
    ask(page)
    before = settled_height(page)
    page.evaluate("window.postMessage({ articleChat: 'height', height: 700 }, '*')")
    inner = page.frames[1]
    inner.evaluate("window.postMessage({ articleChat: 'focus' }, '*'); document.activeElement.blur()")
    page.wait_for_timeout(300)
    assert page.locator("iframe").evaluate("e => e.style.height") == before
    assert inner.evaluate("document.activeElement === document.body")


def test_it_works_where_cookies_of_third_parties_are_blocked(
    browser: Browser, intranet: Intranet, chat_url: str, tmp_path: Path
) -> None:
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default/Preferences").write_text('{"profile": {"cookie_controls_mode": 1}}')
    intranet.pages["/"], intranet.policy = CORNER.replace("CHAT", chat_url), ""
    context = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=shutil.which("chromium"), args=QUIET_CHROMIUM
    )
    page = context.new_page()
    page.goto(intranet.origin())
    opener(page).click()
    ask(page)
    page.frames[1].evaluate("document.cookie = 'a=b; SameSite=None; Secure'")
    assert page.frames[1].evaluate("document.cookie") == "", "the browser does not block what it was told to"
    context.close()


def test_the_board_is_embedded_in_place_of_the_chat(opened: Open) -> None:
    page = opened(f'<div data-article-chat data-view="board"></div>{CORNER}')
    expect(page.locator("iframe")).to_have_attribute("title", "Who holds what")
    expect(frame(page).locator("#board .count")).to_contain_text("5 places")
    expect(frame(page).locator("#main, #top, .views").filter(visible=True)).to_have_count(0)
    frame(page).get_by_role("button", name="Hama", exact=True).click()
    expect(frame(page).locator("#history blockquote").first).to_be_visible()
    assert float(str(settled_height(page)).removesuffix("px")) > 500
    with page.context.expect_page() as article:
        frame(page).get_by_role("link", name="Read in the article").first.click()
    expect(article.value.locator("#cited")).to_be_in_viewport()


def test_one_place_of_the_board_is_embedded_with_its_history(opened: Open) -> None:
    page = opened(f'<div data-article-chat data-view="board" data-place="homs"></div>{CORNER}')
    expect(frame(page).locator("#board .opener")).to_have_text(["Homs"], use_inner_text=True)
    expect(frame(page).locator("#history blockquote").first).to_be_visible()
    expect(frame(page).get_by_label("Search the board")).to_be_hidden()
    page = opened(SCRIPT.format('data-view="board" data-place="<b>Oz</b>"'), phone=True)
    opener(page, "Who holds what").click()
    expect(frame(page).locator("#board .count")).to_have_text("The board has no place “<b>Oz</b>”.")
