"""Measures how soon a reader who has been here before sees each view of the page, by the browser's own entries: the
first and the largest contentful paint, the shifts of the layout, and the processor time of the page's main thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright

from benchmarks import sets
from benchmarks.board_page import CHROMIUM, FLAGS, served

WARM_ROUNDS = 5
SETTLED_MILLISECONDS = 2500
WIDTHS = {"desktop": (1280, 800), "phone": (390, 844)}
VIEWS = {"chat": "", "articles": "#articles", "board": "#board", "search": "search?words=Hama", "login": "login"}
# Entries are gathered from before the page is parsed.
OBSERVE = """window.seen = { largest: 0, shifts: 0 };
const observe = (type, note) =>
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
observe("largest-contentful-paint", (entry) => (window.seen.largest = entry.startTime));
observe("layout-shift", (entry) => (window.seen.shifts += entry.value));"""
SEEN = """() => ({ ...window.seen, first: performance.getEntriesByName("first-contentful-paint")[0].startTime })"""


@dataclass(frozen=True)
class FirstView:
    """Medians over the rounds: milliseconds to the first and to the largest contentful paint, the highest sum of layout
    shifts, and seconds of the main thread's processor time."""

    first: float
    largest: float
    shifts: float
    processor: float


def measure(articles: Path, data: Path) -> dict[str, FirstView]:
    """The views of a page over `articles`, indexed in `data`, by their name and width."""
    with sets.indexed([articles], data):
        pass
    measured = {}
    with served(data) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for width, (x, y) in WIDTHS.items():
            context = browser.new_context(viewport={"width": x, "height": y})
            for name, path in {**VIEWS, "answer": _shared(context, address)}.items():
                measured[f"{name}, {width}"] = _rounds(context, f"{address}/{path}")
            context.close()
        browser.close()
    return measured


def _shared(context: BrowserContext, address: str) -> str:
    """The path of one answer that was shared."""
    page = context.new_page()
    page.goto(address)
    page.locator("html.ready #question textarea").fill("Who controls Hama?")
    page.keyboard.press("Enter")
    page.locator("#live .turn:not([aria-busy]) [data-share]").click()
    page.wait_for_function("document.querySelector('#sharing [name=address]').value")
    path = page.locator("#sharing [name=address]").input_value().removeprefix(f"{address}/")
    page.close()
    return path


def _rounds(context: BrowserContext, url: str) -> FirstView:
    page = context.new_page()
    page.add_init_script(OBSERVE)
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    rounds = [_load(page, session, url) for _ in range(1 + WARM_ROUNDS)][1:]
    page.close()
    return FirstView(
        median(each.first for each in rounds), median(each.largest for each in rounds),
        max(each.shifts for each in rounds), median(each.processor for each in rounds),
    )


def _load(page: Page, session: CDPSession, url: str) -> FirstView:
    page.goto("about:blank")
    before = _processor_seconds(session)
    page.goto(url)
    page.wait_for_timeout(SETTLED_MILLISECONDS)
    seen = page.evaluate(SEEN)
    return FirstView(seen["first"], seen["largest"], seen["shifts"], _processor_seconds(session) - before)


def _processor_seconds(session: CDPSession) -> float:
    metrics: Sequence[dict[str, float | str]] = session.send("Performance.getMetrics")["metrics"]
    return next(float(metric["value"]) for metric in metrics if metric["name"] == "TaskDuration")


def report(measured: dict[str, FirstView]) -> None:
    """Print a line for each view."""
    for name, view in measured.items():
        print(f"  {name:18} first paint {view.first:5.0f} ms  largest {view.largest:5.0f} ms  "
              f"shifts {view.shifts:.4f}  processor {view.processor:.2f} s")
