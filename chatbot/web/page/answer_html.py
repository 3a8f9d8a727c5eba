"""Makes the HTML of an answer's paragraphs: citations are buttons, a statement that the passages do not support is
underlined and says why, one that was not checked says so. An LLM's lists and tables are lists and tables."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from markupsafe import Markup

from chatbot.answer import Answer, Block, Note, Statement, without_references
from chatbot.web.templating import render

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
    """Paragraphs that follow each other in one HTML element, `shape`: a list, a table; "p" are paragraphs each. The
    first row of a `headed` table is of heads."""

    shape: str
    paragraphs: Sequence[Paragraph]
    headed: bool = False


def answered(answer: Answer, turn: int) -> Markup:
    """The paragraphs of a whole answer, whose citations are buttons that bring up the cards of turn number `turn`."""
    return _paragraphs_of(answer, turn)


def linked(answer: Answer) -> Markup:
    """The same for a page that stands alone: each citation is a link to its source there, "#source-1"."""
    return _paragraphs_of(answer, None)


def _paragraphs_of(answer: Answer, turn: int | None) -> Markup:
    citations = {citation.n: citation for citation in answer.citations}
    return render("paragraphs.html", groups=list(_groups(answer.blocks)), citations=citations, turn=turn)


def growing(text: str) -> Markup:
    """The paragraphs of what is not whole or not checked: its citations stay the text they are."""
    lines = [Note(line) for line in map(str.strip, text.splitlines()) if line]
    return render("paragraphs.html", groups=list(_groups(lines)), citations={}, turn=None)


def unchecked(text: str) -> Markup:
    """The paragraphs of what nothing proves: without its citations, which would seem to."""
    return growing(without_references(text))


def _groups(blocks: Sequence[Block]) -> Iterator[Group]:
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
