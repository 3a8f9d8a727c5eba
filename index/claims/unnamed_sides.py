"""Who holds a place where the newest report does not name him: "the army lost it", "it is still occupied", "it was
freed". It follows from what the reports say of other places."""

from collections.abc import Sequence
from functools import cached_property

from index.claim import GONE, Status
from index.claims.place_claim import PlaceClaim, sides_of
from index.claims.relation import AS_BEFORE
from index.language.words import stems

# To whom somebody lost a place follows from others that he lost: two at least, and nearly all to one side.
FEWEST_LOST, LARGEST_SHARE = 2, 0.8
_OCCUPIED = frozenset(stems("occupied occupying occupation occupier"))
_FREED = frozenset(stems("freed free liberated liberation"))


class UnnamedSides:
    """Finds the sides that reports do not name in what they say of all places: `places` are the claims of each."""

    def __init__(self, places: Sequence[Sequence[PlaceClaim]]) -> None:
        self._places = places

    def holder(self, deciding: Sequence[PlaceClaim]) -> PlaceClaim | None:
        """A claim that names the side which holds a place, of which `deciding` are the claims, the newest first; None
        where that does not follow."""
        newest = deciding[0]
        if newest.status in GONE:
            return self._opponent(deciding)
        occupied = None if newest.name else _is_occupied(newest)
        if occupied is None or self._occupier is None:
            return None
        return self._occupier if occupied else self._taker(self._occupier)

    @cached_property
    def _occupier(self) -> PlaceClaim | None:
        """A claim that names the one side which is told to occupy places."""
        named: list[PlaceClaim] = []
        for history in self._places:
            best: dict[tuple[str, int], PlaceClaim] = {}
            for claim in history:
                key = claim.reported.article_id, claim.reported.claim.start
                if _tells_occupier(claim) and (key not in best or claim.rank > best[key].rank):
                    best[key] = claim
            named += best.values()
        return _foremost(named, fewest=1)

    def _opponent(self, deciding: Sequence[PlaceClaim]) -> PlaceClaim | None:
        """A claim that names the one side to whom the side that lost a place has lost others; None if there is no such
        side. "It fell" names no loser: that may be told by another claim."""
        loser = next((claim for claim in deciding if claim.status in GONE and claim.name), None)
        return None if loser is None else self._taker(loser)

    def _taker(self, loser: PlaceClaim) -> PlaceClaim | None:
        """A claim that names the one side to whom the side of `loser` has lost places."""
        takers = [taker for history in self._places if (taker := _taker_from(loser, history)) is not None]
        return _foremost(takers, fewest=FEWEST_LOST)


def _is_occupied(claim: PlaceClaim) -> bool | None:
    """Whether a place is told to be occupied or not freed, and not the reverse; None where neither is told."""
    own, spoken = claim.reported.claim, _spoken(claim)
    occupied, freed = bool(spoken & _OCCUPIED), bool(spoken & _FREED)
    if occupied is freed or own.said_by is not None:
        return None
    # "It was never occupied", "it has not been freed".
    is_as_before = own.status is Status.HOLDS and own.weight <= AS_BEFORE
    return occupied is not is_as_before


def _tells_occupier(claim: PlaceClaim) -> bool:
    if not claim.decides or not claim.gives or claim.status is not Status.HOLDS:
        return False
    return bool(_spoken(claim) & _OCCUPIED) and not set(stems(claim.side or "")) & _OCCUPIED


def _spoken(claim: PlaceClaim) -> frozenset[str]:
    return frozenset(stems(claim.reported.sentence))


def _foremost(claims: Sequence[PlaceClaim], *, fewest: int) -> PlaceClaim | None:
    """A claim of the one side that nearly all of `claims` name, and so many at least."""
    for side in sides_of(claims):
        count = sum(claim.is_of(side) for claim in claims)
        if count >= fewest and count >= LARGEST_SHARE * len(claims):
            return side
    return None


def _taker_from(loser: PlaceClaim, claims: Sequence[PlaceClaim]) -> PlaceClaim | None:
    """The claim that gives a place which the side of `loser` lost to another side."""
    if not any(claim.status in GONE and claim.is_of(loser) for claim in claims):
        return None
    return next((claim for claim in claims if claim.decides and claim.gives and not claim.is_of(loser)), None)
