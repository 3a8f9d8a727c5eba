"""What is asked of the board: claims, rows, offices and sides, as a filter narrows them."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from chatbot.board.state import Collection, state_of
from chatbot.errors import QuestionError
from index.claim import ReportedClaim
from index.claims.board import BoardRow
from index.claims.changes import between
from index.claims.gazetteer import Location
from index.claims.holders import Aliases, is_named, name_words
from index.claims.listing import listed
from index.claims.office_rows import OfficeRow, offices
from index.claims.shown_sides import ShownSides
from index.claims.sides import Reason, Side, side_names
from index.claims.timeline import Band, timeline
from index.message import Message

SideNames = Callable[[str], str]


@dataclass(frozen=True)
class BoardFilter:
    """What is asked for: reports up to `as_of`, a place, a controller, places that changed since a day. None is all."""

    as_of: datetime.date | None = None
    place: str | None = None
    controller: str | None = None
    changed_since: datetime.date | None = None


def read_day(text: str | None, name: str) -> datetime.date | None:
    """The day that `text` writes, such as 2024-12-05; None for none. Raises QuestionError, which says by `name` where
    that stands."""
    if not text:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise QuestionError(Message(
            "%(name)s '%(value)s' is no day. Write it as year, month and day: 2024-12-05.", name=name, value=text
        )) from None


def known_aliases(collection: Collection) -> Aliases:
    """Which names stand for one side, by the articles and by what editors have decided."""
    return state_of(collection).aliases


def sides_of(collection: Collection) -> list[Side]:
    """The sides that the claims name, that with the most claims first."""
    return state_of(collection).sides()


def side_names_of(collection: Collection) -> SideNames:
    """What gives the name of the side that a controller is of."""
    known = side_names(sides_of(collection))
    return lambda name: known.get(name_words(name), name)


def shown_sides_of(collection: Collection) -> ShownSides:
    """What gives the name of the side of a claim's controller."""
    return state_of(collection).read().sides


def claims_of(collection: Collection, wanted: BoardFilter) -> list[ReportedClaim]:
    """The claims that are asked for and fit to be shown, the newest article's first."""
    aliases, called = known_aliases(collection), merged_names(collection, wanted)
    return [
        claim
        for claim in reversed(listed(collection.reported_claims()))
        if _is_wanted(claim, wanted, aliases)
        and is_named(wanted.controller, with_merged([claim.claim.holder or ""], called), aliases)
    ]


def rows_of(collection: Collection, wanted: BoardFilter) -> list[BoardRow]:
    """The rows that are asked for, by place."""
    state = state_of(collection)
    rows, aliases = state.rows(wanted.as_of), state.aliases
    if wanted.changed_since is not None:
        reported = (claim.reported for claim in state.claims if claim.reported)
        until = wanted.as_of or max(reported, default=wanted.changed_since)
        before, after = state.rows(wanted.changed_since), state.rows(until)
        changed = {change.place for change in between(before, after, aliases, until)}
        rows = [row for row in rows if row.place in changed]
    called = merged_names(collection, wanted)
    return [
        row
        for row in rows
        if is_named(wanted.place, [row.place], aliases)
        and is_named(wanted.controller, with_merged(row.controllers, called), aliases)
    ]


def history_of(collection: Collection, place: str, as_of: datetime.date | None = None) -> BoardRow | None:
    """The row of the place of this very name with its claims, or None if the board has no such row."""
    return next((row for row in rows_of(collection, BoardFilter(as_of=as_of)) if row.place == place), None)


def locations_of(collection: Collection) -> dict[str, Location]:
    """Where the places of the board lie that the gazetteer knows, by each name that the articles give them."""
    return state_of(collection).locations()


def timeline_of(collection: Collection, row: BoardRow, until: datetime.date, side_of: SideNames) -> list[Band]:
    """The bands of the row's place until a day, the oldest first."""
    state = state_of(collection)
    return timeline(row.history, state.aliases, until, side_of, everywhere=state.read())


def offices_of(collection: Collection, as_of: datetime.date | None = None) -> list[OfficeRow]:
    """The offices that the articles speak of, by name and body."""
    return offices(collection.reported_claims(), as_of)


def _is_wanted(reported: ReportedClaim, wanted: BoardFilter, aliases: Aliases) -> bool:
    in_time = wanted.as_of is None or (reported.reported is not None and reported.reported <= wanted.as_of)
    new = wanted.changed_since is None or (reported.reported is not None and reported.reported > wanted.changed_since)
    return in_time and new and is_named(wanted.place, [reported.claim.place], aliases)


def merged_names(collection: Collection, wanted: BoardFilter) -> dict[frozenset[str], list[str]]:
    """All names of a side by the words of each, of the sides in which editors have merged some; none where no
    controller is asked for."""
    if wanted.controller is None or not collection.name_decisions():
        return {}
    merged = [side for side in sides_of(collection) if any(name.reason is Reason.EDITOR for name in side.names)]
    return {name_words(name.name): [each.name for each in side.names] for side in merged for name in side.names}


def with_merged(names: Sequence[str], called: Mapping[frozenset[str], Sequence[str]]) -> list[str]:
    """The names, and those that `merged_names` gives for them."""
    return [other for name in names for other in called.get(name_words(name), [name])]
