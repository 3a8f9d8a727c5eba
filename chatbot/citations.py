"""Reads the references that an LLM writes, in whatever form, and makes the citation of a sentence."""

import re

from chatbot.answer import Citation
from index.article import Article
from index.passage import Passage, Span

LONGEST_REFERENCE_CHARACTERS = 80
LONGEST_RANGE = 50

_SPACE = r"[ \t\u00a0]{0,3}"
_LABEL = rf"(?:(?:source|passage|article|document|doc|reference|ref|citation|note|no|id|p)s?\.?:?{_SPACE})?"
_NUMBER = rf"{_LABEL}[#^]?\d+"
_JOIN = rf"(?:(?:{_SPACE}(?:[,;&/–—-]|and|to))+{_SPACE}| {{1,3}})"
_INSIDE = rf"{_SPACE}({_NUMBER}(?:{_JOIN}{_NUMBER})*)\^?(?:(?::\d+)?†[^\[\]【】［］\n]*)?{_SPACE}"
_REFERENCE = re.compile(rf"[\[【［]{_INSIDE}[\]】］]|\[\[{_INSIDE}\]\]", re.IGNORECASE)
_ESCAPED = re.compile(rf"\\\[({_NUMBER}(?:{_JOIN}{_NUMBER})*)\\\]", re.IGNORECASE)
_RAISED_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_RAISED = str.maketrans(_RAISED_DIGITS, "0123456789")
# "km²" is a unit: a raised number is a reference behind a stop, or behind a word that is none.
_RAISED_REFERENCE = re.compile(
    rf"(?:(?<=[.!?,;:”\"’)])|(?<=[^\W\d_]{{4}}))[{_RAISED_DIGITS}]{{1,2}}(?:[,˒]{{1,2}}[{_RAISED_DIGITS}]{{1,2}})*(?!\w)"
)
# "(2)" is a reference behind the end of a sentence, or before its stop.
_ROUND = r"\((\d{1,2}(?:, ?\d{1,2}){0,4})\)"
_ROUND_REFERENCES = (
    re.compile(rf"(?<=[.!?”\"’']) ?{_ROUND}(?=\s|$|\()"),
    re.compile(rf"(?<=[a-z”\"’']) {_ROUND}(?=[.!?](?:\s|$))"),
)
_RANGE = re.compile(rf"(\d+)(?:{_SPACE}(?:[–—-]|to){_SPACE}[#^]?(\d+))?", re.IGNORECASE)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


def normalise(text: str) -> str:
    r"""`text` with every form of reference ([1, 2], [1-3], 【1】, [^1], [source 1], \[1\], ¹, (1)) written as [1][2].

    What is over 80 characters long is text: a stream does not wait longer for its end.
    """
    text = _ESCAPED.sub(r"[\1]", text)
    text = _RAISED_REFERENCE.sub(lambda match: _bracketed(match[0].translate(_RAISED)), text)
    for pattern in _ROUND_REFERENCES:
        text = pattern.sub(lambda match: f" {_bracketed(match[1])}", text)
    return _REFERENCE.sub(lambda match: "".join(f"[{number}]" for number in _numbers(match)) or match[0], text)


def _bracketed(numbers: str) -> str:
    return "".join(f"[{number}]" for number in re.findall(r"\d+", numbers))


def _numbers(reference: re.Match[str]) -> list[int]:
    """The numbers of a citation with its ranges written out; none if one is a year, since [2016] is text."""
    numbers: list[int] = []
    if len(reference[0]) > LONGEST_REFERENCE_CHARACTERS:
        return numbers
    for first, last in _RANGE.findall(reference[1] or reference[2]):
        if _YEAR.fullmatch(first):
            return []
        low, high = int(first), int(last or first)
        numbers += range(low, high + 1) if low <= high < low + LONGEST_RANGE else [low, high]
    return numbers


def cite(n: int, article: Article, passage: Passage, span: Span) -> Citation:
    """Citation number `n`, of the sentence of `passage` at `span`, its start and end in the article's text."""
    start, end = span
    return Citation(
        n, article.id, article.title, article.source, article.date, article.url, passage.text, article.text[start:end],
        start, end, article.page(start),
    )
