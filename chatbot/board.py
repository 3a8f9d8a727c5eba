"""Claims and board rows as the command line and the HTTP API give them: those asked for, as JSON or as text."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from chatbot.board_state import Collection, state_of
from chatbot.errors import QuestionError
from index.claim import Certainty, Origin, ReportedClaim, Status
from index.claims.board import BoardRow
from index.claims.changes import between, grounds
from index.claims.gazetteer import Location
from index.claims.holders import Aliases, are_apart, known_as, name_words
from index.claims.listing import listed
from index.claims.office_rows import OfficeRow, offices
from index.claims.sides import Reason, Side, side_names
from index.claims.timeline import Band, timeline

SideNames = Callable[[str], str]
READ_BY_LLM = "read by the LLM"
# Who read a claim, in a table.
_READERS = {Origin.RULES: "rules", Origin.LLM: "LLM"}
_HOLDING = (Status.HOLDS, Status.TOOK)


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
        raise QuestionError(f"{name} '{text}' is no day. Write it as year, month and day: 2024-12-05.") from None


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
    return timeline(row.history, known_aliases(collection), until, side_of)


def offices_of(collection: Collection, as_of: datetime.date | None = None) -> list[OfficeRow]:
    """The offices that the articles speak of, by name and body."""
    return offices(collection.reported_claims(), as_of)


def claim_json(reported: ReportedClaim) -> dict[str, object]:
    """A claim as one JSON object. `event_date` is None where the day of an event is not known."""
    claim = reported.claim
    status = status_of(reported)
    # Who denies stands for the other side, against the one that is said to hold the place.
    controller, against = (claim.said_by, claim.holder) if status == "denies" else (claim.holder, reported.against)
    state = claim.status in (Status.HOLDS, Status.CONTESTED, Status.BESIEGED)
    event = claim.since or (reported.reported if state else None)
    return {
        "place": claim.place,
        "controller": controller or "",
        "status": status,
        "against": against or "",
        "role": claim.role,
        "event_date": event.isoformat() if event else None,
        "event_date_from": claim.dated or ("report" if event else ""),
        "reported": reported.reported.isoformat() if reported.reported else None,
        "source": reported.source,
        "said_by": claim.said_by,
        "certainty": claim.certainty.value,
        "article_id": reported.article_id,
        "title": reported.title,
        "url": reported.url,
        "sentence": reported.sentence,
        "start": claim.start,
        "end": claim.end,
        "resolved_from": claim.resolved_from,
        "controller_from": claim.holder_from,
        "origin": claim.origin.value,
    }


def standing_json(row: BoardRow, side_of: SideNames) -> dict[str, object]:
    """Who holds the place of a row, since when, and as of when, as one JSON object. `sides` are the names of the
    controllers' sides, in their order."""
    return {
        "controllers": list(row.controllers),
        "sides": [side_of(name) for name in row.controllers],
        "disputed": row.disputed,
        "inferred": row.inferred,
        "status": row.status.value,
        "since": row.since.isoformat() if row.since else None,
        "as_of": row.as_of.isoformat() if row.as_of else None,
    }


def row_json(row: BoardRow, side_of: SideNames) -> dict[str, object]:
    """A board row as one JSON object, with the sentence of its newest claim. `origin` is "llm" where only what an LLM
    has read says who holds it."""
    newest = row.history[0]
    return {
        "place": row.place,
        **standing_json(row, side_of),
        "reports": row.reports,
        "sources": list(row.sources),
        "within": row.within,
        "article_id": newest.article_id,
        "sentence": newest.sentence,
        "origin": _origin_of(row).value,
    }


def _origin_of(row: BoardRow) -> Origin:
    by_llm = all(report.claim.origin is Origin.LLM for report in grounds(row))
    return Origin.LLM if by_llm else Origin.RULES


def office_json(row: OfficeRow) -> dict[str, object]:
    """An office as one JSON object with the fields of a board row, its name under `office`, and its claims."""
    return {
        "office": row.role,
        "place": row.body,
        "controllers": [row.holder] if row.holder else [],
        "status": row.status.value,
        "since": row.since.isoformat() if row.since else None,
        "as_of": row.as_of.isoformat() if row.as_of else None,
        "reports": len(row.sources),
        "sources": list(row.sources),
        "claims": [claim_json(claim) for claim in row.history],
    }


def band_json(band: Band, side_of: SideNames) -> dict[str, object]:
    """A band of a timeline as one JSON object."""
    return {
        "from": band.first.isoformat(),
        "to": band.last.isoformat(),
        "controllers": list(band.controllers),
        "sides": list(band.sides),
        "side_names": [side_of(name) for name in band.controllers],
        "disputed": band.disputed,
    }


def status_of(reported: ReportedClaim) -> str:
    """The status in words: who says so of himself "claims" it, and a denial "denies" it."""
    claim = reported.claim
    if claim.certainty is Certainty.DENIED:
        return "denies"
    own = claim.said_by and claim.holder and name_words(claim.said_by) & name_words(claim.holder)
    return "claims" if own and claim.status in _HOLDING else claim.status.value


def claims_text(claims: Sequence[ReportedClaim]) -> str:
    """A line for each claim, with its sentence under it; a word where there are none."""
    if not claims:
        return "The articles make no such claim."
    lines = []
    for report in claims:
        shown = claim_json(report)
        what = f"{shown['role']} of {report.claim.place}" if report.claim.role else report.claim.place
        who = str(shown["controller"] or "not told")
        day = f"{str(report.reported or 'unknown'):<10}"
        lines.append(
            f"{shown['event_date'] or 'unknown':<10}  {what[:28]:<28}  {shown['status']:<11}  {who[:28]:<28}  {day}  "
            f"{_READERS[report.claim.origin]:<7}  {report.source or 'unknown'}\n    {report.sentence}  "
            f"[{report.article_id}]"
        )
    heads = f"{'event':<10}  {'place':<28}  {'status':<11}  {'controller':<28}  reported    read by  source"
    return "\n".join([heads, *lines])


def rows_text(rows: Sequence[BoardRow]) -> str:
    """A line for each place; a word where there are none."""
    if not rows:
        return "The articles do not say of any such place who holds it."
    lines = [
        f"{row.place[:28]:<28}  {held_by(row)[:44]:<44}  {str(row.since or 'unknown'):<10}  "
        f"{str(row.as_of or 'unknown'):<10}  {row.reports:>7}  {_READERS[_origin_of(row)]}"
        for row in rows
    ]
    return "\n".join([f"{'place':<28}  {'controller':<44}  {'since':<10}  {'as of':<10}  sources  read by", *lines])


def held_by(row: BoardRow) -> str:
    """Who holds the place, in words that say where that is disputed or not told."""
    names = " / ".join(row.controllers) or f"not told ({row.status.value})"
    if row.inferred:
        return f"{names}? (not told; {row.status.value})"
    return f"disputed: {names}" if row.disputed else names


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


def is_named(wanted: str | None, names: Sequence[str], aliases: Aliases) -> bool:
    """Whether one of `names` holds all words of what is wanted, or what its short name stands for; True for None."""
    if wanted is None:
        return True
    asked = name_words(wanted)
    # "SNA" finds the Syrian National Army as well.
    longer = [aliases.longer[word] for word in asked if word in aliases.longer]
    full = known_as(wanted, aliases)
    return any(
        bool(asked)
        and not are_apart(full, known_as(name, aliases))
        and (asked <= known_as(name, aliases) or any(long <= name_words(name) for long in longer))
        for name in names
    )
