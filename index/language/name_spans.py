"""Finds where a name begins and ends among the tokens of a sentence, and tells days and months from names."""

import re
from collections.abc import Sequence

from index.language.parser import Sentence, Token

_WEEKDAYS_AND_MONTHS = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|september|october|"
    r"november|december|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?",
    re.IGNORECASE,
)


def is_date_word(name: str) -> bool:
    """Whether it is a weekday or a month, which are written as names are."""
    return _WEEKDAYS_AND_MONTHS.fullmatch(name) is not None


def name_span(sentence: Sentence, token: Token) -> tuple[int, int]:
    """The span of the name around `token`: its capitalised neighbours, with hyphens and particles between them."""
    tokens, first, last = sentence.tokens, token.i, token.i
    while first > 0 and _joins(tokens, first - 1, first):
        first -= 1
    while last + 1 < len(tokens) and _joins(tokens, last + 1, last):
        last += 1
    while first < last and not (_is_name_word(tokens[first]) or first == token.i or tokens[first + 1].text == "-"):
        first += 1
    while last > first and not _is_name_word(tokens[last]):
        last -= 1
    return tokens[first].start, tokens[last].end


def _is_name_word(token: Token) -> bool:
    return token.is_name or token.text[:1].isupper()


def _joins(tokens: Sequence[Token], new: int, old: int) -> bool:
    token = tokens[new]
    touching = token.end == tokens[old].start or token.start == tokens[old].end
    if token.is_name or (touching and (token.text == "-" or tokens[old].text == "-")):
        return not _WEEKDAYS_AND_MONTHS.fullmatch(token.text)
    return (
        token.text[:1].isupper()
        and token.tag in ("JJ", "NN", "NNS")
        and token.dep in ("compound", "amod", "nmod")
        and new != 0
    )
