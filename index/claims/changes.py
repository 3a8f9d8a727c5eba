"""What changed on the board: the places that others hold on one day than on another, with the claims that say so."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.claim import HOLDING, Certainty, ReportedClaim, Status
from index.claims.board import BoardRow, board, read
from index.claims.holders import Aliases, are_same_side, known_as
from index.claims.listing import LIGHTEST
from index.language.words import place_key


@dataclass(frozen=True)
class Change:
    """A place whose row differs between two days; `before` is None where nothing was reported of it yet.

    `day` is the later of the two days.
    """

    place: str
    before: BoardRow | None
    after: BoardRow
    day: datetime.date


def between(
    before: Iterable[BoardRow], after: Iterable[BoardRow], aliases: Aliases, day: datetime.date
) -> list[Change]:
    """The rows of `after`, which are those of `day`, that differ from the rows of `before` in who holds the place."""
    earlier = {place_key(row.place): row for row in before}
    changes = []
    for row in after:
        old = earlier.get(place_key(row.place))
        if old is None or old.disputed != row.disputed or not _same_controllers(old, row, aliases):
            changes.append(Change(row.place, old, row, day))
    return changes


def daily_changes(
    claims: Sequence[ReportedClaim], aliases: Aliases, since: datetime.date, until: datetime.date
) -> list[Change]:
    """What changed after `since`, until `until`, day by day, the newest day first: of a place that changed twice, both
    changes."""
    days = sorted({claim.reported for claim in claims if claim.reported and since < claim.reported <= until})
    changes: list[Change] = []
    known = read(claims, aliases)
    before = board(known, aliases, since) if days else []
    for day in days:
        after = board(known, aliases, day)
        changes[:0] = between(before, after, aliases, day)
        before = after
    return changes


def grounds(row: BoardRow) -> list[ReportedClaim]:
    """The claims that a row rests on: for each controller the newest that gives the place to him or, of a denial, that
    he makes; and the newest with the row's status where none does, or where that tells of fighting."""
    given = [next((report for report in row.history if _gives(report, name)), None) for name in row.controllers]
    giving = [report for report in given if report is not None]
    if not giving or row.status is Status.CONTESTED:
        giving += [report for report in row.history if _weighs(report) and report.claim.status is row.status][:1]
    return list(dict.fromkeys(giving)) or list(row.history[:1])


def _gives(report: ReportedClaim, name: str) -> bool:
    if report.claim.certainty is Certainty.DENIED:
        return report.claim.said_by == name
    return _weighs(report) and report.claim.holder == name and report.claim.status in HOLDING


def _weighs(report: ReportedClaim) -> bool:
    return report.claim.certainty is not Certainty.DENIED and report.claim.weight >= LIGHTEST


def _same_controllers(before: BoardRow, after: BoardRow, aliases: Aliases) -> bool:
    named = [[known_as(name, aliases) for name in row.controllers] for row in (before, after)]
    return len(named[0]) == len(named[1]) and all(any(are_same_side(a, b) for b in named[1]) for a in named[0])
