"""Measures how long the board takes to show what a filter leaves, on a page of 10,000 claims in a real browser: from
the change of a field to the frame in which the new rows stand."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks import sets
from benchmarks.support import many_claims

CLAIMS = 10_000
PORT = 20_877
CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")
# All days lie within those of the index: a field takes no other.
# By the name of a field: what it is set to, one after the other. An empty value shows all again.
CHANGES: dict[str, Sequence[str | int]] = {
    "words": ("san", "san j", "", "opposition", "desk 3", ""),
    "controller": (1, 2, 0, 3, 4, 0),
    "as_of": ("2025-01-03", "2025-02-14", "2024-12-20", "2025-01-25", "2025-03-01", ""),
    "changed_since": ("2025-02-01", "2025-03-03", "2024-12-18", "2025-01-07", "2025-02-20", ""),
}
# Sets a field as a reader does and waits for the rows. A field for typing waits before it narrows: that is the reader's
# time, and is not counted, hence the press of Enter.
CHANGE = """async ([name, value]) => {
  const field = document.querySelector("#narrow").elements[name];
  const frame = () => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  const began = performance.now();
  // The count is written each time, also where no row fits before and after.
  const count = document.querySelector("#board .count");
  const changed = new Promise((done) => {
    new MutationObserver((_, watch) => (watch.disconnect(), done())).observe(count, { childList: true });
  });
  if (typeof value === "number") field.selectedIndex = value;
  else field.value = value;
  field.form.requestSubmit();
  await changed;
  await frame();
  return performance.now() - began;
}"""


@dataclass(frozen=True)
class Measured:
    """How many claims and places there were, and the milliseconds of each change by its field."""

    claims: int
    places: int
    times: dict[str, list[float]]


def measure(articles: Path, sample: Path, work: Path) -> Measured:
    """The times on a page over an index that is made in `work` from the sample `articles`, indexed in `sample`."""
    with sets.indexed([articles], sample) as collection:
        claims = list(collection.reported_claims())
    count = many_claims.write(work, sets.EMBEDDING_MODEL, claims, CLAIMS)
    with served(work) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{address}/#board")
        page.wait_for_selector("#board .opener", timeout=120_000)
        places = page.evaluate("fetch('api/board').then((reply) => reply.json()).then((board) => board.places.length)")
        times = {name: _times(page, name, values) for name, values in CHANGES.items()}
        browser.close()
    return Measured(count, places, times)


def _times(page: Page, name: str, values: Sequence[str | int]) -> list[float]:
    return [page.evaluate(CHANGE, [name, value]) for value in values]


@contextmanager
def served(data: Path) -> Iterator[str]:
    """The address of a page over the index in `data`, once it answers."""
    address = f"http://127.0.0.1:{PORT}"
    command = [sys.executable, "app.py", "serve", "--data", str(data), "--port", str(PORT)]
    server = subprocess.Popen(command, cwd=Path(__file__).parent.parent, stdout=subprocess.DEVNULL)
    try:
        for _ in range(240):
            with suppress(OSError):
                urllib.request.urlopen(f"{address}/ready", timeout=5).close()
                break
            time.sleep(0.5)
        yield address
    finally:
        server.terminate()
        server.wait()


def report(measured: Measured) -> None:
    """Print p50 and p95 of each field and of all changes together."""
    print(f"  {measured.claims:,} claims, {measured.places:,} places")
    every = [time for times in measured.times.values() for time in times]
    for name, times in [*measured.times.items(), ("all", every)]:
        middle, high = many_claims.percentile(times, 0.5), many_claims.percentile(times, 0.95)
        print(f"  {name:14} p50 {middle:6.0f} ms  p95 {high:6.0f} ms  of {len(times)}")
