"""The draft: what a format's reader makes of one text, before boilerplate is dropped and a title is found."""

import re
from dataclasses import dataclass, field
from itertools import chain


@dataclass(frozen=True)
class Draft:
    """The lines of one text and the metadata that it states, known to come from `stated_in`, such as: front matter.

    `pages` are the places (line, character in it) at which pages begin; without pages it is empty.
    """

    lines: list[str]
    metadata: dict[str, object] = field(default_factory=dict)
    title: str | None = None
    stated_in: str = "front matter"
    pages: list[tuple[int, int]] = field(default_factory=list)


# A cell with more holds text that a table merely lays out.
LONGEST_CELL_CHARACTERS = 120


def data_table(rows: list[list[str]], *, headed: bool | None = None) -> list[str]:
    """The rows of a table of data as lines, each cell with the head of its column; none of one that lays out text.

    `headed` says whether the first row is of heads; where that is not known, it is where no cell of it holds a number.
    """
    rows = [[" ".join(cell.split()) for cell in row] for row in rows if any(map(str.strip, row))]
    width = max(map(len, rows), default=0)
    if width < 2 or len(rows) < 2 or max(map(len, chain(*rows))) > LONGEST_CELL_CHARACTERS:
        return []
    if headed is None:
        headed = len(rows) > 2 and all(map(_is_head, rows[0][1:]))
    heads = rows[0] if headed else [""] * width
    return [table_row(heads, row) for row in rows[1 if headed else 0 :]]


def _is_head(cell: str) -> bool:
    return cell != "" and not re.search(r"\d", cell)


def table_row(heads: list[str], cells: list[str]) -> str:
    """A table's row as one line in which each cell keeps the head of its column: "Town: Lindby; Held by: the army".

    Empty cells are left out.
    """
    pairs = [(head.strip(), cell.strip()) for head, cell in zip(heads, cells, strict=False)]
    return "; ".join(f"{head}: {cell}" if head else cell for head, cell in pairs if cell)
