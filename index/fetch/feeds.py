"""What a web address turned out to hold: RSS, Atom, a JSON Feed or a sitemap as its entries, or else a page. Fetches
nothing."""

import datetime
import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

from index.characters import storable
from index.digest import text_digest
from index.errors import FetchError
from index.language.dates import parse_date
from index.message import Message

_ROOT = re.compile(
    rb"\A\s*+(?:(?><\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*+(?:\[.*?\]\s*+(?=>))?>)\s*+)*+"
    rb"<(?>[\w-]++:)?(rss|feed|RDF|urlset|sitemapindex)(?=[\s/>])",
    re.DOTALL,
)
# A character by its number. Feeds number halves of characters (U+D800 to U+DFFF), and what no character has.
_REFERENCE = rb"&#(\d++|x[\da-f]++);?+"
_REFERENCES = re.compile(rb"(?:" + _REFERENCE + rb")++", re.IGNORECASE)
_MOST_DIGITS = 7
_LAST_CHARACTER = 0x10FFFF
_NO_CHARACTER = "\N{REPLACEMENT CHARACTER}"
_SITEMAPS = (b"urlset", b"sitemapindex")
_JSON = re.compile(rb"\A\s*+\{[^\0]*\"https?://jsonfeed\.org/version/1", re.IGNORECASE)
_HEAD_BYTES = 4096
# A content of fewer words says where the article is; a summary that is the article is longer than any teaser.
FEWEST_WORDS = 15
FEWEST_SUMMARY_WORDS = 100
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*+>")
_BROKEN_OFF = re.compile(
    r"(?:…|\.\.\.|&#8230;|&hellip;)\s*+\]?\s*+\Z|\b(?:read|learn) (?:more|on)\W{0,5}\Z|\bmore\s?[»>→]{1,2}+\Z"
    r"|\b(?:continue reading|read the (?:full|rest|whole))\b[^.]{0,80}\.?\Z", re.IGNORECASE,
)
_END_CHARACTERS = 200


@dataclass(frozen=True)
class NewsEntry:
    """One entry of a feed or sitemap: where its page is, and what the feed says of it.

    `stamp` changes when the page does, as far as the feed says so. `text` is the article itself, as HTML or plain text,
    where the feed holds it whole. An entry without a page (`has_page`) is known by the feed's address and a fragment.
    """

    url: str
    stamp: str = ""
    date: datetime.date | None = None
    source: str | None = None
    author: str | None = None
    title: str | None = None
    text: str | None = None
    has_page: bool = True


@dataclass(frozen=True)
class Feed:
    """The entries of a feed or sitemap, newest first as far as they say when, and the sitemaps that it names.

    `empty` counts the entries that hold neither an address nor a text.
    """

    entries: tuple[NewsEntry, ...] = ()
    sitemaps: tuple[str, ...] = ()
    empty: int = 0


def read_feed(body: bytes, url: str) -> Feed | None:
    """The feed or sitemap in `body`, told by its root element; None where it is something else.

    Raises FetchError where it is one that cannot be read.
    """
    if _is_json_feed(body):
        return _json_feed(body, url)
    root = _root(body)
    if root is None:
        return None
    return _sitemap(body, url) if root in _SITEMAPS else _news(body, url)


def is_feed(body: bytes) -> bool:
    """Whether `body` is told by its root element as a feed or sitemap. Looks at its beginning alone."""
    return _root(body) is not None or _is_json_feed(body)


