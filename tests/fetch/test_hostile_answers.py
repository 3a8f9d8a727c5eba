"""What web servers send to bring down who reads it: each is refused with a reason."""


import pytest

from index.errors import FetchError
from index.fetch.address_policy import read_address, read_ranges
from index.fetch.client import Fetcher, FetchLimits
from index.fetch.feeds import read_feed
from tests.support.cpu import less_than
from tests.support.website import Website, page, redirect

FETCHER = Fetcher(allowed=read_ranges("127.0.0.1/32"), limits=FetchLimits(pause_seconds=0))
URL = "https://news.example/feed"


@pytest.mark.parametrize("location", ["http://[", "http://[::1", "//[", "http://a:99999999999/", "http://\x85/", "http:///"])
def test_a_redirect_to_no_address_is_refused(location: str) -> None:
    with Website() as site:
        site.pages["/a"] = redirect(location)
        with pytest.raises(FetchError, match=f"{site.url}/a"):
            FETCHER.fetch(f"{site.url}/a")


@pytest.mark.parametrize("length", ["9" * 5000, "²"])
def test_a_length_that_is_no_number_of_python_is_refused(length: str) -> None:
    with Website() as site:
        site.pages["/a"] = page("Text", "text/plain", content_length=length)
        with pytest.raises(FetchError):
            FETCHER.fetch(f"{site.url}/a")


@pytest.mark.parametrize("url", ["http://[", "http://a\ud83d/", "http://" + "9" * 1500, "http://a:" + "9" * 1500])
def test_an_address_that_is_none_is_refused_by_a_name_that_can_be_printed(url: str) -> None:
    with pytest.raises(FetchError) as refused:
        read_address(url)
    str(refused.value).encode()


def test_a_sitemap_and_a_feed_keep_what_is_beside_an_address_that_is_none() -> None:
    sitemap = b"<urlset><url><loc>http://[</loc></url><url><loc>/good</loc></url></urlset>"
    rss = b"<rss><channel><item><link>http://[</link></item><item><link>/good</link></item></channel></rss>"
    index = b"<sitemapindex><sitemap><loc>http://[</loc></sitemap><sitemap><loc>/good</loc></sitemap></sitemapindex>"
    read = [read_feed(body, URL) for body in (sitemap, rss, index)]
    assert all(feed is not None for feed in read)
    named = [[*(entry.url for entry in feed.entries), *feed.sitemaps] for feed in read if feed]
    assert [addresses[-1] for addresses in named] == ["https://news.example/good"] * 3


def test_halves_of_characters_in_a_feed_are_joined() -> None:
    rss = b"<rss><channel><title>Like &#55357;&#56397;</title><item><link>/a&#55357;</link><author>&#55357;</author>"
    feed = read_feed(rss + b"<pubDate>&#56397; 3 May 2024</pubDate></item></channel></rss>", URL)
    assert feed is not None
    repr((feed.entries, [entry.stamp for entry in feed.entries])).encode()
    assert feed.entries[0].source == "Like \N{THUMBS UP SIGN}"
    f"{feed.entries[0].url}{feed.entries[0].author}{feed.entries[0].stamp}".encode()


@pytest.mark.parametrize("unit", [
    "<!-- a -->", "<!-- a --> ", "<!--", "<?a?>", "<?a", "<!DOCTYPE a>", "<!DOCTYPE a [", "<!DOCTYPE [] ", "]  ", " ",
])
def test_what_stands_before_the_root_is_read_at_once(unit: str) -> None:
    with less_than(1):
        for body in (unit * 4000 + "<html>", "<!DOCTYPE a [" + unit * 4000, (unit * 40)[:3000] + "<rss></rss>"):
            try:
                read_feed(body.encode(), URL)
            except FetchError:
                pass
