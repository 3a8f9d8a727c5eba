"""Reads who holds a place or company from set phrases: they lay siege to it, take up positions there, hold a stake."""

from collections.abc import Iterator

from index.claim import Status
from index.claims.parties import is_force_or_nation, noun_argument
from index.claims.relation import Relation, relation
from index.claims.states import SIEGES
from index.language.clauses import Clause
from index.language.parser import Sentence
from index.language.predicates import Holding, holding_of

_SETTLING = frozenset("establish entrench install".split())
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


def _of_siege_laid(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "They laid siege to the town", "imposed a blockade on it"."""
    if any(sentence.tokens[patient.head].lemma in SIEGES for patient in clause.of("patient")) and not clause.negated:
        yield from (relation(clause, Status.BESIEGED, place, None) for place in clause.of("to", "on"))


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
        most = any(t.text.lower() in ("majority", "controlling") for t in sentence.of(head, "amod", "compound", "nmod"))
        behind = [noun_argument(sentence, t) for prep in sentence.of(head, "prep") for t in sentence.of(prep, "pobj")]
        for agent in clause.of("agent") if most else []:
            yield from (relation(clause, status, company, agent, 0.9) for company in behind or clause.of("in"))
