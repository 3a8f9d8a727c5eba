"""Shows the Markdown that an LLM writes within a line: bold, italic, code and a heading's mark. All else is text: no
link, no image, no HTML. What is quoted from an article is never read as Markdown."""

import re

from markupsafe import Markup, escape

_HEADING = re.compile(r"^#{1,6} +(?=\S)")
_CODE = re.compile(r"`([^`\n]++)`")
_BOLD = re.compile(r"\*\*(?=[^\s*])([^*\n]++)\*\*")
_ITALIC = re.compile(r"(?<![\w*\\])\*(?=[^\s*])([^*\n]++)\*(?![\w*])")
# A sentence may hold one end of what is bold: its other end stands in the next.
_LEFT_OVER = re.compile(r"(?<!\S)\*\*(?=\w)|(?<=[\w.,;:!?])\*\*(?!\S)")


def inline(text: str) -> Markup:
    """One line of an LLM's text as HTML. Everything in it is escaped before any element is made."""
    heading = _HEADING.match(text)
    shown = str(escape(text[heading.end() :] if heading else text))
    shown = _CODE.sub(r"<code>\1</code>", shown)
    shown = _ITALIC.sub(r"<em>\1</em>", _BOLD.sub(r"<strong>\1</strong>", shown))
    shown = _LEFT_OVER.sub("", shown)
    html = Markup(shown)
    return Markup("<strong>{}</strong>").format(html) if heading else html
