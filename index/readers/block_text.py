"""Reads HTML as a mail program shows it: a line for each block, a row of a data table as one line that keeps the heads
of its columns. Tables that merely lay out a page are read as blocks. Nothing is judged to be the article or not."""

import re
from collections.abc import Iterator
from typing import Any

from index.readers.parsed_document import table_row

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
LONGEST_CELL_CHARACTERS = 120
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
    text = "".join(_pieces(tree))
    return [line for line in (" ".join(line.split()) for line in text.split(_BREAK)) if line]


def _pieces(root: Any) -> Iterator[str]:  # noqa: ANN401 - the parser's own element
    """The text of `root` with line breaks around blocks. Without calls of itself: mails are nested deeply."""
    waiting: list[Any] = [root]
    while waiting:
        at = waiting.pop()
        if isinstance(at, str):
            yield at
            continue
        end = [_space(at.tail)] if at.tail and at is not root else []
        if not isinstance(at.tag, str) or _is_hidden(at):
            waiting += end
            continue
        around = [_BREAK] if at.tag in _BLOCKS else []
        if at.tag == "br":
            inside: list[Any] = [_BREAK]
        elif at.tag == "table" and (rows := _data_rows(at)):
            inside = [f"{row}{_BREAK}" for row in rows]
        else:
            inside = [_space(at.text or ""), *at]
        waiting += [*end, *around, *reversed(inside), *around]


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
    rows = [row for row in rows if row]
    texts = [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in rows]
    width = max(map(len, texts), default=0)
    longest = max((len(text) for row in texts for text in row), default=0)
    if width < 2 or len(texts) < 2 or longest > LONGEST_CELL_CHARACTERS:
        return []
    # Heads say what the rows below hold; a first row of data would be taken for them, so they have to be marked.
    headed = all(cell.tag == "th" for cell in rows[0]) or bool(table.xpath("./thead"))
    if headed:
        return [table_row(texts[0], row) for row in texts[1:]]
    return ["; ".join(filter(None, row)) for row in texts]
