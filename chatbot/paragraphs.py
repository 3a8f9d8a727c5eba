"""Reads the Markdown of an LLM's answer: which of its paragraphs are the points of a list, or the rows of a table. What
is quoted from an article is neither."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from chatbot.answer import Block, Note, Statement

_POINT = re.compile(r"[-*•–] +(?=\S)")
_NUMBERED = re.compile(r"\d{1,2}[.)] +(?=\S)")
_ROW = re.compile(r"\|[^\n]+\|")
_RULE = re.compile(r"[|\s:-]+")
PARAGRAPH, LIST, NUMBERED_LIST, TABLE = "p", "ul", "ol", "table"


@dataclass(frozen=True)
class Paragraph:
    """Blocks that stand together; of a table's row `cells` are those before the last."""

    blocks: Sequence[Block]
    cells: Sequence[str] = ()


@dataclass(frozen=True)
class Group:
    """Paragraphs that follow each other and have one `shape`: the HTML element for a list or a table; "p" are
    paragraphs each. The first row of a `headed` table is of heads."""

    shape: str
    paragraphs: Sequence[Paragraph]
    headed: bool = False


def grouped(blocks: Sequence[Block]) -> Iterator[Group]:
    """The paragraphs of an answer, those of one list or table together."""
    shaped = [(_shape(paragraph), paragraph) for paragraph in _paragraphs(blocks)]
    for shape, group in groupby(shaped, key=lambda pair: pair[0]):
        made = [_made(shape, paragraph) for _, paragraph in group]
        headed = len(made) > 1 and made[0] is not None and made[1] is None
        yield Group(shape, [paragraph for paragraph in made if paragraph is not None], headed)


def _shape(paragraph: Sequence[Block]) -> str:
    """What a paragraph is, by how it begins; what is quoted from an article is always one."""
    first = paragraph[0]
    if not isinstance(first, Statement | Note):
        return PARAGRAPH
    text = first.text.strip()
    if _POINT.match(text):
        return LIST
    if _NUMBERED.match(text):
        return NUMBERED_LIST
    return TABLE if _ROW.fullmatch(text) and len(paragraph) == 1 else PARAGRAPH


def _made(shape: str, paragraph: Sequence[Block]) -> Paragraph | None:
    """The paragraph without its Markdown; None for the rule below a table's head."""
    first, *rest = paragraph
    if shape == PARAGRAPH or not isinstance(first, Statement | Note):
        return Paragraph(paragraph)
    text = first.text.strip()
    if shape == TABLE:
        *cells, last = (cell.strip() for cell in text.strip("|").split("|"))
        return None if _RULE.fullmatch(text) else Paragraph([replace(first, text=last)], cells)
    bullet = _POINT if shape == LIST else _NUMBERED
    return Paragraph([replace(first, text=bullet.sub("", text, count=1)), *rest])


def _paragraphs(blocks: Sequence[Block]) -> Iterator[Sequence[Block]]:
    """The blocks, those of each paragraph together."""
    paragraph: list[Block] = []
    for block in blocks:
        if paragraph and "\n" in block.space:
            yield paragraph
            paragraph = []
        paragraph.append(block)
    if paragraph:
        yield paragraph
