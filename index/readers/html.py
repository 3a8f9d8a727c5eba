"""Reads HTML pages: the article's own text, and what the page states about it. Scripts, comments and
what is hidden from a reader are left out."""

import re
from typing import Any

from index.characters import text_of
from index.errors import ReadError
from index.language.dates import find_dates, numeric_day
from index.limits import FileLimits
from index.message import Message
from index.readers.live_blog import live_entries, page_title
from index.readers.page_body import stated_body, with_lists
from index.readers.page_check import no_article
from index.readers.page_text import extracted, parsed
from index.readers.parsed_document import Draft

# The parser drops what is nested deeper than 255 tags, and says nothing.
DEEPEST = 250
# Runs of tags that open, with nothing between them, deeper than any page is built; the last of them hold the text.
_VOID = "area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr"
_OPENING = re.compile(rf"(?:<(?!(?:{_VOID})\b)[a-z][^<>]*+(?<!/)>\s*+){{100,}}+", re.IGNORECASE)
_LAST_CHARACTERS = 500
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_FIRST_BYTES = 4096


def read_html(raw: bytes, limits: FileLimits) -> Draft:
    """The draft of an HTML page. Raises ReadError where it is no HTML or holds no article."""
    page = _decoded(raw)
    tree = parsed(_flattened(page))
    if tree is None:
        raise ReadError(Message("the file is not HTML."))
    if _depth(tree) > DEEPEST:
        raise ReadError(Message(
            "its tags are nested more than %(count)s deep: not all of it can be read.", count=DEEPEST
        ))
    language = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    document, lines = extracted(tree)
    if reason := no_article(tree, "\n".join(lines)):
        raise ReadError(reason)
    if document is None or not lines:
        raise ReadError(Message("the page has no article in it."))
    stated = {
        "title": document.title, "author": document.author, "date": _sure_day(document.date, page, language),
        "source": document.sitename or document.hostname, "url": document.url, "language": language,
    }
    lines = stated_body(tree, with_lists(tree, lines))
    if entries := live_entries(tree, lines):
        lines, stated["title"] = entries, page_title(tree) or stated["title"]
    return Draft(lines, {key: value for key, value in stated.items() if value}, stated_in="page")


def _flattened(page: str | bytes) -> str | bytes:
    """The page without what makes it deeper than the parser goes."""
    if isinstance(page, bytes):
        return page

    def last(run: re.Match[str]) -> str:
        end = run[0][-_LAST_CHARACTERS:]
        return end[end.index("<") :] if "<" in end else ""

    return _OPENING.sub(last, page)


def _depth(tree: Any) -> int:  # noqa: ANN401 - the parser's own element
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        element, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting += [(child, depth + 1) for child in element]
    return deepest


def _decoded(raw: bytes) -> str | bytes:
    """`raw` in the encoding that the page states, where that fits; else the library finds one."""
    stated = _CHARSET.search(raw[:_FIRST_BYTES])
    encodings = ["utf-16"] if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig"]
    if stated:
        encodings.append(stated[1].decode())
    for encoding in encodings:
        try:
            return text_of(raw, encoding)
        except ValueError:
            continue
    return raw


def _sure_day(stated: str | None, page: str | bytes, language: str | None) -> str | None:
    """The day that was found in a page, where it is sure: 04/03/2024 may be of March or April.

    It is known where the page writes it in another form, too, or where its language tells the order.
    """
    text = page if isinstance(page, str) else page.decode("latin-1")
    if stated is None or (match := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", stated)) is None:
        return stated
    year, month, day = (int(part) for part in match.groups())
    either = rf"0?{day}[./-]0?{month}|0?{month}[./-]0?{day}"
    numeric = re.search(rf"(?<![\d./-])(?:{either})[./-](?:{year}|{year % 100:02})(?![\d/-])", text)
    if numeric is None or re.search(rf"{year}([-/.]?)0?{month}\1?0?{day}(?!\d)", text):
        return stated
    if any(date.is_day and str(date.first) == stated for date in find_dates(text[: 10 * _FIRST_BYTES])):
        return stated
    sure = numeric_day(numeric[0], language)
    return sure and sure[0].isoformat()
