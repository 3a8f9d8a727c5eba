"""The sides: which of the names that the articles give to controllers count as one, and why each of them does."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from itertools import chain

from index.claim import Certainty, ReportedClaim
from index.claims.described import is_of_land
from index.claims.descriptions import descriptions
from index.claims.fights import fight_each_other
from index.claims.holders import (
    Aliases,
    are_apart,
    are_merged,
    are_same_side,
    is_name,
    is_states,
    known_as,
    name_words,
    nations_in,
    own_words,
)
from index.claims.listing import LIGHTEST
from index.language.words import stem, words

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
    """The names of one side. The first, which is that of the side, is the commonest that says more than a description,
    a nation or a kind of force, where there is such a one; the others come by how common they are."""

    names: tuple[SideName, ...]

    @property
    def name(self) -> str:
        return self.names[0].name


class _Kind(IntEnum):
    """What a name tells a side apart by."""

    NAMED = 0  # A name of its own: "HTS", "the Lunar Front".
    DESCRIBED = 1  # A common noun or adjective: "the southern factions".
    NATION = 2  # Its nation alone: "the Syrian army".
    FORCE = 3  # Nothing: "the army".


@dataclass(frozen=True)
class _Entry:
    """A name by its words, with all that it stands for. `proper` are the words of it, and of what it stands for, that
    are no common nouns, `shown` those that other names show to be none."""

    name: str
    own: Words
    full: Words
    proper: Words
    claims: int
    shown: Words = frozenset()

    @property
    def names(self) -> Words:
        return self.proper | self.shown

    @property
    def kind(self) -> _Kind:
        if self.proper & self.own:
            return _Kind.NAMED
        is_of_nation = bool(nations_in(self.own))
        if own_words(self.own) and not (is_of_nation and is_states(self.own)):
            return _Kind.DESCRIBED
        return _Kind.NATION if is_of_nation else _Kind.FORCE

    @property
    def rank(self) -> tuple[_Kind, int, str]:
        return self.kind, -self.claims, self.name


def sides(claims: Iterable[ReportedClaim], aliases: Aliases) -> list[Side]:
    """The sides that hold, held or dispute a place by the claims, that with the most claims first.

    A name joins a side where the rules of the board take it for the side's first name and both share a name, or a
    description where neither has one, and where no other side fits as well; or where an editor has merged it with one
    of them. Names of several sides, such as "the army and its allies", and names that fit several sides are sides of
    their own. What is only called a state's is one side where the claims name but one state.
    """
    claims = list(claims)
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
    made = [_side(group) for group in _states_merged(grouped, claims)]
    return sorted(made, key=lambda side: (-sum(name.claims for name in side.names), side.name))


def _states_merged(grouped: Sequence[list[_Entry]], claims: Sequence[ReportedClaim]) -> list[list[_Entry]]:
    """The groups, those that are only called a state's as one: the army, the navy and the government. Those of a nation
    are among them where the claims name no other; what an editor keeps apart stays apart, and all do where one is told
    to take a place from another."""
    states = sorted(_only_states(grouped), key=lambda group: group[0].rank)
    if fight_each_other({entry.own for group in states for entry in group}, claims):
        return list(grouped)
    merged: list[_Entry] = []
    apart = [group for group in grouped if group not in states]
    for group in states:
        if any(are_apart(entry.full, other.full) for entry in group for other in merged):
            apart.append(group)
        else:
            merged += group
    return [*apart, merged] if merged else apart


def _only_states(grouped: Iterable[list[_Entry]]) -> list[list[_Entry]]:
    """The groups that are only called a state's, those of nations left out where there are several."""
    states = [group for group in grouped if all(is_states(entry.own) for entry in group)]
    return states if len(_nations(states)) <= 1 else [group for group in states if not _nations([group])]


def _nations(groups: Iterable[Iterable[_Entry]]) -> Words:
    return frozenset().union(*(nations_in(entry.own) for entry in chain.from_iterable(groups)))


def side_names(made: Iterable[Side]) -> dict[Words, str]:
    """The name of the side by the words of each of its names."""
    return {name_words(name.name): side.name for side in made for name in side.names}


