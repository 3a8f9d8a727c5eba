"""The timeline of one place: from which day to which day the reports gave it to whom."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from index.claim import ReportedClaim
from index.claims.board import BoardRow, ReadClaims, board, read
from index.claims.holders import Aliases, are_same_side, known_as


@dataclass(frozen=True)
class Band:
    """The days from `first` to `last` on which the reports gave a place to `controllers`.

    `sides` are the numbers of the controllers, counted from 0; names of one side have one number in all bands of a
    timeline. Nobody is named where the reports only say who left.
    """

    first: datetime.date
    last: datetime.date
    controllers: tuple[str, ...]
    sides: tuple[int, ...]
    disputed: bool


def timeline(
    history: Sequence[ReportedClaim], aliases: Aliases, until: datetime.date, side_of: Callable[[str], str] = str,
    *, everywhere: ReadClaims | None = None,
) -> list[Band]:
    """The bands of a place whose claims are `history`, the oldest first, as the reports stood day by day.

    `side_of` gives the name of the side that a controller is of. A band lasts until a report changes it, and the last
    one until `until`. A side is called in all bands what the newest report calls it, as the board does. Claims of
    articles without a date are in none. `everywhere` are the claims of all places: what a name stands for may be told
    of another one.
    """
    sides: list[_Side] = []
    names: dict[int, str] = {}
    bands: list[Band] = []
    known = everywhere.at(history[0].claim.place) if everywhere and history else read(history, aliases)
    for day in sorted({claim.reported for claim in history if claim.reported and claim.reported <= until}):
        for row in board(known, aliases, day):
            numbers = tuple(_number(_Side(known_as(name, aliases), side_of(name)), sides) for name in row.controllers)
            names |= dict(zip(numbers, row.controllers, strict=True))
            _extend(bands, row, numbers, day)
    called = [_called(band, names) for band in bands]
    return [*called[:-1], _until(called[-1], until)] if called else []


def _called(band: Band, names: Mapping[int, str]) -> Band:
    """The band with the names of its sides; two names of one side stay two."""
    if len(set(band.sides)) < len(band.sides):
        return band
    return replace(band, controllers=tuple(names[side] for side in band.sides))


def _extend(bands: list[Band], row: BoardRow, numbers: tuple[int, ...], day: datetime.date) -> None:
    """Lets the last band go on to `day`, and a new one begin there if the place has another controller by then."""
    if bands:
        bands[-1] = _until(bands[-1], day)
        if (set(bands[-1].sides), bands[-1].disputed) == (set(numbers), row.disputed):
            return
    bands.append(Band(day, day, row.controllers, numbers, row.disputed))


def _until(band: Band, day: datetime.date) -> Band:
    return Band(band.first, day, band.controllers, band.sides, band.disputed)


@dataclass(frozen=True)
class _Side:
    """The words of a controller's name with all that it stands for, and the name of his side."""

    full: frozenset[str]
    name: str


def _number(own: _Side, sides: list[_Side]) -> int:
    """The number of the side, which is added to `sides` if it is new."""
    for number, side in enumerate(sides):
        if own.name == side.name or are_same_side(own.full, side.full):
            return number
    sides.append(own)
    return len(sides) - 1
