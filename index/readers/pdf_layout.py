"""Reads the lines of a PDF's pages where their order depends on positions: columns side by side, tables, and writing
from right to left. Uses PDFium, which says where each piece of text stands."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from statistics import median
from typing import Any

from index.readers.parsed_document import data_table

# Of a line's height, the gap between two pieces that are not of one run of words.
GAP = 0.9
# Points by which what begins at one edge may be off.
SLACK_POINTS = 6
FEWEST_ROWS = 3
# A column that is begun by fewer of the parted lines is none.
OFTEN = 0.4
# Pieces of so many characters are lines of running text, shorter ones the cells of a table.
LINE_CHARACTERS = 20
MOST_RIGHT_TO_LEFT = 0.3

_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_FINAL_FIRST = re.compile(r"\b[םןץףך]\w")
_FINAL_LAST = re.compile(r"\w[םןץףך]\b")
_BROKEN_WORD = "\x02"


class Row(str):
    """A line that is a row of a table, and no part of a paragraph."""


@dataclass(frozen=True)
class _Piece:
    """A run of text on one line, and where it stands, in points from the lower left corner of the page."""

    left: float
    bottom: float
    right: float
    top: float
    text: str


_Line = list[_Piece]


def laid_out_pages(raw: bytes) -> list[list[str] | None]:
    """For each page its lines where it has columns, tables or writing from right to left, else None; [] where the file
    cannot be read that way."""
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(raw) as document:
            return [_page(_pieces(document, number)) for number in range(len(document))]
    except pypdfium2.PdfiumError:
        return []


def _pieces(document: Any, number: int) -> list[_Piece]:  # noqa: ANN401 - the library's own object
    page = document[number]
    text = page.get_textpage()
    boxes = [text.get_rect(at) for at in range(text.count_rects())]
    words = [" ".join(text.get_text_bounded(*box).replace(_BROKEN_WORD, "-").split()) for box in boxes]
    # Each holds memory of the library's until then.
    text.close()
    page.close()
    return [_Piece(box[0], box[1], box[2], box[3], line) for box, line in zip(boxes, words, strict=True) if line]


def _page(pieces: list[_Piece]) -> list[str] | None:
    letters = "".join(piece.text for piece in pieces)
    if len(_RIGHT_TO_LEFT.findall(letters)) > MOST_RIGHT_TO_LEFT * len(letters):
        return [_read_forwards(" ".join(piece.text for piece in reversed(line))) for line in _lines(pieces)]
    lines = _lines(pieces)
    columns = _columns(lines)
    if len(columns) < 2:
        return None
    joined: list[str] = []
    for is_inside, block in groupby(lines, lambda line: _fits(line, columns)):
        rows = list(block)
        joined += _block(rows, columns) if is_inside else map(_joined, rows)
    return joined


def _lines(pieces: Sequence[_Piece]) -> list[_Line]:
    """The pieces by line, from the top and from the left; those that follow each other closely are one."""
    lines: list[_Line] = []
    for piece in sorted(pieces, key=lambda piece: -(piece.bottom + piece.top)):
        same = lines and lines[-1][0].bottom < (piece.bottom + piece.top) / 2 < lines[-1][0].top
        if same:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return [_together(sorted(line, key=lambda piece: piece.left)) for line in lines]


def _together(line: _Line) -> _Line:
    merged = line[:1]
    for piece in line[1:]:
        last = merged[-1]
        gap = piece.left - last.right
        if gap < GAP * (piece.top - piece.bottom):
            space = " " if gap > 0.1 * (piece.top - piece.bottom) else ""
            merged[-1] = _Piece(last.left, last.bottom, piece.right, last.top, f"{last.text}{space}{piece.text}")
        else:
            merged.append(piece)
    return merged


def _columns(lines: Sequence[_Line]) -> list[float]:
    """Where columns begin: at what many of the lines that are parted have a piece begin."""
    parted = [line for line in lines if len(line) > 1]
    if len(parted) < FEWEST_ROWS:
        return []
    starts = sorted(piece.left for line in parted for piece in line)
    clusters = [[starts[0]]]
    for before, start in pairwise(starts):
        if start - before > SLACK_POINTS:
            clusters.append([])
        clusters[-1].append(start)
    fewest = max(FEWEST_ROWS, OFTEN * len(parted))
    return [cluster[0] for cluster in clusters if len(cluster) >= fewest]


def _column(piece: _Piece, columns: Sequence[float]) -> int:
    return max(sum(start <= piece.left + SLACK_POINTS for start in columns) - 1, 0)


def _fits(line: _Line, columns: Sequence[float]) -> bool:
    """Whether no piece of a line reaches from one column into the next."""
    return all(piece.right <= [*columns[1:], float("inf")][_column(piece, columns)] for piece in line)


def _joined(line: _Line) -> str:
    return " ".join(piece.text for piece in line)


def _block(lines: list[_Line], columns: Sequence[float]) -> list[str]:
    """The lines of a block within the columns: of running text column by column, of a table row by row."""
    parted = [at for at, line in enumerate(lines) if len(line) > 1]
    if len(parted) < FEWEST_ROWS:
        return list(map(_joined, lines))
    lengths = [len(piece.text) for at in parted for piece in lines[at]]
    if median(lengths) >= LINE_CHARACTERS:
        by_column = zip(*(_by_column(line, columns) for line in lines), strict=True)
        return list(filter(None, chain(*by_column)))
    first, last = parted[0], parted[-1] + 1
    table = data_table([_by_column(line, columns) for line in lines[first:last]])
    rows: list[str] = [*map(Row, table)] or [*map(_joined, lines[first:last])]
    return [*map(_joined, lines[:first]), *rows, *map(_joined, lines[last:])]


def _by_column(line: _Line, columns: Sequence[float]) -> list[str]:
    """What a line holds in each column."""
    texts = [""] * len(columns)
    for piece in line:
        at = _column(piece, columns)
        texts[at] = f"{texts[at]} {piece.text}".strip()
    return texts


def _read_forwards(line: str) -> str:
    """A line from right to left in the order in which it is read; some programs write it the other way round, which
    the forms of letters that end words tell in Hebrew."""
    composed = unicodedata.normalize("NFKC", line)
    backwards = len(_FINAL_FIRST.findall(composed)) > len(_FINAL_LAST.findall(composed))
    return composed[::-1] if backwards else composed
