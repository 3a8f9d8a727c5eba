"""Conversations, links, the page and an LLM keep to the groups of who asks."""

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from benchmarks.support.scripted_llm import ScriptedLLM
from chatbot.answering.reader_chains import ReaderChains
from chatbot.answering.records import Records
from chatbot.answering.turn import Stop, Turn, grow
from chatbot.filters import EVERYWHERE, QuestionFilter
from chatbot.settings import Settings
from chatbot.web.auth.accounts import Accounts
from index.ingest.run import index_paths
from tests.support.group_site import ASKED, PASSWORD, Site, share, with_groups
from tests.support.page import ask


def test_a_conversation_loses_what_its_reader_may_no_longer_read(site: Site) -> None:
    turn = {"question": ASKED, "text": "Ylva Quist told it.", "record": site.records["bob"], "key": "k", "replaces": ""}
    with site.client("bob") as bob:
        bob.put("/api/history/c1/0", json=turn).raise_for_status()
        assert "Quist" in bob.get("/api/history/c1").text
        assert [c["id"] for c in bob.get("/api/history?words=quist").json()["conversations"]] == ["c1"]
        try:
            Accounts(site.data).set_groups("bob", [])
            lost = bob.get("/api/history/c1").json()["turns"][0]
            assert (lost["question"], lost["text"], lost["record"]) == (ASKED, "", "")
            assert bob.get("/api/history?words=quist").json()["conversations"] == []
            assert "Quist" not in bob.post("/api/ask", json={"question": ASKED}).text
        finally:
            Accounts(site.data).set_groups("bob", ["board"])
        assert "Quist" in bob.get("/api/history/c1").text


def test_a_link_to_what_was_removed_stays_closed(site: Site) -> None:
    """The rows of its groups outlive an article."""
    with site.client("eve") as eve, site.client("bob") as bob:
        path = share(bob, site, "bob")
        row = site.hidden
        file = Path(str(row.path))
        site.collection.remove(row.id)
        try:
            assert bob.get(f"/{path}").status_code == 200
            assert eve.get(f"/{path}").status_code == 404
        finally:
            index_paths(site.collection, [file])
        assert site.hidden.groups == ("board",)


def test_an_answer_that_counts_what_others_may_read_is_not_shown_to_fewer(site: Site) -> None:
    reader = ReaderChains(site.collection, Settings(data=site.data)).of(frozenset({"board"}))
    *_, turn = grow(reader.chain, "Who controls Kherson?", [], EVERYWHERE, Stop())
    assert turn.answer is not None and turn.answer.abstained and "2 articles" in turn.answer.text
    record = Records(site.data).write(with_groups(turn, ["board"]))
    with site.client("bob") as bob, site.client("eve") as eve:
        path = bob.post("/api/answers", json={"record": record}).json()["path"]
        assert "2 articles" in bob.get(f"/{path}").text and eve.get(f"/{path}").status_code == 404
        about = Turn("What?", scope=QuestionFilter(article=site.hidden.id, title=site.hidden.title), answer=turn.answer)
        asked = eve.post("/api/answers", json={"record": Records(site.data).write(about)})
        assert asked.status_code == 403 and not re.search("board", asked.text)


def test_an_editor_says_on_the_page_who_may_read(site: Site, browser: Browser) -> None:
    page = browser.new_context(viewport={"width": 390, "height": 900}).new_page()
    page.goto(f"{site.url}/login")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#about")).to_contain_text("2 articles")
    page.goto(f"{site.url}/#articles")
    page.get_by_text("Pasted text", exact=True).click()
    page.get_by_label("Only for readers in these groups").fill("Staff, kitchen")
    page.get_by_label("Title").first.fill("The kitchen note")
    page.get_by_label("Text", exact=True).fill("The canteen of the staff moves to the attic, Chef Tova Lind wrote.")
    page.locator(".way.text").get_by_role("button", name="Add").click()
    row = page.locator("#listed tr", has_text="The kitchen note")
    expect(row).to_contain_text("for kitchen, staff")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Who may read them…").click()
    dialog = page.get_by_role("dialog", name="Who may read them")
    dialog.get_by_label("Groups").fill("a" * 101)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("cannot be the name of a group")
    dialog.get_by_label("Groups").fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("#adding .outcome")).to_contain_text("For everybody: 1")
    expect(row).not_to_contain_text("for kitchen")
    [note] = [listed for listed in site.collection.articles() if listed.title == "The kitchen note"]
    site.collection.remove(note.id)
    page.context.close()


def test_the_page_of_a_reader_tells_of_what_he_may_read(site: Site, browser: Browser) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{site.url}/login")
    page.get_by_label("Name").fill("eve")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#about")).to_contain_text("1 article, 2 December 2024")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    ask(page, "Who opened the footbridge?")
    expect(page.locator("#live")).to_contain_text("Nils Aro")
    page.reload()
    expect(page.locator("#live")).to_contain_text("Nils Aro")
    page.context.close()


def test_an_llm_is_sent_nothing_that_its_reader_may_not_read(site: Site) -> None:
    with ScriptedLLM() as llm:
        settings = Settings(data=site.data, model="openai:scripted", base_url=llm.base_url, passage_tokens=3000)
        audiences = ReaderChains(site.collection, settings)
        for groups, sees in ((frozenset({"staff"}), False), (frozenset({"board"}), True)):
            audiences.of(groups).chain.answer("What did Mayor Nils Aro and the board do?")  # type: ignore[attr-defined]
            assert "Nils Aro" in llm.prompt and ("Quist" in llm.prompt) == sees
