"""Compares the claims that are drawn from single sentences with what was told of them: how many of the ways in which
English says who holds a place, or who has an office, are understood.

`training/claims` and `training/offices` hold the sentences, in lines of one sentence with those before it or of one
report. The tagger is fitted on all files but those of HELD_OUT, which nobody has read. What was missed and falsely
drawn in the files c* was read, too, and rules were written after it.
"""

import datetime
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from index.claim import Certainty, Claim, Status
from index.claims.extract import annotate, claims_of
from index.claims.listing import LIGHTEST
from index.claims.tagger import tags_of
from index.language.parser import Parser
from index.language.persons import PRONOUNS

TRAINING = Path(__file__).parent / "training"
# The files of places and of offices that nothing is fitted on.
HELD_OUT = {"claims": ("d3", "e7", "f7", "g6", "h8"), "offices": ("o5",)}
# Of so many sentences one is read, since all take minutes.
EVERY = {"claims": 4, "offices": 2}
# So many sentences before one are read with it.
BEFORE = 2
# What is told so is no claim of what holds now.
NOT_CLAIMED = frozenset(("rumour", "corrected", "plan", "condition", "wish", "call", "history"))
# Statuses that a reader may both find in a sentence.
_ALIKE = {
    "took": "holds", "holds": "holds", "claims": "holds", "denies": "holds", "left": "lost", "lost": "lost",
    "besieged": "besieged", "contested": "contested", "held before": "before",
}  # fmt: skip
_POINTING = frozenset("it both there they this that latter former".split())
_PLAIN = frozenset("the a an of its his her their".split())

Labelled = Mapping[str, Any]


def rows(kind: str) -> Iterator[Labelled]:
    """Some of the held-out sentences of a kind, "claims" or "offices", with those before them and what is told."""
    for name in HELD_OUT[kind]:
        lines = (TRAINING / kind / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        sentences = [row for line in lines for row in sentences_of(json.loads(line), kind)]
        yield from sentences[:: EVERY[kind]]


def sentences_of(line: Labelled, kind: str) -> Iterator[Labelled]:
    """The sentences of a line, each with those before it."""
    if "sentence" in line:
        yield line
        return
    sentences = line["sentences"]
    for number, sentence in enumerate(sentences):
        names = [name for name in (kind, "implied") if name in line]
        labels = {name: [each for each in line[name] if each["s"] == number] for name in names}
        yield {"before": " ".join(sentences[max(0, number - BEFORE) : number]), "sentence": sentence, **labels}


def measure(sentences: Sequence[Labelled], parser: Parser, *, tagged: bool) -> tuple[Counter[str], Counter[str]]:
    """How many of the sentences' claims are drawn, and of those drawn are right: counts of the right, and of all. Drawn
    with the tagger, or by the rules alone."""
    right: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for row in sentences:
        for name, is_right in _compared(row, parser, tagged=tagged):
            every[name] += 1
            right[name] += is_right
    return right, every


def report(right: Counter[str], every: Counter[str]) -> None:
    """Print a line for each thing that was counted."""
    for name, count in every.items():
        print(f"  {name:<36}{right[name]:>5} of {count:>5}  {right[name] / count:.2f}")


def _compared(row: Labelled, parser: Parser, *, tagged: bool) -> Iterator[tuple[str, bool]]:
    """What is counted of a sentence, and whether it is right."""
    of_offices = "offices" in row
    drawn = [claim for claim in _drawn(row, parser, tagged=tagged) if bool(claim.role) == of_offices]
    labelled = [claim for claim in row["offices" if of_offices else "claims"] if _is_claimed(claim, of_offices)]
    agree = _agree_on_office if of_offices else _agree
    for claim in labelled:
        is_drawn = any(map(partial(agree, claim), drawn))
        yield "claims drawn", is_drawn
        yield f"... {claim['status']}", is_drawn
    yield from (("drawn claims right", any(agree(claim, own) for claim in labelled)) for own in drawn)
    if not labelled:
        yield "sentences without a claim, taken", any(map(_holds_now, drawn))


def _is_claimed(claim: Labelled, of_offices: bool) -> bool:
    """Whether it is told that it is so. That somebody does not have an office is no claim."""
    if of_offices and (claim["status"] == "denies" or claim["told"] == "denied"):
        return False
    return claim["told"] not in NOT_CLAIMED


def _drawn(row: Labelled, parser: Parser, *, tagged: bool) -> list[Claim]:
    """The claims of the sentence that are told directly enough to be shown."""
    before, sentence = row["before"], row["sentence"]
    text = f"{before}\n{sentence}" if before else sentence
    start = len(text) - len(sentence)
    spans = [(0, len(before)), (start, len(text))] if before else [(0, len(text))]
    day = datetime.date(2020, 5, 5)
    lines = annotate(text, day, spans, parser)
    claims = claims_of("", day, lines, tags_of(lines) if tagged else None)
    return [claim for claim in claims if claim.start == start and claim.weight >= LIGHTEST]


def _agree(labelled: Labelled, own: Claim) -> bool:
    """Whether place and status are those that were told, and the holder, where that is told and drawn."""
    place = _words(labelled["place"])
    points = bool(place & _POINTING) or labelled["place"].lower().startswith("the ")
    if not (_words(own.place) & place or points and own.resolved_from):
        return False
    if _ALIKE[labelled["status"]] != _ALIKE.get(own.status.value, own.status.value):
        return False
    holder = _words(labelled.get("holder") or "")
    return not holder or own.holder is None or bool(holder & (_words(own.holder) | _words(own.holder_from)))


def _agree_on_office(labelled: Labelled, own: Claim) -> bool:
    """Whether status and holder are those that were told, and the body, where that is told and drawn."""
    if _ALIKE[labelled["status"]] != _ALIKE[own.status.value]:
        return False
    holder, body = _words(labelled["holder"]), _words(labelled.get("body") or "")
    if not (holder & _words(own.holder or "") or holder <= PRONOUNS | _POINTING):
        return False
    return not body or not own.place or bool(body & (_words(own.place) | _words(own.resolved_from)))


def _holds_now(own: Claim) -> bool:
    return own.status is not Status.HELD_BEFORE and own.certainty is not Certainty.DENIED


def _words(text: str) -> frozenset[str]:
    return frozenset(word.removesuffix("s") for word in re.findall(r"\w+", text.lower())) - _PLAIN
