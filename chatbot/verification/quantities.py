"""Looks up how many of what a statement says: "two sides", "the eleventh year", "six weeks later". A number must stand
beside the same noun in the evidence, or follow from its days."""

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from chatbot.verification.read_sentence import ReadSentence
from index.language.lexicon import concept
from index.language.numbers import NUMBER, is_hedged, is_round_number, numbers_of
from index.language.parser import Sentence, Token

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_ORDINALS += "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split()
_ORDINAL = re.compile(r"(?<!\d)(\d+)(?:st|nd|rd|th)")
# In days, and how far apart two of them may be and still be so many.
_UNITS = {
    "day": (1, 0), "week": (7, 4), "month": (30.4, 16), "year": (365.25, 190), "decade": (3652.5, 730),
    "century": (36525, 3652),
}
_TIMES = ("minute", "hour", *_UNITS)
_CURRENCIES = {"$": "dollar", "£": "pound", "€": "euro", "¥": "yen"}
_NOT_COUNTED = frozenset("percent % of per".split())
REACH_TOKENS = 4
# How far a number may be from one that is told as a round one.
ROUND = 0.1
# So few may be counted by who writes.
FEW = 3

Span = tuple[datetime.date, datetime.date]


@dataclass(frozen=True)
class Quantity:
    """So many of something: `text` as it stands, `noun` what is counted, by its lemma; "" where nothing follows."""

    value: float
    noun: str
    text: str
    start: int
    is_ordinal: bool = False
    is_round: bool = False

    @property
    def days(self) -> float | None:
        """How many days it is, where it is a time."""
        return None if self.noun not in _UNITS or self.is_ordinal else self.value * _UNITS[self.noun][0]


def quantities_of(sentence: Sentence) -> Iterator[Quantity]:
    """The quantities of a sentence of which something is counted; "a day later" is one day."""
    return (quantity for quantity in _numbers(sentence) if quantity.noun)


def _numbers(sentence: Sentence) -> Iterator[Quantity]:
    """All numbers of a sentence, with what they count."""
    spelled = {match.start(): match for match in NUMBER.finditer(sentence.text)}
    inside = {place for match in spelled.values() for place in range(match.start() + 1, match.end())}
    for token in sentence.tokens:
        if token.start in inside:
            continue
        match = spelled.get(token.start)
        value, is_ordinal = _value(token, match[0] if match else "")
        if value is None:
            continue
        end = match.end() if match else token.end
        last = max((t for t in sentence.tokens if t.start < end), key=lambda t: t.start)
        noun, end = _counted(sentence, token, last)
        is_round = is_hedged(sentence.text, token.start) and is_round_number(value)
        yield Quantity(value, noun, sentence.text[token.start : end], token.start, is_ordinal, is_round)


def wrong_quantities(
    statement: ReadSentence, evidence: Sequence[ReadSentence], spans: Sequence[Span]
) -> Iterator[Quantity]:
    """The quantities of a statement of which the evidence has other numbers; `spans` are the times that either names,
    each from its first day to its last."""
    known = [each for sentence in evidence for each in (*_numbers(sentence.parsed), *_totals(sentence.parsed))]
    values = {value for sentence in evidence for value in numbers_of(sentence.parsed.text)}
    for quantity in filter(_is_looked_up, quantities_of(statement.parsed)):
        if not _is_stated(quantity, known) and not _follows(quantity, spans):
            may_be = quantity.value <= FEW or quantity.value in values
            if not may_be or quantity.noun in _TIMES or _of_same(quantity, known):
                yield quantity


def _totals(sentence: Sentence) -> Iterator[Quantity]:
    """What the counts of a sentence make together, two at a time: "four soldiers and a child" are five."""
    counts = [each for each in _numbers(sentence) if each.noun and not each.is_ordinal and each.noun not in _TIMES]
    for first, second in combinations(counts, 2):
        yield replace(first, value=first.value + second.value, noun="")


def _is_stated(quantity: Quantity, known: Sequence[Quantity]) -> bool:
    """Whether the evidence counts as many of the same, or has the number alone: "two of the seven"."""
    return any(_is_near(quantity, other) for other in known if _is_of(quantity, other))


def _is_of(quantity: Quantity, other: Quantity) -> bool:
    if quantity.days is not None and other.days is not None:
        return True
    return not other.noun or concept(other.noun) == concept(quantity.noun) or quantity.is_ordinal


def _is_near(quantity: Quantity, other: Quantity) -> bool:
    own, held = quantity.days, other.days
    if own is None or held is None:
        own, held = quantity.value, other.value
    return own == held or quantity.is_round and abs(own - held) <= ROUND * max(own, held)


def _is_looked_up(quantity: Quantity) -> bool:
    """Whether it is more than one, and no rank: "their second defeat" may be counted by who writes."""
    return quantity.value >= 2 and (not quantity.is_ordinal or quantity.noun in _TIMES)


def _of_same(quantity: Quantity, known: Sequence[Quantity]) -> Sequence[Quantity]:
    """What the evidence counts of the same; "the fourth year running" is "the fourth time in a row"."""
    counted = [other for other in known if other.noun]
    if quantity.is_ordinal and quantity.value in {other.value for other in counted}:
        return counted
    return [other for other in counted if concept(other.noun) == concept(quantity.noun)]


def _value(token: Token, number: str) -> tuple[float | None, bool]:
    """The value of a number that begins with a token, and whether it is a rank; `number` is the whole of it."""
    word = token.text.lower()
    if word in _ORDINALS:
        return float(_ORDINALS.index(word) + 1), True
    if ordinal := _ORDINAL.fullmatch(word):
        return float(ordinal[1]), True
    if word in ("a", "an") and token.dep == "det":
        return 1.0, False
    if number and (values := numbers_of(number)):
        return values[0], False
    return (1.0, False) if word == "one" else (None, False)


def _counted(sentence: Sentence, token: Token, last: Token) -> tuple[str, int]:
    """What a number counts and where that ends: the currency before it, or the next noun, with nothing but what
    describes it between them."""
    if currency := _CURRENCIES.get(sentence.text[token.start - 1 : token.start]):
        return currency, last.end
    for other in sentence.tokens[last.i + 1 : last.i + REACH_TOKENS]:
        if other.is_name or other.text in _NOT_COUNTED and other.text not in ("percent", "%"):
            break
        if other.is_noun:
            return other.lemma, other.end
        if other.tag[:2] not in ("JJ", "RB", "CD") and other.tag not in ("HYPH", "VBN", "VBG"):
            break
    return "", last.end


def _follows(quantity: Quantity, spans: Sequence[Span]) -> bool:
    """Whether two of the times are so far apart."""
    if quantity.days is None:
        return False
    slack = _UNITS[quantity.noun][1]
    # A month tells nothing of how many days there were.
    short = {span for span in spans if (span[1] - span[0]).days <= quantity.days / 2}
    return any(
        (later[0] - earlier[1]).days - slack <= quantity.days <= (later[1] - earlier[0]).days + slack
        for earlier, later in combinations(sorted(short), 2)
    )
