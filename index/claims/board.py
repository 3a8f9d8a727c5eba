"""The board: of every place who holds it by the newest report, since when, on whose word, and who disputes it."""

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace

from index.claim import GONE, Certainty, Claim, ReportedClaim, Status
from index.claims.holders import Aliases, holder_of, known_as, last_day, name_words, nations_in
from index.claims.listing import is_single_place
from index.claims.place_claim import PlaceClaim, sides_of
from index.claims.shown_sides import ShownSides, controller_of
from index.claims.sides import is_proper, proper_part
from index.claims.unnamed_sides import UnnamedSides
from index.language.words import place_key


@dataclass(frozen=True)
class BoardRow:
    """One place as the reports stand.

    `controllers` are those who hold it by the newest report, several where they dispute it, none where it only says
    who left. `status` is that of the newest claim. `since` is the day from which the reports give the place to the
    first controller without a break, `as_of` that of the newest report. `sources` are the sources that do so, each
    once. `history` holds all claims about the place, the newest event first. `inferred` is whether the
    newest report does not name the controller, and who that is follows from what the reports say of other places.
    `within` is the place on the board that this one is a part of, else empty.
    """

    place: str
    controllers: tuple[str, ...]
    disputed: bool
    status: Status
    since: datetime.date | None
    as_of: datetime.date | None
    sources: tuple[str, ...]
    history: tuple[ReportedClaim, ...]
    inferred: bool = False
    within: str = ""

    @property
    def reports(self) -> int:
        """How many sources give the place to the controllers."""
        return len(self.sources)


@dataclass(frozen=True)
class ReadClaims:
    """Claims as the board needs them, whatever its day: by place, the newest event first, and the names of `sides`."""

    places: tuple[tuple[PlaceClaim, ...], ...]
    sides: ShownSides

    def at(self, place: str) -> "ReadClaims":
        """Those about one place, whose names stand for what all claims make of them."""
        key = place_key(place)
        own = tuple(own for own in self.places if place_key(own[0].reported.claim.place) == key)
        return ReadClaims(own, self.sides)


def read(claims: Iterable[ReportedClaim], aliases: Aliases) -> ReadClaims:
    """What `board` makes its rows of; to be made once for many days."""
    claims = list(claims)
    sides = ShownSides(claims, aliases)
    persons = _persons(claims)
    places: dict[str, list[PlaceClaim]] = {}
    for report in claims:
        if _is_of_place(report, persons):
            places.setdefault(place_key(report.claim.place), []).append(_place_claim(report, aliases, sides))
    return ReadClaims(tuple(tuple(sorted(own, key=_order, reverse=True)) for own in places.values()), sides)


def board(
    claims: Iterable[ReportedClaim] | ReadClaims, aliases: Aliases, as_of: datetime.date | None = None
) -> list[BoardRow]:
    """A row for each place that the claims give to somebody, by name; as the reports stood on `as_of` if it is given.

    An article without a date counts as older than all others. `aliases` are of no use where the claims are read.
    """
    known = claims if isinstance(claims, ReadClaims) else read(claims, aliases)
    in_time = ([claim for claim in history if _is_in_time(claim.reported, as_of)] for history in known.places)
    histories = [
        history for history in in_time if history and is_single_place([claim.reported for claim in history])
    ]
    unnamed = UnnamedSides(histories)
    rows = (_row(history, unnamed) for history in histories if any(claim.decides for claim in history))
    return sorted(_nested(list(rows)), key=lambda row: row.place.casefold())


def _persons(claims: Iterable[ReportedClaim]) -> frozenset[str]:
    """The keys of those who are told to have an office at least as often as to be held."""
    in_office = Counter(place_key(each.claim.holder) for each in claims if each.claim.role and each.claim.holder)
    held = Counter(place_key(each.claim.place) for each in claims if not each.claim.role)
    return frozenset(name for name, count in in_office.items() if count >= held[name])


def _place_claim(report: ReportedClaim, aliases: Aliases, sides: ShownSides) -> PlaceClaim:
    name, side = controller_of(report), sides.of(report)
    if report.claim.certainty is Certainty.DENIED:
        known = known_as(name or "", aliases)
    else:
        known = holder_of(report.claim, report.sentence, aliases)[0]
    shown = side if name and side and _only_describes(name) and is_proper(side) else name
    more = known_as(proper_part(sides.anywhere(report) or ""), aliases) if known else frozenset()
    return PlaceClaim(report, shown, known | more, last_day(report.claim, report.reported or datetime.date.min))


def _only_describes(name: str) -> bool:
    return not is_proper(name) and not nations_in(name_words(name))


def _row(history: Sequence[PlaceClaim], unnamed_sides: UnnamedSides) -> BoardRow:
    """The row of one place, whose claims are `history`, the newest first."""
    deciding = [claim for claim in history if claim.decides]
    newest, day = deciding[0], _newest_day(deciding)
    contested = any(claim.status is Status.CONTESTED for claim in day)
    lead = _controlling(deciding, day)
    denied = _denials(history, newest)
    named = sides_of([*lead, *denied])
    unnamed = None if named or contested else unnamed_sides.holder(deciding)
    run = [claim.reported for claim in (_run(deciding, lead[0]) if lead else deciding[:1])]
    return BoardRow(
        place=_commonest_name(history),
        controllers=_holders([unnamed] if unnamed else named),
        disputed=contested or len(named) > 1 or bool(denied),
        status=newest.status,
        since=_since(run),
        as_of=newest.reported.reported,
        sources=_sources(run),
        history=tuple(claim.reported for claim in history),
        inferred=unnamed is not None,
    )


