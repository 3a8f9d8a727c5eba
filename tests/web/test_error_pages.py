"""What a reader's browser shows where there is no page, and the login, with screenshots in tests' temporary folder."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect
from starlette.testclient import TestClient

from chatbot.web.auth.accounts import Accounts
from chatbot.web.page.error_pages import ErrorPages, error_page
from tests.conftest import canned_server
from tests.support.browsing import Pages
from tests.web.test_authentication import PASSWORD

HTML = {"Accept": "text/html,application/xhtml+xml"}
LOOKS = [("light", 1240), ("dark", 1240), ("light", 320), ("dark", 390)]
PAPER = {"light": "rgb(247, 247, 245)", "dark": "rgb(21, 23, 26)"}


@pytest.fixture(scope="module")
def closed_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page whose readers need an account."""
    data = tmp_path_factory.mktemp("errors")
    Accounts(data).add("ada", PASSWORD)
    with canned_server(data, CHATBOT_READERS="accounts") as (_, url):
        yield url


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/nowhere", 404, "There is no such page"),
        ("/a/b/c", 404, "There is no such page"),
        ("/api/nothing", 404, "There is no such page"),
        ("/article/", 404, "There is no such page"),
        ("/config", 403, "This is not open to you"),
        ("/gradio_api/info", 403, "This is not open to you"),
        ("/%3Cscript%3Ealert(1)%3C/script%3E", 404, "There is no such page"),
    ],
)
def test_a_browser_gets_a_page_and_a_program_json(canned_url: str, path: str, status: int, message: str) -> None:
    page = httpx.get(canned_url + path, headers=HTML)
    assert page.status_code == status and page.headers["content-type"] == "text/html; charset=utf-8"
    assert f"<h1>{message}</h1>" in page.text and 'href="/"' in page.text and "<script" not in page.text
    assert page.headers["cache-control"] == "no-store" and "nosniff" in page.headers["x-content-type-options"]
    program = httpx.get(canned_url + path)
    assert program.status_code == status and program.json().keys() == {"detail"}


def test_a_person_who_is_not_logged_in_is_led_to_the_login_and_back(pages: Pages, closed_url: str) -> None:
    page = pages.lend(f"{closed_url}/api/board?place=Hama", locale="de-DE")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sie sind nicht angemeldet")
    expect(page.get_by_text("TOKEN")).to_have_count(0)
    page.get_by_role("link", name="Anmelden").click()
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url("**/api/board?place=Hama")
    refused = httpx.get(f"{closed_url}/api/board")
    assert refused.status_code == 401 and "Authorization: Bearer TOKEN" in refused.json()["detail"]


def test_where_a_proxy_says_who_somebody_is_no_login_is_offered() -> None:
    page = error_page(401, "Send a token.", "/").partition("<main")[2]
    assert "by another address" in page and "login" not in page and "token" not in page


def test_a_page_behind_a_proxy_leads_back_below_its_path() -> None:
    assert 'href="/chat/"' in error_page(404, "", "/chat/")


@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_what_breaks_is_told_as_a_page_and_raised_on(accept: str) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    reply = TestClient(ErrorPages(broken, "/"), raise_server_exceptions=False).get("/", headers={"Accept": accept})
    assert reply.status_code == 500 and "secret" not in reply.text
    assert ("Something went wrong here" in reply.text) == (accept == "text/html")


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
@pytest.mark.parametrize("path", ["login", "login?wrong", "nowhere", "a/b/c", "article/none"])
def test_it_looks_like_the_rest(
    pages: Pages, closed_url: str, canned_url: str, tmp_path: Path, scheme: str, width: int, path: str
) -> None:
    url = closed_url if path.startswith("login") else canned_url
    page = pages.lend(f"{url}/{path}", width=width, height=700, color_scheme=scheme)
    if path == "login?wrong":
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("alert").wait_for()
    page.screenshot(path=tmp_path / f"{path.partition('?')[0].replace('/', '-')}-{scheme}-{width}.png")
    style = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(style) == PAPER[scheme]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator("main").bounding_box()
    assert box and abs(box["x"] + box["width"] / 2 - width / 2) < 1
    for control in page.locator("main button, main a.button, main label input").all():
        size = control.bounding_box()
        assert size and size["height"] >= 42 and size["width"] >= 200