def is_proper(name: str) -> bool:
    """Whether a name holds words that are a name, and does not only describe: "the rebels"."""
    return bool(_proper(name))


def proper_part(name: str) -> str:
    """The words of a side's name that are names, "LFL" of "the LFL-led coalition"; the whole name where it has none."""
    return " ".join(_capitals(name)) or name


def _entries(claims: Sequence[ReportedClaim], aliases: Aliases) -> list[_Entry]:
    names = [name for report in claims if (name := _controller(report)) and name_words(name)]
    described = descriptions(claims, names)
    spelled: dict[Words, Counter[str]] = {}
    for name in names:
        spelled.setdefault(name_words(name), Counter())[name] += 1
    entries = [_entry(own, spellings, aliases, described) for own, spellings in spelled.items()]
    known = frozenset[str]().union(*(entry.proper for entry in entries))
    return [_with_known(entry, known) for entry in entries]


def _entry(own: Words, spellings: Counter[str], aliases: Aliases, described: Mapping[str, Words]) -> _Entry:
    name = min(spellings, key=lambda each: (-spellings[each], each))
    telling = own_words(own) or own
    more = described.get(next(iter(telling)), frozenset()) if len(telling) == 1 else frozenset()
    full = known_as(name, aliases) | more
    return _Entry(name, own, full, _proper(name) | own_words(full - own), spellings.total())


def _proper(name: str) -> Words:
    """The words of a name that are names: capitals that no sentence's beginning explains."""
    return own_words(name_words(" ".join(_capitals(name))))


def _capitals(name: str) -> list[str]:
    parts = words(re.sub("[-–]", " ", name))
    return [word for number, word in enumerate(parts) if is_name(word) or number and word[:1].isupper()]


def _with_known(entry: _Entry, known: Words) -> _Entry:
    """A name with what other names show of it: "Assembly" is one where others are "cadets of the Assembly", and
    "Kardeshi" is of Kardesh."""
    shown = known & {stem(word) for word in words(entry.name) if word[:1].isupper()}
    lands = frozenset(land for word in entry.proper for land in known if is_of_land(word, land))
    return replace(entry, full=entry.full | lands, shown=shown | lands)


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
    first = group[0]
    return _is_merged(entry, group) or (are_same_side(entry.full, first.full) and _shares_telling_part(entry, first))


def _shares_telling_part(entry: _Entry, first: _Entry) -> bool:
    """Whether what two names share tells a side apart: a name, or a description or a nation where they have no more."""
    if entry.names & first.names or entry.own == first.full - first.own or _is_short_for(entry.name, first.name):
        return True
    if entry.kind is _Kind.FORCE:
        return first.kind in (_Kind.NATION, _Kind.FORCE)
    return entry.kind is first.kind and not entry.names and not first.names


def _is_short_for(name: str, long: str) -> bool:
    """Whether it is the last word of a name: "the League" for the Hill League; "the league" is any."""
    return name[:1].isupper() and long.endswith(f" {name}")


def _is_merged(entry: _Entry, group: Iterable[_Entry]) -> bool:
    """Whether an editor has merged a name with one of the group."""
    return any(are_merged(entry.full, other.full) for other in group if other is not entry)


def _side(group: Sequence[_Entry]) -> Side:
    first, *others = group
    others.sort(key=lambda entry: (-entry.claims, entry.name))
    return Side((SideName(first.name, first.claims, Reason.FIRST), *(_named(entry, first, group) for entry in others)))


def _named(entry: _Entry, first: _Entry, group: Sequence[_Entry]) -> SideName:
    common = own_words(entry.own) & own_words(first.own)
    shared = tuple(dict.fromkeys(word for word in words(entry.name) if stem(word) in common))
    if _is_merged(entry, group):
        reason = Reason.EDITOR
    elif shared:
        reason = Reason.WORD
    elif entry.names & first.names:
        reason = Reason.SHORT
    else:
        reason = Reason.KIND
    return SideName(entry.name, entry.claims, reason, shared)
