"""What a web address turned out to hold: RSS, Atom or a sitemap as its entries, or else a page. Fetches nothing."""

import datetime
import re
from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree import ElementTree

from index.characters import storable
from index.errors import FetchError
from index.language.dates import parse_date

_ROOT = re.compile(
    rb"\A\s*+(?:(?><\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*+(?:\[.*?\]\s*+(?=>))?>)\s*+)*+"
    rb"<(?>[\w-]++:)?(rss|feed|RDF|urlset|sitemapindex)(?=[\s/>])",
    re.DOTALL,
)
# References to halves of characters (U+D800 to U+DFFF), which no text may hold.
_HALF = rb"&#0{0,9}(?:x0{0,9}[dD][89a-fA-F][0-9a-fA-F]{2}|5(?:5[3-9]|6\d|7[0-3])\d\d);"
_HALVES = re.compile(rb"(?:" + _HALF + rb")++", re.IGNORECASE)
_SITEMAPS = (b"urlset", b"sitemapindex")
_HEAD_BYTES = 4096


@dataclass(frozen=True)
class NewsEntry:
    """One entry of a feed or sitemap: where its page is, and what the feed says of it.

    `stamp` changes when the page does, as far as the feed says so.
    """

    url: str
    stamp: str = ""
    date: datetime.date | None = None
    source: str | None = None
    author: str | None = None


@dataclass(frozen=True)
class Feed:
    """The entries of a feed or sitemap, newest first as far as they say when, and the sitemaps that it names."""

    entries: tuple[NewsEntry, ...] = ()
    sitemaps: tuple[str, ...] = ()


def read_feed(body: bytes, url: str) -> Feed | None:
    """The feed or sitemap in `body`, told by its root element; None where it is something else.

    Raises FetchError where it is one that cannot be read.
    """
    root = _root(body)
    if root is None:
        return None
    return _sitemap(body, url) if root in _SITEMAPS else _news(body, url)


def is_feed(body: bytes) -> bool:
    """Whether `body` is told by its root element as a feed or sitemap. Looks at its beginning alone."""
    return _root(body) is not None


def _root(body: bytes) -> bytes | None:
    head = body[:_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.decode("utf-16", errors="ignore").encode()
    root = _ROOT.match(head)
    return root and root[1]


def _news(body: bytes, url: str) -> Feed:
    # Given bytes: feedparser would fetch an address, past all checks.
    # Imported here: it takes a while, and most runs have no feed.
    import feedparser

    whole = _HALVES.sub(_joined_halves, body)
    try:
        parsed = feedparser.parse(whole, response_headers={"content-location": url, "content-type": "application/xml"})
    except Exception as exc:  # noqa: BLE001 - the library lets through what it meets in a broken feed
        raise FetchError(f"{url}: the feed cannot be read ({type(exc).__name__}: {exc}).") from exc
    if parsed.bozo and not parsed.entries:
        raise FetchError(f"{url}: the feed cannot be read ({parsed.bozo_exception}).")
    source = _line(parsed.feed.get("title"))
    entries = []
    for item in parsed.entries:
        if link := item.get("link"):
            # Asked for an update that is not stated, feedparser gives the publication, with a warning.
            updated = item["updated"] if "updated" in item else None
            when = item.get("published") or updated
            entries.append(NewsEntry(
                _joined(url, link), storable(updated or when or ""), when and parse_date(when),
                _line(item.get("source", {}).get("title")) or source, _line(item.get("author")),
            ))
    return Feed(_newest_first(entries))


def _sitemap(body: bytes, url: str) -> Feed:
    # A sitemap needs no document type; entities are what bombs are made of.
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise FetchError(f"{url}: a sitemap with a document type is not read.")
    try:
        root = ElementTree.fromstring(body.strip())
    except (ElementTree.ParseError, ValueError) as exc:
        raise FetchError(f"{url}: the sitemap cannot be read ({exc}).") from exc
    stated = [_stated(element) for element in root]
    located = [texts for texts in stated if texts.get("loc")]
    if root.tag.endswith("sitemapindex"):
        newest = sorted(located, key=lambda texts: texts.get("lastmod", ""), reverse=True)
        return Feed(sitemaps=tuple(_joined(url, texts["loc"]) for texts in newest))
    return Feed(_newest_first([
        NewsEntry(
            _joined(url, texts["loc"]), texts.get("lastmod") or texts.get("publication_date", ""),
            parse_date(texts["publication_date"]) if "publication_date" in texts else None, texts.get("name"),
        )
        for texts in located
    ]))


def _stated(element: ElementTree.Element) -> dict[str, str]:
    """The texts below `element` by the names of their elements without namespaces; the first of a name counts."""
    stated: dict[str, str] = {}
    for child in element.iter():
        if text := _line(child.text):
            # An image's own <image:loc> and <image:title> come after the page's.
            stated.setdefault(child.tag.rpartition("}")[2], text)
    return stated


def _newest_first(entries: list[NewsEntry]) -> tuple[NewsEntry, ...]:
    once = {entry.url: entry for entry in reversed(entries)}
    return tuple(sorted(reversed(once.values()), key=lambda entry: entry.date or datetime.date.min, reverse=True))


def _line(text: str | None) -> str | None:
    return " ".join(storable(text).split()) or None if text else None


def _joined_halves(halves: re.Match[bytes]) -> bytes:
    """What halves make in pairs, as references; each that stands alone is replaced."""
    numbers = [reference.removeprefix(b"&#").lower().lstrip(b"0") for reference in halves[0].split(b";")[:-1]]
    units = "".join(chr(int(number[1:], 16) if number.startswith(b"x") else int(number)) for number in numbers)
    return "".join(f"&#{ord(c)};" for c in storable(units)).encode()


def _joined(url: str, stated: str) -> str:
    """The address that a feed states; one that is none stays as it is, to be refused by name."""
    try:
        return storable(urljoin(url, stated))
    except ValueError:
        return storable(stated)
