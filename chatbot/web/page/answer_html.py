"""Makes the HTML of an answer's blocks: citations are buttons, a statement that no passage supports is underlined and
says what is missing. Every text passes through `html.escape`."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from chatbot.answer import Answer, Block, Citation, Heading, Note, Quotation, Statement, Verdict, without_marks

Paragraph = Sequence[Block]


def answered(answer: Answer, turn: int) -> str:
    """The paragraphs of a whole answer, whose citations are buttons that bring up the cards of turn number `turn`."""
    buttons = {citation.n: _button(citation, turn) for citation in answer.citations}
    return "".join(_paragraph(paragraph, buttons) for paragraph in _paragraphs(answer.blocks))


def growing(text: str) -> str:
    """The paragraphs of what is not whole or not checked: its marks stay the text they are."""
    lines = filter(None, map(str.strip, text.splitlines()))
    return "".join(f'<p class="said" dir="auto">{escape(line)}</p>' for line in lines)


def unchecked(text: str) -> str:
    """The paragraphs of what nothing proves: without its marks, which would seem to."""
    return growing(without_marks(text))


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


def _paragraph(paragraph: Paragraph, buttons: Mapping[int, str]) -> str:
    first = paragraph[0]
    if isinstance(first, Heading) and len(paragraph) == 1:
        return f'<p class="asof">{escape(first.text)}</p>'
    kind = "earlier" if isinstance(first, Heading) and first.is_earlier else "said"
    inside = " ".join(_block(block, buttons) for block in paragraph)
    return f'<p class="{kind}" dir="auto">{inside}</p>'


def _block(block: Block, buttons: Mapping[int, str]) -> str:
    # Some characters that part words or lines in a text are nothing in a browser.
    text = "<br>".join(escape(" ".join(line.split())) for line in block.text.split("\n"))
    if isinstance(block, Heading):
        return f"{text}:"
    if isinstance(block, Note):
        return text
    cited = "".join(buttons.get(n, f"[{n}]") for n in block.citations)
    if isinstance(block, Quotation):
        return f"“{text}” {cited}".rstrip()
    return f"{text} {cited}" if block.verdict is not Verdict.UNFOUND else _unfound(text, block)


def _unfound(text: str, statement: Statement) -> str:
    missing = f": {escape(statement.missing)}" if statement.missing else ""
    badge = f'<span class="badge" dir="auto">not found in the articles{missing}</span>'
    return f'<span class="unfound">{text}</span> {badge}'


def _button(citation: Citation, turn: int) -> str:
    label = escape(f"Citation {citation.n}: {citation.title}")
    return f'<button class="c" data-turn="{turn}" data-cite="{citation.n}" aria-label="{label}">{citation.n}</button>'
