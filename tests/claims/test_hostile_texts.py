"""Texts that are made to slow down or to break what parses them: each is read in bounded time."""


import pytest

from index.claims.extract import annotate, claims_of
from index.language.sentences import sentence_spans
from tests.support.cpu import less_than
from tests.support.reports import parser

CHARACTERS = 50_000
SECONDS = 30
TEXTS = {
    "one long word": "a" * CHARACTERS,
    "long words": ("Ab" * 400 + " ") * (CHARACTERS // 801),
    "no full stop": "the army of Norvik took the town and then " * (CHARACTERS // 42),
    "no full stop in lines of one word": "army\n" * (CHARACTERS // 5),
    "open brackets": "(" * CHARACTERS,
    "nested brackets": "(the army " * 2_500 + "left" + ")" * 2_500,
    "nested quotations": "“He said ‘she said " * 2_500,
    "commas": "a, " * (CHARACTERS // 3),
    "conjunctions": "army and " * (CHARACTERS // 9),
    "relative clauses": "which took the town that held the port " * (CHARACTERS // 39),
    "names": "Aa Bb-Cc O’Dd " * (CHARACTERS // 14),
    "hyphens": "army-" * (CHARACTERS // 5),
    "prefixed verbs": "rerererererereretook " * (CHARACTERS // 21),
    "dates": "1 May 2021, " * (CHARACTERS // 12),
    "numbers": "1,000,000 " * (CHARACTERS // 10),
    "labels": "Norvik: " * (CHARACTERS // 8),
    "datelines": "PORT SUDAN, Nov. 24 (AP) - " * (CHARACTERS // 27),
    "who controls": "Norvik is held by the army. It fell. They took it back. " * (CHARACTERS // 56),
    "marks": "?!.,;:" * (CHARACTERS // 6),
    "joined letters": "a\u0301\u200d" * (CHARACTERS // 3),
    "no breaks": "a\u00a0" * (CHARACTERS // 2),
    "other scripts": "\uc54c\u808b\ub85c\u306e\u4e2d " * (CHARACTERS // 6),
}


@pytest.mark.parametrize("name", TEXTS)
def test_it_is_split_and_parsed_in_bounded_time(name: str) -> None:
    text = TEXTS[name]
    with less_than(SECONDS):
        spans = sentence_spans(text)
        made = annotate(text, None, spans, parser())
        claims_of("Title", None, made)
    assert [(line.start, line.end) for line in made] == spans
