"""Reads from a clause with a verb of leaving who left a place, was driven out of it, or is left with it."""

from collections.abc import Iterator

from index.claim import Status
from index.claims.parties import HANDS, POWERS, can_hold, is_force_or_nation, is_pronoun, may_take, noun_argument
from index.claims.relation import Relation, relation
from index.language.clauses import Argument, Clause, Tense
from index.language.parser import Sentence
from index.language.predicates import Holding, holding_of, is_withdrawing

# Of a place that no word stands for it is only a hint who left it.
IMPLIED = 0.3


def sources_of(clause: Clause) -> list[Argument]:
    """What is left: behind "from", and behind "of" in "pulled out of"."""
    return clause.of("from") + (clause.of("of") if "_" in clause.predicate else [])


def leaving_of(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """Who leaves which place by a clause with a verb of leaving; who keeps it or is driven out by such a verb."""
    if other := [
        *_left_to(sentence, clause), *_left_with(sentence, clause), *_chased_out(sentence, clause),
        *_driven_out(sentence, clause), *_left_only(sentence, clause),
    ]:
        yield from other
    elif any(sentence.tokens[grip.head].lemma in HANDS | POWERS for grip in clause.of("in")):
        # "Leaving the town in their hands", "leaving them in control of it".
        return
    elif clause.passive and not any(can_hold(sentence, a) for a in clause.of("agent")) and not _is_withdrawn(
        sentence, clause
    ):
        yield from _vacated(sentence, clause)
    else:
        yield from _of_leavers(sentence, clause)


def is_last_held(sentence: Sentence, clause: Clause) -> bool:
    """ "They left the last town they held": not any more."""
    verb = sentence.tokens[clause.verb]
    if verb.dep != "relcl" or clause.tense is not Tense.PAST or holding_of(clause.predicate) is not Holding.HOLD:
        return False
    return any(child.text.lower() in ("last", "final") for child in sentence.of(sentence.head(verb), "amod"))


def _is_withdrawn(sentence: Sentence, clause: Clause) -> bool:
    """Whether it says of forces that they were withdrawn, and not of a place that it was vacated."""
    patients = clause.of("patient")
    return _leavers(sentence, clause) != patients or any(is_force_or_nation(sentence, a) for a in patients)


def _vacated(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "The town was vacated": by whom is not said. A town that is evacuated may be so for a flood."""
    if not sources_of(clause) and "_" not in clause.predicate and clause.predicate != "evacuate":
        yield from (relation(clause, Status.LEFT, place, None, 0.8) for place in clause.of("patient"))


def _of_leavers(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "The army left the town", "its troops were withdrawn from there"."""
    forces = _leavers(sentence, clause)
    places = sources_of(clause) or ([] if clause.passive else clause.of("patient"))
    places = [inside for place in places for inside in posted_in(sentence, place) or [place]]
    for force in forces:
        for place in [place for place in places if place not in forces] or [nowhere(clause)]:
            yield relation(clause, Status.LEFT, place, force, 0.9 if places else IMPLIED)


def posted_in(sentence: Sentence, place: Argument) -> list[Argument]:
    """Where the positions are that a force leaves: "abandoned its positions in the town"."""
    head = sentence.tokens[place.head]
    if head.lemma != "position":
        return []
    prepositions = [child for child in sentence.of(head, "prep") if child.text.lower() in ("in", "at", "inside")]
    return [noun_argument(sentence, noun) for each in prepositions for noun in sentence.of(each, "pobj")]


def _leavers(sentence: Sentence, clause: Clause) -> list[Argument]:
    """Who leaves: the agents, or the patients of "were withdrawn" and "withdrew its troops from"."""
    agents, patients = clause.of("agent"), clause.of("patient")
    leavers = patients if clause.passive or patients and sources_of(clause) else agents
    forces = [a for a in leavers if can_hold(sentence, a)]
    return forces or [a for a in agents if can_hold(sentence, a) or is_pronoun(sentence, a)]


def _left_to(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "Only the port is left to the army." """
    keepers = [a for a in clause.of("to") if can_hold(sentence, a)] if clause.passive else []
    for place in clause.of("patient"):
        yield from (relation(clause, Status.HOLDS, place, keeper, 0.8) for keeper in keepers)


def _left_with(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "The army is left with two towns." """
    keepers = [a for a in clause.of("patient") if can_hold(sentence, a)] if clause.passive else []
    for place in clause.of("with"):
        yield from (relation(clause, Status.HOLDS, place, keeper, 0.8) for keeper in keepers)


def _left_only(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "The fall of the port leaves the army with two towns." """
    keepers = [a for a in clause.of("patient") if can_hold(sentence, a)] if clause.predicate == "leave" else []
    for place in clause.of("with") if not clause.passive else []:
        yield from (relation(clause, Status.HOLDS, place, keeper, 0.8) for keeper in keepers)


def _chased_out(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "The army chased the rebels out": the verb has an object, so another than its subject leaves."""
    if "_" not in clause.predicate or clause.passive or not clause.of("agent") or sources_of(clause):
        return
    for loser in clause.of("patient"):
        if is_force_or_nation(sentence, loser) or sentence.tokens[loser.head].is_name:
            yield relation(clause, Status.LOST, nowhere(clause), loser, IMPLIED)


def _driven_out(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "The army pushed the rebels out of the town": whom it does not call its own, it drives out."""
    if "_" not in clause.predicate or is_withdrawing(clause.predicate):
        return
    may_gain = can_hold if clause.passive else may_take
    gainers = [a for a in clause.of("agent") if may_gain(sentence, a)]
    losers = [a for a in clause.of("patient") if can_hold(sentence, a) and not _is_own_of(sentence, clause, a)]
    for place in sources_of(clause) if gainers and losers else []:
        yield relation(clause, Status.LOST, place, losers[0])
        yield relation(clause, Status.TOOK, place, gainers[0], 0.8)


def _is_own_of(sentence: Sentence, clause: Clause, force: Argument) -> bool:
    """Whether who acts calls the force its own; who is driven out by others is not theirs."""
    return not clause.passive and _is_own(sentence, force)


def _is_own(sentence: Sentence, force: Argument) -> bool:
    """Whether it is "its fighters", or "troops" without a word that says whose."""
    head = sentence.tokens[force.head]
    if any(child.tag == "PRP$" for child in sentence.of(head, "poss")):
        return True
    return not head.is_name and not sentence.of(head, "det", "poss", "compound", "nmod", "amod")


def nowhere(clause: Clause) -> Argument:
    """The place that a verb of leaving does not name: that which was last spoken of."""
    return Argument("implied", "", clause.verb, clause.start, clause.end)
