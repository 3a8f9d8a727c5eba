"""By which name the side of a claim's controller is shown: "the rebels" by that of their side, if it is named near."""

from collections.abc import Iterator, Sequence

from index.claim import Certainty, ReportedClaim
from index.claims.holders import Aliases, name_words
from index.claims.sides import is_proper, side_names, sides
from index.language.words import place_key


class ShownSides:
    """The names of the sides of all claims; `every` are these sides, that with the most claims first.

    A mere description stands for a side in reports that name it, and at places of which others do: in another war "the
    rebels" are others.
    """

    def __init__(self, claims: Sequence[ReportedClaim], aliases: Aliases) -> None:
        self.every = sides(claims, aliases)
        self._called = side_names(self.every)
        self._named: set[tuple[str, str]] = set()
        for report in claims:
            name = controller_of(report)
            if name and is_proper(name):
                self._named.update((where, self._called.get(name_words(name), name)) for where in _near(report))

    def of(self, report: ReportedClaim) -> str | None:
        """The name of the side of a claim's controller, his own where he has no other; None where none is told."""
        name, side = controller_of(report), self.anywhere(report)
        if name is None or side is None or is_proper(name) or not is_proper(side):
            return side or name
        return side if any((where, side) in self._named for where in _near(report)) else name

    def anywhere(self, report: ReportedClaim) -> str | None:
        """The side that the controller's name stands for, whether that is named near or not: to compare two names of
        one place by."""
        return self._called.get(name_words(controller_of(report) or ""))


def controller_of(report: ReportedClaim) -> str | None:
    """Who holds, took or lost what a claim is about; of a denial who denies."""
    claim = report.claim
    return claim.said_by if claim.certainty is Certainty.DENIED else claim.holder


def _near(report: ReportedClaim) -> Iterator[str]:
    yield f"article {report.article_id}"
    yield f"place {place_key(report.claim.place)}"
