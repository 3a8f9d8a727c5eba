from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.conftest import canned_server
from tests.support.page import Open, box


@pytest.fixture(scope="session")
def written_url() -> Iterator[str]:
    """The address of a page that seems to have an LLM."""
    with canned_server(Path("/nonexistent"), "openai:canned") as (_, url):
        yield url


@pytest.fixture
def opened(browser: Browser, canned_url: str) -> Iterator[Open]:
    """Opens the page in a session of its own; in the end no request may have gone to another host."""
    contexts: list[BrowserContext] = []
    strays: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((f"{canned_url}/", "http://127.0.0.1:", "data:", "blob:")):
            strays.append(request.url)

    def open_page(path: str = "/", *, width: int = 1240, height: int = 760, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        context.on("request", note)
        page = context.new_page()
        page.goto(urljoin(canned_url, path))
        # Another view than the chat hides the box.
        shown = expect(box(page))
        shown.to_be_attached() if "#" in path else shown.to_be_visible()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert strays == []
