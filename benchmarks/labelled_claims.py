"""Compares the claims that are drawn from single sentences with what people told of them: how many of the ways in which
English says who holds a place are understood.

`training/claims` holds the sentences, each with those before it and its claims: place, holder, whom it is held
against, status and how it is told. Many are written to be hard; no article says all of it so. What is missed and
falsely drawn in the files c* was read, and rules were written after it: those are training sets. Nobody has read the
others.
"""

import datetime
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from index.claim import Certainty, Claim, Status
from index.claims.extract import annotate, claims_of
from index.claims.listing import LIGHTEST
from index.language.parser import Parser

SENTENCES = Path(__file__).parent / "training" / "claims"
# Of so many sentences one is read, since all take minutes.
EVERY = 5
# How the names of the files begin, and what they are.
KINDS = {"c": "looked at", "d": "never looked at"}
# What is told so is no claim of what holds now.
NOT_CLAIMED = frozenset(("rumour", "corrected", "plan", "condition", "wish", "call", "history"))
# Statuses that a reader may both find in a sentence.
_ALIKE = {
    "took": "holds", "holds": "holds", "claims": "holds", "denies": "holds", "left": "lost", "lost": "lost",
    "besieged": "besieged", "contested": "contested", "held before": "before",
}  # fmt: skip
_POINTING = frozenset("it both there they this that latter former".split())
_PLAIN = frozenset("the a an of its his her their".split())


def rows(kind: str) -> Iterator[Mapping[str, Any]]:
    """Each fifth of the sentences in the files of a kind, one of KINDS, with what is told of them."""
    for path in sorted(SENTENCES.glob(f"{kind}*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        yield from (json.loads(line) for line in lines[::EVERY])


def measure(sentences: Sequence[Mapping[str, Any]], parser: Parser) -> tuple[Counter[str], Counter[str]]:
    """How many of the sentences' claims are drawn, and of those drawn are right: counts of the right, and of all."""
    right: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for row in sentences:
        for name, is_right in _compared(row, parser):
            every[name] += 1
            right[name] += is_right
    return right, every


def report(right: Counter[str], every: Counter[str]) -> None:
    """Print a line for each thing that was counted."""
    for name, count in every.items():
        print(f"  {name:<36}{right[name]:>5} of {count:>5}  {right[name] / count:.2f}")


def _compared(row: Mapping[str, Any], parser: Parser) -> Iterator[tuple[str, bool]]:
    """What is counted of a sentence, and whether it is right."""
    drawn = [claim for claim in _drawn(row, parser) if claim.weight >= LIGHTEST]
    labelled = [claim for claim in row["claims"] if claim["told"] not in NOT_CLAIMED]
    for claim in labelled:
        is_drawn = any(_agree(claim, own) for own in drawn)
        yield "claims drawn", is_drawn
        yield f"... {claim['status']}", is_drawn
    for own in drawn:
        yield "drawn claims right", any(_agree(claim, own) for claim in labelled)
    if not labelled:
        yield "sentences without a claim, taken", any(_holds_now(own) for own in drawn)


def _drawn(row: Mapping[str, Any], parser: Parser) -> list[Claim]:
    before, sentence = row["before"], row["sentence"]
    text = f"{before}\n{sentence}" if before else sentence
    start = len(text) - len(sentence)
    spans = [(0, len(before)), (start, len(text))] if before else [(0, len(text))]
    day = datetime.date(2020, 5, 5)
    claims = claims_of("", day, annotate(text, day, spans, parser))
    return [claim for claim in claims if claim.start == start and not claim.role]


def _agree(labelled: Mapping[str, Any], own: Claim) -> bool:
    """Whether place and status are those that were told, and the holder, where that is told and drawn."""
    place = _words(labelled["place"])
    points = bool(place & _POINTING) or labelled["place"].lower().startswith("the ")
    if not (_words(own.place) & place or points and own.resolved_from):
        return False
    if _ALIKE[labelled["status"]] != _ALIKE.get(own.status.value, own.status.value):
        return False
    holder = _words(labelled.get("holder") or "")
    return not holder or own.holder is None or bool(holder & (_words(own.holder) | _words(own.holder_from)))


def _holds_now(own: Claim) -> bool:
    return own.status is not Status.HELD_BEFORE and own.certainty is not Certainty.DENIED


def _words(text: str) -> frozenset[str]:
    return frozenset(word.removesuffix("s") for word in re.findall(r"\w+", text.lower())) - _PLAIN
