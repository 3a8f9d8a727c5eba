"""The map of the board in a browser."""

import json
from pathlib import Path

from playwright.sync_api import expect

from tests.support.browsing import Pages
from tests.support.page import Open
from tests.web.test_authentication import ask

# How many pairs of names, and of a name and another point, lie on each other.
OVERLAPS = """() => {
    const bounds = (selector) => [...document.querySelectorAll(selector)].map((part) => part.getBoundingClientRect());
    const over = (a, b) => a.left < b.right && b.left < a.right && a.top + 3 < b.bottom - 3 && b.top + 3 < a.bottom - 3;
    const [names, points] = [bounds(".chart .label"), bounds(".chart circle[r='6'], .chart circle[r='8']")];
    return names.filter((name, n) => names.some((other, m) => m < n && over(name, other))
        || points.some((point) => over(name, point))).length;
}"""


def test_the_map_shows_points_and_counts_what_is_not_on_it(opened: Open, tmp_path: Path) -> None:
    page = opened("/#board?kind=map")
    picture = page.get_by_role("img", name="Map: Who holds what, as the reports stood on 11 December 2024")
    expect(picture.locator(".label")).to_have_text(["Aleppo", "Damascus", "Hama", "Homs"])
    expect(page.locator(".missing")).to_contain_text("1 place is not on the map: Nowhere <img")
    expect(page.locator("#board .opener")).to_have_count(5)
    homs = picture.locator(".point", has_text="Homs")
    expect(homs.locator("title")).to_have_text("Homs: government, disputed")
    assert str(homs.locator("circle").get_attribute("fill")).startswith("url(#map-hatch-")
    border = str(picture.locator(".border").get_attribute("d"))
    assert len(border) > 1000
    x = float(str(homs.locator("circle").get_attribute("cx")))
    page.get_by_role("group", name="Map. Arrow keys").press("ArrowRight")
    assert float(str(homs.locator("circle").get_attribute("cx"))) < x
    page.get_by_role("button", name="Larger").click()
    assert picture.locator(".border").get_attribute("d") != border
    page.get_by_role("button", name="All places").click()
    expect(picture.locator(".border")).to_have_attribute("d", border)
    for kind, opening in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Download {kind}").click()
        assert download.value.suggested_filename == f"map-2024-12-11.{kind.lower()}"
        download.value.save_as(tmp_path / kind)
        assert (tmp_path / kind).read_bytes().startswith(opening)
    assert "Sources: " in (tmp_path / "SVG").read_text() and "11 December 2024" in (tmp_path / "SVG").read_text()
    page.locator(".ways").get_by_text("Places").click()
    expect(picture).to_have_count(0)


def test_the_api_gives_locations_by_name(canned_url: str) -> None:
    status, text, _ = ask(canned_url, "GET", "/api/board/map")
    locations = json.loads(text)["locations"]
    assert status == 200 and set(locations) == {"Aleppo", "Damascus", "Hama", "Homs"}
    assert locations["Hama"]["country"] == "SY" and abs(locations["Hama"]["latitude"] - 35.13) < 0.1


def test_no_name_lies_on_another_place(pages: Pages, sample_url: str) -> None:
    """Idlib and Saraqib lie next to each other."""
    page = pages.lend(f"{sample_url}/#board?kind=map", width=1280, height=900)
    expect(page.locator(".chart .label").first).to_be_visible()
    assert page.locator(".chart .label").count() >= 8 and page.evaluate(OVERLAPS) == 0
