"""Makes the HTML of an answer's paragraphs: citations are buttons, a statement that the passages do not support is
underlined and says why, one that was not checked says so. An LLM's lists and tables are lists and tables."""

from markupsafe import Markup

from chatbot.answer import Answer, Note, without_references
from chatbot.paragraphs import grouped
from chatbot.web.templating import render


def answered(answer: Answer, turn: int) -> Markup:
    """The paragraphs of a whole answer, whose citations are buttons that bring up the cards of turn number `turn`."""
    return _paragraphs_of(answer, turn)


def linked(answer: Answer) -> Markup:
    """The same for a page that stands alone: each citation is a link to its source there, "#source-1"."""
    return _paragraphs_of(answer, None)


def _paragraphs_of(answer: Answer, turn: int | None) -> Markup:
    citations = {citation.n: citation for citation in answer.citations}
    return render("paragraphs.html", groups=list(grouped(answer.blocks)), citations=citations, turn=turn)


def growing(text: str) -> Markup:
    """The paragraphs of what is not whole or not checked: its citations stay the text they are."""
    lines = [Note(line) for line in map(str.strip, text.splitlines()) if line]
    return render("paragraphs.html", groups=list(grouped(lines)), citations={}, turn=None)


def unchecked(text: str) -> Markup:
    """The paragraphs of what nothing proves: without its citations, which would seem to."""
    return growing(without_references(text))
