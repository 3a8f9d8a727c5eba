"""What English verbs and nouns mean, as far as WordNet tells: classes of holding, likeness, opposites, speech, places.

The data is made by `python -m benchmarks.make_lexicon` and has WordNet's licence, in `data/LICENSE-wordnet`.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

from index.language.months import MONTHS, WEEKDAYS
from index.language.words import STOPWORDS


class Holding(StrEnum):
    """What a verb says of the relation between a holder and what is held."""

    HOLD = "hold"
    TAKE = "take"
    LOSE = "lose"
    LEAVE = "leave"
    EXPEL = "expel"
    BESIEGE = "besiege"
    FALL = "fall"
    ENTER = "enter"


class Post(StrEnum):
    """What a verb says of who holds an office."""

    LEAD = "lead"
    CHAIR = "chair"
    OWN = "own"
    APPOINT = "appoint"
    SUCCEED = "succeed"
    LEAVE = "leave"
    DISMISS = "dismiss"


# WordNet holds no function words; weekdays and months it writes with a capital.
_FUNCTION_WORDS = frozenset(
    [
        *STOPWORDS,
        *MONTHS,
        *WEEKDAYS,
        "mr",
        "mrs",
        "ms",
        "dr",
        "although",
        "unless",
        "despite",
        "amid",
        "among",
        "against",
        "whereas",
        "nobody",
        "everyone",
        "neither",
        "nor",
        "yes",
        "according",
    ]
)


_SETS = (
    "denial", "speech", "places", "structures", "people", "things", "forces", "words", "offices", "asserting",
)  # fmt: skip


@lru_cache(maxsize=1)
def _lexicon() -> Mapping[str, Any]:
    lexicon: dict[str, Any] = json.loads((files("index.language") / "data" / "lexicon.json").read_text())
    for name in _SETS:
        lexicon[name] = frozenset(lexicon[name])
    lexicon["holding"] = {verb: Holding(name) for name, verbs in lexicon["classes"].items() for verb in verbs}
    lexicon["post"] = {verb: Post(name) for name, verbs in lexicon["posts"].items() for verb in verbs}
    lexicon["meanings"] = {word: frozenset(ids) for word, ids in lexicon["meanings"].items()}
    opposites: dict[str, set[str]] = {}
    for pairs in lexicon["opposites"].values():
        for first, second in pairs:
            opposites.setdefault(first, set()).add(second)
            opposites.setdefault(second, set()).add(first)
    lexicon["opposite"] = opposites
    lexicon["nation"] = {word: name for name, words in lexicon["nations"].items() for word in words}
    return lexicon


def holding_of(predicate: str) -> Holding | None:
    """The class of a verb such as "seize" or "pull_out", None where it says nothing of holding."""
    table: Mapping[str, Holding] = _lexicon()["holding"]
    if predicate in table:
        return table[predicate]
    verb, _, particle = predicate.partition("_")
    if particle in ("out", "off", "away") and table.get(verb) not in (Holding.HOLD, Holding.TAKE, Holding.EXPEL):
        # A phrasal verb of leaving that WordNet lacks: "march out", "drive off".
        return Holding.LEAVE
    if particle == "back" and table.get(verb) in (Holding.TAKE, Holding.LOSE, Holding.EXPEL):
        return table[verb]
    return table.get(verb) if particle not in ("in", "up", "down") else None


def is_withdrawing(predicate: str) -> bool:
    """Whether WordNet itself has a verb as one of leaving, such as "pull_out"; "push_out" only sounds like it."""
    return _lexicon()["holding"].get(predicate) is Holding.LEAVE


def post_of(predicate: str) -> Post | None:
    """What a verb such as "appoint" or "step_down" says of who holds an office, None for others."""
    table: Mapping[str, Post] = _lexicon()["post"]
    return table.get(predicate)


def is_office(noun: str) -> bool:
    """Whether a noun may name who holds an office, a company or a title: mayor, owner, president."""
    return noun.lower() in _lexicon()["offices"]


def are_same_office(first: str, second: str) -> bool:
    """Whether two offices share a meaning: chair and chairman."""
    meanings: Mapping[str, list[str]] = _lexicon()["office_meanings"]
    return bool(set(meanings.get(first.lower(), ())) & set(meanings.get(second.lower(), ())))


def nominalised(noun: str) -> str | None:
    """The verb whose deed a noun names: "capture", "withdrawal"; None where there is none."""
    verb: str | None = _lexicon()["nominalised"].get(noun)
    return verb


def post_named_by(noun: str) -> Post | None:
    """Whether a noun names how somebody gets or loses an office: "appointment", "resignation"; None for others."""
    post: str | None = _lexicon()["post_nouns"].get(noun)
    return Post(post) if post else None


def is_speech(verb: str) -> bool:
    """Whether a verb tells that somebody says or thinks something."""
    return verb in _lexicon()["speech"]


def asserts(verb: str) -> bool:
    """Whether its object is told to have happened: "announced the capture", "completed the purchase"."""
    return verb in _lexicon()["asserting"]


def is_denial(verb: str) -> bool:
    """Whether a verb tells that somebody says that something is not so."""
    return verb in _lexicon()["denial"]


def is_place(noun: str) -> bool:
    """Whether a noun names a kind of place, such as town."""
    return noun in _lexicon()["places"]


def is_structure(noun: str) -> bool:
    """Whether a noun names a place that is built, such as an airport: a part of a town, not the town."""
    return noun in _lexicon()["structures"]


def is_governing(noun: str) -> bool:
    """Whether a noun names a body that a side may hold, such as a council."""
    return noun in _lexicon()["governing"]


def is_stronghold(noun: str) -> bool:
    """Whether a noun names a place as somebody's: stronghold, bastion."""
    return noun in _lexicon()["strongholds"]


