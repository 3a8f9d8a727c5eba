"""Reads who holds a place from what it is said to be: "is in their hands", "stays with the army", "is Russian-held"."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.claim import Status
from index.claims.parties import (
    HANDS,
    POWERS,
    can_hold,
    holders_beside,
    is_force_or_nation,
    is_power,
    is_pronoun,
    noun_argument,
    objects_of,
)
from index.claims.relation import Relation, relation
from index.language.clauses import Argument, Clause
from index.language.parser import Sentence, Token
from index.language.predicates import (
    Holding,
    holding_of,
    is_force,
    is_office,
    is_people,
    is_place,
    is_stronghold,
    nation_of,
)

STAYING = frozenset("be remain stay lie stand keep continue sit".split())
CHANGING = frozenset("go come pass return fall get revert bring put place switch transfer hand restore".split())
CONTESTED = frozenset("contest dispute divide split".split())
# "Be" and the verbs of soldiers who stay somewhere.
STANDING = frozenset("be stay remain station base deploy quarter garrison entrench".split())
_PASSING = frozenset("go pass revert".split())
_AT = ("in", "on", "at", "inside")
SIEGES = frozenset("siege blockade encirclement".split())


def states_of(sentence: Sentence, clause: Clause, places: Sequence[Argument]) -> Iterator[Relation]:
    """ "is in their hands", "stays with the army", "has been Russian-held", "remains under Ukrainian control"."""
    for argument in clause.arguments:
        head = sentence.tokens[argument.head]
        if _is_grip(clause, argument, head):
            yield from _of_grip(sentence, clause, argument, places)
        elif argument.role == "under" and head.lemma in SIEGES:
            yield from (relation(clause, Status.BESIEGED, place, None) for place in places)
        elif argument.role in ("with", "under", "to"):
            yield from _of_holder(sentence, clause, argument, places)
        elif argument.role == "complement":
            yield from _of_complement(sentence, clause, places, head)
        elif argument.role in _AT and clause.predicate.removesuffix("_back") in STANDING:
            yield from _of_presence(sentence, clause, argument, places)


def _is_grip(clause: Clause, argument: Argument, head: Token) -> bool:
    """Whether it is "in their hands" or "under their control"; "returned to their control" is such a change."""
    if head.lemma in HANDS:
        return argument.role in ("in", "into", "to")
    changes = argument.role == "to" and clause.lemma in CHANGING
    return head.lemma in POWERS and (changes or argument.role in ("under", "in"))


def _of_grip(sentence: Sentence, clause: Clause, grip: Argument, places: Sequence[Argument]) -> Iterator[Relation]:
    head, verb = sentence.tokens[grip.head], clause.lemma
    status = Status.TOOK if verb in CHANGING - {"put", "place"} else Status.HOLDS
    subjects = _in_control(sentence, clause, places)
    owned = objects_of(sentence, head)
    if head.lemma in POWERS | {"possession"} and grip.role == "in" and owned and subjects:
        # "The army is in control of the town", "it is back in control of it".
        yield from (relation(clause, Status.HOLDS, place, subject) for place in owned for subject in subjects)
        return
    for place in places:
        for holder in holders_beside(sentence, head):
            yield _held_by(relation(clause, status, place, None), holder)


def _in_control(sentence: Sentence, clause: Clause, subjects: Sequence[Argument]) -> list[Argument]:
    """Those who may be in control; what is back in control is no place, though it be called "it"."""
    able = [a for a in subjects if can_hold(sentence, a)]
    back = clause.predicate.endswith("_back")
    return able or [a for a in subjects if back and is_pronoun(sentence, a)]


def _held_by(made: Relation, holder: str | None) -> Relation:
    """The relation with its holder. "Is no longer under their control": whose it was is told then."""
    lost = holder is not None and made.status is Status.LOST
    return replace(made, holder=holder, weight=1.0 if lost else made.weight)


def _of_holder(sentence: Sentence, clause: Clause, holder: Argument, places: Sequence[Argument]) -> Iterator[Relation]:
    """ "stays with the army", "is under the army", "went to the army"."""
    verb = clause.lemma
    if not can_hold(sentence, holder) or _is_spot(clause):
        return
    if holder.role == "to" and verb in _PASSING:
        for place in places:
            # Who goes to somebody is no place, what passes to somebody is no person.
            if verb != "go" or not can_hold(sentence, place):
                yield relation(clause, Status.TOOK, place, holder, 0.7)
    elif holder.role != "to" and verb in STAYING:
        weight = 0.9 if holder.role == "with" else 1.0
        yield from (relation(clause, Status.HOLDS, place, holder, weight) for place in places)


def _is_spot(clause: Clause) -> bool:
    """ "Sits on the road that links it with the capital": where it is, not whose."""
    return clause.predicate in ("sit", "lie", "stand") and bool(clause.of("on", "in", "at", "near", "along"))


def _of_presence(
    sentence: Sentence, clause: Clause, where: Argument, subjects: Sequence[Argument]
) -> Iterator[Relation]:
    """ "The rebels are in the town", "police from X were on the streets of Y"; not "are due in the town"."""
    if clause.of("complement"):
        return
    for subject in subjects:
        head = sentence.tokens[subject.head]
        armed = is_force_or_nation(sentence, subject)
        if clause.predicate not in ("be", "be_back"):
            armed = is_force(head.lemma) and not is_place(head.lemma)
        if armed and not is_office(head.lemma) and not is_power(sentence, where):
            yield relation(clause, Status.HOLDS, where, subject, 0.45)


def _of_loyalty(sentence: Sentence, clause: Clause, places: Sequence[Argument]) -> Iterator[Relation]:
    """ "Stayed loyal to the government"."""
    keepers = [a for a in clause.of("to") if can_hold(sentence, a)]
    yield from (relation(clause, Status.HOLDS, place, keeper, 0.8) for keeper in keepers for place in places)


def _of_complement(sentence: Sentence, clause: Clause, places: Sequence[Argument], head: Token) -> Iterator[Relation]:
    if head.lemma == "loyal":
        yield from _of_loyalty(sentence, clause, places)
        return
    holding = holding_of(head.lemma)
    taker = _taker(sentence, head) if holding is Holding.TAKE else None
    holder = _holder_before(sentence, head) if holding in (Holding.HOLD, Holding.TAKE) else None
    owner = holder or _owner_of(sentence, head)
    for place in places:
        if taker is not None:
            yield replace(relation(clause, Status.TOOK, place, None), holder=taker)
        elif owner is not None:
            yield replace(relation(clause, Status.HOLDS, place, None), holder=owner)
        elif _is_nation(sentence, head):
            if not is_people(sentence.tokens[place.head].lemma):
                yield replace(relation(clause, Status.HOLDS, place, None, 0.9), holder=head.text)
        else:
            yield from _of_adjective(clause, place, head)


def _of_adjective(clause: Clause, place: Argument, head: Token) -> Iterator[Relation]:
    """ "is occupied", "is theirs", "is disputed"."""
    holding = holding_of(head.lemma)
    if head.tag == "VBN" and holding in _PARTICIPLES:
        yield relation(clause, _PARTICIPLES[holding], place, None)
    elif head.text.lower() in ("ours", "theirs", "his", "hers"):
        yield relation(clause, Status.HOLDS, place, None, 0.8)
    elif head.lemma in CONTESTED | {"disputed", "divided", "contested"}:
        yield relation(clause, Status.CONTESTED, place, None)


def _taker(sentence: Sentence, head: Token) -> str | None:
    """Who took it in "was overrun by the rebels", where the parser takes the participle for a noun."""
    nouns = [noun for agent in sentence.of(head, "agent") for noun in sentence.of(agent, "pobj")]
    return noun_argument(sentence, nouns[0]).text if head.is_noun and nouns else None


_PARTICIPLES: dict[Holding | None, Status] = {
    Holding.HOLD: Status.HOLDS,
    Holding.TAKE: Status.HOLDS,
    Holding.BESIEGE: Status.BESIEGED,
    Holding.LOSE: Status.LOST,
}


def _owner_of(sentence: Sentence, head: Token) -> str | None:
    """The holder in "is the rebels'", "is a rebel stronghold", "a stronghold of the rebels"; None for others."""
    behind = sentence.tokens[head.i + 1 : head.i + 2]
    if behind and behind[0].tag == "POS" and head.is_noun:
        return noun_argument(sentence, head).text.removesuffix("'s").removesuffix("’s").strip()
    if is_stronghold(head.lemma):
        beside = sentence.of(head, "compound", "nmod", "amod", "poss")
        names = [t for t in beside if t.is_noun or nation_of(t.text) or is_force(t.lemma)]
        owners = [owner.text for owner in objects_of(sentence, head) if can_hold(sentence, owner)]
        return sentence.text[names[0].start : names[-1].end] if names else next(iter(owners), None)
    return None


def _holder_before(sentence: Sentence, participle: Token) -> str | None:
    """The holder in "Russian-held"; None where no such word is joined to the participle."""
    before = [t for t in sentence.of(participle, "npadvmod", "compound", "amod", "nmod") if t.i < participle.i]
    return before[0].text if before and sentence.tokens[participle.i - 1].text == "-" else None


def _is_nation(sentence: Sentence, head: Token) -> bool:
    """Whether a place is said to be a nation's: "The island is Danish." """
    return bool(nation_of(head.text)) and head.tag.startswith(("JJ", "NNP")) and not sentence.of(head, "det")
