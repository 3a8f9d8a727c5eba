"""The names that count as one controller: the API, and the view in which an editor changes them."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date

import httpx
import pytest
from playwright.sync_api import expect

from chatbot.answering.reader_chains import ReaderChains
from chatbot.settings import Settings
from chatbot.web.auth.accounts import Accounts, Role
from chatbot.web.server import application
from index.article import Article
from index.collection import Collection
from index.ingest.run import index_articles
from index.ingest.uploads import Uploads
from index.search.embedder import BUNDLED
from tests.conftest import free_port
from tests.support.browsing import Pages
from tests.support.serving import serving

NEWS = (
    ("a", "The Lunar Liberty Front (LLF) is an alliance. The LLF captured Vessby on Tuesday.\n\nIt is a port.", 4),
    ("b", "The Lunar Liberty Front holds Vessby. The Kestrel Column holds Orlo, a town by the sea.", 9),
)
HOSTILE = "<img src=x onerror=document.title=1>"


@dataclass(frozen=True)
class Site:
    """A server on this machine, and one with accounts, of the same collection."""

    here: str
    closed: str
    tokens: dict[str, str]


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("names")
    accounts = Accounts(data)
    for name, role in (("ada", Role.EDITOR), ("bob", Role.READER)):
        accounts.add(name, "quite a long password", role)
    tokens = {name: accounts.make_token(name) for name in ("ada", "bob")}
    here = Settings(data=data, port=free_port())
    closed = Settings(data=data, port=free_port(), readers="accounts")
    with closing(Collection(data, embedding_model=BUNDLED)) as collection:
        articles = [
            Article(id * 16, text, f"Report {id}", "Desk", None, date(2024, 12, day)) for id, text, day in NEWS
        ]
        index_articles(collection, articles)
        uploads = Uploads(collection, here.file_limits, None)  # type: ignore[arg-type]
        first, second = (application(each, ReaderChains(collection, each), uploads) for each in (here, closed))
        with serving(first, here.port), serving(second, closed.port):
            yield Site(f"http://127.0.0.1:{here.port}", f"http://127.0.0.1:{closed.port}", tokens)


def test_names_are_merged_split_and_undone_over_http(site: Site) -> None:
    bearer = {name: {"Authorization": f"Bearer {token}"} for name, token in site.tokens.items()}
    with httpx.Client(base_url=site.closed, timeout=60) as client:

        def change(change: object, who: str = "ada") -> httpx.Response:
            return client.post("/api/board/sides", json=change, headers=bearer[who])

        def places(controller: str) -> list[str]:
            rows = client.get("/api/board", params={"controller": controller}, headers=bearer["bob"]).json()["places"]
            return sorted(row["place"] for row in rows)

        assert client.get("/api/board/sides").status_code == 401
        shown = client.get("/api/board/sides", headers=bearer["bob"]).json()
        assert [len(side["names"]) for side in shown["sides"]] == [2, 1] and shown["editable"] is False
        assert change({"merge": ["LLF", "Kestrel Column"]}, "bob").status_code == 403
        assert places("LLF") == ["Vessby"]
        merged = change({"merge": ["LLF", "Kestrel Column"]})
        assert merged.status_code == 200 and len(merged.json()["sides"]) == 1 and merged.json()["editable"] is True
        assert places("LLF") == places("Kestrel Column") == ["Orlo", "Vessby"]
        board = client.get("/api/board", headers=bearer["bob"]).json()
        assert len({tuple(row["sides"]) for row in board["places"]}) == 1 == len(board["controllers"])
        assert change({"undo": ["LLF", "Kestrel Column"]}).json()["decisions"] == []
        split = change({"split": "LLF"}).json()
        assert [(each["same"], each["changed_by"]) for each in split["decisions"]] == [(False, "ada")]
        wrongs: tuple[object, ...] = (
            {}, [], {"merge": ["LLF"]}, {"merge": ["LLF", 3]}, {"split": "LLF", "undo": []}, {"split": None},
        )
        for wrong in wrongs:
            assert change(wrong).status_code == 400, wrong
        assert change({"split": HOSTILE}).json()["detail"].startswith(f"No article names '{HOSTILE}'")


def test_an_editor_merges_and_undoes_on_the_page(site: Site, pages: Pages) -> None:
    page = pages.lend(f"{site.here}/#board?kind=sides")
    expect(page.locator("#board .count")).to_have_text("2 controllers")
    front = page.locator(".sides > ol > li").first
    expect(front).to_contain_text("articles introduce one as short for the other")
    page.get_by_label("This name").select_option("Lunar Liberty Front")
    page.get_by_label("is the same controller as").select_option("LLF")
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("count as one already")
    page.get_by_label("This name").select_option("Kestrel Column")
    page.get_by_label("is the same controller as").select_option("LLF")
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.locator("#board .count")).to_have_text("1 controller")
    expect(page.locator(".decided li")).to_contain_text("“Kestrel Column” and “LLF” are one controller")
    page.locator(".ways").get_by_text("Places").click()
    page.locator("#narrow select").select_option(index=1)
    expect(page.locator("#board .opener")).to_have_text(["Orlo", "Vessby"], use_inner_text=True)
    page.locator(".ways").get_by_text("Names").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#board .count")).to_have_text("2 controllers")
    page.get_by_role("button", name="Take LLF out").click()
    expect(page.locator("#board .count")).to_have_text("3 controllers")
    expect(page.locator(".decided li")).to_contain_text("are two controllers")
