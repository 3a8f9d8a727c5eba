import datetime
import json
from collections.abc import Iterator

import pytest

from index.collection import Collection
from index.fetch.address_policy import read_ranges
from index.fetch.client import Fetcher, FetchLimits
from index.ingest.report import Report
from index.ingest.web import index_urls, read_list
from index.search.embedder import BUNDLED
from tests.support.corpus import BRIDGE, HARBOUR
from tests.support.website import Answer, Website, page, redirect, status

FETCHER = Fetcher(allowed=read_ranges("127.0.0.1/32"), limits=FetchLimits(pause_seconds=0))


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    opened = Collection(tmp_path_factory.mktemp("online"), embedding_model=BUNDLED, writing=True)
    yield opened
    opened.close()


@pytest.fixture
def site(collection: Collection) -> Iterator[Website]:
    with Website() as website:
        website.pages["/harbour"] = page(HARBOUR, "text/plain")
        website.pages["/bridge"] = page(BRIDGE, "text/plain")
        yield website
    for row in collection.articles():
        collection.remove(row.id)


def rss(*items: tuple[str, str]) -> str:
    entries = "".join(f"<item><link>{link}</link><pubDate>{date}</pubDate></item>" for link, date in items)
    return f"<rss version='2.0'><channel><title>Courier</title>{entries}</channel></rss>"


def run(collection: Collection, site: Website, *paths: str) -> Report:
    return index_urls(collection, [site.url + path for path in paths], FETCHER)


MONDAY, TUESDAY = "Mon, 02 Dec 2024 00:30:00 +0300", "Tue, 03 Dec 2024 10:00:00 GMT"


def test_a_page_becomes_an_article_known_by_its_url(collection: Collection, site: Website) -> None:
    assert len(run(collection, site, "/harbour").added) == 1
    row, = collection.articles()
    article = collection.article(row.id)
    assert (article.url, article.path, article.source) == (f"{site.url}/harbour", None, "127.0.0.1")
    assert len(run(collection, site, "/harbour#top", "/harbour").unchanged) >= 1
    assert len(collection.articles()) == 1


def test_what_cannot_be_fetched_is_refused_by_name_and_the_rest_goes_on(collection: Collection, site: Website) -> None:
    site.pages["/empty"] = page(" ", "text/plain")
    report = run(collection, site, "/missing", "/empty", "/harbour")
    assert len(report.added) == 1 and len(report.refused) == 2
    assert f"{site.url}/missing: the server answered 404." in map(str, report.refused)
    assert f"{site.url}/empty: the file has no text." in map(str, report.refused)


@pytest.mark.parametrize(
    ("kind", "expected"), [("", "unstated"), ("application/octet-stream", "application/octet-stream")]
)
def test_a_page_of_a_type_that_says_nothing_is_refused(
    collection: Collection, site: Website, kind: str, expected: str
) -> None:
    site.pages["/a"] = page(HARBOUR, kind)
    [refused] = run(collection, site, "/a").refused
    assert f"of the type '{expected}', and neither its name nor its content says what it is" in refused.reason


def test_a_feed_brings_its_new_entries_only(collection: Collection, site: Website) -> None:
    site.pages["/feed"] = page(rss(("/harbour", MONDAY)), "text/html")
    assert len(run(collection, site, "/feed").added) == 1
    site.pages["/feed"] = page(rss(("/bridge", TUESDAY), ("/harbour", MONDAY)), "text/html")
    assert len(run(collection, site, "/feed").added) == 1
    assert site.paths == ["/feed", "/harbour", "/feed", "/bridge"]


def test_the_feeds_date_counts_where_the_page_states_none(collection: Collection, site: Website) -> None:
    site.pages["/feed"] = page(rss(("/harbour", MONDAY)), "application/rss+xml")
    run(collection, site, "/feed")
    row, = collection.articles()
    assert (row.source, row.date, row.date_from) == ("Courier", datetime.date(2024, 12, 2), "feed")


def test_a_web_page_states_its_own_day_title_and_source(collection: Collection, site: Website) -> None:
    site.pages["/a"] = page(
        "<html lang='en'><head><title>Harbour taken</title><meta property='og:site_name' content='The Courier'>"
        f"<link rel='canonical' href='{site.url}/harbour-taken'>"
        "<meta property='article:published_time' content='2024-12-05T23:30:00-05:00'></head><body><nav>Home</nav>"
        f"<article><h1>Harbour taken</h1>{''.join(f'<p>{line}</p>' for line in HARBOUR.splitlines() if line)}</article>"
        "</body></html>"
    )
    site.pages["/feed"] = page(rss(("/a?utm=1", MONDAY)), "text/xml")
    site.pages["/a?utm=1"] = site.pages["/a"]
    run(collection, site, "/feed", "/a")
    row, = collection.articles()
    assert (row.title, row.source, row.date, row.date_from) == (
        "Harbour taken", "The Courier", datetime.date(2024, 12, 5), "page"
    )
    assert collection.article(row.id).url == f"{site.url}/harbour-taken"


