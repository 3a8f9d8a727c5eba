"""Editors choose on the page which feeds and folders are watched, and see what the last look at each came to."""

import re
import signal
from pathlib import Path

import httpx
from playwright.sync_api import expect

from benchmarks.support.scripted_llm import closed_address
from chatbot.web.auth.accounts import Accounts, Role
from tests.conftest import ROOT, canned_server, free_port, until_ready
from tests.support.browsing import Pages
from tests.support.corpus import HARBOUR, write
from tests.support.program import Program
from tests.web.test_authentication import PASSWORD, ask, log_in

AT = "/api/sources"
JSON = {"Content_Type": "application/json"}
ROUTES = [("GET", "/api/sources"), ("POST", "/api/sources"), ("PATCH", "/api/sources/x"), ("DELETE", "/api/sources/x")]


def test_only_editors_choose_what_is_watched(tmp_path: Path) -> None:
    Accounts(tmp_path).add("ada", PASSWORD, Role.EDITOR)
    Accounts(tmp_path).add("bob", PASSWORD)
    with canned_server(tmp_path, CHATBOT_READERS="open") as (_, url):
        ada, bob = log_in(url, "ada"), log_in(url, "bob")
        for method, path in ROUTES:
            body = "" if method in ("GET", "DELETE") else '{"place": "http://a.example/", "paused": true}'
            for sent, status in (({}, 401), ({"Cookie": bob}, 403)):
                assert ask(url, method, path, body, **JSON, **sent)[0] == status
            status, answer, _ = ask(url, method, path, body, Cookie=ada, **JSON)
            assert status == 404 and "watches no feeds and folders" in answer
            if method != "GET":
                assert ask(url, method, path, body, Cookie=ada, Sec_Fetch_Site="cross-site", **JSON)[0] == 403


def test_a_program_adds_pauses_and_removes(sample_url: str) -> None:
    with httpx.Client(base_url=sample_url, timeout=60) as client:
        assert client.get(AT).json() == {"sources": [], "folders": ["articles"], "problems": []}
        for wrong in ("{}", '{"place": 7}', '{"place": "articles", "groups": "a"}', '{"place": "a", "groups": [7]}'):
            assert client.post(AT, content=wrong, headers={"Content-Type": "application/json"}).status_code == 400
        for place in ("/etc", "articles/../docs", str(ROOT / "articles"), "file:///etc/passwd", "http://a@b.example/"):
            refused = client.post(AT, json={"place": place})
            assert refused.status_code == 400 and str(ROOT) not in refused.text.replace(place, "")
        added = client.post(AT, json={"place": "articles", "groups": []}).json()
        assert (added["name"], added["paused"], added["by"]) == ("articles", False, "somebody on this machine")
        assert "place" not in added and str(ROOT) not in client.get(AT).text
        path = f"{AT}/{added['id']}"
        assert client.patch(path, json={"paused": "yes"}).status_code == 400
        assert client.patch(path, json={"paused": True}).json()["paused"] is True
        assert client.delete(path).status_code == 200
        gone = client.delete(path)
        assert gone.status_code == 400 and "not watched any longer" in gone.json()["detail"]


def test_an_editor_watches_a_folder_and_a_feed(pages: Pages, sample_url: str) -> None:
    page = pages.lend(f"{sample_url}/#articles", width=1280, height=860)
    page.get_by_text("Watched", exact=True).click()
    place = page.get_by_label("The address of a feed or page, or a folder")
    watch = page.get_by_role("button", name="Watch", exact=True)
    place.fill("/etc")
    watch.click()
    expect(page.locator(".watched .problem")).to_have_text(
        "'/etc' is no folder that may be watched. Expected one of articles, or a folder in it."
    )
    expect(place).to_have_value("/etc")
    for given in ("articles", "http://127.0.0.1:9/feed.xml"):
        place.fill(given)
        place.press("Enter")
        expect(place).to_have_value("")
    folder, feed = page.locator(".sources > li").nth(0), page.locator(".sources > li").nth(1)
    expect(folder).to_contain_text(re.compile("Last look: .*0 added, 0 updated, 0 refused"), timeout=30_000)
    expect(feed).to_contain_text(re.compile("0 added, 0 updated, 1 refused"), timeout=30_000)
    feed.locator("summary").click()
    expect(feed).to_contain_text("http://127.0.0.1:9/feed.xml: ")
    for width, height, scheme in ((1280, 860, "light"), (390, 844, "light"), (1280, 860, "dark")):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.reload()
    page.get_by_text("Watched", exact=True).click()
    feed.get_by_role("button", name="Pause").press("Enter")
    expect(feed).to_contain_text("Paused · Last look")
    expect(feed.get_by_role("button", name="Watch again")).to_be_focused()
    for left in (1, 0):
        page.locator(".sources > li").first.get_by_role("button", name="Remove").click()
        expect(page.locator(".sources > li")).to_have_count(left)


def test_editors_are_told_why_the_llm_reads_no_articles(pages: Pages, tmp_path: Path) -> None:
    write(tmp_path / "articles", "harbour.md", HARBOUR, title="Harbour")
    url, address = f"http://127.0.0.1:{free_port()}", closed_address()
    port = url.rpartition(":")[2]
    llm = ["--claims-by-llm", "--model", "openai:scripted", "--base-url", address, "--retries", "0"]
    with Program(
        "app.py", "--index", tmp_path / "articles", "--data", tmp_path / "data", "--port", port, *llm
    ) as server:
        until_ready(f"{url}/ready")
        page = pages.lend(f"{url}/#articles", width=1280, height=860)
        page.get_by_text("Watched", exact=True).click()
        expect(page.locator(".watched .beside")).to_have_text(
            "The reading of articles for claims by the LLM broke off: The LLM openai:scripted at "
            f"{address.removesuffix('/v1')} cannot be reached. Check that it is running and that the address is right. "
            "It is tried again."
        )
        assert httpx.get(f"{url}/ready", timeout=60).json() == {"ready": True}
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0
