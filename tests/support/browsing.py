"""Lends pages of one browser to test after test, each as if it were new.

A page that is loaded in a process that has loaded it before costs a quarter of the processor's time: its scripts are
compiled. A page whose signs of waiting move is painted sixty times a second, so the reader wants less motion.
"""

from collections import defaultdict
from contextlib import suppress
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, Error, Page, Request

FORGET = "localStorage.clear(), sessionStorage.clear(), window.name = ''"


class Pages:
    """Pages, each in a browser context that no other page of the same test shares. A context is lent again to tests
    that want the same options; size, colours and motion are set anew each time."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._idle: defaultdict[str, list[BrowserContext]] = defaultdict(list)
        self._lent: list[tuple[str, BrowserContext]] = []
        self._requested: list[str] = []

    def lend(
        self, url: str, *, width: int = 1240, height: int = 760, color_scheme: str = "light",
        reduced_motion: str = "reduce", framed: str = "", **options: object,
    ) -> Page:
        """A page that shows `url`. `framed` is the address of a page that `url` shows in a frame: it stays open in the
        context, and frames of its site are loaded in its process."""
        kind = repr((framed, sorted(options.items())))
        idle = self._idle[kind]
        context = idle.pop() if idle else self._open(framed, options)
        self._lent.append((kind, context))
        page = context.new_page() if framed else context.pages[0]
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)  # type: ignore[arg-type]
        page.goto(url)
        return page

    def take_back(self) -> list[str]:
        """Make the lent pages as new; the addresses that the test has requested with them."""
        requested = self._requested.copy()
        for kind, context in self._lent:
            # A page that has crashed, or whose server has ended, cannot be made as new.
            try:
                _clear(context)
            except Error:
                with suppress(Error):
                    context.close()
            else:
                self._idle[kind].append(context)
        self._lent.clear()
        self._requested.clear()
        return requested

    def _open(self, framed: str, options: dict[str, object]) -> BrowserContext:
        context = self._browser.new_context(**options)  # type: ignore[arg-type]
        context.on("request", self._note)
        page = context.new_page()
        if framed:
            page.goto(framed)
        return context

    def _note(self, request: Request) -> None:
        self._requested.append(request.url)


def _clear(context: BrowserContext) -> None:
    page, *others = context.pages
    for other in others:
        other.close()
    page.unroute_all()
    # A small page of the same origin, which has the same storage and is loaded in the same process.
    page.goto(urljoin(page.url, "/ready"))
    page.evaluate(FORGET)
    context.clear_cookies()
