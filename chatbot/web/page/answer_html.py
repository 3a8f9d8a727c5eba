"""Makes the HTML of an answer's paragraphs: citations are buttons, a statement that no passage supports is underlined
and says what is missing."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from chatbot.answer import Answer, Block, without_references
from chatbot.web.templating import render

Paragraph = Sequence[Block]


def answered(answer: Answer, turn: int) -> Markup:
    """The paragraphs of a whole answer, whose citations are buttons that bring up the cards of turn number `turn`."""
    citations = {citation.n: citation for citation in answer.citations}
    return render("paragraphs.html", paragraphs=list(_paragraphs(answer.blocks)), citations=citations, turn=turn)


def growing(text: str) -> Markup:
    """The paragraphs of what is not whole or not checked: its marks stay the text they are."""
    return render("lines.html", lines=list(filter(None, map(str.strip, text.splitlines()))))


def unchecked(text: str) -> Markup:
    """The paragraphs of what nothing proves: without its marks, which would seem to."""
    return growing(without_references(text))


def _paragraphs(blocks: Sequence[Block]) -> Iterator[Paragraph]:
    """The blocks, those of each paragraph together."""
    paragraph: list[Block] = []
    for block in blocks:
        if paragraph and "\n" in block.space:
            yield paragraph
            paragraph = []
        paragraph.append(block)
    if paragraph:
        yield paragraph
