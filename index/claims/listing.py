"""Chooses the claims that are shown in a list: those about a place or body that is named, told directly enough."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from index.claim import Claim, ReportedClaim, Status
from index.language.name_spans import is_date_word
from index.language.words import place_key

# What is said so indirectly is only a hint: it is part of a place's history and decides nothing.
LIGHTEST = 0.4
# An office weighs less where it is only named beside a person ("Ada Lund, the mayor, said"), or where its body follows
# only from what was said before.
LIGHTEST_OFFICE = 0.85
# What these words stand for was said before.
_BACK = frozenset("it its they them their he him his she her".split())
# What opens with one of these is no single place.
_SOME = frozenset("a an another all any both each either every few half many more most much neither no not one other "
                  "others part parts several some such these those two three four five".split())  # fmt: skip


def is_single_place(claims: Sequence[ReportedClaim]) -> bool:
    """Whether what these claims are about is one place: a name, or a phrase that is told twice, such as "the
    presidential palace"; "other towns" and "not every village" are none."""
    place = claims[0].claim.place
    if not place or place.split()[0].lower() in _SOME or is_date_word(place):
        return False
    named = place.removeprefix("The ").lower() != place.removeprefix("The ")
    sentences = {(report.article_id, report.claim.start) for report in claims}
    return named or (len(place_key(place).split()) > 1 and len(sentences) > 1)


def listed(claims: Iterable[ReportedClaim]) -> list[ReportedClaim]:
    """The claims to show, in their order. Who lost a place to somebody stands as `against` in the claim that says so.

    Left out are hints, phrases that are no place's name, and offices whose body the sentence does not name.
    """
    claims = list(claims)
    places = _places(claims)
    taken, lost = _holders(claims, Status.TOOK), _holders(claims, Status.LOST)
    shown = []
    for report in claims:
        if not _is_shown(report.claim, places) or report.claim.status is Status.LOST and taken.get(_event(report)):
            continue
        loser = lost.get(_event(report)) if report.claim.status is Status.TOOK else None
        shown.append(replace(report, against=loser) if loser else report)
    return shown


def _places(claims: Sequence[ReportedClaim]) -> frozenset[str]:
    """The keys of what is told to be held and is one place, and no side."""
    about: dict[str, list[ReportedClaim]] = {}
    for report in claims:
        if not report.claim.role:
            about.setdefault(place_key(report.claim.place), []).append(report)
    acting = _acting(claims)
    return frozenset(key for key, reports in about.items() if is_single_place(reports) and key not in acting)


def _acting(claims: Iterable[ReportedClaim]) -> frozenset[str]:
    """The keys of what is told to hold, take or lose something more often than to be held."""
    acts = Counter(place_key(report.claim.holder) for report in claims if report.claim.holder)
    held = Counter(place_key(report.claim.place) for report in claims if not report.claim.role)
    return frozenset(name for name, count in acts.items() if count > held[name])


def _holders(claims: Iterable[ReportedClaim], status: Status) -> dict[tuple[str, int, str, str], str | None]:
    return {_event(report): report.claim.holder for report in claims if report.claim.status is status}


def _is_shown(claim: Claim, places: frozenset[str]) -> bool:
    if claim.role:
        return _names_body(claim)
    return claim.weight >= LIGHTEST and place_key(claim.place) in places


def _names_body(claim: Claim) -> bool:
    """Whether the sentence says by name whose office it is, or of what a minister is one; "the mayor, Ada Lund" and
    "its mayor" leave that to what was said before, "the board" to the reader."""
    if claim.resolved_from.lower() in _BACK:
        return False
    names = [word for word in claim.place.split() if word[:1].isupper() and word != "The"]
    return claim.weight >= LIGHTEST_OFFICE and bool(names or claim.place and claim.role.endswith("minister"))


def _event(report: ReportedClaim) -> tuple[str, int, str, str]:
    claim = report.claim
    return report.article_id, claim.start, claim.place, claim.role
