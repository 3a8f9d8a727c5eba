"""Reads who holds a place or company from set phrases: they lay siege to it, take up positions there, hold a stake."""

from collections.abc import Iterator
from dataclasses import replace

from index.claim import Status
from index.claims.parties import can_hold, holders_beside, is_force_or_nation, may_take, noun_argument, objects_of
from index.claims.relation import Relation, relation
from index.claims.states import SIEGES
from index.language.clauses import Argument, Clause
from index.language.parser import Sentence, Token
from index.language.predicates import Holding, holding_of

HALF_PERCENT = 50
_SETTLING = frozenset("establish entrench install".split())
_BESIEGING = frozenset("tighten maintain mount begin start keep keep_up continue resume impose".split())
_RAISING = frozenset("fly wave raise hoist plant hang go flutter be float rise".split())
_PLACING = ("over", "at", "in", "on", "above", "outside", "across", "from")
_CLEARING = frozenset("clear rid purge sweep cleanse free".split())
_OF_STAKE: dict[Holding | None, Status] = {
    Holding.TAKE: Status.TOOK,
    Holding.HOLD: Status.HOLDS,
    Holding.LOSE: Status.LOST,
}


def phrases_of(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """What such phrases of a clause say."""
    yield from _of_siege_laid(sentence, clause)
    yield from _of_positions(sentence, clause)
    yield from _of_stake(sentence, clause)
    yield from _of_flag(sentence, clause)
    yield from _of_clearing(sentence, clause)


def _of_siege_laid(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "They laid siege to the town", "imposed a blockade on it", "tightened their siege of it"."""
    sieges = [head for patient in clause.of("patient") if (head := sentence.tokens[patient.head]).lemma in SIEGES]
    if not sieges or clause.negated:
        return
    places = clause.of("to", "on")
    if clause.predicate in _BESIEGING:
        places += [place for siege in sieges for place in objects_of(sentence, siege)]
    yield from (relation(clause, Status.BESIEGED, place, None) for place in places)


def _of_positions(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "They have taken up positions in the town", "established themselves there"."""
    forces = [a for a in clause.of("agent") if is_force_or_nation(sentence, a) or sentence.tokens[a.head].is_name]
    if not clause.passive and _settles(sentence, clause):
        for place in clause.of("in", "at", "inside"):
            yield from (relation(clause, Status.HOLDS, place, force, 0.5) for force in forces)


def _settles(sentence: Sentence, clause: Clause) -> bool:
    heads = [sentence.tokens[argument.head] for argument in clause.of("patient")]
    if clause.predicate == "take_up":
        return any(head.lemma in ("position", "quarter", "post") for head in heads)
    return clause.predicate in _SETTLING and any(head.text.lower() in ("itself", "themselves") for head in heads)


def _of_stake(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "They hold, buy a majority stake in the company"."""
    status = _OF_STAKE.get(holding_of(clause.predicate))
    if status is None:
        return
    for stake in clause.of("patient"):
        head = sentence.tokens[stake.head]
        behind = [noun_argument(sentence, t) for prep in sentence.of(head, "prep") for t in sentence.of(prep, "pobj")]
        companies = behind or clause.of("in") if _is_most(sentence, head) else []
        for company in companies:
            yield from (relation(clause, status, company, agent, 0.9) for agent in clause.of("agent"))
            if status is Status.LOST:
                yield from (relation(clause, Status.TOOK, company, buyer, 0.9) for buyer in clause.of("to"))


def _is_most(sentence: Sentence, share: Token) -> bool:
    """Whether a stake is the larger part of what it is of: a majority stake, 60 percent, an 82% stake."""
    beside = sentence.of(share, "amod", "compound", "nmod")
    if any(token.text.lower() in ("majority", "controlling") for token in beside):
        return True
    counted = [share, *(token for token in beside if token.text in ("%", "percent"))]
    if not any(token.text in ("%", "percent", "cent") for token in counted):
        return False
    numbers = [number.text for token in counted for number in sentence.of(token, "nummod")]
    return any(number.replace(".", "", 1).isdigit() and float(number) > HALF_PERCENT for number in numbers)


def _of_flag(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "The flag of Ukraine flies over the square of X", "they raised their flag at the entrance to X"."""
    flags = [
        a
        for a in clause.of("agent", "patient")
        if sentence.tokens[a.head].lemma in ("flag", "banner", "colour", "color")
    ]
    if not flags or clause.lemma not in _RAISING:
        return
    holders = holders_beside(sentence, sentence.tokens[flags[0].head])
    actors = [a.text for a in clause.of("agent") if can_hold(sentence, a)]
    for place in clause.of(*_PLACING):
        for holder in holders or actors or [None]:
            yield replace(relation(clause, Status.TOOK, place, None, 0.9), holder=holder, by_flag=True)


def _of_clearing(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "They cleared the town of rebels", "the town was cleared of rebels"."""
    losers = _cleared_of(sentence, clause)
    if not losers or clause.predicate not in _CLEARING:
        return
    agents: list[Argument | None] = [a for a in clause.of("agent") if may_take(sentence, a)] or [None]
    for place in clause.of("patient"):
        yield from (relation(clause, Status.TOOK, place, agent, 0.9) for agent in agents)
        yield from (relation(clause, Status.LOST, place, loser, 0.6) for loser in losers)


def _cleared_of(sentence: Sentence, clause: Clause) -> list[Argument]:
    """Those behind "of", which the parser may join to the place."""
    joined = [a for place in clause.of("patient") for a in objects_of(sentence, sentence.tokens[place.head])]
    return [a for a in clause.of("of") + joined if is_force_or_nation(sentence, a)]
