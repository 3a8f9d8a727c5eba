"""The offices: of every office who holds it by the newest report, since when, and on whose word."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.claim import GONE, HOLDING, Certainty, ReportedClaim, Status
from index.claims.holders import last_day
from index.language.words import words

_TELLING = (*HOLDING, *GONE)


@dataclass(frozen=True)
class OfficeRow:
    """One office of one body as the reports stand.

    `body` is empty where the articles do not name it, `holder` where the newest report only says who left. `status` is
    that of the newest claim. `since` is the day on which the holder took the office, where it is told, else that of the
    first report that names him. `history` holds all claims about the office, the newest first.
    """

    role: str
    body: str
    holder: str
    status: Status
    since: datetime.date | None
    as_of: datetime.date | None
    sources: tuple[str, ...]
    history: tuple[ReportedClaim, ...]


def offices(claims: Iterable[ReportedClaim], as_of: datetime.date | None = None) -> list[OfficeRow]:
    """A row for each office, by its name and body; as the reports stood on `as_of` if it is given."""
    groups: dict[tuple[str, str], list[ReportedClaim]] = {}
    for claim in claims:
        if claim.claim.role and (as_of is None or (claim.reported is not None and claim.reported <= as_of)):
            groups.setdefault(_key(claim), []).append(claim)
    histories = [sorted(group, key=_day, reverse=True) for group in groups.values()]
    rows = [_row(history) for history in histories if any(_tells(claim) for claim in history)]
    return sorted(rows, key=lambda row: (row.role, row.body.casefold()))


def _key(reported: ReportedClaim) -> tuple[str, str]:
    """The office with its body; where no body is named, each holder's office is one of its own."""
    claim = reported.claim
    body = " ".join(word.lower() for word in words(claim.place) if word.lower() != "the")
    return claim.role, body or f"of {_surname(claim.holder)}"


def _row(history: Sequence[ReportedClaim]) -> OfficeRow:
    telling = [claim for claim in history if _tells(claim)]
    newest = telling[0]
    holder = _holder(telling)
    run = [claim for claim in telling if claim.claim.status in HOLDING and _is_same(claim.claim.holder, holder)]
    run = run or [newest]
    return OfficeRow(
        role=newest.claim.role,
        body=newest.claim.place,
        holder=holder,
        status=newest.claim.status,
        since=_since(run),
        as_of=newest.reported,
        sources=tuple(dict.fromkeys(claim.source or claim.title for claim in run)),
        history=tuple(history),
    )


def _holder(telling: Sequence[ReportedClaim]) -> str:
    """Who is last said to hold the office, unless he is said to have left it on that day or later; else empty."""
    gone: list[str] = []
    day = _day(telling[0])
    for claim in telling:
        holder = claim.claim.holder or ""
        if claim.claim.status not in HOLDING:
            gone.append(holder)
        elif holder and not any(_is_same(holder, other) for other in gone):
            # Somebody else left it later: whoever held it before that need not hold it again.
            return holder if _day(claim) == day or not gone else ""
    return ""


def _since(run: Sequence[ReportedClaim]) -> datetime.date | None:
    taken = [claim.claim.since for claim in run if claim.claim.status is Status.TOOK and claim.claim.since]
    return min(taken or [claim.reported for claim in run if claim.reported], default=None)


def _tells(reported: ReportedClaim) -> bool:
    return reported.claim.status in _TELLING and reported.claim.certainty is not Certainty.DENIED


def _day(reported: ReportedClaim) -> datetime.date:
    return last_day(reported.claim, reported.reported or datetime.date.min)


def _is_same(holder: str | None, other: str) -> bool:
    return bool(other) and _surname(holder) == _surname(other)


def _surname(holder: str | None) -> str:
    return (words(holder or "") or [""])[-1].lower()
