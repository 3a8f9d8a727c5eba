"""Looks up the claims that a question is about: of the places it names, and of the office it asks for."""

import re
from collections.abc import Iterable, Iterator, Sequence

from chatbot.extractive.weights import threshold
from chatbot.question.parse import ParsedQuestion
from index.claim import GONE, HOLDING, Claim
from index.claims.holders import name_words
from index.claims.office_clause import ROLES
from index.collection import Collection
from index.language.predicates import Post, are_same_office
from index.language.words import place_key, stem, words

# Whoever has one of these offices leads: what "Who runs it?" and "Who is its boss?" ask for.
_LEADING = frozenset(map(stem, "boss head leader chief".split()))
# Those who lead a company or the like: who "leads" it is one of these, though no mayor.
_HEADS = frozenset(map(stem, "executive director president manager".split()))
# Who has such an office stands below the one who has it without that word.
_SECOND = frozenset(map(stem, "deputy vice assistant junior shadow under".split()))
_OWNING = frozenset(map(stem, "owner proprietor shareholder".split()))
# Who runs a company is its chief executive; who holds a town is not its mayor.
_RUNS = re.compile(r"\b(?:runs?|ran|running|manag(?:es?|ed|ing)|in charge|the boss)\b", re.IGNORECASE)
_OTHER_HEAD, _LEADS, _HOLDS_AS_SUCH = 0.5, 0.6, 0.3


def claims_about(reading: ParsedQuestion, collection: Collection) -> dict[tuple[str, int], Claim]:
    """By article and sentence start the claim that tells most about what is asked, weighed by how its office fits."""
    asked = GONE if reading.asks_loser else HOLDING * reading.asks_holder
    best: dict[tuple[str, int], tuple[tuple[bool, float], Claim]] = {}
    for ident, claim in _candidates(reading, collection):
        weight = claim.weight * office_fit(reading, claim.role)
        # One sentence may tell who took a place, and from whom.
        rank = claim.status in asked and weight >= threshold("claim"), weight
        key = ident, claim.start
        if weight > 0 and (key not in best or rank > best[key][0]):
            best[key] = rank, claim
    return {key: claim for key, (_, claim) in best.items()}


def office_fit(reading: ParsedQuestion, role: str) -> float:
    """How well an office fits the one that a question asks for, 0 to 1; "" is a place or body that is held as such."""
    if not reading.office:
        return 1.0 if not role else _LEADS if _RUNS.search(reading.own) else _HOLDS_AS_SUCH
    if not role:
        # Who bought a thing owns it; who holds a place is not its mayor.
        return _LEADS if set(_stems(reading.office)) & _OWNING else _HOLDS_AS_SUCH
    return alike(reading.office, role)


def claimed_elsewhere(reading: ParsedQuestion, claims: Iterable[Claim]) -> float:
    """How directly these claims, of which none is about what is asked, tell the same of something else, 0 to 1: who
    owns another club."""
    if not (reading.asks_holder or reading.asks_loser or reading.office):
        return 0.0
    return max((claim.weight * office_fit(reading, claim.role) for claim in claims if claim.place), default=0.0)


def alike(asked: str, offered: str) -> float:
    """How alike two offices are, 0 to 1: "CEO" is a chief executive, a mayor no deputy mayor."""
    first, second = _stems(asked), _stems(offered)
    if first == second or _are_initials(asked, offered):
        return 1.0
    if not first or not second:
        return 0.0
    if first[-1] == second[-1] or are_same_office(words(asked)[-1], words(offered)[-1]):
        return 1.0 if first[:-1] == second[:-1] else _OTHER_HEAD * _may_be_same(first[:-1], second[:-1])
    owns, owned = bool(_OWNING & set(first)), bool(_OWNING & set(second))
    if owns or owned:
        return float(owns and owned)
    return _LEADS if _may_lead(first[-1], second) else 0.0


def _may_be_same(asked: Sequence[str], offered: Sequence[str]) -> bool:
    """Whether two offices of a name may be the same, by the words before it: "chief executive" and "executive" may, a
    mayor and a deputy mayor, a managing director and a finance director may not."""
    longer, shorter = sorted((frozenset(asked), frozenset(offered)), key=len, reverse=True)
    return shorter <= longer and not _SECOND & (longer - shorter)


def _may_lead(asked: str, offered: Sequence[str]) -> bool:
    """Whether who is asked for, by the stem of his office, may be one who is only said to lead."""
    return asked in _LEADING or asked in _HEADS and offered == [stem(ROLES[Post.LEAD])]


def _candidates(reading: ParsedQuestion, collection: Collection) -> Iterator[tuple[str, Claim]]:
    # "Before Labour": a holder, no place.
    names = [name for name in reading.names if not re.search(rf"\bbefore (?:the )?{re.escape(name)}", reading.own)]
    for name in dict.fromkeys([*names, *reading.topics]):
        yield from collection.claims(name) or _of_parts(name, collection)
    if reading.office:
        yield from _of_office(reading, collection)


def _of_parts(name: str, collection: Collection) -> Iterator[tuple[str, Claim]]:
    """The claims about what is built in a place of which none tells itself: the power station of a town."""
    own = frozenset(place_key(name).split())
    for ident, claim in collection.claims_naming(name):
        if own < _place_words(claim):
            yield ident, claim


def _of_office(reading: ParsedQuestion, collection: Collection) -> Iterator[tuple[str, Claim]]:
    """The claims about such an office of the bodies that are asked about, of any where none is named; and that one who
    had it there has it no longer, where the body is not named again: "Ada Lund is no longer leader"."""
    bodies = [body for name in reading.topics or reading.names if (body := _stems(name))]
    is_there: dict[str, bool] = {}
    for role, by_place in collection.claims_of_offices().items():
        if alike(reading.office, role) == 0:
            continue
        there, elsewhere = list[tuple[str, Claim]](), list[tuple[str, Claim]]()
        for place, rows in by_place.items():
            if place not in is_there:
                stated = _stems(place)
                is_there[place] = not bodies or any(_is_body(body, stated) for body in bodies)
            (there if is_there[place] else elsewhere).extend(rows)
        yield from there
        yield from _gone(elsewhere, [claim for _, claim in there])


def _is_body(asked: Sequence[str], stated: Sequence[str]) -> bool:
    """Whether a body is the one asked for, by the stems of both: "the council" may be "Norvik Council", but Norvik is
    not its museum."""
    return set(asked) <= set(stated) or asked[-1:] == stated[-1:]


def _gone(others: Sequence[tuple[str, Claim]], there: Sequence[Claim]) -> Iterator[tuple[str, Claim]]:
    """Those of `others` by which a holder of the claims `there` has left or lost an office, where it is not said whose
    it is."""
    holders = {name_words(claim.holder) for claim in there if claim.holder}
    for ident, claim in others:
        unnamed = not claim.place or bool(claim.resolved_from)
        if unnamed and claim.status in GONE and name_words(claim.holder or "") in holders:
            yield ident, claim


def _place_words(claim: Claim) -> frozenset[str]:
    return frozenset(place_key(claim.place).split())


def _stems(text: str) -> list[str]:
    return [stem(word) for word in words(text) if word.lower() not in ("the", "of")]


def _are_initials(first: str, second: str) -> bool:
    return _initials(first, second) or _initials(second, first)


def _initials(short: str, long: str) -> bool:
    letters = "".join(word[0] for word in words(long)).lower()
    return len(letters) > 1 and short.lower().startswith(letters) and len(short) <= len(letters) + 1
