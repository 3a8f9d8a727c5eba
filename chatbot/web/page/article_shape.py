"""Finds headings, lists and tables again in the text of an article, of which the index keeps lines alone. No character
of the text is lost or added but the marks of a list and the heads of a table, so that offsets stay what they are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

HEADING, LIST, NUMBERED, TABLE, PARAGRAPH = "heading", "ul", "ol", "table", "p"
LONGEST_HEADING_CHARACTERS = 90
_PARAGRAPH = re.compile(r"\S(?:[^\n]|\n(?!\s*\n))*+")
_POINT = re.compile(r"[-*•–]\s+(?=\S)")
_NUMBER = re.compile(r"\d{1,2}[.)]\s+(?=\S)")
_ENDS_SENTENCE = re.compile(r"[.!?:;,…][”\"')\]]*$")
_CELL = re.compile(r"([^:;\n]{1,60}): ([^;\n]+)")


@dataclass(frozen=True)
class Line:
    """A piece of the text from `start` to `end`: a paragraph, a heading, an item, or a table's row with its `cells`."""

    start: int
    end: int
    cells: Sequence[tuple[str, int, int]] = ()


@dataclass(frozen=True)
class Block:
    """Lines that stand together; of a table `heads` are the heads of its columns."""

    kind: str
    lines: Sequence[Line]
    heads: Sequence[str] = field(default=())


def blocks(text: str) -> list[Block]:
    """The text's paragraphs, headings, lists and tables, in order."""
    lines = [Line(match.start(), match.end()) for match in _PARAGRAPH.finditer(text)]
    return list(_grouped(text, _kinds(text, lines)))


def headings(text: str) -> list[tuple[int, int]]:
    """Where the headings of a text stand."""
    return [(line.start, line.end) for block in blocks(text) if block.kind == HEADING for line in block.lines]


def _kinds(text: str, lines: Sequence[Line]) -> Iterator[tuple[str, Line]]:
    """Each line with what it is. A short line without an end is a heading where text follows, else a list's item."""
    for run, group in groupby(lines, key=lambda line: _own_kind(text, line)):
        block_lines = list(group)
        if run != HEADING:
            yield from ((run, line) for line in block_lines)
            continue
        before = text[: block_lines[0].start].rstrip()
        is_followed = block_lines[-1].end < len(text.rstrip())
        heads = 0 if before.endswith(":") or (len(block_lines) == 1 and not is_followed) else 1
        rest = LIST if len(block_lines) > 1 else PARAGRAPH
        yield from ((HEADING if number < heads else rest, line) for number, line in enumerate(block_lines))


def _own_kind(text: str, line: Line) -> str:
    raw = text[line.start : line.end]
    if _POINT.match(raw):
        return LIST
    if _NUMBER.match(raw):
        return NUMBERED
    if len(_cells(text, line)) > 1:
        return TABLE
    is_short = len(raw) <= LONGEST_HEADING_CHARACTERS and "\n" not in raw
    return HEADING if is_short and not _ENDS_SENTENCE.search(raw) else PARAGRAPH


def _grouped(text: str, lines: Iterator[tuple[str, Line]]) -> Iterator[Block]:
    for kind, group in groupby(lines, key=lambda pair: pair[0]):
        block_lines = [line for _, line in group]
        if kind == TABLE:
            yield from _tables(text, block_lines)
        elif kind in (LIST, NUMBERED):
            yield Block(kind, [_without_mark(text, line) for line in block_lines])
        else:
            yield from (Block(kind, [line]) for line in block_lines)


def _tables(text: str, lines: Sequence[Line]) -> Iterator[Block]:
    """Rows that share the head of their first column are one table. An empty cell was left out of its row."""
    rows = [Line(line.start, line.end, _cells(text, line)) for line in lines]
    for _, group in groupby(rows, key=lambda row: row.cells[0][0]):
        table = list(group)
        yield Block(TABLE, table, list(dict.fromkeys(head for row in table for head, _, _ in row.cells)))


def _cells(text: str, line: Line) -> list[tuple[str, int, int]]:
    """The head, the start and the end of each cell of a row such as "Town: Lindby; Held by: the army"; empty where the
    line is none."""
    raw, cells, at = text[line.start : line.end], [], 0
    while match := _CELL.match(raw, at):
        cells.append((match[1].strip(), line.start + match.start(2), line.start + match.end(2)))
        at = match.end()
        if at == len(raw):
            return cells if len({head for head, _, _ in cells}) == len(cells) else []
        if not raw.startswith("; ", at):
            return []
        at += 2
    return []


def _without_mark(text: str, line: Line) -> Line:
    mark = _POINT.match(text, line.start, line.end) or _NUMBER.match(text, line.start, line.end)
    return Line(mark.end(), line.end) if mark else line
