"""Writes claims, board rows and offices as JSON and as text."""

from collections.abc import Sequence

from chatbot.board.queries import SideNames
from index.claim import HOLDING, Certainty, Origin, ReportedClaim, Status
from index.claims.board import BoardRow
from index.claims.changes import grounds
from index.claims.holders import name_words
from index.claims.office_rows import OfficeRow
from index.claims.shown_sides import ShownSides
from index.claims.timeline import Band

READ_BY_LLM = "read by the LLM"
# Who read a claim, in a table.
_READERS = {Origin.RULES: "rules", Origin.LLM: "LLM"}


def claim_json(reported: ReportedClaim, sides: ShownSides | None = None) -> dict[str, object]:
    """A claim as one JSON object. `event_date` is None where the day of an event is not known. `side`, where `sides`
    are given, is the name of the controller's side."""
    claim = reported.claim
    status = status_of(reported)
    # Who denies stands for the other side, against the one that is said to hold the place.
    controller, against = (claim.said_by, claim.holder) if status == "denies" else (claim.holder, reported.against)
    state = claim.status in (Status.HOLDS, Status.CONTESTED, Status.BESIEGED)
    event = claim.since or (reported.reported if state else None)
    return {
        "place": claim.place,
        "controller": controller or "",
        **({"side": sides.of(reported) or ""} if sides else {}),
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
    return "claims" if own and claim.status in HOLDING else claim.status.value


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
