"""Reads what is said of a fight for a place: they fight for control of it, break its siege, hold out in it, push the
others off it."""

from collections.abc import Iterator

from index.claim import Status
from index.claims.parties import can_hold, is_force_or_nation, is_power, may_take, objects_of
from index.claims.relation import Relation, relation
from index.claims.states import SIEGES
from index.language.clauses import Argument, Clause
from index.language.parser import Sentence
from index.language.predicates import is_place

_FIGHTING = frozenset("fight battle struggle vie compete clash contend wrestle".split())
_GOING_ON = frozenset("continue go_on rage intensify drag_on enter".split())
_RUNNING = frozenset("run pass cut lead".split())
_FIGHTS = frozenset("battle fight struggle fighting".split())
_BREAKING = frozenset("break lift relieve raise end".split())
_PUSHING = frozenset("push drive force throw knock fight beat".split())
_HOLDING_OUT = frozenset("hold_out hold_on hang_on resist".split())


def struggles_of(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """What a clause says of a fight for a place."""
    if clause.negated:
        return
    yield from _of_contest(sentence, clause)
    yield from _of_siege_broken(sentence, clause)
    if clause.predicate in _HOLDING_OUT and not clause.passive:
        forces = [a for a in clause.of("agent") if is_force_or_nation(sentence, a)]
        for place in clause.of("in", "at", "inside"):
            yield from (relation(clause, Status.HOLDS, place, force, 0.8) for force in forces)
    yield from _of_pushing_off(sentence, clause)
    yield from _of_front(sentence, clause)


def _of_contest(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "They fought for control of the town", "the battle for the town rages"."""
    aims: list[Argument] = []
    if clause.lemma in _FIGHTING:
        aims = clause.of("for", "over")
    elif clause.predicate in _GOING_ON:
        fights = [sentence.tokens[a.head] for a in clause.of("agent")]
        aims = [a for noun in fights if noun.lemma in _FIGHTS for a in _behind_for(sentence, noun.i)]
    for aim in aims:
        head = sentence.tokens[aim.head]
        if is_power(sentence, aim):
            yield from (relation(clause, Status.CONTESTED, place, None) for place in objects_of(sentence, head))
        elif is_place(head.lemma):
            yield relation(clause, Status.CONTESTED, aim, None, 0.8)


def _of_front(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "The front line runs through the town"."""
    if clause.predicate in _RUNNING and any(_is_front(sentence, a) for a in clause.of("agent")):
        yield from (relation(clause, Status.CONTESTED, place, None, 0.8) for place in clause.of("through"))


def _is_front(sentence: Sentence, argument: Argument) -> bool:
    """Whether it is a front or a front line."""
    head = sentence.tokens[argument.head]
    beside = {child.text.lower() for child in sentence.of(head, "amod", "compound", "nmod")}
    return head.lemma in ("front", "frontline") or head.lemma == "line" and "front" in beside


def _behind_for(sentence: Sentence, noun: int) -> list[Argument]:
    behind = sentence.of(sentence.tokens[noun], "prep")
    aimed = [preposition for preposition in behind if preposition.text.lower() in ("for", "over")]
    nouns = [token for preposition in aimed for token in sentence.of(preposition, "pobj")]
    return [Argument("for", token.text, token.i, token.start, token.end) for token in nouns]


def _of_siege_broken(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "The army broke the siege of the town": it holds it."""
    for siege in clause.of("patient") if clause.predicate in _BREAKING else []:
        head = sentence.tokens[siege.head]
        for place in objects_of(sentence, head) if head.lemma in SIEGES else []:
            for holder in (a for a in clause.of("agent") if can_hold(sentence, a)):
                yield relation(clause, Status.HOLDS, place, holder, 0.6)


def _of_pushing_off(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "They pushed the militia off the bridge", "the militia was driven off it"."""
    if clause.predicate not in _PUSHING:
        return
    losers = [a for a in clause.of("patient") if is_force_or_nation(sentence, a)]
    for place in clause.of("off") if losers else []:
        yield relation(clause, Status.LOST, place, losers[0], 0.9)
        for gainer in (a for a in clause.of("agent") if may_take(sentence, a)):
            yield relation(clause, Status.TOOK, place, gainer, 0.7)
