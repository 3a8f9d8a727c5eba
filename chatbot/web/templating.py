"""Renders the HTML templates of this package in the language of now. Every value is escaped, so that no text becomes
markup."""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from chatbot.answer import Block, Heading, Statement, Verdict, heading_text
from chatbot.web.inline_markdown import inline
from chatbot.web.languages.catalogue import (
    LANGUAGES,
    current,
    gettext,
    long_date,
    long_month,
    ngettext,
    number,
    translated,
)

# At a tag or a statement a line break and the indentation only lay the template out.
_LAYOUT = re.compile(r"(?<=[>}])[ \t]*+\n\s*+|(?<!\s)[ \t]*+\n\s*+(?=<|\{%|\Z)")
_LINE_BREAK = re.compile(r"(?<!\s)[^\S\n]*+\n\s*+")


class _SingleLine(Extension):
    """Takes the layout out of a template: white space between two elements would be seen on the page."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return _LINE_BREAK.sub(" ", _LAYOUT.sub("", source))


def _kind(block: Block) -> str:
    """What a block of an answer is, in a word."""
    if isinstance(block, Statement) and block.verdict in (Verdict.UNFOUND, Verdict.CITED):
        return block.verdict.value
    return type(block).__name__.lower()


def _heading(heading: Heading) -> str:
    """A heading of an answer in the language of now."""
    return heading_text(heading, translated)


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    extensions=[_SingleLine, "jinja2.ext.i18n"],
    auto_reload=False,
)
# A text of the page is Markup: its values are escaped, and the catalogues are ours.
_ENVIRONMENT.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
_ENVIRONMENT.globals |= {"language": current, "languages": LANGUAGES}
_ENVIRONMENT.filters["long_date"] = long_date
_ENVIRONMENT.filters["long_month"] = long_month
_ENVIRONMENT.filters["number"] = number
_ENVIRONMENT.filters["translated"] = translated
_ENVIRONMENT.filters["kind"] = _kind
_ENVIRONMENT.filters["heading"] = _heading
_ENVIRONMENT.filters["inline"] = inline


def render(template: str, **values: object) -> Markup:
    """The HTML that `template`, a file in templates/, makes of the values. What is rendered already, as Markup, is not
    escaped again. Raises jinja2.UndefinedError where the template names a value that is not given."""
    return Markup(_ENVIRONMENT.get_template(template).render(values))
