"""Compares who holds a place by several claims: the words that name a holder, the last day that a claim tells of."""

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

from index.claim import HOLDING, Claim, Status
from index.language.predicates import force_nouns, is_known, nation_of
from index.language.words import STOPWORDS, stem, words

# What was taken so shortly before a report is held on the day of the report.
STILL_HELD_DAYS = 31
# What links a side to the noun that describes it: "the HTS-led coalition".
_LINKS = frozenset(map(stem, "led backed headed dominated aligned allied affiliated linked supported".split()))
_LED = re.compile(r"\W{1,2}(?:led|headed|dominated) by ([^,.;]{2,80})")

# Rebels are not the army of their country, though both are called by it.
_AGAINST_THE_STATE = frozenset(
    map(stem, "rebel insurgent guerrilla militant separatist secessionist opposition mutineer jihadist".split())
)
_OF_THE_STATE = frozenset(
    map(
        stem,
        "army government military state regime troop soldier police navy ministry administration federal".split(),
    )
)

# A name of which an editor has decided something has this beside its words, and a mark for each decision.
DECIDED, _APART = "=", "≠"
# The words that name a holder, none where he is not named, and whether he is said to hold the place or to have lost it.
Holder = tuple[frozenset[str], bool]


@dataclass(frozen=True)
class Aliases:
    """What names stand for beside their own words.

    `longer` holds by the stem of a short name the words of the long one: HTS for Hayat Tahrir al-Sham. `decided` holds
    by the words of a name those of the names that editors have merged with it, and marks: see decisions.py.
    """

    longer: Mapping[str, frozenset[str]] = field(default_factory=dict)
    decided: Mapping[frozenset[str], frozenset[str]] = field(default_factory=dict)

    def expanded(self, own: frozenset[str]) -> frozenset[str]:
        """The words of a name with all that it stands for."""
        more = [self.longer[word] for word in own if word in self.longer]
        if self.decided:
            keys = [key for key in self.decided if key == own or key < own and not all(map(_is_kind, key))]
            more += [self.decided[key] for key in keys if not any(key < other for other in keys)]
        return own.union(*more) if more else own


def alias_stems(
    aliases: Iterable[tuple[str, str]], decided: Mapping[frozenset[str], frozenset[str]] | None = None
) -> Aliases:
    """The short names that articles introduce, each with the long one, and what editors have decided."""
    return Aliases({stem(short): name_words(long) for short, long in sorted(aliases)}, decided or {})


def is_name(word: str) -> bool:
    """Whether a word is that of a side's name, not of a nation's and no common word that opens a sentence."""
    plain = word.lower()
    common = is_known(plain) or is_known(plain.removesuffix("s"))
    return word[:1].isupper() and not nation_of(word) and (word.isupper() or not common)


def holder_of(claim: Claim | None, sentence: str, aliases: Aliases) -> Holder:
    """Who holds the place by a claim that `sentence` makes; nobody where it makes none."""
    if claim is None or claim.holder is None or _is_somebodys(claim.holder, sentence):
        return frozenset(), True
    names = name_words(claim.holder)
    behind = _LED.match(sentence, sentence.find(claim.holder) + len(claim.holder)) if claim.holder in sentence else None
    if behind:
        names |= name_words(behind[1])
    return aliases.expanded(names), claim.status in HOLDING


@lru_cache(maxsize=20_000)
def name_words(name: str) -> frozenset[str]:
    """The stems of a name's words, a nation's people as the nation."""
    return frozenset(nation_of(word) or stem(word) for word in words(name) if word.lower() not in STOPWORDS)


def known_as(name: str, aliases: Aliases) -> frozenset[str]:
    """The stems of a name's words, with those of the names that it stands for."""
    return aliases.expanded(name_words(name))


def is_named(wanted: str | None, names: Iterable[str], aliases: Aliases) -> bool:
    """Whether one of `names` holds all words of what is wanted, or what its short name stands for; True for None."""
    if wanted is None:
        return True
    asked = name_words(wanted)
    # "SNA" finds the Syrian National Army as well.
    longer = [aliases.longer[word] for word in asked if word in aliases.longer]
    full = known_as(wanted, aliases)
    return any(
        bool(asked)
        and not are_apart(full, known_as(name, aliases))
        and (asked <= known_as(name, aliases) or any(long <= name_words(name) for long in longer))
        for name in names
    )


