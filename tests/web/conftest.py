from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, expect

from chatbot.answering.reader_chains import ReaderChains
from chatbot.answering.records import Records
from chatbot.answering.turn import Stop, grow
from chatbot.filters import EVERYWHERE
from chatbot.settings import Settings
from chatbot.web.auth.accounts import Accounts, Role
from chatbot.web.server import application
from index.collection import Collection
from index.fetch.client import Fetcher, FetchLimits
from index.ingest.run import index_paths
from index.ingest.uploads import Uploads
from index.ingest.watched_sources import WatchedSources
from index.search.embedder import BUNDLED
from tests.conftest import canned_server, free_port
from tests.support.browsing import Pages
from tests.support.corpus import write
from tests.support.group_site import ASKED, HIDDEN, OPEN, PASSWORD, Site, with_groups
from tests.support.page import Open
from tests.support.serving import serving


@pytest.fixture(scope="session")
def written_url() -> Iterator[str]:
    """The address of a page that seems to have an LLM."""
    with canned_server(Path("/nonexistent"), "openai:canned") as (_, url):
        yield url


@pytest.fixture(scope="session")
def all_pages(browser: Browser) -> Pages:
    """The pages of all tests of a run."""
    return Pages(browser)


@pytest.fixture
def pages(all_pages: Pages) -> Iterator[Pages]:
    """The pages that a test borrows."""
    yield all_pages
    all_pages.take_back()


@pytest.fixture
def opened(all_pages: Pages, canned_url: str) -> Iterator[Open]:
    """Opens the page in a session of its own; in the end no request may have gone to another host."""

    def open_page(path: str = "/", **options: object) -> Page:
        page = all_pages.lend(urljoin(canned_url, path), **options)  # type: ignore[arg-type]
        # Another view than the chat hides the box.
        shown = expect(page.locator("#question textarea"))
        shown.to_be_attached() if "#" in path else shown.to_be_visible()
        return page

    yield open_page
    allowed = (f"{canned_url}/", "http://127.0.0.1:", "data:", "blob:")
    assert [url for url in all_pages.take_back() if not url.startswith(allowed)] == []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("groups")
    accounts = Accounts(data)
    for name, role, groups in (
        ("ada", Role.EDITOR, []), ("bob", Role.READER, ["Board"]), ("eve", Role.READER, ["staff"]),
    ):
        accounts.add(name, PASSWORD, role, groups)
    tokens = {name: accounts.make_token(name) for name in ("ada", "bob", "eve")}
    settings = Settings(
        data=data, port=free_port(), readers="accounts", questions_a_minute=10_000, questions_waiting=1000
    )
    with closing(Collection(data, embedding_model=BUNDLED)) as collection:
        for name, text, day, groups in (("open", OPEN, "02", []), ("board", HIDDEN, "09", ["board"])):
            stated = {"title": f"The {name} piece", "source": f"{name} desk", "date": f"2024-12-{day}"}
            index_paths(collection, [write(data / "files" / name, f"{name}.md", text, **stated)], groups=groups)
        audiences = ReaderChains(collection, settings)
        records = {}
        for name, groups_read in (("ada", None), ("bob", frozenset({"board"})), ("eve", frozenset({"staff"}))):
            reader = audiences.of(groups_read)
            *_, turn = grow(reader.chain, ASKED, [], EVERYWHERE, Stop())
            records[name] = Records(data).write(with_groups(turn, sorted(reader.groups)))
        uploads = Uploads(collection, settings.file_limits, None)  # type: ignore[arg-type]
        (data / "watched").mkdir()
        fetcher = Fetcher(limits=FetchLimits(pause_seconds=0))
        watched = WatchedSources(
            collection, fetcher, settings.file_limits, every_seconds=900, folders=[data / "watched"]
        )
        app = application(settings, audiences, uploads, watched=watched)
        with serving(app, settings.port), ExitStack() as stack:
            stack.callback(watched.stop, 20)
            yield Site(f"http://127.0.0.1:{settings.port}", app, collection, data, tokens, records)
