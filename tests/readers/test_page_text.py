from pathlib import Path

import pytest

from tests.readers.test_formats import BODY, article, html

RIGHTS = (
    "<div><p>This copy is for your own use and not to be sold. To order copies for your colleagues write to the "
    "desk of the paper, which answers within a week.</p></div>"
)


def lines(path: Path, content: str) -> list[str]:
    return article(path, content).text.split("\n\n")


@pytest.mark.parametrize("heads", [
    "<tr><th>Town</th><th>Held by</th><th>Since</th></tr>",
    "<thead><tr><th>Town</th><th>Held by</th><th>Since</th></tr></thead>",
])
def test_a_row_of_a_table_keeps_its_heads(tmp_path: Path, heads: str) -> None:
    rows = "<tr><td>Lindby</td><td>the militia</td><td>3 May</td></tr><tr><td>Ostra</td><td>the army</td><td></td></tr>"
    results = lines(tmp_path / "a.html", html(body=f"{BODY}<table>{heads}{rows}</table>{BODY}"))
    assert "Town: Lindby; Held by: the militia; Since: 3 May" in results and "Town: Ostra; Held by: the army" in results
    assert not [line for line in results if "|" in line]


def test_a_table_without_heads_keeps_its_rows_and_one_that_lays_out_text_is_none(tmp_path: Path) -> None:
    table = "<table><tr><td>Lindby</td><td>410</td></tr><tr><td>Ostra</td><td>395</td></tr></table>"
    assert {"Lindby; 410", "Ostra; 395"} <= set(lines(tmp_path / "a.html", html(body=f"{BODY}{table}{BODY}")))
    laid_out = f"<table><tr><td>Photo</td><td>{BODY * 2}</td></tr></table>"
    assert not [line for line in lines(tmp_path / "b.html", html(body=laid_out)) if "|" in line or "; " in line]


def test_a_notice_is_not_taken_for_the_article(tmp_path: Path) -> None:
    page = html(body=f"{RIGHTS}<section>{BODY}</section>")
    assert "took over the harbour on Monday" in article(tmp_path / "a.html", page).text


def test_headings_and_lines_inside_an_article_are_kept(tmp_path: Path) -> None:
    inner = "<h3>Two ferries</h3><p>Sail at nine.</p><ul><li>Pier 6</li><li>Pier 7</li></ul>"
    results = lines(tmp_path / "a.html", html(body=f"{BODY}{inner}{BODY.replace('Monday', 'Tuesday')}"))
    assert {"Two ferries", "Sail at nine.", "- Pier 6", "- Pier 7"} <= set(results)
