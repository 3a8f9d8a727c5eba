"""Who takes places from whom, by what one sentence says."""

from collections.abc import Iterable, Set

from index.claim import GONE, ReportedClaim, Status
from index.claims.holders import name_words

Words = frozenset[str]


def fight_each_other(names: Set[Words], claims: Iterable[ReportedClaim]) -> bool:
    """Whether a sentence tells one of these names, each given by its words, to take a place from another."""
    takers, losers = dict[tuple[str, int, str], Words](), dict[tuple[str, int, str], Words]()
    for report in claims:
        claim = report.claim
        event = report.article_id, claim.start, claim.place
        if claim.status is Status.TOOK:
            takers[event] = name_words(claim.holder or "")
        elif claim.status in GONE:
            losers[event] = name_words(claim.holder or "")
    return any(takers[event] in names and losers[event] in names for event in takers.keys() & losers.keys())
