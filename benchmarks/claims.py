"""Compares the claims and the board that are drawn from news collections with what was read there by hand.

A truth file, `truth/NAME.jsonl` beside `collections/NAME`, holds a `claim` a line (place, controller, status, event
date, sentence), the sentences that are no claim (`not_claim`), and what holds at the end (`board`).
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import sets
from chatbot.board.rendering import claim_json
from index.claim import ReportedClaim
from index.claims.board import BoardRow, board, read
from index.claims.holders import Aliases, alias_stems, are_same_side, name_words
from index.claims.listing import listed
from index.claims.shown_sides import ShownSides

# States and events that a reader of a sentence may both find in it: who took a place holds it.
_ALIKE = {"took": "holds", "claims": "holds", "left": "lost", "held before": "held"}


@dataclass
class Outcome:
    """What was counted in one collection, or in several: each count of `right` is out of the same one of `all`."""

    right: Counter[str] = field(default_factory=Counter)
    all: Counter[str] = field(default_factory=Counter)

    def count(self, name: str, right: bool) -> None:
        """Count one more."""
        self.all[name] += 1
        self.right[name] += right

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(self.right + other.right, self.all + other.all)


@dataclass(frozen=True)
class Names:
    """What names stand for: their `aliases`, and the `sides` of claims."""

    aliases: Aliases
    sides: ShownSides

    def are_same(self, shown: str, truth: str) -> bool:
        """Whether a name that is shown may be the one that was read."""
        return are_same_side(_expanded(shown, self.aliases), _expanded(truth, self.aliases))

    def is_controller(self, reported: ReportedClaim, shown: str, truth: str) -> bool:
        """Whether a claim's controller, or the side that is shown beside him, may be the one that was read."""
        return any(self.are_same(name, truth) for name in (shown, self.sides.of(reported) or shown))


def measure(root: Path, name: str, work: Path) -> Outcome:
    """Index the collection `name` below `root`, its index kept in `work`, and compare its claims with the truth."""
    rows = _truth(root, name)
    with sets.indexed([root / "collections" / name], work) as collection:
        reported, aliases = collection.reported_claims(), alias_stems(collection.aliases())
    return compare(rows, reported, aliases)


def compare(rows: Sequence[dict[str, Any]], reported: Sequence[ReportedClaim], aliases: Aliases) -> Outcome:
    """Compare the claims of a collection with the rows of its truth file. A controller is right where his name or that
    of his side, as it is shown beside it, is that of the truth."""
    outcome, known = Outcome(), read(reported, aliases)
    called = Names(aliases, known.sides)
    _compare_claims(rows, listed(reported), called, outcome)
    made = board(known, aliases)
    for row in rows:
        if row["kind"] == "board" and "role" not in row:
            outcome.count("board rows right", _is_right(row, made, called))
    return outcome


def names(root: Path) -> Iterator[str]:
    """The collections below `root` that have a truth file."""
    yield from (path.stem for path in sorted((root / "truth").glob("*.jsonl")))


def report(name: str, outcome: Outcome) -> None:
    """Print a line for each thing that was counted."""
    print(f"{name}:")
    for what, count in outcome.all.items():
        print(f"  {what:<44}{outcome.right[what]:>4} of {count:>4}  {outcome.right[what] / count:.2f}")


def _truth(root: Path, name: str) -> list[dict[str, Any]]:
    lines = (root / "truth" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _compare_claims(
    rows: Sequence[dict[str, Any]], claims: Sequence[ReportedClaim], called: Names, outcome: Outcome
) -> None:
    truths = [row for row in rows if row["kind"] == "claim" and row.get("place")]
    for truth in truths:
        _compare(truth, _about(truth, claims), called, outcome)
    for claim in claims:
        same = [truth for truth in truths if _is_about(truth, claim)]
        outcome.count("drawn claims right", any(_agree(truth, claim, called) for truth in same))
    for row in rows:
        if row["kind"] == "not_claim":
            outcome.count("not claims, taken", any(_in_sentence(row, claim) for claim in claims))


def _compare(truth: dict[str, Any], claims: Sequence[ReportedClaim], called: Names, outcome: Outcome) -> None:
    named = truth["place"].lower() in truth["sentence"].lower()
    kind = "office" if "role" in truth else "place named" if named else "place by the town, it, both"
    outcome.count(f"{kind}: found", bool(claims))
    outcome.count(f"{kind}: controller and status right", any(_agree(truth, claim, called) for claim in claims))
    dated = [claim.claim for claim in claims if claim.claim.since is not None]
    if dated and len(truth["date"]) == 10:
        days = [claim.since.isoformat() for claim in dated if claim.since]
        outcome.count("event date right", truth["date"] in days)


def _about(truth: dict[str, Any], claims: Sequence[ReportedClaim]) -> list[ReportedClaim]:
    return [claim for claim in claims if _is_about(truth, claim)]


def _is_about(truth: dict[str, Any], reported: ReportedClaim) -> bool:
    place, expected = reported.claim.place.lower(), str(truth["place"]).lower()
    return bool(place) and (place in expected or expected in place) and _in_sentence(truth, reported)


def _in_sentence(row: dict[str, Any], reported: ReportedClaim) -> bool:
    expected, sentence = _plain(str(row["sentence"])), _plain(reported.sentence)
    # A table's row is read with its heads between the cells.
    cells = [cell.strip() for cell in expected.split("|") if cell.strip()] if "|" in expected else [expected]
    same = sentence in expected or all(cell in sentence for cell in cells)
    return same and reported.reported is not None and reported.reported.isoformat() == row["reported"]


def _plain(text: str) -> str:
    return text.replace("*", "").strip("-# |")


def _agree(truth: dict[str, Any], reported: ReportedClaim, called: Names) -> bool:
    """Whether status and controller are those of the truth; who is not named in the sentence need not be found."""
    shown = claim_json(reported)
    expected, status = truth["status"], str(shown["status"])
    same = _ALIKE.get(expected, expected) == _ALIKE.get(status, status)
    holder = str(shown["controller"])
    wanted = truth["controller"]
    return same and (not holder or not wanted or called.is_controller(reported, holder, wanted))


def _is_right(truth: dict[str, Any], rows: Sequence[BoardRow], called: Names) -> bool:
    place = str(truth["place"]).lower()
    same = [row for row in rows if row.place.lower() == place]
    matching = same or [row for row in rows if place in row.place.lower()]
    if not matching or matching[0].disputed != (truth["status"] == "contested"):
        return False
    return any(called.are_same(name, truth["controller"]) for name in matching[0].controllers)


def _expanded(name: str, aliases: Aliases) -> frozenset[str]:
    """A name's words, with the long name of a short one in it and the other way round."""
    own = name_words(name)
    longer = [long for short, long in aliases.longer.items() if short in own]
    shorter = [frozenset({short}) for short, long in aliases.longer.items() if long <= own]
    return own.union(*longer, *shorter)
