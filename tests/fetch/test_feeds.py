import datetime
import json

import pytest

from index.errors import FetchError
from index.fetch.feeds import read_feed

URL = "https://news.example/feeds/all"
RSS = """<?xml version="1.0"?><!-- made by hand --><rss version="2.0"><channel><title>The  Courier</title>
<item><title>Old</title><link>https://news.example/old</link><pubDate>Sun, 01 Dec 2024 09:00:00 GMT</pubDate></item>
<item><title>New</title><link>/new</link><author>Ann</author><pubDate>Tue, 03 Dec 2024 00:30:00 +0300</pubDate></item>
<item><title>No link</title></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Agency</title><entry><title>A</title><link href="a"/>
<published>2024-12-02T23:30:00-05:00</published><updated>2024-12-04T01:00:00Z</updated></entry></feed>"""
SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://news.example/a </loc><news:news><news:publication><news:name>Courier</news:name></news:publication>
<news:publication_date>2024-12-02T23:30:00-05:00</news:publication_date></news:news>
<image:image><image:loc>https://news.example/a.jpg</image:loc></image:image></url>
<url><loc>https://news.example/b</loc><lastmod>2024-12-05</lastmod></url><url><lastmod>2024</lastmod></url></urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://news.example/1.xml</loc><lastmod>2024-11-01</lastmod></sitemap>
<sitemap><loc>/2.xml</loc><lastmod>2024-12-01</lastmod></sitemap></sitemapindex>"""


def test_rss_gives_its_entries_newest_first() -> None:
    feed = read_feed(RSS.encode(), URL)
    assert feed is not None
    assert [(entry.url, entry.date) for entry in feed.entries] == [
        ("https://news.example/new", datetime.date(2024, 12, 3)),
        ("https://news.example/old", datetime.date(2024, 12, 1)),
    ]
    assert (feed.entries[0].source, feed.entries[0].author) == ("The Courier", "Ann")


def test_the_day_is_the_publishers_own() -> None:
    atom, sitemap = read_feed(ATOM.encode(), URL), read_feed(SITEMAP.encode(), URL)
    assert atom is not None and sitemap is not None
    assert atom.entries[0].date == sitemap.entries[0].date == datetime.date(2024, 12, 2)
    assert atom.entries[0].stamp == "2024-12-04T01:00:00Z"


def test_a_news_sitemap_gives_pages_and_not_their_pictures() -> None:
    feed = read_feed(SITEMAP.encode(), URL)
    assert feed is not None
    assert [(entry.url, entry.source, entry.stamp) for entry in feed.entries] == [
        ("https://news.example/a", "Courier", "2024-12-02T23:30:00-05:00"),
        ("https://news.example/b", None, "2024-12-05"),
    ]


def test_a_sitemap_of_sitemaps_names_them_newest_first() -> None:
    feed = read_feed(INDEX.encode(), URL)
    assert feed is not None and feed.sitemaps == ("https://news.example/2.xml", "https://news.example/1.xml")


@pytest.mark.parametrize("body", [RSS, ATOM, SITEMAP, "\ufeff" + RSS, "<!DOCTYPE rss [<!ENTITY a 'b'>]>" + ATOM])
def test_a_feed_is_told_by_its_root(body: str) -> None:
    assert read_feed(body.encode(), URL)
    assert read_feed(b"\n" + body.removeprefix("<?xml version=\"1.0\"?>").lstrip("\ufeff").encode(), URL)


@pytest.mark.parametrize("body", [
    b"",
    b"<html><body><rss/></body></html>", b"<!DOCTYPE html><feed-list/>",
    b"The <rss> element", b"%PDF-1.7", b"<rssx/>",
])
def test_what_is_no_feed_is_a_page(body: bytes) -> None:
    assert read_feed(body, URL) is None


@pytest.mark.parametrize("body", [
    b"<rss><channel><item",
    b"<urlset><url>",
    b"<!DOCTYPE urlset [<!ENTITY a 'b'>]><urlset><url><loc>&a;</loc></url></urlset>",
])
def test_a_broken_feed_is_refused_by_name(body: bytes) -> None:
    with pytest.raises(FetchError, match=URL):
        read_feed(body, URL)


@pytest.mark.parametrize("written, title", [
    ("&#1114112;", "\ufffd"), ("&#x110000;", "\ufffd"), ("&#99999999999;", "\ufffd"), ("&#XFFFFFFFF", "\ufffd"),
    ("&#" + "9" * 5000 + ";", "\ufffd"), ("&#55357;&#x1F600;", "\ufffd\N{GRINNING FACE}"),
    ("&#xD83D;&#56832;", "\N{GRINNING FACE}"), ("&#0000038;&#x26;&#38", "&&&"), ("&#146;", "\u2019"),
])  # fmt: skip
def test_a_reference_to_no_character_costs_no_other_word(written: str, title: str) -> None:
    body = RSS.replace("Old", f"Bad {written} reference &nbsp;")
    feed = read_feed(body.encode(), URL)
    assert feed is not None and [entry.title for entry in feed.entries] == ["New", f"Bad {title} reference"]


def test_a_feed_cannot_open_a_file_or_grow_without_end() -> None:
    bomb = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    body = f'<!DOCTYPE rss [<!ENTITY a0 "aaaaaaaaaa"><!ENTITY f SYSTEM "file:///etc/passwd">{bomb}]>' + RSS.replace(
        "New", "&a9;&f;"
    ).removeprefix('<?xml version="1.0"?>')
    feed = read_feed(body.encode(), URL)
    assert feed is not None and "root:" not in repr(feed)


WHOLE = "The quay of Norvik was shut on Monday, and the county pays for the repairs of its two cranes until May."


def item(inner: str) -> str:
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return f'<rss version="2.0" {space}><channel><title>Courier</title><item>{inner}</item></channel></rss>'


def atom(inner: str) -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Courier</title><entry><id>1</id>{inner}</entry></feed>'


def json_feed(**stated: object) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Courier", "items": [stated]})


@pytest.mark.parametrize("body, holds", [
    (item(f"<link>/a</link><content:encoded><![CDATA[<p>{WHOLE}</p>]]></content:encoded>"), True),
    (item(f"<link>/a</link><description>{f'{WHOLE} ' * 6}</description>"), True),
    (item(f"<link>/a</link><description>{WHOLE}</description>"), False),
    (item(f"<link>/a</link><content:encoded>{WHOLE} [&#8230;]</content:encoded>"), False),
    (item(f"<link>/a</link><content:encoded>&lt;p&gt;{WHOLE}&lt;/p&gt; Read more »</content:encoded>"), False),
    (item("<link>/a</link><content:encoded>See the page.</content:encoded>"), False),
    (atom(f'<link href="/a"/><content type="html">&lt;p&gt;{WHOLE}&lt;/p&gt;</content>'), True),
    (atom(f'<link href="/a"/><content type="text">{WHOLE}</content>'), True),
    (atom(f'<link href="/a"/><summary>{WHOLE}</summary>'), False),
    (json_feed(id="1", url="/a", content_html=f"<p>{WHOLE}</p>"), True),
    (json_feed(id="1", url="/a", content_text=WHOLE), True),
    (json_feed(id="1", url="/a", summary=WHOLE), False),
])
def test_a_text_in_a_feed_counts_where_it_is_whole(body: str, holds: bool) -> None:
    feed = read_feed(body.encode(), URL)
    assert feed is not None
    entry, = feed.entries
    assert (entry.url, entry.source) == ("https://news.example/a", "Courier")
    assert (entry.text is not None and WHOLE in entry.text) == holds


@pytest.mark.parametrize("body", [
    item(f"<guid isPermaLink='false'>7</guid><content:encoded>{WHOLE}</content:encoded>"),
    item(f"<link></link><content:encoded>{WHOLE}</content:encoded>"),
    json_feed(id="7", content_text=WHOLE), atom(f'<content type="text">{WHOLE}</content>'),
])
def test_an_entry_without_a_page_is_its_text(body: str) -> None:
    feed, again = read_feed(body.encode(), URL), read_feed(body.encode(), URL)
    assert feed is not None and feed == again
    entry, = feed.entries
    assert entry.url.startswith(f"{URL}#") and not entry.has_page and entry.stamp


def test_entries_without_an_address_and_a_text_are_counted() -> None:
    for body in (item("<title>Nothing</title>"), json_feed(id="1", title="Nothing"), RSS):
        feed = read_feed(body.encode(), URL)
        assert feed is not None and feed.empty == 1


def test_a_json_feed_states_day_author_and_title() -> None:
    body = json_feed(id="1", url="https://a.example/b", title="Fish &amp; <b>chips</b>", authors=[{"name": "Ann"}],
                     date_published="2024-12-02T23:30:00-05:00", date_modified="2024-12-04T01:00:00Z")
    feed = read_feed(body.encode(), URL)
    assert feed is not None
    entry, = feed.entries
    assert (entry.title, entry.author, entry.date) == ("Fish & chips", "Ann", datetime.date(2024, 12, 2))
    assert entry.stamp == "2024-12-04T01:00:00Z"


@pytest.mark.parametrize("items", ['"items": 3', '"items": [', '"title": "no items"'])
def test_a_json_feed_that_is_broken_is_refused_by_name(items: str) -> None:
    with pytest.raises(FetchError, match=URL):
        read_feed(f'{{"version": "https://jsonfeed.org/version/1", {items}}}'.encode(), URL)
