"""Finds the article in an HTML page with trafilatura, without what a browser hides. What its strict rules miss inside
the article is kept; the rows of a table of data keep the heads of their columns."""

import copy
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import chain, groupby
from typing import Any

from index.readers.page_check import teasers_of
from index.readers.parsed_document import data_table

# What a browser does not show would be words put into the article's mouth.
HIDDEN = [
    "//*[@hidden]",
    "//*[contains(translate(@style, ' ', ''), 'display:none')]",
    "//*[contains(translate(@style, ' ', ''), 'visibility:hidden')]",
    "//*[contains(concat(translate(@style, ' ', ''), ';'), 'font-size:0;')]",
    "//*[contains(concat(translate(@style, ' ', ''), ';'), 'font-size:0px;')]",
    "//*[contains(concat(translate(@style, ' ', ''), ';'), 'opacity:0;')]",
]
# Where the strict rules leave less of the text, they took something else for the article.
FEWEST_OF_THE_WORDS = 0.5
# Archives of newspapers go further back than the library's own 1995.
_OLDEST = {"min_date": "1800-01-01"}
_ADDRESS = re.compile(r"https?://\S+")
_CELL_ENDS = re.compile(r"[^\S\n]\|(?=\s|\Z)")
_RULE = re.compile(r"[|\s:-]++")


def extracted(tree: Any) -> tuple[Any, list[str]]:  # noqa: ANN401 - the library's own objects
    """What the library states of a page, and the lines of its article; (None, []) where it finds none."""
    # By strict rules (`favor_precision`) F1 is best on the benchmark's pages, but they lose parts of articles.
    strict, lenient = (_document(tree, precise=precise) for precise in (True, False))
    document = strict or lenient
    lines = _lines(strict)
    # Of an article with teasers below it the lenient rules take more teasers than text.
    if not (lines and lenient and teasers_of(tree, lenient.text)):
        lines = _merged(lines, _lines(lenient))
    return document, [line for is_row, rows in groupby(lines, _is_row) for line in (_table(rows) if is_row else rows)]


def parsed(page: str | bytes) -> Any:  # noqa: ANN401
    """The tree of a page, or None where it is no HTML."""
    # Imported here: it takes half a second, and most runs have no HTML.
    import trafilatura

    return trafilatura.load_html(page)


def _document(tree: Any, *, precise: bool) -> Any:  # noqa: ANN401
    """What the library finds, or None."""
    import trafilatura
    from trafilatura.settings import Document, set_date_params

    # The extraction takes what it leaves out from the tree.
    document = trafilatura.bare_extraction(
        copy.deepcopy(tree), favor_precision=precise, include_comments=False, with_metadata=True, prune_xpath=HIDDEN,
        date_extraction_params=set_date_params(extensive=False) | _OLDEST,
    )
    return document if isinstance(document, Document) and document.text else None


def _lines(document: Any) -> list[str]:  # noqa: ANN401
    return [line.strip() for line in document.text.splitlines()] if document else []


def _merged(strict: list[str], lenient: list[str]) -> list[str]:
    """The lines by strict rules, with those of `lenient` that stand between two of them; addresses alone are left out.
    All of `lenient` where it is far more."""
    words, more = (sum(len(line.split()) for line in lines) for lines in (strict, lenient))
    if words < FEWEST_OF_THE_WORDS * more:
        return lenient
    changes = SequenceMatcher(None, strict, lenient, autojunk=False).get_opcodes()
    merged: list[str] = []
    for number, (kind, start, end, other_start, other_end) in enumerate(changes):
        merged += strict[start:end]
        missed = lenient[other_start:other_end]
        if kind == "insert" and 0 < number < len(changes) - 1 and not all(map(_ADDRESS.fullmatch, missed)):
            merged += missed
    return merged


def _is_row(line: str) -> bool:
    return line.startswith("|")


def _table(lines: Iterator[str]) -> list[str]:
    """The rows of a table, which the library writes with bars between the cells and a rule below the heads, as lines.
    A table that merely lays out text is read cell by cell."""
    written = list(lines)
    is_headed = any(map(_RULE.fullmatch, written[1:]))
    rows = [_cells(line) for line in written if not _RULE.fullmatch(line)]
    if is_headed:
        # A long table repeats its heads.
        rows = rows[:1] + [row for row in rows[1:] if row != rows[0]]
    return data_table(rows, headed=is_headed) or list(filter(None, chain(*rows)))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _CELL_ENDS.split(f" {line[1:]}")]
