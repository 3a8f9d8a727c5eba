"""The sides: which of the names that the articles give to controllers count as one, and why each of them does."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from index.claim import Certainty, ReportedClaim
from index.claims.holders import (
    Aliases,
    are_apart,
    are_merged,
    are_one,
    descriptions,
    known_as,
    name_words,
    nations_in,
    own_words,
)
from index.claims.listing import LIGHTEST

Words = frozenset[str]
_SEVERAL = re.compile(r",| and | or ")


class Reason(StrEnum):
    """Why a name counts as one with the first name of its side."""

    FIRST = "first"
    EDITOR = "editor"
    SHORT = "short name"
    WORD = "shared word"
    KIND = "no other fits"


@dataclass(frozen=True)
class SideName:
    """A name of a side: how often the claims use it, and why it is one of this side's. `shared` are the words of it
    that the first name has, too."""

    name: str
    claims: int
    reason: Reason
    shared: tuple[str, ...] = ()


@dataclass(frozen=True)
class Side:
    """The names of one side, the commonest first, which is the name of the side."""

    names: tuple[SideName, ...]

    @property
    def name(self) -> str:
        return self.names[0].name


@dataclass(frozen=True)
class _Entry:
    """A name by its words, with all that it stands for."""

    name: str
    own: Words
    full: Words
    claims: int

    @property
    def rank(self) -> tuple[bool, bool, int, str]:
        """Names that tell a side apart come before those that say no more than its nation or kind."""
        return not own_words(self.own), not nations_in(self.own), -self.claims, self.name


def sides(claims: Iterable[ReportedClaim], aliases: Aliases) -> list[Side]:
    """The sides that hold, held or dispute a place by the claims, that with the most claims first.

    A name joins a side where the rules of the board take it for the side's first name, or an editor has merged it with
    one of them, and where no other side fits as well. Names of several sides, such as "the army and its allies", and
    names that fit several sides are sides of their own.
    """
    grouped: list[list[_Entry]] = []
    by_word: dict[str, set[int]] = {}
    for entry in sorted(_entries(claims, aliases), key=lambda entry: entry.rank):
        near = sorted(set().union(*(by_word.get(word, ()) for word in entry.full)))
        number = _group_of(entry, grouped, near)
        if number is None:
            number = len(grouped)
            grouped.append([])
        grouped[number].append(entry)
        for word in entry.full:
            by_word.setdefault(word, set()).add(number)
    made = [_side(group) for group in grouped]
    return sorted(made, key=lambda side: (-sum(name.claims for name in side.names), side.name))


def side_names(made: Iterable[Side]) -> dict[Words, str]:
    """The name of the side by the words of each of its names."""
    return {name_words(name.name): side.name for side in made for name in side.names}


def _entries(claims: Iterable[ReportedClaim], aliases: Aliases) -> list[_Entry]:
    names = [name for report in claims if (name := _controller(report)) and name_words(name)]
    described = descriptions(names)
    spelled: dict[Words, Counter[str]] = {}
    for name in names:
        spelled.setdefault(name_words(name), Counter())[name] += 1
    entries = []
    for own, spellings in spelled.items():
        name = min(spellings, key=lambda each: (-spellings[each], each))
        more = described.get(next(iter(own)), frozenset()) if len(own) == 1 else frozenset()
        entries.append(_Entry(name, own, known_as(name, aliases) | more, spellings.total()))
    return entries


def _controller(report: ReportedClaim) -> str | None:
    """Who holds a place by a claim, or denies that another does."""
    claim = report.claim
    if claim.role or claim.weight < LIGHTEST:
        return None
    return claim.said_by if claim.certainty is Certainty.DENIED else claim.holder


def _group_of(entry: _Entry, grouped: Sequence[Sequence[_Entry]], near: Iterable[int]) -> int | None:
    """The number of the group that a name joins, of those that share a word with it; None for none."""
    fitting = [number for number in near if _joins(entry, grouped[number])]
    merged = [number for number in fitting if _is_merged(entry, grouped[number])]
    if merged:
        return merged[0]
    return fitting[0] if len(fitting) == 1 and not _SEVERAL.search(entry.name) else None


def _joins(entry: _Entry, group: Sequence[_Entry]) -> bool:
    """Whether a name may be of the side of `group`, whose first name comes first."""
    if any(are_apart(entry.full, other.full) for other in group):
        return False
    return are_one(entry.full, group[0].full) or _is_merged(entry, group)


def _is_merged(entry: _Entry, group: Iterable[_Entry]) -> bool:
    """Whether an editor has merged a name with one of the group."""
    return any(are_merged(entry.full, other.full) for other in group if other is not entry)


def _side(group: Sequence[_Entry]) -> Side:
    first, *others = sorted(group, key=lambda entry: (-entry.claims, entry.name))
    return Side((SideName(first.name, first.claims, Reason.FIRST), *(_named(entry, first, group) for entry in others)))


def _named(entry: _Entry, first: _Entry, group: Sequence[_Entry]) -> SideName:
    shared = tuple(sorted(own_words(entry.own) & own_words(first.own)))
    if _is_merged(entry, group):
        reason = Reason.EDITOR
    elif shared:
        reason = Reason.WORD
    elif own_words(entry.own) and own_words(first.own):
        reason = Reason.SHORT
    else:
        reason = Reason.KIND
    return SideName(entry.name, entry.claims, reason, shared)
