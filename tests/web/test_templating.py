"""Every template of the page's HTML: what is put into it stays text, and what it names has to be given."""

import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from chatbot.web import templating
from chatbot.web.templating import render

TEMPLATES = Path(templating.__file__).parent / "templates"
HOSTILE = "\"><script>hit()</script><b title='x'>"


def test_a_text_is_escaped_and_what_is_rendered_stays() -> None:
    assert render("hint.html", hint=HOSTILE) == f'<p role="alert">{Markup.escape(HOSTILE)}</p>'
    assert render("hint.html", hint=render("hint.html", hint="<b>")) == (
        '<p role="alert"><p role="alert">&lt;b&gt;</p></p>'
    )


def test_a_value_that_is_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="'hint' is undefined"):
        render("hint.html")


def test_the_layout_of_a_template_is_not_seen() -> None:
    label = 'autocapitalize="none" spellcheck="false" required autofocus></label><label>Password'
    values = {"home": "./", "message": "", "visitor": "", "problem": "", "next": "/", "name": "", "service": ""}
    html = render("login.html", **values)
    assert label in html and not re.search(r"\n|>\s+<", html)
    welcome = render("welcome.html", editor=False)
    assert "such as <span" in welcome and "the statement rests" in welcome


def test_no_template_switches_escaping_off() -> None:
    sources = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html")}
    assert len(sources) > 20
    assert [name for name, source in sources.items() if re.search(r"\|\s*safe\b|autoescape", source)] == []
