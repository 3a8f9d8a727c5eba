"""Compares who holds what: the claims that a statement makes about a place, a body or an office with those that the
passages it cites make about the same."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.verification.read_sentence import concepts, party_keys
from index.claim import GONE, HOLDING, Certainty, Claim, Status

_NOW = frozenset(HOLDING)
_HELD = _NOW | {Status.HELD_BEFORE}
_AT_IT = frozenset({Status.BESIEGED, Status.CONTESTED})


@dataclass(frozen=True)
class EvidenceClaim:
    """A claim of the evidence, with the day of the article that makes it."""

    claim: Claim
    day: datetime.date | None


def is_of_another(claim: Claim, reported: Sequence[EvidenceClaim]) -> bool:
    """Whether a statement's claim gives a place to another than the claims of its evidence do."""
    if claim.certainty is Certainty.DENIED or claim.holder is None or not party_keys(claim.holder):
        return False
    return _is_contradicted(claim, [report for report in reported if _is_same_place(claim, report.claim)])


def _is_contradicted(claim: Claim, about: Sequence[EvidenceClaim]) -> bool:
    """Whether what is told of the place gives it to others."""
    keys = party_keys(claim.holder or "")
    claims = [report.claim for report in about]
    own = [other for other in claims if keys & party_keys(other.holder or "")]
    others = [other for other in claims if party_keys(other.holder or "") - keys and other not in own]
    if claim.status in GONE:
        return _is_still_there(own, others)
    return claim.status in _HELD and _is_held_by_others(claim, own, others)


def _is_still_there(own: Sequence[Claim], others: Sequence[Claim]) -> bool:
    """Whether who is said to have lost it took it, is not said to have lost it, and nobody else has it."""
    statuses = {claim.status for claim in own}
    has_it = bool(statuses & _NOW) and not statuses & set(GONE)
    return has_it and not any(claim.status in _NOW for claim in others)


def _is_held_by_others(claim: Claim, own: Sequence[Claim], others: Sequence[Claim]) -> bool:
    statuses = {other.status for other in own}
    if not statuses & (_HELD | _AT_IT):
        rivals = any(other.status in _NOW and other.certainty is not Certainty.DENIED for other in others)
        return rivals or bool(statuses & set(GONE))
    # Told as what holds now, while the evidence tells it of before only.
    return claim.status is Status.HOLDS and statuses & (_HELD | _AT_IT) == {Status.HELD_BEFORE}


def _is_same_place(claim: Claim, other: Claim) -> bool:
    if claim.role != other.role:
        return False
    first, second = concepts(claim.place), concepts(other.place)
    return bool(first) and first == second