def _is_json_feed(body: bytes) -> bool:
    return _JSON.match(body[:_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").replace(rb"\/", b"/")) is not None


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

    whole = _REFERENCES.sub(_sound_references, body)
    try:
        parsed = feedparser.parse(whole, response_headers={"content-location": url, "content-type": "application/xml"})
    except Exception as exc:  # noqa: BLE001 - the library lets through what it meets in a broken feed
        raise FetchError(Message(
            "the feed cannot be read (%(error)s).", error=f"{type(exc).__name__}: {exc}"
        ), name=url) from exc
    if parsed.bozo and not parsed.entries:
        raise FetchError(Message("the feed cannot be read (%(error)s).", error=str(parsed.bozo_exception)), name=url)
    source = _line(parsed.feed.get("title"))
    atom = parsed.version.startswith("atom")
    return _feed([_of_item(item, url, source, atom=atom) for item in parsed.entries])


def _of_item(item: Any, url: str, source: str | None, *, atom: bool) -> NewsEntry | None:  # noqa: ANN401
    """An item of the library's, of RSS or Atom; None where it has neither an address nor a text."""
    stamp, date = _when(item)
    text = _whole_text(map(_markup, item.get("content", ())), [_markup(item.get("summary_detail", {}))])
    # The library takes the id of an entry of Atom for its address where there is none.
    link = None if atom and text and not item.get("links") else item.get("link")
    return _entry(
        url, link, item.get("id"), text, stamp=stamp, date=date,
       
        source=_line(item.get("source", {}).get("title")) or source, author=_line(item.get("author")),
        title=_title(item.get("title")),
    )


def _when(item: Any) -> tuple[str, datetime.date | None]:  # noqa: ANN401
    """When an item was changed last, as it states it, and its day."""
    # Asked for an update that is not stated, feedparser gives the publication, with a warning.
    updated = item["updated"] if "updated" in item else None
    published = item.get("published") or updated
    return storable(updated or published or ""), published and parse_date(published)


def _json_feed(body: bytes, url: str) -> Feed:
    """A JSON Feed (jsonfeed.org, versions 1 and 1.1)."""
    try:
        stated = json.loads(body.decode("utf-8-sig"))
        items = [item for item in stated["items"] if isinstance(item, dict)]
    except (ValueError, KeyError, TypeError, RecursionError) as exc:
        raise FetchError(Message(
            "the JSON Feed cannot be read (%(error)s).", error=f"{type(exc).__name__}: {exc}"
        ), name=url) from exc
    return _feed([_of_json(item, url, _line(stated.get("title"))) for item in items])


def _of_json(item: dict[str, object], url: str, source: str | None) -> NewsEntry | None:
    texts = {name: value for name, value in item.items() if isinstance(value, str)}
    get = texts.get
    when = get("date_published") or get("date_modified")
    contents = [_as_html(get("content_html", "")), get("content_text", "")]
    return _entry(
        url, get("url") or get("external_url"), str(item.get("id", "")), _whole_text(contents, [get("summary", "")]),
        stamp=storable(get("date_modified") or when or ""), date=when and parse_date(when), source=source,
        author=_authors(item), title=_title(get("title")),
    )


def _authors(item: dict[str, object]) -> str | None:
    authors = item.get("authors") or [item.get("author")]
    named = [author.get("name") for author in authors if isinstance(author, dict)] if isinstance(authors, list) else []
    return _line(", ".join(name for name in named if isinstance(name, str)))


def _markup(part: Any) -> str:  # noqa: ANN401
    """A text of the library's, told as HTML where it is."""
    value = part.get("value") or ""
    return value if part.get("type") == "text/plain" else _as_html(value)


def _as_html(value: str) -> str:
    return f"<div>{value}</div>" if value else ""


def _entry(url: str, link: str | None, ident: str | None, text: str | None, **stated: Any) -> NewsEntry | None:  # noqa: ANN401
    """An entry at `link`, else one that is its `text` alone, known by what the feed calls it."""
    if link:
        return NewsEntry(_joined(url, link), text=text, **stated)
    if text is None:
        return None
    name = text_digest(ident or f"{stated['title']}\n{text}")[:16]
    stamp = stated.pop("stamp") or text_digest(text)[:16]
    return NewsEntry(f"{url.partition('#')[0]}#{name}", stamp, text=text, has_page=False, **stated)


def _whole_text(contents: Iterable[str], summaries: Iterable[str]) -> str | None:
    """The text of an entry where the feed holds all of it: its longest content, or a summary as long as an article.

    One that breaks off ("…", "Read more") is a teaser.
    """
    content = max(map(storable, contents), key=len, default="")
    summary = max(map(storable, summaries), key=len, default="")
    for text, fewest in ((content, FEWEST_WORDS), (summary, FEWEST_SUMMARY_WORDS)):
        words = _TAG.sub(" ", text)[-_END_CHARACTERS:].strip()
        if len(_TAG.sub(" ", text).split()) >= fewest and not _BROKEN_OFF.search(words):
            return text
    return None


def _feed(entries: list[NewsEntry | None]) -> Feed:
    return Feed(_newest_first([entry for entry in entries if entry]), empty=entries.count(None))


def _sitemap(body: bytes, url: str) -> Feed:
    # A sitemap needs no document type; entities are what bombs are made of.
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise FetchError(Message("a sitemap with a document type is not read."), name=url)
    try:
        root = ElementTree.fromstring(body.strip())
    except (ElementTree.ParseError, ValueError) as exc:
        raise FetchError(Message("the sitemap cannot be read (%(error)s).", error=str(exc)), name=url) from exc
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


def _line(text: object) -> str | None:
    return " ".join(storable(text).split()) or None if isinstance(text, str) else None


def _title(markup: object) -> str | None:
    """A title without tags; feeds write characters of HTML in it."""
    line = _line(markup)
    return _line(html.unescape(_TAG.sub(" ", line))) if line else None


def _sound_references(references: re.Match[bytes]) -> bytes:
    """The same references, where halves make a character as that one; what names no character is replaced, as browsers
    do."""
    numbers = re.findall(_REFERENCE, references[0], re.IGNORECASE)
    return "".join(f"&#{ord(c)};" for c in storable("".join(map(_numbered, numbers)))).encode()


def _numbered(number: bytes) -> str:
    """The character with this number, which may be a half; `number` is decimal, or hexadecimal behind an x."""
    base = 16 if number[:1] in b"xX" else 10
    digits = number.lstrip(b"xX").lstrip(b"0") or b"0"
    # More digits than any character's: to convert a million of them takes a while, or fails.
    value = int(digits, base) if len(digits) <= _MOST_DIGITS else _LAST_CHARACTER + 1
    return chr(value) if value <= _LAST_CHARACTER else _NO_CHARACTER


def _joined(url: str, stated: str) -> str:
    """The address that a feed states; one that is none stays as it is, to be refused by name."""
    try:
        return storable(urljoin(url, stated))
    except ValueError:
        return storable(stated)
