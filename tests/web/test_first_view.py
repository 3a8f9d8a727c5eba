"""What is seen before Gradio has made the page: the same as afterwards, and what is typed meanwhile stays."""

import pytest
from playwright.sync_api import Route, expect

from tests.support.browsing import Pages

PARTS = (
    "#top", "#about h1", "#menu", "#views", "#open-history", "#languages", "#open-menu button", "#main", "#live .lead",
    "#chips li", "#composer", "#asking", "#ask", "#scope", "#passages h2", "#passages .empty",
)
BOXES = """(root, parts) => parts.map((part) => {
  const { x, y, width, height } = root.querySelector(part)?.getBoundingClientRect() ?? {};
  return [part, ...[x, y, width, height].map(Math.round)].join(" ");
})"""
SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((entry) => entry.value)))
  .observe({ type: "layout-shift", buffered: true });"""


def opened(route: Route) -> None:
    """Let the test look into the view, which is closed to all that looks for a part of the page."""
    response = route.fetch()
    route.fulfill(response=response, body=response.text().replace('shadowrootmode="closed"', 'shadowrootmode="open"'))


@pytest.mark.parametrize(("width", "asked"), [(1280, False), (390, True)])
def test_the_first_view_is_the_page_that_follows(pages: Pages, canned_url: str, width: int, asked: bool) -> None:
    page = pages.lend(f"{canned_url}/ready", width=width, height=844, locale="de-DE")
    page.add_init_script(SHIFTS)
    page.route("**/assets/*.js", lambda route: None)
    page.route(f"{canned_url}/", opened)
    page.goto(f"{canned_url}/", wait_until="commit")
    first = page.locator("#first-view")
    expect(first.locator("#live .lead")).to_have_text("Was möchten Sie wissen?")
    before = first.evaluate(f"(host, parts) => ({BOXES})(host.shadowRoot, parts)", PARTS)
    page.keyboard.type("Who controls Hama?")
    if asked:
        page.keyboard.press("Enter")
    page.evaluate(f"""(parts) => new MutationObserver((_, watch) => {{
        if (document.querySelector("#first-view")) return;
        watch.disconnect();
        window.after = ({BOXES})(document, parts);
    }}).observe(document.body, {{ childList: true }})""", PARTS)
    page.unroute_all()  # What was held back goes on.
    expect(first).to_have_count(0)
    assert page.evaluate("window.after") == before
    if asked:
        expect(page.locator("#live .q")).to_contain_text("Who controls Hama?")
    else:
        expect(page.locator("#question textarea")).to_have_value("Who controls Hama?")
        assert sum(page.evaluate("window.shifts")) < 0.01
