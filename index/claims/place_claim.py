"""A claim about a place as the board weighs it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from index.claim import GONE, HOLDING, Certainty, ReportedClaim, Status
from index.claims.holders import are_same_side
from index.claims.listing import LIGHTEST

_TELLING = (*HOLDING, *GONE, Status.CONTESTED)
_DIRECTNESS = {Status.HOLDS: 2, Status.TOOK: 1}


@dataclass(frozen=True)
class PlaceClaim:
    """A claim about a place, with who holds it by that claim, the words of this name, and the last day it tells of.

    Of a denial it is who denies.
    """

    reported: ReportedClaim
    side: str | None
    name: frozenset[str]
    day: datetime.date

    @property
    def status(self) -> Status:
        return self.reported.claim.status

    @property
    def is_denied(self) -> bool:
        return self.reported.claim.certainty is Certainty.DENIED

    @property
    def decides(self) -> bool:
        """Whether it says directly enough who holds the place, or no longer does."""
        return self.status in _TELLING and not self.is_denied and self.reported.claim.weight >= LIGHTEST

    @property
    def gives(self) -> bool:
        """Whether it gives the place to somebody whom it names."""
        return self.status in HOLDING and bool(self.name)

    @property
    def rank(self) -> tuple[int, float]:
        """A state says more directly who holds a place than an event."""
        return _DIRECTNESS.get(self.status, 0), self.reported.claim.weight

    def is_of(self, other: "PlaceClaim") -> bool:
        """Whether both may name one side."""
        return are_same_side(self.name, other.name)


def sides_of(claims: Iterable[PlaceClaim]) -> list[PlaceClaim]:
    """The first claim of each side that is named."""
    sides: list[PlaceClaim] = []
    for claim in claims:
        if claim.name and not any(claim.is_of(other) for other in sides):
            sides.append(claim)
    return sides
