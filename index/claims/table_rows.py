"""Reads who holds what from the row of a table that has a column of places and one of those who hold them."""

import datetime
import re
from collections.abc import Iterator

from index.claim import Certainty, Claim, Status
from index.claims.parties import POWERS
from index.language.annotations import Annotation
from index.language.predicates import Holding, holding_of, is_force, is_place
from index.language.time_expressions import find_times

# What a column of places may be headed, besides the kinds of places.
_PLACES = ("location", "locality", "site", "where")
_YEAR = re.compile(r"\d{4}")
# As `index/readers/parsed_document.py` writes a row.
_CELL = re.compile(r"([^\W\d_][^:;]{0,40}): ([^;]{1,80})")


def row_of(sentence: str) -> list[tuple[str, str]]:
    """The heads and cells of a table's row, empty where the sentence is none."""
    parts = [_CELL.fullmatch(part) for part in sentence.split("; ")]
    return [(part[1], part[2]) for part in parts if part] if len(parts) > 1 and all(parts) else []


def as_prose(cells: list[tuple[str, str]]) -> str:
    """A row as a sentence of its own, which a model that has read prose understands better: "The team is Rovers, the
    coach is Ada Lund, founded in 1911."."""
    return f"The {', '.join(_as_clause(head.lower(), cell, first=n == 0) for n, (head, cell) in enumerate(cells))}."


def _as_clause(head: str, cell: str, *, first: bool) -> str:
    if _YEAR.fullmatch(cell):
        return f"{head} in {cell}"
    return f"{head} is {cell}" if first else f"the {head} is {cell}"


def claims_of_row(line: Annotation, cells: list[tuple[str, str]], date: datetime.date | None) -> Iterator[Claim]:
    """The claim of a row: the first column is of a kind of place, another is headed "held by", "in control"."""
    kind, place = cells[0]
    if not _heads_places(kind):
        return
    holders = [cell for head, cell in cells[1:] if _tells_holder(line, head)]
    times = [time for _, cell in cells[1:] for time in find_times(cell, date)]
    for holder in holders[:1]:
        if holder[:1].isupper() or any(map(is_force, _lemmas(line, holder))):
            since, until = (times[0].first, times[0].last) if times else (None, None)
            yield Claim(
                place,
                holder,
                Status.HOLDS,
                Certainty.FACT,
                line.start,
                line.end,
                since,
                until,
                "named" if times else "",
            )


def _heads_places(head: str) -> bool:
    return any(word in _PLACES or is_place(word) for word in head.lower().split())


def _tells_holder(line: Annotation, head: str) -> bool:
    """Whether a column is headed "held by", "in control", "controller" or the like."""
    lemmas = _lemmas(line, head)
    lemmas |= {lemma.removesuffix("er") for lemma in lemmas}
    return any(holding_of(lemma) is Holding.HOLD or lemma in POWERS for lemma in lemmas)


def _lemmas(line: Annotation, words: str) -> set[str]:
    """The words in lower case, and their lemmas as the parser has them."""
    own = words.split()
    return {token.lemma for token in line.parsed.tokens if token.text in own} | {word.lower() for word in own}
