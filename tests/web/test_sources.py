"""Editors choose on the page which feeds and folders are watched, and see what the last look at each came to."""

import json
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
        for bad in ({"groups": "a"}, {"groups": [7]}, {"groups": [], "paused": True}, {"groups": ["a,b"]}, {}):
            assert client.patch(path, json=bad).status_code == 400
        given = client.patch(path, json={"groups": ["Board"]}).json()
        assert (given["groups"], given["paused"], given["changed"]) == (["board"], True, 11)
        assert client.patch(path, json={"groups": []}).json()["changed"] == 11
        assert client.delete(path).status_code == 200
        gone = client.delete(path)
        assert gone.status_code == 400 and "not watched any longer" in gone.json()["detail"]


def test_refusals_are_told_in_the_language_of_the_page(sample_url: str) -> None:
    german = {"X-Language": "de"}
    with httpx.Client(base_url=sample_url, timeout=60, headers=german) as client:
        for path, sent, expected in (
            ("file?name=leer.md", {"content": b" "}, "die Datei hat keinen Text."),
            ("urls", {"json": {"urls": ["http://127.0.0.1:9/"]}}, "einer Adresse dieses Rechners selbst"),
            ("text", {"json": {"title": "x"}}, "kein Objekt mit einem „text“"),
        ):
            last = client.post(f"/api/articles/{path}", **sent).text.strip().splitlines()[-1]
            [refused] = json.loads(last)["report"]["refused"]
            assert expected in refused["reason"]
        assert "werden nicht gelesen" in client.post("/api/articles/file?name=a.exe", content=b"x").json()["detail"]
        assert "nur Adressen mit http" in client.post(AT, json={"place": "ftp://a.example/"}).json()["detail"]
        assert "keine Gruppe heißen" in client.post(AT, json={"place": "articles", "groups": ["a,b"]}).json()["detail"]
    last = httpx.post(f"{sample_url}/api/articles/file?name=leer.md", content=b" ", timeout=60).text.splitlines()[-1]
    assert json.loads(last)["report"]["refused"][0]["reason"] == "the file has no text."


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
    folder.get_by_role("button", name="Who may read it…").click()
    dialog = page.get_by_role("dialog", name="Who may read them")
    expect(dialog).to_contain_text("at once for what came with the readers of before")
    dialog.get_by_label("Groups").fill("a" * 101)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("cannot be the name of a group")
    dialog.get_by_label("Groups").fill("Board, desk")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("#adding .outcome")).to_have_text(re.compile(
        "articles is watched for readers in board, desk from now on. What came from it, 11 articles, has these readers"
    ))
    expect(folder).to_contain_text("Only for readers in board, desk")
    folder.get_by_role("button", name="Who may read it…").click()
    expect(dialog.get_by_label("Groups")).to_have_value("board, desk")
    dialog.get_by_label("Groups").fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("#adding .outcome")).to_contain_text("for everybody from now on. What came from it, 11 ")
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
