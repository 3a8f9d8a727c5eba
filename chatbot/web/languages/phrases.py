"""Says the sentences that the answerer and the index make in English in the language of the page: notes, reasons,
steps, errors. The catalogues have each with its placeholders; what they do not know, such as a sentence of an LLM, is
shown as it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from itertools import chain

from chatbot.answer import Answer, Block, Note, Statement
from chatbot.web.languages.catalogue import ENGLISH, PHRASES, REFUSALS, catalogue, current, gettext, long_date, number

LONGEST_CHARACTERS = 2000
MOST_SENTENCES = 10
MOST_INSIDE = 3
# What a placeholder of a name holds: a date, a number, or a phrase. Others hold what is not ours.
DAYS = ("day", "first", "last")
NUMBERS = ("count", "most", "total")
NESTED = ("source", "time", "reason")
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_DATE = re.compile(r"\d{1,2} [A-Z][a-z]{2,8} \d{4}")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})++")
_COLON = re.compile(r": ")
_SENTENCE_END = re.compile(r"(?<=[.!?:”]) ")


@dataclass(frozen=True)
class _Template:
    """A sentence with placeholders: `literals` stand around the values of `names`."""

    literals: tuple[str, ...]
    names: tuple[str, ...]
    translation: str

    def values(self, text: str) -> dict[str, str] | None:
        """What stands in `text` where the placeholders are; None where it is another sentence."""
        first, *inner, last = self.literals
        if not text.startswith(first) or not text.endswith(last) or len(text) <= len(first) + len(last):
            return None
        start, end = len(first), len(text) - len(last)
        values = []
        for literal in inner:
            at = text.find(literal, start + 1, end)
            if at < 0:
                return None
            values.append(text[start:at])
            start = at + len(literal)
        return dict(zip(self.names, [*values, text[start:end]], strict=True)) if start < end else None


def phrase(text: str) -> str:
    """A sentence, or several behind each other, in the language of now; as it is where it is not known."""
    if current() == ENGLISH or len(text) > LONGEST_CHARACTERS:
        return text
    return _sentences(current(), text, MOST_SENTENCES) or text


def reason(text: str) -> str:
    """Why something was refused, in the language of now. The name of what was refused may stand first, with a colon
    behind it: it stays as it is."""
    if current() == ENGLISH or len(text) > LONGEST_CHARACTERS:
        return text
    starts = chain([0], (match.end() for match in _COLON.finditer(text)))
    for start, _ in zip(starts, range(MOST_SENTENCES), strict=False):
        if translated := _sentences(current(), text[start:], MOST_SENTENCES):
            return text[:start] + translated
    return text


def phrased(answer: Answer) -> Answer:
    """An answer whose fixed words are in the language of now: what it quotes and states stays as it is, and headings
    are worded where they are shown."""
    if current() == ENGLISH:
        return answer
    return replace(
        answer,
        blocks=tuple(map(_block, answer.blocks)),
        reason=phrase(answer.reason) if answer.reason else answer.reason,
        notes=tuple(map(phrase, answer.notes)),
        instead=phrase(answer.instead) if answer.instead else None,
    )


def _block(block: Block) -> Block:
    if isinstance(block, Note):
        return replace(block, text=phrase(block.text))
    if isinstance(block, Statement):
        return replace(block, missing=tuple(map(phrase, block.missing)))
    return block


@lru_cache(4096)
def _sentences(language: str, text: str, most: int) -> str | None:
    if translated := _sentence(language, text):
        return translated
    for end in _ends(text, most):
        head, rest = _sentence(language, text[:end]), text[end + 1 :]
        if head and (tail := _sentences(language, rest, most - 1)):
            return f"{head} {tail}"
    return None


def _ends(text: str, most: int) -> Iterator[int]:
    return (match.start() for match, _ in zip(_SENTENCE_END.finditer(text), range(most), strict=False))


@lru_cache(4096)
def _sentence(language: str, text: str) -> str | None:
    """A date, or one sentence that the catalogue knows, as a whole or by its placeholders."""
    if _DATE.fullmatch(text):
        return _date(text)
    exact, templates = _known(language)
    if text in exact:
        return exact[text]
    for template in templates:
        if values := template.values(text):
            return template.translation % {name: _value(language, name, value) for name, value in values.items()}
    return None


def _value(language: str, name: str, value: str) -> str:
    """What fills a placeholder. Only some hold words of ours; a name or a title stays as it is."""
    if name in NUMBERS and _THOUSANDS.fullmatch(value):
        return number(int(value.replace(",", "")))
    if name in NESTED:
        return _sentences(language, value, MOST_INSIDE) or value
    if name == "llm":
        at = gettext("at")
        return value.replace(" at http", f" {at} http", 1)
    return (_DATE.fullmatch(value) and _date(value) or value) if name in DAYS else value


def _date(text: str) -> str | None:
    try:
        return long_date(datetime.strptime(text, "%d %B %Y").date())
    except ValueError:
        return None


@cache
def _known(language: str) -> tuple[dict[str, str], list[_Template]]:
    """The sentences without and with placeholders; of the latter those with most words of their own first."""
    exact, templates = {}, []
    for entry in chain(catalogue(language, PHRASES), catalogue(language, REFUSALS)):
        if not isinstance(entry.id, str) or not entry.id or not entry.string:
            continue
        *parts, last = _PLACEHOLDER.split(entry.id)
        exact[entry.id] = str(entry.string)
        if parts:
            templates.append(_Template((*parts[::2], last), tuple(parts[1::2]), str(entry.string)))
    return exact, sorted(templates, key=lambda template: -len("".join(template.literals)))