def test_an_outlet_that_runs_a_report_word_for_word_is_counted(collection: Collection, site: Website) -> None:
    for source in ("Agency", "Courier"):
        site.pages[f"/{source}"] = page(f"---\nsource: {source}\n---\n{HARBOUR}", "text/markdown")
    report = run(collection, site, "/Agency", "/Courier")
    assert (len(report.added), len(report.duplicates)) == (1, 1)
    row, = collection.articles()
    assert collection.outlets([row.id]) == {row.id: ["Agency", "Courier"]}


def test_a_later_version_of_a_page_replaces_the_earlier_and_that_stays_listed(
    collection: Collection, site: Website
) -> None:
    run(collection, site, "/harbour")
    site.pages["/harbour"] = page(HARBOUR.replace("Ferries", "Trams"), "text/plain")
    assert len(run(collection, site, "/harbour").updated) == 1
    row, = collection.articles()
    assert [old.article_id for old in collection.superseded()] == [row.id]
    assert all("Ferries" not in result.passage.text for result in collection.search("Which ferries were cancelled?"))


def test_an_unchanged_feed_is_asked_for_with_its_marks(collection: Collection, site: Website) -> None:
    site.pages["/feed"] = page(rss(("/harbour", MONDAY)), "text/xml", etag='"1"', last_modified="Monday")
    run(collection, site, "/feed")
    site.pages["/feed"] = status(304)
    report = run(collection, site, "/feed")
    assert (report.added, report.refused) == ([], [])
    _, headers = site.asked[-1]
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('"1"', "Monday")


def test_an_entry_that_failed_for_now_is_tried_again(collection: Collection, site: Website) -> None:
    site.pages["/feed"] = page(rss(("/late", MONDAY), ("/gone", MONDAY)), "text/xml", etag='"1"')
    site.pages["/late"] = status(503)
    assert len(run(collection, site, "/feed").refused) == 2
    site.pages["/late"] = page(HARBOUR, "text/plain")
    assert len(run(collection, site, "/feed").added) == 1
    assert "if-none-match" not in dict(site.asked)["/feed"]
    assert site.paths.count("/gone") == 1


def test_an_entry_that_the_feed_calls_changed_is_fetched_again(collection: Collection, site: Website) -> None:
    site.pages["/feed"] = page(rss(("/harbour", MONDAY)), "text/xml")
    run(collection, site, "/feed")
    site.pages["/feed"] = page(rss(("/harbour", TUESDAY)), "text/xml")
    site.pages["/harbour"] = page(HARBOUR + " It opened again.", "text/plain")
    assert len(run(collection, site, "/feed").updated) == 1


def test_a_sitemap_of_sitemaps_is_read_to_its_pages(collection: Collection, site: Website) -> None:
    index = "<sitemapindex><sitemap><loc>/news.xml</loc></sitemap></sitemapindex>"
    news = "<urlset><url><loc>/harbour</loc></url><url><loc>/bridge</loc></url></urlset>"
    site.pages |= {"/sitemap.xml": page(index, "text/xml"), "/news.xml": page(news, "text/xml")}
    assert len(run(collection, site, "/sitemap.xml").added) == 2


def test_an_entry_at_a_closed_address_is_refused(collection: Collection, site: Website) -> None:
    site.pages["/away"] = redirect("http://169.254.169.254/latest/meta-data")
    site.pages["/feed"] = page(rss(("http://127.0.0.2/", MONDAY), ("/away", MONDAY)), "text/xml")
    refused = run(collection, site, "/feed").refused
    assert ["loopback" in refusal.reason or "metadata" in refusal.reason for refusal in refused] == [True, True]


@pytest.mark.parametrize("stated, expected", [
    ("{site}/canonical?id=1", "{site}/canonical?id=1"),
    ("https://127.0.0.1/canonical", "https://127.0.0.1/canonical"),
    ("https://other.example/article", "{site}/a"),
    ("{site}/", "{site}/a"),
    ("javascript:alert(1)", "{site}/a"),
])
def test_a_page_states_its_own_url_and_no_other_sites(
    collection: Collection, site: Website, stated: str, expected: str
) -> None:
    site.pages["/a"] = page(f"---\nurl: '{stated.format(site=site.url)}'\n---\n{HARBOUR}", "text/markdown")
    run(collection, site, "/a")
    row, = collection.articles()
    assert collection.article(row.id).url == expected.format(site=site.url)


