import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chatbot.web.auth.accounts import Accounts, Role
from chatbot.web.auth.authorization import COOKIE
from tests.conftest import canned_server
from tests.support.browsing import Pages
from tests.support.canned_articles import HAMA
from tests.web.test_authentication import PASSWORD, ask, log_in

FORM = {"Content_Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("login")
    Accounts(folder).add("ada", PASSWORD, Role.EDITOR)
    return folder


@pytest.fixture(scope="module")
def url(data: Path) -> Iterator[str]:
    """A server whose readers need an account."""
    with canned_server(data, CHATBOT_READERS="accounts") as (_, address):
        yield address


def sign_in(page: Page, name: str = "ada", password: str = PASSWORD) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


@pytest.mark.parametrize("script", [True, False])
def test_a_reader_logs_in_reads_and_logs_out(pages: Pages, url: str, script: bool) -> None:
    page = pages.lend(f"{url}/article/{HAMA.id}?start=1&end=9", java_script_enabled=script)
    assert page.url.startswith(f"{url}/login?next=")
    sign_in(page, password="a wrong password")
    expect(page.get_by_role("alert")).to_have_text("Name and password do not belong together.")
    sign_in(page)
    expect(page.get_by_role("heading", name=HAMA.title)).to_be_visible()
    assert page.url == f"{url}/article/{HAMA.id}?start=1&end=9"
    page.goto(f"{url}/login")
    expect(page.get_by_role("heading")).to_have_text("You are logged in as ada")
    page.get_by_role("button", name="Log out").click()
    page.goto(url)
    expect(page.get_by_label("Password")).to_be_visible()


def test_a_reader_who_is_logged_in_is_answered(pages: Pages, url: str) -> None:
    page = pages.lend(url)
    sign_in(page)
    page.get_by_label("Your question").fill("Who controls Hama?")
    page.keyboard.press("Enter")
    expect(page.locator("#live button.c")).to_have_count(3)
    assert COOKIE not in page.evaluate("document.cookie")


HEADER = """() => {
    const box = (selector) => document.querySelector(selector).getBoundingClientRect();
    const [top, title, about, menu] = ["#top", "#top h1", "#about", "#menu"].map(box);
    const isClear = !menu.width || about.right <= menu.left;
    const fits = title.width <= about.width && about.bottom <= top.bottom + 1 && title.height < 30;
    return fits && isClear && document.documentElement.scrollWidth <= innerWidth;
}"""


def test_the_header_fits_with_a_long_name_in_german(pages: Pages, url: str, data: Path) -> None:
    Accounts(data).add("friederike.von-hohenfels@redaktion.example", PASSWORD)
    page = pages.lend(url, width=1280, locale="de-DE")
    assert page.locator("html").get_attribute("lang") == "de"
    for password, shown in (("falsch", "Name und Passwort gehören nicht zusammen."), (PASSWORD, "")):
        page.get_by_label("Name").fill("friederike.von-hohenfels@redaktion.example")
        page.get_by_label("Passwort").fill(password)
        page.get_by_role("button", name="Anmelden").click()
        if shown:
            expect(page.get_by_role("alert")).to_have_text(shown)
    page.get_by_label("Ihre Frage").fill("Who controls Hama?")
    page.keyboard.press("Enter")
    expect(page.locator("#live .turn:not([aria-busy]) .tools")).to_be_visible()
    for width in (1280, 1241, 1240, 1061, 1060, 900, 861, 390):
        page.set_viewport_size({"width": width, "height": 700})
        page.wait_for_function(HEADER)
    page.get_by_role("button", name="Menü").click()
    expect(page.locator(".account")).to_contain_text("friederike")
    expect(page.get_by_role("button", name="Abmelden")).to_be_in_viewport(ratio=1)


def test_a_session_that_ends_on_the_page_is_told_and_nothing_is_lost(pages: Pages, url: str) -> None:
    page = pages.lend(url)
    sign_in(page)
    expect(page.locator(".account")).to_contain_text("ada")
    ask_on_page(page, "Who controls Hama?")
    expect(page.locator("#live button.c")).to_have_count(3)
    page.evaluate("fetch('logout', {method: 'POST'})")
    ask_on_page(page, "What of the history?")
    expect(page.get_by_role("alert")).to_contain_text("Your session has ended. Log in again")
    expect(page.locator(".toast-body")).to_be_hidden()
    expect(page.get_by_label("Your question")).to_have_value("What of the history?")
    with page.context.expect_page() as again:
        page.get_by_role("link", name="Log in again").click()
    sign_in(again.value)
    expect(again.value.get_by_role("heading")).to_have_text("You are logged in as ada")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#live .a")).to_contain_text("1 answers came before.")
    expect(page.locator("#ended")).to_have_count(0)
    # By itself it would go after ten seconds.
    expect(page.locator(".toast-body")).to_have_count(0, timeout=5000)
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Password")).to_be_visible()


def ask_on_page(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")


def test_a_login_without_tls_and_beyond_loopback_passes_its_own_check(pages: Pages, data: Path) -> None:
    # There browsers send no Sec-Fetch-Site, and by some policies hide the form's Origin.
    settings = {"CHATBOT_READERS": "accounts", "CHATBOT_HOST": "0.0.0.0"}
    with canned_server(data, **settings) as (_, url):
        page = pages.lend(url.replace("127.0.0.1", own_address()))
        sign_in(page)
        expect(page.get_by_label("Your question")).to_be_visible()


def own_address() -> str:
    """An address of this machine that is not loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no address but loopback")
        return str(probe.getsockname()[0])


@pytest.mark.parametrize(
    "sent", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}]
)
def test_another_site_cannot_log_a_reader_in_or_out(url: str, sent: dict[str, str]) -> None:
    reply = ask(url, "POST", "/login", f"name=ada&password={PASSWORD}", **FORM, **sent)
    assert reply[0] == 403 and "set-cookie" not in reply[2]


@pytest.mark.parametrize(
    ("next", "leads"),
    [
        ("/article/x?start=1", "/article/x?start=1"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/%09/evil.example", "/"),
        ("/%0d%0aSet-Cookie:a=b", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
        ("evil.example", "/"),
    ],
)
def test_a_login_leads_to_this_server_alone(url: str, next: str, leads: str) -> None:
    reply = ask(url, "POST", "/login", f"name=ada&password={PASSWORD}&next={next}", **FORM)
    assert (reply[0], reply[2]["location"]) == (303, leads)


def test_guessing_is_slowed_down_and_the_wait_told(url: str, data: Path) -> None:
    Accounts(data).add("eve", PASSWORD)
    replies = [ask(url, "POST", "/login", f"name=eve&password=wrong-{n}", **FORM) for n in range(6)]
    assert [reply[0] for reply in replies] == [401] * 5 + [429]
    assert re.search(r"Too many attempts. Try again in \d seconds?\.", replies[5][1])
    assert replies[5][2]["retry-after"] in ("1", "2")
    assert ask(url, "POST", "/login", f"name=eve&password={PASSWORD}", **FORM)[0] == 429


def test_a_login_ends_the_session_before_it(url: str) -> None:
    first = log_in(url, "ada")
    second = log_in(url, "ada", Cookie=first)
    assert [ask(url, "GET", "/page.js", Cookie=cookie)[0] for cookie in (first, second)] == [401, 200]
    assert ask(url, "POST", "/logout", Cookie=second)[2]["set-cookie"].startswith(f"{COOKIE}=; Path=/; Max-Age=0")
    assert ask(url, "GET", "/page.js", Cookie=second)[0] == 401


def test_what_was_typed_is_shown_as_text(url: str) -> None:
    hostile = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E"
    for reply in (
        ask(url, "POST", "/login", f"name={hostile}&password=x&next={hostile}", **FORM),
        ask(url, "GET", f"/login?next={hostile}"),
    ):
        assert "<script" not in reply[1] and "&lt;script" in reply[1] and reply[2]["cache-control"] == "no-store"


@pytest.mark.parametrize("body", ["", "name=", "password=x", "name=a&name=b", "x" * 9999, "%ff=%ff&name=%00"])
def test_an_odd_form_is_refused_like_a_wrong_one(url: str, body: str) -> None:
    assert ask(url, "POST", "/login", body, **FORM)[0] in (401, 422, 429)


def test_nobody_logs_in_where_it_is_of_no_use(canned_url: str) -> None:
    assert ask(canned_url, "GET", "/login")[0] == 404
    assert ask(canned_url, "POST", "/login", "name=ada&password=x", **FORM)[0] == 404
