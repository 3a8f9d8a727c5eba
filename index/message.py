"""The texts that readers are shown, so kept that they can be translated: an English template, which is the key of its
translations as in gettext, and the values in it. Where nobody translates a message, it is a string, its English."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

# A text is a name or a title, which no language changes, or another message.
Value = str | int | datetime.date


class Message(str):
    """`template` with its placeholders, such as %(count)s, filled from `values`. A day is written out, a number gets
    commas between its thousands. Never changed once it is made. Raises KeyError where a value is missing."""

    template: str
    values: Mapping[str, Value]

    def __new__(cls, template: str, /, **values: Value) -> "Message":
        message = super().__new__(cls, _filled(template, {name: _english(value) for name, value in values.items()}))
        message.template, message.values = template, values
        return message

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Value]]:
        return (self.template,), dict(self.values)

    def translated(self, gettext: Callable[[str], str], written: Callable[[Value], str]) -> str:
        """The message in another language: `gettext` gives a template's translation, `written` what a value is."""
        return _filled(gettext(self.template), {name: written(value) for name, value in self.values.items()})


def joined(*texts: str, between: str = " ") -> Message:
    """Texts behind each other, each translated by itself; empty ones are left out."""
    values = {f"part{number}": text for number, text in enumerate(texts, 1) if text}
    return Message(between.join(f"%({name})s" for name in values), **values)


def named(name: str, reason: str) -> Message:
    """Why something was refused, behind the name of it."""
    return Message("%(name)s: %(reason)s", name=name, reason=reason)


def message_of(error: BaseException) -> str:
    """What an exception says: the message that it was raised with, where it was one."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, Message) else str(error)


def with_name(text: str, old: str, new: str) -> str:
    """A text with `new` in place of the name `old`, which may stand in the values of a message."""
    if not isinstance(text, Message):
        return text.replace(old, new)
    return Message(text.template, **{
        name: with_name(value, old, new) if isinstance(value, str) else value for name, value in text.values.items()
    })


def packed(text: str) -> object:
    """A text as JSON that `unpacked` reads: a plain one as it is, a message as its template and values."""
    if not isinstance(text, Message):
        return text
    return [text.template, {name: _packed(value) for name, value in text.values.items()}]


def unpacked(given: Any) -> str:  # noqa: ANN401
    """The text that was packed. Raises AttributeError, KeyError, TypeError or ValueError for what was not."""
    if isinstance(given, str):
        return given
    template, values = given
    return Message(str(template), **{name: _unpacked(value) for name, value in values.items()})


def day_message(day: datetime.date | None) -> Message:
    """A day by itself, such as 5 December 2024, which each language writes in its own way; that it is not known."""
    return Message("date unknown") if day is None else Message("%(day)s", day=day)


def _packed(value: Value) -> object:
    if isinstance(value, datetime.date):
        return {"day": value.isoformat()}
    return value if isinstance(value, int) else packed(value)


def _unpacked(given: Any) -> Value:  # noqa: ANN401
    if isinstance(given, dict):
        return datetime.date.fromisoformat(given["day"])
    return given if isinstance(given, int) else unpacked(given)


def _english(value: Value) -> str:
    if isinstance(value, datetime.date):
        return f"{value.day} {value:%B %Y}"
    return f"{value:,}" if isinstance(value, int) else value


def _filled(template: str, values: Mapping[str, str]) -> str:
    # Without values a percent sign is one.
    return template % values if values else template
