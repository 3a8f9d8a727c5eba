"""An answer's text in, its paragraphs as HTML out: marks become buttons, and a statement that no passage bears out is
underlined and says what is missing. Every text passes through `html.escape`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from chatbot.answer import NOT_FOUND, Answer, Citation, Statement, Verdict

MARK = re.compile(r"\[(\d{1,3})\]")
_BADGE = re.compile(rf"(?:\s{{0,9}}+\[\d{{1,3}}\]){{0,50}}+\s{{0,9}}+({re.escape(NOT_FOUND)})")


@dataclass(frozen=True)
class _Span:
    """`text[start:end]` of the answer, to stand between `before` and `after`; a badge stands in place of its text."""

    start: int
    end: int
    before: str
    after: str = ""
    badge: bool = False


def answered(answer: Answer, turn: int) -> str:
    """The paragraphs of a whole answer, whose marks are buttons that bring up the cards of turn number `turn`."""
    cited = {citation.n: _button(citation, turn) for citation in answer.citations}
    unfound = [one for one in answer.statements if one.verdict is Verdict.UNFOUND]
    spans = [span for one in unfound for span in _spans(answer.text, one)]
    return _paragraphs(answer.text, cited, sorted(spans, key=lambda span: (span.start, span.end)))


def growing(text: str) -> str:
    """The paragraphs of what is not whole or not checked: its marks stay the text they are."""
    return _paragraphs(text, {}, [])


def unchecked(text: str) -> str:
    """The paragraphs of what nothing proves: without its marks, which would seem to."""
    return _paragraphs(re.sub(rf"[ \t]*{MARK.pattern}", "", text), {}, [])


def _paragraphs(text: str, cited: dict[int, str], spans: Sequence[_Span]) -> str:
    """One paragraph a line; the lines below a heading that is all of its line ("Earlier, …:") share its style."""
    paragraphs = []
    kind = "said"
    for start, line in _lines(text):
        if line.startswith("As of ") and line.endswith(":"):
            kind = "said"
            paragraphs.append(f'<p class="asof">{escape(line[:-1])}</p>')
            continue
        below = kind if kind == "earlier" else "said"
        kind = "earlier" if line.startswith("Earlier") else below
        said = _spanned(text, start, start + len(line), cited, spans)
        paragraphs.append(f'<p class="{kind}" dir="auto">{said}</p>')
        kind = "earlier" if kind == "earlier" and (below == "earlier" or line.endswith(":")) else "said"
    return "".join(paragraphs)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line that is not blank, stripped, with its offset in `text`."""
    start = 0
    for line in text.splitlines(keepends=True):
        if stripped := line.strip():
            yield start + line.index(stripped), stripped
        start += len(line)


def _spanned(text: str, start: int, end: int, cited: dict[int, str], spans: Sequence[_Span]) -> str:
    """`text[start:end]`, a line, with the spans that reach into it."""
    html, at = "", start
    for span in spans:
        first, last = max(span.start, start), min(span.end, end)
        if first < at or last < first or (span.badge and not start < span.end <= end):
            continue
        inside = "" if span.badge else _marked(text[first:last], cited)
        html += f"{_marked(text[at:first], cited)}{span.before}{inside}{span.after}"
        at = last
    return html + _marked(text[at:end], cited)


def _marked(text: str, cited: dict[int, str]) -> str:
    """The text with each mark that names a citation as its button; other marks stay the text they are."""
    pieces = MARK.split(text)
    for at, piece in enumerate(pieces):
        pieces[at] = cited.get(int(piece), f"[{piece}]") if at % 2 else escape(piece)
    return "".join(pieces)


def _button(citation: Citation, turn: int) -> str:
    label = escape(f"Citation {citation.n}: {citation.title}")
    return f'<button class="c" data-turn="{turn}" data-cite="{citation.n}" aria-label="{label}">{citation.n}</button>'


def _spans(text: str, unfound: Statement) -> list[_Span]:
    """The underline of an unfound statement, and the badge behind it in place of the words that say so in the text."""
    said = _BADGE.match(text, unfound.end)
    start, end = said.span(1) if said else (unfound.end, unfound.end)
    missing = f": {escape(unfound.missing)}" if unfound.missing else ""
    badge = f'<span class="badge" dir="auto">not found in the articles{missing}</span>'
    underline = _Span(unfound.start, unfound.end, '<span class="unfound">', "</span>")
    return [underline, _Span(start, end, badge, badge=True)]
