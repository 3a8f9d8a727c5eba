"""The sentences that the tagger is fitted on, as word pieces."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from tokenizers import Tokenizer

from benchmarks.labelled_claims import NOT_CLAIMED, TRAINING, Labelled, sentences_of
from index.claims.tagger import (
    IMPLIED_KINDS,
    LONGEST_PIECES,
    OFFICE_KINDS,
    OFFICE_LINKS,
    OTHER,
    PLACE_KINDS,
    PLACE_LINKS,
    readable,
)
from index.search.word_pieces import tokenizer

HOLDING = ("holds", "took", "claims")
PLACES = tuple(range(len(PLACE_KINDS)))
OFFICES = tuple(range(len(PLACE_KINDS), len(PLACE_KINDS) + len(OFFICE_KINDS)))
_BEFORE_IMPLIED = len(PLACE_KINDS) + len(OFFICE_KINDS)
IMPLIED = tuple(range(_BEFORE_IMPLIED, _BEFORE_IMPLIED + len(IMPLIED_KINDS)))

Claim = Mapping[str, Any]
# Gives the word pieces in which words stand.
Finder = Callable[[str | None], list[int]]


@dataclass(frozen=True)
class Label:
    """A claim in a sentence: the pieces that it is about, the number of its kind, and by the number of a link the
    pieces that are linked to each of them."""

    pieces: list[int]
    kind: int
    links: dict[int, list[int]]


@dataclass(frozen=True)
class Row:
    """A sentence as word pieces, with its claims, and the numbers of the kinds that it was read for."""

    ids: list[int]
    offsets: list[tuple[int, int]]
    labels: tuple[Label, ...] = ()
    kinds: tuple[int, ...] = ()


def place_rows(name: str) -> list[Row]:
    """The sentences of a file in `training/claims`, with the places that somebody holds; in reports with those, too,
    that a sentence does not mention."""
    rows = []
    for sentence in _sentences("claims", name):
        row = _row(sentence["sentence"], sentence["claims"], _place, PLACES)
        if "implied" in sentence:
            other = _row(sentence["sentence"], sentence["implied"], _implied, IMPLIED)
            row = replace(row, labels=row.labels + other.labels, kinds=PLACES + IMPLIED)
        rows.append(row)
    return rows


def office_rows(name: str) -> list[Row]:
    """The sentences of a file in `training/offices`, with those who have an office."""
    return [_row(line["sentence"], line["offices"], _office, OFFICES) for line in _sentences("offices", name)]


def plain_row(sentence: str) -> Row:
    """A sentence of which nothing is told."""
    encoding = _cutter().encode(readable(sentence))
    return Row(encoding.ids, encoding.offsets)


def _sentences(folder: str, name: str) -> Iterator[Labelled]:
    """The sentences of a file, with what is told of each."""
    for line in (TRAINING / folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        yield from sentences_of(json.loads(line), folder)


def _row(sentence: str, claims: Sequence[Claim], read: Callable[[Claim, Finder], Label], kinds: tuple[int, ...]) -> Row:
    plain = plain_row(sentence)
    labels = (read(claim, partial(_pieces, sentence, plain.offsets)) for claim in claims)
    return replace(plain, labels=tuple(label for label in labels if label.pieces), kinds=kinds)


def _place(claim: Claim, pieces: Finder) -> Label:
    kind = PLACE_KINDS.index(_kind(claim))
    return Label(pieces(claim["place"]), kind, {kind: pieces(claim.get("holder"))})


def _implied(claim: Claim, pieces: Finder) -> Label:
    kind = _kind(claim)
    number = IMPLIED_KINDS.index(kind if kind in IMPLIED_KINDS else OTHER)
    return Label(
        pieces(claim["words"]), IMPLIED[number], {PLACE_LINKS + OFFICE_LINKS + number: pieces(claim.get("holder"))}
    )


def _office(claim: Claim, pieces: Finder) -> Label:
    is_so = claim["told"] not in (*NOT_CLAIMED, "denied") and claim["status"] in OFFICE_KINDS
    kind = OFFICE_KINDS.index(claim["status"] if is_so else OTHER)
    links = {PLACE_LINKS + 2 * kind: pieces(claim["role"]), PLACE_LINKS + 2 * kind + 1: pieces(claim.get("body"))}
    return Label(pieces(claim["holder"]), len(PLACE_KINDS) + kind, links)


@cache
def _cutter() -> Tokenizer:
    made = tokenizer(LONGEST_PIECES)
    made.no_padding()
    return made


def _kind(claim: Claim) -> str:
    if claim["told"] in NOT_CLAIMED:
        return OTHER
    if claim["told"] == "denied" and claim["status"] != "denies":
        return "denies" if claim["status"] in HOLDING else OTHER
    return str(claim["status"])


def _pieces(sentence: str, offsets: Sequence[tuple[int, int]], words: str | None) -> list[int]:
    """The word pieces in which words of a sentence lie."""
    if not words:
        return []
    match = re.search(rf"(?<!\w){re.escape(words)}(?!\w)", sentence) or re.search(re.escape(words), sentence)
    if match is None:
        return []
    start, end = match.span()
    return [n for n, (first, last) in enumerate(offsets) if last > first and first < end and start < last]