def is_people(noun: str) -> bool:
    """Whether a noun names persons or a group of them."""
    return noun in _lexicon()["people"]


def is_thing(noun: str) -> bool:
    """Whether a noun names what cannot act: frost, an agreement."""
    return noun in _lexicon()["things"]


def is_force(noun: str) -> bool:
    """Whether a noun names an armed or governing body or its members."""
    return noun in _lexicon()["forces"]


def force_nouns() -> frozenset[str]:
    """The nouns that name an armed or governing body or its members."""
    return frozenset(_lexicon()["forces"])


def nation_of(word: str) -> str | None:
    """The country that a name, an adjective, a people or a capital stands for, in lower case; None for others."""
    table = _lexicon()["nation"]
    plain = word.lower()
    # "The Russians": a people by its adjective.
    forms = (plain, plain.replace(".", ""), plain.removesuffix("s"))
    return next((str(table[form]) for form in forms if form in table), None)


def country_of_capital(name: str) -> str | None:
    """The country whose capital a name is ("Ankara" is "Turkey"), in whatever case it is written; None for others."""
    country: str | None = _lexicon()["capitals"].get(name.lower())
    return country


def is_known(word: str) -> bool:
    """Whether `word`, in lower case, is a common English word, a weekday, a month or a nation."""
    lexicon = _lexicon()
    return word in lexicon["words"] or word in lexicon["nation"] or word in _FUNCTION_WORDS


def nation_words(nation: str) -> list[str]:
    """The names, adjectives and peoples of a country, its capital included, in lower case."""
    words: list[str] = _lexicon()["nations"].get(nation, [])
    return words


def likeness(first: str, second: str) -> float:
    """How much two verbs mean the same, 0 to 1: the share of their commonest meanings that they have in common."""
    if first == second:
        return 1.0
    meanings = _lexicon()["meanings"]
    meant, other_meant = meanings.get(first, frozenset()), meanings.get(second, frozenset())
    return len(meant & other_meant) / min(len(meant), len(other_meant)) if meant and other_meant else 0.0


def causes(verb: str, other: str) -> bool:
    """Whether the one brings about the other: who is killed dies."""
    return other in _lexicon()["caused"].get(verb, ())


def are_opposite(first: str, second: str) -> bool:
    """Whether two words are opposites in WordNet."""
    return second in _lexicon()["opposite"].get(first, ())
