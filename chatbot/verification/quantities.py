"""Looks up how many of what a statement says: "two sides", "the eleventh year", "six weeks later". A number must stand
beside the same noun in the evidence, or follow from its days."""

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from chatbot.verification.read_sentence import ReadSentence
from index.language.lexicon import concept
from index.language.numbers import NUMBER, numbers_of
from index.language.parser import Sentence, Token

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_ORDINALS += "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split()
_ORDINAL = re.compile(r"(?<!\d)(\d+)(?:st|nd|rd|th)")
# In days, and how far apart two of them may be and still be so many.
_UNITS = {"day": (1, 0), "week": (7, 4), "month": (30.4, 16), "year": (365.25, 190)}
_TIMES = ("minute", "hour", *_UNITS)
_NOT_COUNTED = frozenset("percent % of per".split())
REACH_TOKENS = 4


@dataclass(frozen=True)
class Quantity:
    """So many of something: `text` as it stands, `noun` what is counted, by its lemma."""

    value: float
    noun: str
    text: str
    start: int
    is_ordinal: bool = False


def quantities_of(sentence: Sentence) -> Iterator[Quantity]:
    """The quantities of a sentence; "a day later" is one day."""
    for token in sentence.tokens:
        value, is_ordinal = _value(token)
        noun = _counted(sentence, token) if value is not None else None
        if value is None or noun is None:
            continue
        text = sentence.text[token.start : noun.end]
        yield Quantity(value, noun.lemma, text, token.start, is_ordinal)


def wrong_quantities(
    statement: ReadSentence, evidence: Sequence[ReadSentence], days: Sequence[datetime.date]
) -> Iterator[Quantity]:
    """The quantities of a statement of which the evidence has other numbers; `days` are those that either names."""
    known = [quantity for sentence in evidence for quantity in quantities_of(sentence.parsed)]
    texts = " ".join(sentence.parsed.text for sentence in evidence)
    for quantity in quantities_of(statement.parsed):
        if not _is_looked_up(quantity):
            continue
        same = _of_same(quantity, known)
        if quantity.value in {other.value for other in same} or _follows(quantity, days):
            continue
        if same or quantity.noun in _TIMES or quantity.value not in numbers_of(texts):
            yield quantity


def _is_looked_up(quantity: Quantity) -> bool:
    """Whether it is more than one, and no rank: "their second defeat" may be counted by who writes."""
    return quantity.value >= 2 and (not quantity.is_ordinal or quantity.noun in _TIMES)


def _of_same(quantity: Quantity, known: Sequence[Quantity]) -> Sequence[Quantity]:
    """What the evidence counts of the same; "the fourth year running" is "the fourth time in a row"."""
    if quantity.is_ordinal and quantity.value in {other.value for other in known}:
        return known
    return [other for other in known if concept(other.noun) == concept(quantity.noun)]


def _value(token: Token) -> tuple[float | None, bool]:
    word = token.text.lower()
    if word in _ORDINALS:
        return float(_ORDINALS.index(word) + 1), True
    if ordinal := _ORDINAL.fullmatch(word):
        return float(ordinal[1]), True
    if word in ("a", "an") and token.dep == "det":
        return 1.0, False
    if NUMBER.fullmatch(word) and (values := numbers_of(word)):
        return values[0], False
    return (1.0, False) if word == "one" else (None, False)


def _counted(sentence: Sentence, token: Token) -> Token | None:
    """The noun that a number counts: the next one, with nothing but what describes it between them."""
    for other in sentence.tokens[token.i + 1 : token.i + REACH_TOKENS]:
        if other.is_name or other.text in _NOT_COUNTED and other.text not in ("percent", "%"):
            return None
        if other.is_noun:
            return other
        if other.tag[:2] not in ("JJ", "RB", "CD") and other.tag not in ("HYPH", "VBN", "VBG"):
            return None
    return None


def _follows(quantity: Quantity, days: Sequence[datetime.date]) -> bool:
    """Whether two of the days are so far apart."""
    if quantity.noun not in _UNITS or quantity.is_ordinal:
        return False
    length, slack = _UNITS[quantity.noun]
    return any(abs(abs((b - a).days) - quantity.value * length) <= slack for a, b in combinations(sorted(set(days)), 2))