def _newest_day(deciding: Sequence[PlaceClaim]) -> list[PlaceClaim]:
    """The claims that tell of the newest day, the most direct first."""
    of_day = [claim for claim in deciding if claim.day == deciding[0].day]
    return sorted(of_day, key=lambda claim: claim.rank, reverse=True)


def _commonest_name(claims: Sequence[PlaceClaim]) -> str:
    return Counter(claim.reported.claim.place for claim in claims).most_common(1)[0][0]


def _sources(claims: Iterable[ReportedClaim]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(claim.source or claim.title for claim in claims))


def _holders(claims: Iterable[PlaceClaim]) -> tuple[str, ...]:
    return tuple(claim.side for claim in claims if claim.side)


def _controlling(deciding: Sequence[PlaceClaim], day: Sequence[PlaceClaim]) -> list[PlaceClaim]:
    """The claims of the newest day that give the place to somebody, one for each side, the most direct first; where
    that day names nobody, the newest before it that does."""
    gone = [claim for claim in day if claim.status in GONE]
    giving = [claim for claim in day if claim.gives]
    if giving:
        return sides_of(_staying(giving, gone) or giving)
    return _staying(_giving_before(deciding, day[0])[:1], gone)


def _giving_before(deciding: Sequence[PlaceClaim], newest: PlaceClaim) -> list[PlaceClaim]:
    """The claims that tell who holds a place of which the newest only says that it was taken, left or is still held:
    "Both are still occupied". Who took it is told by a report of that day or a later one."""
    giving = [claim for claim in deciding if claim.gives]
    if newest.status is not Status.TOOK:
        return giving
    taken = newest.reported.claim.since
    return [claim for claim in giving if taken is not None and claim.day >= taken]


def _staying(giving: Sequence[PlaceClaim], gone: Sequence[PlaceClaim]) -> list[PlaceClaim]:
    """Those whose side has not left or lost the place."""
    return [claim for claim in giving if not any(claim.is_of(other) for other in gone)]


def _denials(history: Sequence[PlaceClaim], newest: PlaceClaim) -> list[PlaceClaim]:
    """The denials that were reported on the day of the newest report or later."""
    day = newest.reported.reported or datetime.date.min
    return [claim for claim in history if claim.is_denied and (claim.reported.reported or datetime.date.min) >= day]


def _run(deciding: Sequence[PlaceClaim], lead: PlaceClaim) -> list[PlaceClaim]:
    """The claims that give the place to the side of `lead`, the newest first, back to the last that does not."""
    run = []
    for claim in deciding:
        if claim.gives and claim.is_of(lead):
            run.append(claim)
        elif claim.day < lead.day and claim.name and (claim.gives or claim.is_of(lead)):
            break
    return run or [lead]


def _since(claims: Sequence[ReportedClaim]) -> datetime.date | None:
    """The day on which it was taken, or since when it is held, if one of the claims tells it, else that of the first
    report."""
    begun = [claim.since for claim in (report.claim for report in claims) if claim.since and _tells_begin(claim)]
    return min(begun or [claim.reported for claim in claims if claim.reported], default=None)


def _tells_begin(claim: Claim) -> bool:
    """Whether a claim's day is that from which its holder has the place: "since 6 April" has no end."""
    return claim.status is Status.TOOK or claim.status is Status.HOLDS and claim.until is None


def _order(claim: PlaceClaim) -> tuple[datetime.date, datetime.date, tuple[int, float]]:
    return claim.day, claim.reported.claim.until or datetime.date.min, claim.rank


def _is_of_place(report: ReportedClaim, persons: Set[str]) -> bool:
    """Whether it is about something that is held as such, and no office; who holds an office is a person, no place."""
    return bool(report.claim.place) and not report.claim.role and place_key(report.claim.place) not in persons


def _is_in_time(report: ReportedClaim, as_of: datetime.date | None) -> bool:
    return as_of is None or (report.reported is not None and report.reported <= as_of)


def _nested(rows: Sequence[BoardRow]) -> Iterable[BoardRow]:
    """The rows, each with the place that its name holds: the airport of a city is within the city."""
    by_word: dict[str, list[tuple[frozenset[str], str, str]]] = {}
    for row in rows:
        key = place_key(row.place)
        for word in frozenset(key.split()):
            by_word.setdefault(word, []).append((frozenset(key.split()), key, row.place))
    for row in rows:
        own = place_key(row.place).split()
        near = (entry for word in frozenset(own) for entry in by_word[word])
        whole = [(key, place) for words, key, place in near if len(key.split()) < len(own) and words < frozenset(own)]
        yield replace(row, within=max(whole, key=lambda entry: len(entry[0]))[1]) if whole else row
