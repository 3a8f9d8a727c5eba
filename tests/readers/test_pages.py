import json
from pathlib import Path

import pytest

from index.readers.page_check import redirected_to
from tests.readers.test_formats import BODY, article, html, reason

CARD = "<div><h3><a href='/{0}'>Story {0} of the quay</a></h3><p>The quay {0} is shut for repairs.</p></div>"
CARDS = "".join(map(CARD.format, range(6)))
LIST = "<ul><li>Work ends by May.</li><li>Two ferries sail.</li></ul>"


@pytest.mark.parametrize("page, says", [
    ("<title>Just a moment...</title><p>Checking if the site connection is secure.</p>", "wall"),
    ("<title>Access denied</title><p>You have no permission to see this.</p>", "wall"),
    ("<title>desk.example</title><p>Please verify you are a human to go on.</p>", "wall"),
    ("<title>App</title><div id=root></div><noscript>You need to enable JavaScript.</noscript>", "script"),
    ("<title>Desk</title><p>JavaScript is disabled. Turn on JavaScript in it.</p>", "script"),
    ("<title>Page not found</title><main><p>Sorry, it does not exist. Use the search box.</p></main>", "no such"),
    ("<title>404 - Desk</title><main><h1>Oops</h1><p>We looked and found nothing.</p></main>", "no such"),
    (f"<title>Desk</title><link rel=alternate type='application/rss+xml' href='/feed'>{CARDS}", "feed: /feed"),
])
def test_a_page_that_is_no_article_is_refused(tmp_path: Path, page: str, says: str) -> None:
    assert says in reason(tmp_path / "a.html", f"<html>{page}</html>")


@pytest.mark.parametrize("body", [
    BODY + CARDS, BODY.replace("Captain Aune", "The captcha of Captain Aune"),
    BODY.replace("no one was hurt", "the page was not found"),
    BODY + "<noscript>Enable JavaScript to see comments.</noscript>",
])
def test_an_article_about_such_things_or_with_teasers_is_read(tmp_path: Path, body: str) -> None:
    assert "took over the harbour" in article(tmp_path / "a.html", html(body=body)).text


def test_the_body_in_the_metadata_counts_where_the_page_shows_a_teaser(tmp_path: Path) -> None:
    lead = BODY[3 : BODY.index("</p>")]
    more = "The quay costs nine million euros, and the county pays two thirds of it and the town the rest."
    whole = f"{lead}\n\n{more}"
    stated = json.dumps({"@graph": [{"@type": "NewsArticle", "articleBody": whole}]})
    script = f'<script type="application/ld+json">{stated}</script>'
    assert article(tmp_path / "a.html", html(script, f"<p>{lead}</p><p>Subscribe to go on.</p>")).text == whole
    of_another = script.replace(lead, "Something else was said in another article of this site on Tuesday.")
    assert "nine million" not in article(tmp_path / "b.html", html(of_another, f"<p>{lead}</p>")).text


@pytest.mark.parametrize("kind", ["ul", "ol"])
def test_a_list_between_paragraphs_is_kept(tmp_path: Path, kind: str) -> None:
    listed = LIST.replace("ul>", f"{kind}>")
    page = html(body=BODY.replace("</p><p>", f"</p>{listed}<p>", 1)).replace("<article>", "").replace("</article>", "")
    result = article(tmp_path / "a.html", page).text.split("\n\n")
    assert [line.removeprefix("- ") for line in result[1:3]] == ["Work ends by May.", "Two ferries sail."]


@pytest.mark.parametrize("tag, to", [
    ('<meta http-equiv="refresh" content="0; url=/b">', "https://a.example/b"),
    ("<META HTTP-EQUIV=refresh CONTENT='5;URL=https://b.example/c?x=1&amp;y=2'>", "https://b.example/c?x=1&y=2"),
    ('<meta http-equiv="refresh" content="300">', None), ("<p>refresh</p>", None),
])
def test_a_page_that_sends_its_readers_on_names_the_address(tag: str, to: str | None) -> None:
    assert redirected_to(f"<html><head>{tag}</head>".encode(), "https://a.example/a") == to
