"""What changed on the board: from the API, and in a browser."""

import json
from xml.etree import ElementTree

from tests.web.test_authentication import ask


def test_the_api_tells_what_changed_in_three_forms(canned_url: str) -> None:
    days = "changed_since=2024-12-01&as_of=2024-12-11"
    status, text, headers = ask(canned_url, "GET", f"/api/board/changes?{days}")
    found = json.loads(text)
    assert status == 200 and headers["cache-control"] == "no-store"
    assert [one["place"] for one in found["changes"]] == ["Hama", "Homs"]
    assert found["changes"][0]["sentence"] == "Opposition forces took the city of Hama on Thursday."
    status, text, headers = ask(canned_url, "GET", f"/api/board/changes.md?{days}")
    assert status == 200 and headers["content-type"].startswith("text/markdown") and "## Hama" in text
    status, text, headers = ask(canned_url, "GET", f"/api/board/changes.atom?{days}")
    assert status == 200 and headers["content-type"] == "application/atom+xml"
    links = [one.get("href") for one in ElementTree.fromstring(text).iter("{http://www.w3.org/2005/Atom}link")]
    assert links[0] == f"{canned_url}/api/board/changes.atom?{days}"
    assert f"{canned_url}/article/0123456789abcdef?start=" in str(links[2])


def test_the_api_says_what_is_wrong_with_the_days(canned_url: str) -> None:
    for path, expected in (
        ("?changed_since=x", 400), (".md?as_of=2024-12-01&changed_since=2024-12-05", 400), (".atom?as_of=5", 400),
        (".pdf", 404),
    ):  # fmt: skip
        status, text, _ = ask(canned_url, "GET", f"/api/board/changes{path}")
        assert status == expected and json.loads(text)["detail"]
