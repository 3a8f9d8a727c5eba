"""Joins the office beside a name with what is said of its holder: "Norvik's mayor, Ada Lund, has resigned"."""

from collections.abc import Sequence
from dataclasses import replace

from index.claim import GONE, Status
from index.claims.tenure import Tenure

_WEIGHT = 0.9


def with_office(tenures: Sequence[Tenure]) -> list[Tenure]:
    """The tenures, where who gives up an office that is not named gives up the one that stands beside the name."""
    beside = {tenure.holder: tenure for tenure in tenures if _is_beside(tenure)}
    given_up = [tenure for tenure in tenures if _is_unnamed(tenure) and tenure.holder in beside]
    holders = {tenure.holder for tenure in given_up}
    others = [each for each in tenures if each not in given_up and not (_is_beside(each) and each.holder in holders)]
    return _with_heirs(others + [_joined(beside[each.holder], each) for each in given_up])


def _joined(office: Tenure, given_up: Tenure) -> Tenure:
    """The office that stands beside a name, as it is given up."""
    owner = office.owner or given_up.owner
    return replace(office, status=given_up.status, clause=given_up.clause, weight=_WEIGHT, owner=owner)


def _with_heirs(tenures: Sequence[Tenure]) -> list[Tenure]:
    """The tenures, where who follows takes the office that the other gives up: "She resigned as chair and was succeeded
    by Peter Holm"."""
    given_up = [tenure for tenure in tenures if tenure.role and tenure.status in GONE]
    if len(given_up) != 1:
        return list(tenures)
    [last] = given_up
    return [
        replace(each, role=last.role, owner=each.owner or last.owner, weight=_WEIGHT)
        if each.status is Status.TOOK and each.clause is not None and not each.role
        else each
        for each in tenures
        if each.role or each.holder != last.holder
    ]


def _is_beside(tenure: Tenure) -> bool:
    return tenure.clause is None and tenure.status is Status.HOLDS


def _is_unnamed(tenure: Tenure) -> bool:
    return tenure.clause is not None and not tenure.role and tenure.status in GONE
