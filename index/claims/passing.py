"""Reads who is given a place, keeps it or lets it slip: "was returned to them", "belongs to them", "clings to it"."""

from collections.abc import Iterator

from index.claim import Status
from index.claims.parties import (
    HANDS,
    POWERS,
    can_hold,
    holders_beside,
    is_force_or_nation,
    is_power,
    noun_argument,
    objects_of,
)
from index.claims.relation import Relation, relation
from index.language.clauses import Argument, Clause
from index.language.parser import Sentence
from index.language.predicates import is_people, is_place

_BELONGING = frozenset({"belong"})
# What is one of these of somebody is his.
_PARTS = frozenset("part subsidiary property possession".split())
_CLINGING = frozenset("cling cling_on hang_on hold_on".split())
_RETURNING = frozenset("return restore yield concede".split())
_GIVING = frozenset("pass go fall return revert transfer hand give cede shift switch move yield come".split())
# Whose control becomes firmer has it; who asserts it has it from now on.
_FIRMING = frozenset(
    "consolidate tighten strengthen cement extend expand maintain reinforce solidify retain keep".split()
)
_ASSERTING = frozenset("establish assert reassert restore secure assume regain win gain".split())


def passing_of(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """Who gets, keeps, owns or loses which place by a clause."""
    verb = clause.predicate
    if verb in _BELONGING:
        yield from _to_holder(sentence, clause, Status.HOLDS, clause.of("agent"))
    elif verb in _CLINGING:
        for keeper in (a for a in clause.of("agent") if can_hold(sentence, a)):
            yield from (relation(clause, Status.HOLDS, place, keeper, 0.9) for place in clause.of("to"))
    elif verb in _RETURNING:
        yield from _of_returning(sentence, clause)
    elif verb == "surrender" and not clause.passive and not clause.of("patient"):
        yield from _to_holder(sentence, clause, Status.TOOK, clause.of("agent"))
    elif verb == "be":
        yield from _of_being_part(sentence, clause)
    yield from _of_securing(sentence, clause)
    yield from _of_power_passing(sentence, clause)
    yield from _of_garrison(sentence, clause)
    yield from _of_firming(sentence, clause)
    yield from _out_of_grip(sentence, clause)


def _of_being_part(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "Norvik is part of the Lund Group", "is a subsidiary of it"."""
    for noun in (sentence.tokens[a.head] for a in clause.of("complement")):
        for owner in objects_of(sentence, noun) if noun.lemma in _PARTS else []:
            named = [a for a in clause.of("agent") if sentence.tokens[a.head].is_name]
            if can_hold(sentence, owner):
                yield from (relation(clause, Status.HOLDS, place, owner, 0.7) for place in named)


def _to_holder(sentence: Sentence, clause: Clause, status: Status, places: list[Argument]) -> Iterator[Relation]:
    for holder in (a for a in clause.of("to") if can_hold(sentence, a) or _may_own(sentence, clause, a)):
        named = [a for a in places if sentence.tokens[a.head].is_name or not can_hold(sentence, a)]
        yield from (relation(clause, status, place, holder, 0.9) for place in named)


def _may_own(sentence: Sentence, clause: Clause, owner: Argument) -> bool:
    """Whether it may be to whom a thing belongs: people of any kind, such as shareholders."""
    return clause.predicate in _BELONGING and is_people(sentence.tokens[owner.head].lemma)


def _of_returning(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "The town was returned to them", "they yielded the town to the army"; not "she returned to the town"."""
    places = clause.of("patient")
    yield from _to_holder(sentence, clause, Status.TOOK, places)
    if clause.of("to") and clause.predicate in ("yield", "concede") and not clause.passive:
        losers = [a for a in clause.of("agent") if can_hold(sentence, a)]
        yield from (relation(clause, Status.LOST, place, loser, 0.8) for place in places for loser in losers)


def _of_securing(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "Troops secured the town"; not "secured a deal"."""
    if clause.predicate != "secure" or clause.passive:
        return
    forces = [a for a in clause.of("agent") if is_force_or_nation(sentence, a)]
    for place in clause.of("patient"):
        head = sentence.tokens[place.head]
        if head.is_name or is_place(head.lemma):
            yield from (relation(clause, Status.TOOK, place, force, 0.7) for force in forces)


def _of_power_passing(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "Control of the town passed to the army", "was handed to the army"."""
    subjects = clause.of("patient") if clause.passive else clause.of("agent")
    if clause.lemma not in _GIVING:
        return
    for power in (a for a in subjects if is_power(sentence, a)):
        for place in objects_of(sentence, sentence.tokens[power.head]):
            for holder in (a for a in clause.of("to") if can_hold(sentence, a)):
                yield relation(clause, Status.TOOK, place, holder, 0.9)


def _of_garrison(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "The garrison of the town surrendered to the army", "laid down its arms"."""
    if clause.passive or not _gives_up(sentence, clause):
        return
    holders = [a for a in clause.of("to") if can_hold(sentence, a)]
    for garrison in (a for a in clause.of("agent") if is_force_or_nation(sentence, a)):
        for place in _garrisoned(sentence, clause, garrison):
            yield from (relation(clause, Status.TOOK, place, holder, 0.8) for holder in holders)
            if not holders:
                yield relation(clause, Status.LOST, place, garrison, 0.7)


def _garrisoned(sentence: Sentence, clause: Clause, garrison: Argument) -> list[Argument]:
    """The place of a garrison."""
    inside = [a for a in clause.of("in", "at") if sentence.tokens[a.head].is_name]
    return [*objects_of(sentence, sentence.tokens[garrison.head]), *_inside(sentence, garrison), *inside]


def _gives_up(sentence: Sentence, clause: Clause) -> bool:
    """Whether somebody surrenders or lays down arms."""
    heads = [sentence.tokens[a.head].lemma for a in clause.of("patient")]
    return clause.predicate == "surrender" or clause.predicate == "lay_down" and bool({"arm", "weapon"} & set(heads))


def _inside(sentence: Sentence, garrison: Argument) -> list[Argument]:
    """Where it stands: "the battalion in the town"."""
    prepositions = sentence.of(sentence.tokens[garrison.head], "prep")
    return [
        noun_argument(sentence, noun)
        for preposition in prepositions
        if preposition.text.lower() in ("in", "at")
        for noun in sentence.of(preposition, "pobj")
    ]


def _of_firming(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "They consolidated their control over the town", "established control of it"."""
    if clause.passive or clause.predicate not in _FIRMING | _ASSERTING:
        return
    status = Status.HOLDS if clause.predicate in _FIRMING else Status.TOOK
    places = _controlled(sentence, clause)
    for holder in (a for a in clause.of("agent") if can_hold(sentence, a)):
        yield from (relation(clause, status, place, holder, 0.9) for place in places)


def _controlled(sentence: Sentence, clause: Clause) -> list[Argument]:
    """Of what somebody has control by a clause, or the majority."""
    powers = [a for a in clause.of("patient") if is_power(sentence, a)]
    owned = [place for power in powers for place in objects_of(sentence, sentence.tokens[power.head])]
    return owned or (clause.of("over", "on") or clause.of("in") if powers else [])


def _out_of_grip(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "The town slipped from the government's control": lost by him whose control it was."""
    subjects = clause.of("patient") if clause.passive else clause.of("agent")
    for grip in clause.of("from", "out", *(["of"] if "_" in clause.predicate else [])):
        head = sentence.tokens[grip.head]
        if head.lemma not in HANDS | POWERS:
            continue
        for place in (a for a in subjects if not is_force_or_nation(sentence, a)):
            for holder in holders_beside(sentence, head):
                lost = relation(clause, Status.LOST, place, None, 0.8)
                yield Relation(lost.status, lost.place, holder, lost.clause, lost.weight)
