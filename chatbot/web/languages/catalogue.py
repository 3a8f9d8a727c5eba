"""Looks up the page's own words, dates and numbers in the language of the request. English stands in the code, every
other language in a folder here; what a catalogue lacks is shown in English."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.dates import format_date, format_interval, format_skeleton
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from chatbot import answer
from index.message import Message, Value

FOLDER = Path(__file__).parent
ENGLISH = "en"
# Each under the name that its speakers give it.
LANGUAGES = {ENGLISH: "English", "de": "Deutsch"}
# The catalogues of a language: of the templates, of the scripts, and of the messages that Python makes.
PAGE, SCRIPTS, MESSAGES = "page", "scripts", "messages"
log = logging.getLogger(__name__)
_current: ContextVar[str] = ContextVar("language", default=ENGLISH)


def current() -> str:
    """The code of the language that is spoken now, such as "de"."""
    return _current.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak `language`, one of LANGUAGES, within the block."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def catalogue(language: str, part: str) -> Catalog:
    """The catalogue of one part of the page's words, as it stands in its file; empty for English."""
    path = FOLDER / language / f"{part}.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


@cache
def _translations(language: str, part: str) -> NullTranslations:
    known = catalogue(language, part)
    if not len(known):
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, known)
    compiled.seek(0)
    return GNUTranslations(compiled)


def gettext(text: str) -> str:
    """A text of the page in the language of now; its placeholders, such as %(count)s, are still to be filled."""
    return _translations(current(), PAGE).gettext(text)


def ngettext(single: str, many: str, count: int) -> str:
    """The form of a text that fits `count`; its placeholders are still to be filled."""
    return _translations(current(), PAGE).ngettext(single, many, count)


def worded(text: str, **values: object) -> str:
    """A text of the page in the language of now, with its placeholders filled."""
    return gettext(text) % values


def translated(text: str) -> str:
    """A message in the language of now; any other text, such as an LLM's, as it is."""
    # Under the empty text a catalogue keeps its own head.
    if current() == ENGLISH or not isinstance(text, Message) or not text:
        return text
    return text.translated(_translations(current(), MESSAGES).gettext, _written)


def _written(value: Value) -> str:
    if isinstance(value, date):
        return long_date(value)
    return number(value) if isinstance(value, int) else translated(value)


def long_date(day: date | None) -> str:
    """A date as a reader of the page writes it, such as "5. Dezember 2024"; it says so where it is unknown."""
    if current() == ENGLISH:
        return answer.long_date(day)
    return gettext("date unknown") if day is None else format_date(day, "long", locale=current())


def long_month(day: date) -> str:
    """The month of a day, such as "Dezember 2024"."""
    return format_skeleton("yMMMM", day, locale=current())


def days(first: date, last: date) -> str:
    """Two days as "27. November–11. Dezember 2024", in a language other than English."""
    return format_interval(first, last, "yMMMMd", locale=current())


def number(value: int) -> str:
    """A whole number with the marks between its thousands."""
    return format_decimal(value, locale=current())


@cache
def script(language: str) -> str:
    """JavaScript that gives language.js its messages, the choice among forms for a number, and the locale."""
    known = catalogue(language, SCRIPTS)
    messages = {_key(entry.id): entry.string for entry in known if entry.id}
    # The expression stands in the head of our own file, and C and JavaScript read it alike.
    form = f"(n) => Number({known.plural_expr})"
    locale = "en-GB" if language == ENGLISH else language
    words = json.dumps(messages, ensure_ascii=False)
    return f"window.messages = {{words: {words}, form: {form}, locale: {json.dumps(locale)}}};\n"


def widget_words() -> str:
    """The messages of the widget in all languages but English, as JSON: the page that holds it names its own."""
    known = {language: catalogue(language, SCRIPTS) for language in LANGUAGES if language != ENGLISH}
    return json.dumps(
        {
            language: {
                _key(entry.id): entry.string
                for entry in messages
                if entry.id and any("widget" in place for place, _ in entry.locations)
            }
            for language, messages in known.items()
        },
        ensure_ascii=False,
    )


def _key(id: str | list[str] | tuple[str, ...]) -> str:
    """A message with forms is known by the first."""
    return id if isinstance(id, str) else id[0]
