"""What a common noun alone stands for among the holders that claims name: "the coalition" for HTS."""

import re
from collections.abc import Iterable

from index.claim import ReportedClaim
from index.claims.holders import are_same_side, is_name, name_words
from index.language.words import STOPWORDS, stem, words

Words = frozenset[str]


def descriptions(claims: Iterable[ReportedClaim], holders: Iterable[str]) -> dict[str, Words]:
    """By the stem of a noun the words of the one name that stands beside it: where one of `holders` is "the HTS-led
    coalition", or an article gives the noun that name in one of its claims."""
    named: dict[str, list[Words]] = {}
    for noun, name in [*_beside(holders), *_resolved(claims)]:
        named.setdefault(noun, []).append(name)
    return {noun: names[0] for noun, names in named.items() if all(are_same_side(names[0], other) for other in names)}


def _beside(holders: Iterable[str]) -> Iterable[tuple[str, Words]]:
    for holder in holders:
        parts = words(re.sub("[-–]", " ", holder))
        name = name_words(" ".join(filter(is_name, parts)))
        if name and not re.search(r",| and ", holder):
            yield from ((stem(part), name) for part in parts if part.islower() and part not in STOPWORDS)


def _resolved(claims: Iterable[ReportedClaim]) -> Iterable[tuple[str, Words]]:
    """The nouns that an article has told to stand for a name."""
    for report in claims:
        nouns = [word for word in words(report.claim.holder_from) if word.lower() not in STOPWORDS]
        if report.claim.holder and len(nouns) == 1 and nouns[0].islower():
            yield stem(nouns[0]), name_words(report.claim.holder)