def are_alike(first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether two names describe forces against a state, or both forces of one: rebels may be "the opposition"."""
    return any(first & words and second & words for words in (_AGAINST_THE_STATE, _OF_THE_STATE))


def are_same_side(first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether two holders, each as the stems of its name's words, may be one.

    The army and Sudan's army may be, Russian and Ukrainian forces are not: what tells two sides apart are the words
    that name neither a nation nor a kind of force, and their nations. What an editor has decided comes before that.
    """
    if are_apart(first, second) or are_merged(first, second):
        return not are_apart(first, second)
    first, second = _unmarked(first), _unmarked(second)
    nations = nations_in(first), nations_in(second)
    if all(nations) and not nations[0] & nations[1]:
        return False
    if _oppose(first, second):
        return False
    own = own_words(first), own_words(second)
    return bool(own[0] & own[1]) if all(own) else bool(first & second)


def _oppose(first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether one is a force against the state and the other one of the state, and no name but a land's is common."""
    against = [bool(name & _AGAINST_THE_STATE) for name in (first, second)]
    state = first if against[1] else second
    return against[0] != against[1] and bool(state & _OF_THE_STATE) and len(own_words(first) & own_words(second)) < 2


@lru_cache(maxsize=20_000)
def nations_in(name: frozenset[str]) -> frozenset[str]:
    """The words of a name that stand for nations."""
    return frozenset(word for word in name if nation_of(word))


@lru_cache(maxsize=20_000)
def own_words(name: frozenset[str]) -> frozenset[str]:
    """The words of a name that tell a side apart: neither nations nor kinds of forces."""
    return frozenset(word for word in name - nations_in(name) - _LINKS if not _is_kind(word))


def is_states(name: frozenset[str]) -> bool:
    """Whether a name says no more than that it is a state's: "the army", "Sudanese soldiers"."""
    return bool(name & _OF_THE_STATE) and not name & _AGAINST_THE_STATE and not own_words(name) - _OF_THE_STATE


def are_apart(first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether an editor has decided that two names are two sides'."""
    return DECIDED in first and any(apart_from(mark) in second for mark in first if mark[0] == _APART)


def are_merged(first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether an editor has decided that two names are one side's."""
    return DECIDED in first and any(mark[0] == DECIDED and mark != DECIDED for mark in first & second)


def apart_from(mark: str) -> str:
    """The mark of the other one of two names that are kept apart: "≠3+" for "≠3-"."""
    return mark[:-1] + ("-" if mark.endswith("+") else "+")


def _unmarked(name: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in name if word[0] not in (DECIDED, _APART)) if DECIDED in name else name


def differ(first: Holder, second: Holder) -> bool:
    """Whether two claims give a place to two holders: other names, or one says that the same one lost it."""
    if not first[0] or not second[0]:
        return False
    return (not are_same_side(first[0], second[0])) == (first[1] == second[1])


def last_day(claim: Claim | None, reported: datetime.date) -> datetime.date:
    """The last day of which a claim tells: of a state that of the report, of an event its own if it is known."""
    if claim is None or claim.until is None or claim.status in (Status.HOLDS, Status.CONTESTED):
        return reported
    recent = claim.status is Status.TOOK and (reported - claim.until).days <= STILL_HELD_DAYS
    return reported if recent else min(claim.until, reported)


def _is_kind(stemmed: str) -> bool:
    """Whether it stands for any side: army, forces, troops."""
    return stemmed in _kinds()


@cache
def _kinds() -> frozenset[str]:
    # "National" has the stem of "nation", and is part of names.
    return frozenset(map(stem, force_nouns() - {"nation"}))


def _is_somebodys(holder: str, sentence: str) -> bool:
    """Whether the holder is told as "its fighters": who that is another sentence says."""
    return re.search(rf"\b(?:its|their|his|her|our)\s+{re.escape(holder)}", sentence, re.IGNORECASE) is not None
