"""Reads from one sentence's clauses which holder stands in which relation to which place."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from index.claim import Status
from index.claims.ending import endings_of
from index.claims.falling import falling_of
from index.claims.gapping import ungapped
from index.claims.leaving import is_last_held, leaving_of, nowhere, posted_in, sources_of
from index.claims.noun_events import behind, noun_events_of
from index.claims.own_names import with_own_names
from index.claims.parties import (
    HANDS,
    can_hold,
    is_force_or_nation,
    is_power,
    is_pronoun,
    may_take,
    noun_argument,
    objects_of,
)
from index.claims.passing import passing_of
from index.claims.phrases import phrases_of
from index.claims.relation import NOTHING, Relation, relation
from index.claims.states import CHANGING, CONTESTED, STANDING, STAYING, states_of
from index.claims.struggles import struggles_of
from index.language.clauses import Argument, Clause, Modality, Tense, clauses_of
from index.language.mood import has_it
from index.language.parser import Sentence, Token
from index.language.predicates import (
    Holding,
    holding_of,
    is_force,
    is_speech,
    is_thing,
    nation_of,
)

_GOVERNING = frozenset("govern rule reign administer".split())


def relations_of(sentence: Sentence) -> list[Relation]:
    """What the sentence says of who holds what; plans, conditions and questions are left out."""
    relations: list[Relation] = []
    for clause in clauses_of(sentence):
        if clause.modality in (Modality.OPEN, Modality.CONDITION, Modality.QUESTION):
            continue
        if is_last_held(sentence, clause):
            continue
        stated = [link for link in _of_clause(sentence, clause) if link.weight > NOTHING and _may_be(link)]
        relations += [*stated, *(link for each in stated for link in _of_list(sentence, each))]
        relations += noun_events_of(sentence, clause)
    relations = _without_earlier(sentence, relations)
    relations += _of_so(sentence, relations)
    relations += _of_modifiers(sentence, relations)
    return with_own_names(sentence, ungapped(sentence, relations))


def _may_be(link: Relation) -> bool:
    """Whether it is a place, no quantity, and the holder one who acts: no frost that has a grip on it."""
    holder = (link.holder or "").rpartition(" ")[2]
    is_inert = is_thing(holder) and not is_force(holder)
    return not is_inert and not _is_quantity(link.place.text)


def _without_earlier(sentence: Sentence, stated: Sequence[Relation]) -> list[Relation]:
    """The relations without those that tell what came before: "retook the town a month after losing it to them"."""
    earlier = [link for link in stated if link.clause and _is_behind_after(sentence, link.clause)]
    return [link for link in stated if link not in earlier] if len(earlier) < len(stated) else list(stated)


def _is_behind_after(sentence: Sentence, clause: Clause) -> bool:
    verb = sentence.tokens[clause.verb]
    return verb.dep == "pcomp" and sentence.head(verb).text.lower() == "after"


def _of_clause(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    verb, holding = sentence.tokens[clause.verb], holding_of(clause.predicate)
    patients = clause.of("patient")
    powers = [a for a in patients if is_power(sentence, a)]
    if powers and holding in _OF_POWER:
        yield from _of_power(sentence, clause, powers, _OF_POWER[holding])
        return
    yield from _of_reported_power(sentence, clause, powers)
    yield from passing_of(sentence, clause)
    yield from _of_state(sentence, clause, patients)
    yield from phrases_of(sentence, clause)
    yield from struggles_of(sentence, clause)
    yield from endings_of(sentence, clause)
    if verb.lemma in CONTESTED and clause.passive:
        yield from _of_dispute(sentence, clause, powers, patients)
    if verb.lemma != "change" or not any(sentence.tokens[a.head].lemma in HANDS for a in patients):
        yield from _of_verb(sentence, clause, holding)


def _of_state(sentence: Sentence, clause: Clause, patients: Sequence[Argument]) -> Iterator[Relation]:
    lemma = sentence.tokens[clause.verb].lemma
    if clause.passive:
        yield from states_of(sentence, clause, patients)
    elif lemma in CHANGING and patients:
        # "They returned the town to the government's control."
        yield from (link for link in states_of(sentence, clause, patients) if link.holder)
    elif lemma in STAYING | CHANGING | STANDING or lemma == "have":
        yield from states_of(sentence, clause, clause.of("agent"))
    elif lemma == "leave":
        # "Leaving the town in their hands."
        yield from (link for link in states_of(sentence, clause, patients) if link.holder)


def _of_dispute(
    sentence: Sentence, clause: Clause, powers: Sequence[Argument], patients: Sequence[Argument]
) -> Iterator[Relation]:
    """ "The town is disputed", "control of the town is disputed"."""
    owned = [place for power in powers for place in objects_of(sentence, sentence.tokens[power.head])]
    yield from (relation(clause, Status.CONTESTED, place, None) for place in owned or patients)


def _of_verb(sentence: Sentence, clause: Clause, holding: Holding | None) -> Iterator[Relation]:
    if holding is not None:
        yield from _OF_HOLDING[holding](sentence, clause)
    if holding in (None, Holding.ENTER, Holding.LEAVE) and not clause.passive:
        yield from _of_motion(sentence, clause)


_OF_POWER: dict[Holding | None, Status] = {
    Holding.TAKE: Status.TOOK,
    Holding.HOLD: Status.HOLDS,
    Holding.LOSE: Status.LOST,
}


def _of_power(sentence: Sentence, clause: Clause, powers: Sequence[Argument], status: Status) -> Iterator[Relation]:
    """ "took control of the town", "lost control of it"."""
    gainers = [a for a in clause.of("to") if status is Status.LOST and can_hold(sentence, a)]
    owners: list[Argument | None] = [*clause.of("agent")] or [None] * (not gainers)
    for place in _under(sentence, clause, powers):
        yield from (relation(clause, status, place, owner) for owner in owners)
        # "Control of the town was handed over to the police."
        yield from (relation(clause, Status.TOOK, place, gainer) for gainer in gainers)


def _under(sentence: Sentence, clause: Clause, powers: Sequence[Argument]) -> Iterator[Argument]:
    """Of what somebody has control by a clause."""
    for power in powers:
        yield from objects_of(sentence, sentence.tokens[power.head]) or clause.of("of", "over") or clause.of("in")


def _of_reported_power(sentence: Sentence, clause: Clause, powers: Sequence[Argument]) -> Iterator[Relation]:
    """ "The ministry reported full control of the town": of its own side."""
    if is_speech(sentence.tokens[clause.verb].lemma) and not clause.passive:
        reported = replace(clause, speaker=next((a.text for a in clause.of("agent")), None))
        yield from _of_power(sentence, reported, powers, Status.HOLDS)


def _of_motion(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """Whatever verb: soldiers who march, roll or come into a town are there now."""
    for place in clause.of("into"):
        for force in clause.of("agent"):
            if can_hold(sentence, force) and is_force_or_nation(sentence, force):
                yield relation(clause, Status.TOOK, place, force, 0.6)
    if clause.predicate.endswith("_in") and not clause.of("patient", "into", "in", "on", "at"):
        for force in clause.of("agent"):
            if can_hold(sentence, force) and is_force_or_nation(sentence, force):
                yield relation(clause, Status.TOOK, nowhere(clause), force, 0.4)


def _holders(sentence: Sentence, clause: Clause) -> list[Argument | None]:
    """The agents that may take a place, one None where there is none."""
    return [a for a in clause.of("agent") if may_take(sentence, a)] or [None]


def _of_holder(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """Verbs of holding and of taking."""
    taken = holding_of(clause.predicate) is Holding.TAKE
    if taken and clause.of("complement") or has_it(sentence, sentence.tokens[clause.verb]):
        # "They found the town empty", "rumour has it that".
        return
    holders = _holders(sentence, clause)
    if holders == [None] and _needs_holder(clause, taken=taken):
        return
    yield from _of_governing(clause, holders)
    for place in clause.of("patient"):
        for holder in holders:
            yield relation(clause, Status.TOOK if taken else Status.HOLDS, place, holder)
        for loser in _losers(sentence, clause) if taken else []:
            yield relation(clause, Status.LOST, place, loser, 0.6)


def _losers(sentence: Sentence, clause: Clause) -> list[Argument]:
    """From whom a place is taken. "They took Hama, the fourth city, from the army": the parser joins that to a noun."""
    heads = [sentence.tokens[a.head] for a in clause.of("patient")]
    heads += [other for head in heads for other in sentence.of(head, "appos")]
    joined = [a for head in heads for a in behind(sentence, head, "from")]
    sides = [a for a in joined if is_force_or_nation(sentence, a) or sentence.tokens[a.head].tag == "NNPS"]
    return clause.of("from") or sides[:1]


def _needs_holder(clause: Clause, *, taken: bool) -> bool:
    """Whether nothing follows unless who acts may hold a place: it is told, or it is "the first woman to hold it"."""
    return bool(clause.of("agent")) or not (clause.passive or taken)


def _of_governing(clause: Clause, holders: Sequence[Argument | None]) -> Iterator[Relation]:
    """ "In the north the rebels govern"."""
    if not clause.passive and clause.predicate in _GOVERNING and not clause.of("patient"):
        for place in clause.of("in", "at"):
            yield from (relation(clause, Status.HOLDS, place, holder, 0.7) for holder in holders)


def _of_losing(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    for place in (where for patient in clause.of("patient") for where in posted_in(sentence, patient) or [patient]):
        for holder in _holders(sentence, clause):
            yield relation(clause, Status.LOST, place, holder)
        for gainer in clause.of("to"):
            yield relation(clause, Status.TOOK, place, gainer)


def _of_expelling(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    losers = [p for p in clause.of("patient") if can_hold(sentence, p) or is_pronoun(sentence, p)]
    agents = clause.of("agent")
    gainers = agents if clause.passive else [a for a in agents if may_take(sentence, a)]
    for place in sources_of(clause) or clause.of("out"):
        yield from (relation(clause, Status.LOST, place, loser) for loser in losers)
        yield from (relation(clause, Status.TOOK, place, gainer, 0.8) for gainer in gainers)


def _of_besieging(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    if clause.tense is Tense.BEFORE and not clause.negated:
        # "Which they had besieged for months": no siege now, nor anybody's.
        return
    for patient in clause.of("patient"):
        # "In the town 300 soldiers are encircled."
        places = clause.of("in", "at", "inside") if is_force_or_nation(sentence, patient) else [patient]
        yield from (relation(clause, Status.BESIEGED, place, None) for place in places)


def _of_entering(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    # Whoever enters a place need not take it: journalists and convoys do not.
    forces = [a for a in clause.of("agent") if can_hold(sentence, a) or is_pronoun(sentence, a)]
    for place in clause.of("patient"):
        yield from (relation(clause, Status.TOOK, place, force, 0.5) for force in forces)


_OF_HOLDING: dict[Holding, Callable[[Sentence, Clause], Iterator[Relation]]] = {
    Holding.HOLD: _of_holder,
    Holding.TAKE: _of_holder,
    Holding.LOSE: _of_losing,
    Holding.LEAVE: leaving_of,
    Holding.EXPEL: _of_expelling,
    Holding.FALL: falling_of,
    Holding.BESIEGE: _of_besieging,
    Holding.ENTER: _of_entering,
}


def _of_so(sentence: Sentence, stated: Sequence[Relation]) -> Iterator[Relation]:
    """ "X remains under their control, and so does Y": what was said of X holds for Y."""
    for clause in clauses_of(sentence):
        verb = sentence.tokens[clause.verb]
        if not _is_so(sentence, verb):
            continue
        before = [link for link in stated if link.clause and link.clause.verb < verb.i]
        for subject in _subjects_behind(sentence, verb) if before else []:
            yield replace(max(before, key=lambda link: link.weight), place=noun_argument(sentence, subject))


def _is_so(sentence: Sentence, verb: Token) -> bool:
    if verb.lemma not in ("do", "be", "have"):
        return False
    before = [child for child in sentence.of(verb, "advmod", "dep", "mark") if child.i < verb.i]
    return any(child.text.lower() in ("so", "neither", "nor", "as") for child in before)


def _subjects_behind(sentence: Sentence, verb: Token) -> list[Token]:
    behind = [token for token in sentence.of(verb, "nsubj", "conj", "attr", "pobj", "dobj") if token.i > verb.i]
    behind = [each for token in behind for each in sentence.conjuncts(token)]
    return list(dict.fromkeys(behind)) or ([verb] if verb.is_name else [])


def _of_list(sentence: Sentence, link: Relation) -> Iterator[Relation]:
    """What is told of the others of a list that the place opens: "the valley, including the towns of A and B", "the
    capital, A, and the cities of B and C"."""
    place = sentence.tokens[link.place.head]
    others = [
        noun
        for preposition in sentence.of(place, "prep")
        if preposition.text.lower() == "including"
        for noun in sentence.of(preposition, "pobj")
    ]
    others += [noun for name in sentence.of(place, "appos") for noun in sentence.of(name, "conj") if not noun.is_name]
    yield from (replace(link, place=noun_argument(sentence, noun)) for noun in others)


