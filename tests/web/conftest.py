from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import canned_server
from tests.support.browsing import Pages
from tests.support.page import Open


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
