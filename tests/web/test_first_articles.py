"""A first start without articles: what the page offers an editor, and what it says to a reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.conftest import ROOT, free_port, until_ready
from tests.support.browsing import Pages
from tests.support.page import ask
from tests.support.program import Program
from tests.web.test_accessibility import barriers
from tests.web.test_article_list import FERRY, outcome


@pytest.fixture(scope="module")
def empty_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose data folder is new."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = Program("app.py", "--data", str(tmp_path_factory.mktemp("first") / "data"), "--port", str(port))
    until_ready(url)
    yield url
    server.terminate()
    server.wait(timeout=30)


def test_behind_the_articles_examples_are_asked_for_once(pages: Pages, empty_url: str) -> None:
    page = pages.lend(f"{empty_url}/#articles")
    expect(page.get_by_role("button", name="Add the sample articles")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/queue/join" in request.url else None)
    page.get_by_role("link", name="Chat", exact=True).click()
    expect(page.locator("#live .welcome")).to_be_visible()
    page.wait_for_timeout(3000)
    assert len(asked) == 1


def test_a_newcomer_adds_a_folder_and_the_samples(pages: Pages, empty_url: str, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "mine" / name).mkdir(parents=True)
        (tmp_path / "mine" / name / "news.md").write_text(f"---\ntitle: News {name}\n---\n{FERRY} {name}.")
    (tmp_path / "mine" / "program.exe").write_text("x")
    page = pages.lend(empty_url, width=390, height=844)
    expect(page.locator("#live .welcome")).to_contain_text("There are no articles yet. Add your own")
    expect(page.locator("#live .how")).to_be_hidden()
    assert barriers(page) == []
    page.get_by_role("link", name="Add articles").click()
    expect(page.get_by_role("button", name="Add the sample articles")).to_be_visible()
    page.goto(empty_url)
    ask(page, "Who opened a ferry line?")
    expect(page.locator("#live .none")).to_have_text(
        "There are no articles yet. Editors add them on the page, under “Articles”."
    )
    expect(page.locator("#live").get_by_role("link", name="Search the articles for this")).to_have_count(0)
    assert "python" not in page.locator("#live").inner_text()
    page.goto(f"{empty_url}/#articles")
    expect(page.get_by_role("button", name="Add the sample articles")).to_be_visible()
    assert barriers(page) == []
    page.locator("input[webkitdirectory]").set_input_files(tmp_path / "mine")
    added = outcome(page, "added")
    assert "News a" in added and "News b" in added and page.locator(".outcome .refused").count() == 0
    expect(page.locator("#listed tbody tr")).to_have_count(2)
    for title in ("News a", "News b"):
        page.get_by_role("button", name=f"Remove {title}").click()
        page.get_by_role("button", name="Remove it").click()
        expect(page.locator(".outcome p")).to_have_text(f"Removed: {title}")
    other = pages.lend(f"{empty_url}/#articles", width=390, height=844)
    expect(other.get_by_role("button", name="Add the sample articles")).to_be_visible()
    page.get_by_role("button", name="Add the sample articles").click()
    expect(page.locator(".outcome .added td").first).to_have_text("11", timeout=60_000)
    expect(page.locator("#listed tbody tr")).to_have_count(11)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert len(list((ROOT / "articles").glob("*.md"))) == 11
    # What the articles answer is offered without loading the page again.
    other.get_by_role("button", name="Menu").click()
    other.get_by_role("link", name="Chat", exact=True).click()
    expect(other.locator("#chips button").first).to_be_visible(timeout=60_000)
    expect(other.locator(".empty-yet").first).to_be_hidden()
    expect(other.locator("#live .how")).to_be_visible()