def _of_modifiers(sentence: Sentence, stated: Sequence[Relation]) -> Iterator[Relation]:
    """ "The RSF-held town of X": a participle with its holder before a noun."""
    taken = {link.place.head for link in stated}
    for token in sentence.tokens:
        noun, holder = sentence.head(token), _holder_joined(sentence, token)
        if holder is not None and noun.i not in taken:
            own = Argument("patient", noun.text, noun.i, noun.start, noun.end)
            for place in [*objects_of(sentence, noun), own]:
                yield Relation(Status.HOLDS, place, holder.text, None, 0.8)


def _holder_joined(sentence: Sentence, participle: Token) -> Token | None:
    """The holder in "RSF-held", None where the token is no such participle."""
    if participle.i < 2 or participle.dep != "amod" or participle.tag != "VBN":
        return None
    dash, holder = sentence.tokens[participle.i - 1], sentence.tokens[participle.i - 2]
    if dash.text != "-" or holding_of(participle.lemma) not in (Holding.HOLD, Holding.TAKE):
        return None
    return holder if holder.is_name or nation_of(holder.text) or is_force(holder.lemma) else None


def _is_quantity(text: str) -> bool:
    return re.fullmatch(r"[\d.,\s%$€£]++", text) is not None or re.search(r"\b(percent|per cent|%)\b", text) is not None
