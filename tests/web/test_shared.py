"""Links to one answer: as it stood, for whom may read, and gone when it is taken back."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from chatbot.answering.records import Records
from chatbot.answering.turn import Turn
from chatbot.shared_answers import shared_id
from chatbot.web.auth.accounts import Accounts
from tests.conftest import canned_server
from tests.support.canned import HAMA_ANSWER, HOSTILE_ANSWER, KHERSON_ANSWER
from tests.support.page import ask
from tests.web.test_accessibility import barriers

EMBEDDING = "http://intranet.example"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def url(data: Path) -> Iterator[str]:
    with canned_server(data, CHATBOT_EMBED_ORIGINS=EMBEDDING) as (_, url):
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with closing(browser.new_context(permissions=["clipboard-read", "clipboard-write"])) as context:
        yield context.new_page()


def share(url: str, data: Path, turn: Turn) -> str:
    """The address of the turn's shared answer."""
    reply = httpx.post(f"{url}/api/answers", json={"record": Records(data).write(turn)})
    assert reply.status_code == 200, reply.text
    return f"{url}/{reply.json()['path']}"


def test_an_answer_is_shared_read_elsewhere_and_taken_back(page: Page, browser: Browser, url: str) -> None:
    page.goto(url)
    ask(page, "Who controls Hama?")
    ask(page, "And Kherson?")
    page.locator("#past").get_by_role("button", name="Share").click()
    link = page.get_by_label("Link to the answer")
    expect(link).not_to_have_value("")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text("Copied")
    address = link.input_value()
    assert page.evaluate("navigator.clipboard.readText()") == address and f'src="{address}?embed=1"' in (
        page.get_by_label("Line to embed").input_value()
    )
    expect(page.get_by_role("dialog")).to_contain_text("Whoever may read its articles may open the link.")
    assert barriers(page) == []
    with closing(browser.new_context()) as context:
        other = context.new_page()
        other.goto(address)
        expect(other.get_by_role("heading", name="Who controls Hama?")).to_be_visible()
        expect(other.locator(".src").first).to_contain_text("Answered on")
        expect(other.locator(".sources li mark")).to_have_text([c.sentence for c in HAMA_ANSWER.citations])
        other.get_by_role("link", name="Citation 3: Front lines").click()
        expect(other.locator("#source-3")).to_be_in_viewport()
        other.locator("#source-3").get_by_role("link", name="Read the article").click()
        expect(other.locator("mark")).to_have_text(HAMA_ANSWER.citations[2].sentence)
    page.get_by_role("button", name="Remove the link").click()
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("The link is removed.")
    assert httpx.get(address).status_code == 404
    page.keyboard.press("Escape")
    expect(page.locator("#past").get_by_role("button", name="Share")).to_be_focused()


def test_the_same_answer_has_one_link_that_nobody_guesses(url: str, data: Path) -> None:
    turn = Turn("Who controls Hama?", answer=HAMA_ANSWER)
    assert share(url, data, turn) == share(url, data, turn) != share(url, data, Turn(turn.question, answer=HAMA_ANSWER))
    assert [path.stat().st_mode & 0o077 for path in (data / "shared").iterdir()] == [0] * 2


def test_what_this_server_has_not_answered_is_not_shared(url: str, data: Path, tmp_path: Path) -> None:
    answered = Turn("Who?", answer=HAMA_ANSWER)
    for record in (Records(tmp_path).write(answered), Records(data).write(answered)[:-2], Records(data).write(
        Turn("Who?", error="It failed.")
    ), "", 7, None):
        assert httpx.post(f"{url}/api/answers", json={"record": record}).status_code == 400
    for id in ("0" * 32, "..%2frecords.key", "x", shared_id("")):
        assert httpx.get(f"{url}/a/{id}").status_code == 404


def test_it_can_be_taken_along_as_markdown(url: str, data: Path) -> None:
    reply = httpx.get(f"{share(url, data, Turn('Who controls Hama?', answer=HAMA_ANSWER))}.md")
    assert reply.headers["content-type"].startswith("text/markdown")
    assert reply.text.startswith("## Who controls Hama?") and "*Answered on" in reply.text
    assert HAMA_ANSWER.citations[0].sentence in reply.text


def test_only_pages_that_may_embed_the_chat_may_embed_an_answer(page: Page, url: str, data: Path) -> None:
    address = f"{share(url, data, Turn('And Kherson?', answer=KHERSON_ANSWER))}?embed=1"
    headers = httpx.get(address).headers
    assert f"frame-ancestors 'self' {EMBEDDING};" in f"{headers['content-security-policy']};"
    assert headers["x-robots-tag"] == "noindex" and headers["cache-control"] == "no-store"
    page.goto(address)
    expect(page.get_by_text("No article mentions Kherson.")).to_be_visible()
    expect(page.get_by_role("heading", name="Related passages, not an answer")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)


def test_a_hostile_answer_stays_text(page: Page, url: str, data: Path) -> None:
    page.goto(share(url, data, Turn(HOSTILE_ANSWER.question, answer=HOSTILE_ANSWER)))
    assert page.locator("img, svg, b, i").count() == 0
    assert page.evaluate("document.title").startswith("<img src=") and page.locator("main a[href^=java]").count() == 0


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_serious_is_in_the_way(browser: Browser, url: str, data: Path, width: int) -> None:
    address = share(url, data, Turn("Who controls Hama?", answer=HAMA_ANSWER))
    for scheme in ("light", "dark"):
        with closing(browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)) as context:
            page = context.new_page()
            page.goto(address)
            page.get_by_text("Embed", exact=True).click()
            assert barriers(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.goto(f"{address}?embed=1")
            assert barriers(page) == []


def test_printed_it_is_question_answer_and_sources(page: Page, url: str, data: Path) -> None:
    page.goto(share(url, data, Turn("Who controls Hama?", answer=HAMA_ANSWER)))
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.get_by_role("banner")).to_be_hidden()
    assert page.pdf()[:4] == b"%PDF"


def test_where_readers_need_a_login_so_does_the_link(tmp_path: Path) -> None:
    Accounts(tmp_path).add("ada", "correct horse battery")
    token = Accounts(tmp_path).make_token("ada")
    with canned_server(tmp_path, CHATBOT_READERS="accounts") as (_, url):
        record = Records(tmp_path).write(Turn("Who controls Hama?", answer=HAMA_ANSWER))
        known = {"Authorization": f"Bearer {token}"}
        path = httpx.post(f"{url}/api/answers", json={"record": record}, headers=known).json()["path"]
        for address in (f"{url}/{path}", f"{url}/{path}.md"):
            assert httpx.get(address, headers=known).status_code == 200
            refused = httpx.get(address)
            assert refused.status_code == 303 and refused.headers["location"].startswith("/login?next=/a/")
        assert httpx.post(f"{url}/api/answers", json={"record": record}).status_code == 401
