"""Leaves out the claims of an article that give no place to nobody: whose place is a person or a side, whose holder is
"neither army", or whose place and holder are both only implied."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from index.claim import Claim, Status
from index.language.coreference import Discourse, is_body
from index.language.name_spans import is_date_word
from index.language.predicates import is_force, is_known, is_office, is_place, nation_of
from index.language.words import last_word

_NO_HOLDER = re.compile(
    r"(?:neither|none|nobody|no|not|anyone|anybody|everyone|everybody|someone|somebody|who|whoever|i|me|you)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:it|its|they|their|them|he|his|him|she|her|we|our|us|this|that|those|these)", re.IGNORECASE)
_DIRECTIONS = frozenset("north south east west centre center".split())
_TITLE = re.compile(r"(?:mr|mrs|ms|dr|sir)\b\.?", re.IGNORECASE)


def sound(claims: Iterable[Claim], discourse: Discourse) -> list[Claim]:
    """The claims that hold together, each once. A pronoun that nobody is known to be behind is no holder's name."""
    claims = list(dict.fromkeys(claims))
    sides = _sides(claims)
    persons = frozenset(part for person in discourse.persons for part in (person, *person.split()))
    named = [_without_pronoun(claim) for claim in claims if not _names_nobody(claim.holder or "")]
    named = [claim for claim in named if not claim.place[:1].isdigit()]
    return [claim for claim in named if claim.role or _is_sound(claim, discourse, sides, persons)]


def _names_nobody(holder: str) -> bool:
    """ "Nobody", "May 4", "Monday"."""
    first, _, rest = holder.partition(" ")
    return _NO_HOLDER.match(holder) is not None or is_date_word(first) and (not rest or rest.isdigit())


def _sides(claims: Sequence[Claim]) -> frozenset[str]:
    """The names that hold places more often than they are held."""
    held = Counter(claim.place for claim in claims if not claim.role)
    direct = [claim for claim in claims if not claim.role and claim.resolved_from != "there"]
    holding = Counter(claim.holder for claim in direct if claim.holder)
    return frozenset(name for name, count in holding.items() if count > held[name])


def _without_pronoun(claim: Claim) -> Claim:
    unknown = claim.holder is not None and not claim.role and _PRONOUN.fullmatch(claim.holder)
    return replace(claim, holder=None) if unknown else claim


def _is_sound(claim: Claim, discourse: Discourse, sides: frozenset[str], persons: frozenset[str]) -> bool:
    if claim.place in (*sides, claim.holder, "") or _is_somebody(claim.place, discourse, persons):
        return False
    if claim.status is Status.LEFT and claim.holder in discourse.persons:
        # A refugee who fled the town, a guest who left the theatre.
        return False
    known = discourse.located | discourse.common_names
    if claim.place.lower() in _DIRECTIONS or _is_word(claim.place) and claim.place not in known:
        return False
    return claim.resolved_from != "there" or claim.status is Status.HOLDS or _is_force(claim.holder, sides)


def _is_somebody(name: str, discourse: Discourse, persons: frozenset[str]) -> bool:
    """Whether a name that is no place's is among `persons`, the names of those who are spoken of and their parts, or
    that of soldiers or the like: "The rebels removed them"."""
    if _TITLE.match(name) or " " in name and is_office(name.partition(" ")[0].lower()):
        return True
    return name not in discourse.located and (name in persons or is_body(name) and name.split()[-1].islower())


def _is_word(name: str) -> bool:
    """Whether a name is a common word with the capital of its sentence's beginning: "Women were taken out"."""
    forms = {name.lower(), name.lower().removesuffix("s")}
    return name[:1].isupper() and any(map(is_known, forms)) and not any(map(is_place, forms)) and not nation_of(name)


def _is_force(holder: str | None, sides: frozenset[str]) -> bool:
    """Whether a holder is a side, or told to be armed or governing."""
    if not holder:
        return False
    last = last_word(holder)
    forms = (last, last.removesuffix("s"))
    return holder in sides or is_body(holder) or nation_of(last) is not None or any(map(is_force, forms))