def test_the_servers_charset_is_kept_to(collection: Collection, site: Website) -> None:
    site.pages["/a"] = page("Der Hafen in Köln war zu.".encode("latin-1"), "text/plain; charset=iso-8859-1")
    run(collection, site, "/a")
    assert "Köln" in collection.article(collection.articles()[0].id).text


def test_a_list_is_one_address_a_line() -> None:
    assert read_list(["https://a.example/", "", " # later", "  folder\n"]) == ["https://a.example/", "folder"]


def test_a_page_that_sends_its_readers_on_is_followed(collection: Collection, site: Website) -> None:
    site.pages["/old"] = page('<html><head><meta http-equiv="refresh" content="0; url=/harbour"></head></html>')
    report = run(collection, site, "/old")
    assert len(report.added) == 1 and [row.url for row in collection.articles()] == [f"{site.url}/harbour"]


def full(link: str, text: str = HARBOUR) -> str:
    body = "".join(f"<p>{line}</p>" for line in text.splitlines() if line)
    content = f"<content:encoded><![CDATA[{body}]]></content:encoded><pubDate>{MONDAY}</pubDate>"
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    item = f"<item><title>Harbour</title>{link}{content}</item>"
    return f"<rss version='2.0' {space}><channel><title>Courier</title>{item}</channel></rss>"


SHELL = page("<title>App</title><noscript>You need to enable JavaScript to run this app.</noscript>")
TEASER = page(f"<html><body><article><p>{HARBOUR.splitlines()[0]}</p></article></body></html>")


@pytest.mark.parametrize("answer", [status(403), status(404), status(503), SHELL, TEASER])
def test_the_text_in_a_feed_stands_in_for_a_page_that_cannot_be_had(
    collection: Collection, site: Website, answer: Answer
) -> None:
    site.pages |= {"/feed": page(full("<link>/a</link>"), "text/xml"), "/a": answer}
    assert run(collection, site, "/feed").refused == []
    row, = collection.articles()
    fetched = collection.article(row.id)
    assert fetched.text.split() == HARBOUR.split() and fetched.url == f"{site.url}/a"
    assert (fetched.source, fetched.date, fetched.date_from) == ("Courier", datetime.date(2024, 12, 2), "feed")


def test_a_page_that_failed_for_now_takes_the_place_of_the_feeds_text(collection: Collection, site: Website) -> None:
    site.pages |= {"/feed": page(full("<link>/a</link>"), "text/xml"), "/a": status(503)}
    assert len(run(collection, site, "/feed").added) == 1
    site.pages["/a"] = page(f"{HARBOUR}\n{BRIDGE}", "text/plain")
    assert len(run(collection, site, "/feed").updated) == 1


def test_a_page_counts_where_it_holds_as_much_as_the_feed(collection: Collection, site: Website) -> None:
    site.pages["/feed"] = page(full("<link>/harbour</link>", HARBOUR.replace("Ferries", "Trams")), "text/xml")
    run(collection, site, "/feed")
    assert collection.article(collection.articles()[0].id).text.split() == HARBOUR.split()


def test_an_entry_without_a_page_is_known_again(collection: Collection, site: Website) -> None:
    site.pages["/feed"] = page(full("<guid isPermaLink='false'>7</guid>"), "text/xml")
    assert len(run(collection, site, "/feed").added) == 1
    changed = full("<guid isPermaLink='false'>7</guid>", HARBOUR.replace("Ferries", "Trams"))
    site.pages["/feed"] = page(changed.replace("02 Dec", "03 Dec"), "text/xml")
    assert len(run(collection, site, "/feed").updated) == 1
    row, = collection.articles()
    assert row.title == "Harbour" and (row.url or "").startswith(f"{site.url}/feed#") and site.paths == ["/feed"] * 2


def test_a_json_feed_is_read(collection: Collection, site: Website) -> None:
    whole = {"id": "2", "content_text": BRIDGE, "title": "Bridge"}
    items = [{"id": "1", "url": f"{site.url}/harbour"}, whole, {"id": "3"}]
    feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Courier", "items": items})
    for kind in ("application/feed+json", "application/json"):
        site.pages["/feed"] = page(feed, kind)
        report = run(collection, site, "/feed")
    assert {row.source for row in collection.articles()} == {"Courier"} and len(collection.articles()) == 2
    assert ["neither an address nor a text" in refusal.reason for refusal in report.refused] == [True]
