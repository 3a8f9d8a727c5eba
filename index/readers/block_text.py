"""Reads HTML as a mail program shows it: a line for each block, a row of a data table as one line that keeps the heads
of its columns. Tables that merely lay out a page are read as blocks. Nothing is judged to be the article or not."""

import re
from collections.abc import Iterator
from typing import Any

from index.readers.parsed_document import data_table

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead title tr ul".split()
)
_LEFT_OUT = frozenset("head script style template noscript svg math button select textarea iframe object".split())
_HIDDEN = re.compile(
    r"display:none|visibility:hidden|(?:font-size|opacity|max-height):0(?:px)?(?:;|$)", re.IGNORECASE
)
_TAGS = re.compile(
    r"<(?:p|br|div|li|ul|h[1-6]|strong|em|b|i|a|span|table|blockquote|figure|article)\b[^<>]*/?>", re.IGNORECASE
)
_BREAK = "\n"


def is_markup(text: str) -> bool:
    """Whether a text is HTML rather than plain text that may hold a < now and then."""
    return _TAGS.search(text) is not None and re.search(r"</\w+\s*>|<br\b|<p\b", text, re.IGNORECASE) is not None


def block_lines(markup: str) -> list[str]:
    """The lines of a piece of HTML, without what a reader is not shown. White space is as in a browser."""
    # Imported here: most runs have no HTML.
    from lxml import html
    from lxml.etree import ParserError

    try:
        tree = html.document_fromstring(markup.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8"))
    except (ParserError, ValueError):
        return []
    return element_lines(tree)


def element_lines(element: Any) -> list[str]:  # noqa: ANN401 - the parser's own element
    """The lines of an element of HTML, as `block_lines` gives those of a text."""
    text = "".join(_pieces(element))
    return [line for line in (" ".join(line.split()) for line in text.split(_BREAK)) if line]


def _pieces(root: Any) -> Iterator[str]:  # noqa: ANN401
    """The text of `root` with line breaks around blocks. Without calls of itself: mails are nested deeply."""
    waiting: list[Any] = [root]
    while waiting:
        at = waiting.pop()
        if isinstance(at, str):
            yield at
            continue
        waiting += [] if at is root else [_space(at.tail or "")]
        if isinstance(at.tag, str) and not _is_hidden(at):
            waiting += reversed(_inside(at))


def _inside(element: Any) -> list[Any]:  # noqa: ANN401
    """What an element holds, in order: texts and elements."""
    if element.tag == "br":
        return [_BREAK]
    rows = _data_rows(element) if element.tag == "table" else []
    inside = [f"{row}{_BREAK}" for row in rows] or [_space(element.text or ""), *element]
    return [_BREAK, *inside, _BREAK] if element.tag in _BLOCKS else inside


def _space(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _is_hidden(element: Any) -> bool:  # noqa: ANN401
    style = re.sub(r"\s+", "", element.get("style") or "")
    return element.tag in _LEFT_OUT or element.get("hidden") is not None or bool(_HIDDEN.search(style))


def _data_rows(table: Any) -> list[str]:  # noqa: ANN401
    """The rows of a table of data as lines; none of one that lays out text."""
    if table.find(".//table") is not None:
        return []
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    texts = [["".join(cell.itertext()) for cell in row] for row in rows]
    # A first row of data would be taken for heads: they have to be marked.
    marked = any(cell.tag == "th" for cell in rows[0]) if rows else False
    return data_table(texts, headed=marked or table.find("./thead") is not None)
