"""The draft: what a format's reader makes of one text, before furniture is dropped and a title is found."""

from dataclasses import dataclass, field


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


def table_row(heads: list[str], cells: list[str]) -> str:
    """A table's row as one line in which each cell keeps the head of its column: "Town: Lindby; Held by: the army".

    Empty cells are left out.
    """
    pairs = [(head.strip(), cell.strip()) for head, cell in zip(heads, cells, strict=False)]
    return "; ".join(f"{head}: {cell}" if head else cell for head, cell in pairs if cell)
