"""Reads from one sentence's clauses which holder stands in which relation to which place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from index.claim import Status
from index.language.clauses import Argument, Clause, Modality, Tense, clauses_of
from index.language.parser import Sentence, Token
from index.language.predicates import Holding, holding_of, is_force, is_people, is_place, nation_of, nominalised

# Idioms of English for holding: in their hands, under their control, their flag flies over it.
_HANDS = frozenset("hand hands possession".split())
_POWERS = frozenset(
    "control rule occupation command authority administration power government charge sway leadership grip".split()
)
_SIEGES = frozenset("siege blockade encirclement".split())
_STAYING = frozenset("be remain stay lie stand keep continue sit".split())
_CHANGING = frozenset("go come pass return fall get revert bring put place switch".split())
_RAISING = frozenset("fly wave raise hoist plant hang go flutter be float rise".split())
_CONTESTED = frozenset("contest dispute divide split".split())
_MOTION = frozenset("march move roll sweep push walk enter advance storm drive arrive come pour ride break".split())
_PLACING = ("over", "at", "in", "on", "above", "outside", "across", "from")


@dataclass(frozen=True)
class Relation:
    """One reading: the place's and the holder's tokens in the sentence (None where they are not told), and the clause
    that says so. `holder_text` stands for a holder that is no token of its own, such as "Russian" in "Russian-held"."""

    status: Status
    place: Argument
    holder: str | None
    clause: Clause | None
    weight: float = 1.0


def relations_of(sentence: Sentence) -> list[Relation]:
    """What the sentence says of who holds what; plans, conditions and questions are left out."""
    found: list[Relation] = []
    for clause in clauses_of(sentence):
        if clause.modality in (Modality.OPEN, Modality.CONDITION, Modality.QUESTION):
            continue
        found += [relation for relation in _of_clause(sentence, clause) if not _is_quantity(relation.place.text)]
    found += _of_so(sentence, found)
    found += _of_modifiers(sentence, found)
    return found


def _of_clause(sentence: Sentence, clause: Clause) -> Iterator[Relation]:  # noqa: C901
    verb = sentence.tokens[clause.verb]
    agents, patients = clause.of("agent"), clause.of("patient")
    holding = holding_of(clause.predicate)
    objects = [a for a in patients if _power(sentence, a)]
    if objects and holding in (Holding.TAKE, Holding.HOLD, Holding.LOSE):
        # "took control of the town", "lost control of it"
        owners: list[Argument | None] = list(agents) or [None]
        for power in objects:
            for place in _objects_of(sentence, sentence.tokens[power.head]) or clause.of("of", "over"):
                for agent in owners:
                    status = {Holding.TAKE: Status.TOOK, Holding.HOLD: Status.HOLDS}.get(holding, Status.LOST)
                    yield _relation(clause, status, place, agent)
        return
    if verb.lemma in _STAYING | _CHANGING or clause.passive or verb.lemma == "have":
        yield from _of_state(sentence, clause, agents if not clause.passive else patients)
    yield from _of_flag(sentence, clause)
    if verb.lemma in _CONTESTED and clause.passive:
        for place in patients:
            yield _relation(clause, Status.CONTESTED, place, None)
    if verb.lemma == "change" and any(sentence.tokens[a.head].lemma in _HANDS for a in patients):
        return
    if holding is not None:
        yield from _of_holding(sentence, clause, holding)
    if holding in (None, Holding.ENTER, Holding.LEAVE) and not clause.passive:
        # Whatever verb: soldiers who march, roll or come into a town are there now.
        for place in clause.of("into"):
            for force in agents:
                if _can_hold(sentence, force) and is_force_or_nation(sentence, force):
                    yield _relation(clause, Status.TOOK, place, force, 0.6)


def _of_holding(sentence: Sentence, clause: Clause, holding: Holding) -> Iterator[Relation]:  # noqa: C901
    agents, patients = clause.of("agent"), clause.of("patient")
    source = clause.of("from") + (clause.of("of") if "_" in clause.predicate else [])
    holders: list[Argument | None] = [a for a in agents if _may_take(sentence, a)] or [None]
    if holding in (Holding.TAKE, Holding.HOLD):
        status = Status.TOOK if holding is Holding.TAKE else Status.HOLDS
        if agents and holders == [None]:
            return
        for place in patients:
            for holder in holders:
                yield _relation(clause, status, place, holder)
            for loser in clause.of("from") if holding is Holding.TAKE else []:
                yield _relation(clause, Status.LOST, place, loser, 0.6)
    elif holding is Holding.LOSE:
        for place in patients:
            for holder in holders:
                yield _relation(clause, Status.LOST, place, holder)
            for gainer in clause.of("to"):
                yield _relation(clause, Status.TOOK, place, gainer)
    elif holding is Holding.LEAVE:
        forces = [a for a in (patients if clause.passive or patients and source else agents) if _can_hold(sentence, a)]
        forces = forces or [a for a in agents if _can_hold(sentence, a) or _is_pronoun(sentence, a)]
        places = source or ([] if clause.passive else patients)
        for force in forces if not clause.passive or agents or forces != patients else []:
            for place in [place for place in places if place not in forces] or [_nowhere(sentence, clause)]:
                yield _relation(clause, Status.LEFT, place, force, 0.9 if places else 0.4)
    elif holding is Holding.EXPEL:
        for place in source or clause.of("out"):
            for loser in [p for p in patients if _can_hold(sentence, p) or _is_pronoun(sentence, p)]:
                yield _relation(clause, Status.LOST, place, loser)
            for gainer in [h for h in holders if h is not None] if not clause.passive else agents:
                yield _relation(clause, Status.TOOK, place, gainer, 0.8)
    elif holding is Holding.FALL:
        if "_" in clause.predicate or clause.of("by", "on top of") and not clause.of("to"):
            return
        gainers: list[Argument | None] = list(clause.of("to", "into")) or [None]
        for place in agents:
            if not _can_hold(sentence, place) or sentence.tokens[place.head].is_name:
                for new in gainers:
                    yield _relation(clause, Status.TOOK if new else Status.LOST, place, new)
    elif holding is Holding.BESIEGE:
        for place in patients:
            yield _relation(clause, Status.BESIEGED, place, None)
    elif holding is Holding.ENTER:
        for place in patients:
            for holder in holders:
                if holder is not None:
                    yield _relation(clause, Status.TOOK, place, holder, 0.5)


def _of_state(sentence: Sentence, clause: Clause, places: list[Argument]) -> Iterator[Relation]:  # noqa: C901
    """ "is in their hands", "stays with the army", "has been Russian-held", "remains under Ukrainian control"."""
    changed = clause.predicate.split("_")[0] in _CHANGING
    status = Status.TOOK if changed and clause.predicate.split("_")[0] not in ("put", "place") else Status.HOLDS
    for argument in clause.arguments:
        head = sentence.tokens[argument.head]
        if (
            argument.role in ("in", "into", "to")
            and head.lemma in _HANDS | {"possession"}
            or (argument.role in ("under", "in") and head.lemma in _POWERS)
        ):
            holders = _holders_beside(sentence, head)
            subjects = [a for a in places if _can_hold(sentence, a)]
            owned = _objects_of(sentence, head)
            if head.lemma in _POWERS | {"possession"} and argument.role == "in" and owned and subjects:
                for place in owned:
                    for subject in subjects:
                        yield _relation(clause, Status.HOLDS, place, subject)
                continue
            for place in places:
                for holder in holders:
                    yield replace(_relation(clause, status, place, None), holder=holder)
        elif argument.role == "under" and head.lemma in _SIEGES:
            for place in places:
                yield _relation(clause, Status.BESIEGED, place, None)
        elif argument.role == "with" and _can_hold(sentence, argument) and clause.predicate.split("_")[0] in _STAYING:
            for place in places:
                yield _relation(clause, Status.HOLDS, place, argument, 0.9)
        elif argument.role == "under" and _can_hold(sentence, argument) and clause.predicate.split("_")[0] in _STAYING:
            for place in places:
                yield _relation(clause, Status.HOLDS, place, argument)
        elif argument.role == "to" and clause.predicate.split("_")[0] == "go" and _can_hold(sentence, argument):
            for place in places:
                if not _can_hold(sentence, place):
                    yield _relation(clause, Status.TOOK, place, argument, 0.7)
        elif argument.role == "complement":
            yield from _of_complement(sentence, clause, places, head)


def _of_complement(sentence: Sentence, clause: Clause, places: list[Argument], head: Token) -> Iterator[Relation]:  # noqa: C901
    holding = holding_of(head.lemma)
    compound = [child for child in sentence.of(head, "npadvmod", "compound", "amod", "nmod") if child.i < head.i]
    if holding in (Holding.HOLD, Holding.TAKE) and compound and sentence.tokens[head.i - 1].text == "-":
        for place in places:
            yield replace(_relation(clause, Status.HOLDS, place, None), holder=compound[0].text)
    elif nation_of(head.text) and head.tag.startswith(("JJ", "NNP")) and not sentence.of(head, "det"):
        for place in places:
            if not is_people(sentence.tokens[place.head].lemma):
                yield replace(_relation(clause, Status.HOLDS, place, None, 0.9), holder=head.text)
    elif head.tag == "VBN" and holding in (Holding.HOLD, Holding.TAKE, Holding.BESIEGE, Holding.LOSE):
        status = {Holding.BESIEGE: Status.BESIEGED, Holding.LOSE: Status.LOST}.get(holding, Status.HOLDS)
        for place in places:
            yield _relation(clause, status, place, None)
    elif head.text.lower() in ("ours", "theirs", "his", "hers"):
        for place in places:
            yield _relation(clause, Status.HOLDS, place, None, 0.8)
    elif head.lemma in _CONTESTED | {"disputed", "divided", "contested"}:
        for place in places:
            yield _relation(clause, Status.CONTESTED, place, None)


def _of_flag(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "The flag of Ukraine flies over the square of X", "they raised their flag at the entrance to X"."""
    flags = [
        a
        for a in clause.of("agent", "patient")
        if sentence.tokens[a.head].lemma in ("flag", "banner", "colour", "color")
    ]
    if not flags or clause.predicate.split("_")[0] not in _RAISING:
        return
    holders = _holders_beside(sentence, sentence.tokens[flags[0].head])
    actors = [a.text for a in clause.of("agent") if _can_hold(sentence, a)]
    for place in clause.of(*_PLACING):
        for holder in holders or actors or [None]:
            yield replace(_relation(clause, Status.TOOK, place, None, 0.9), holder=holder)


def _of_so(sentence: Sentence, found: list[Relation]) -> Iterator[Relation]:
    """ "X remains under their control, and so does Y": what was said of X holds for Y."""
    for clause in clauses_of(sentence):
        verb = sentence.tokens[clause.verb]
        so = [
            child
            for child in sentence.of(verb, "advmod", "dep")
            if child.text.lower() in ("so", "neither", "nor") and child.i < verb.i
        ]
        if so and verb.lemma in ("do", "be", "have"):
            subjects = [token for token in sentence.of(verb, "nsubj", "conj", "attr") if token.i > verb.i] or (
                [verb] if verb.is_name else []
            )
            before = [relation for relation in found if relation.clause and relation.clause.verb < verb.i]
            for subject in subjects:
                for relation in before[:1]:
                    yield replace(relation, place=_noun_argument(sentence, subject))


def _of_modifiers(sentence: Sentence, found: list[Relation]) -> Iterator[Relation]:
    """ "The RSF-held town of X": a participle with its holder before a noun."""
    taken = {relation.place.head for relation in found}
    for token in sentence.tokens:
        if (
            token.dep == "amod"
            and token.tag == "VBN"
            and holding_of(token.lemma) in (Holding.HOLD, Holding.TAKE)
            and token.i > 1
        ):
            noun = sentence.head(token)
            dash, holder = sentence.tokens[token.i - 1], sentence.tokens[token.i - 2]
            if (
                dash.text == "-"
                and noun.i not in taken
                and (holder.is_name or nation_of(holder.text) or is_force(holder.lemma))
            ):
                for place in [
                    *_objects_of(sentence, noun),
                    Argument("patient", noun.text, noun.i, noun.start, noun.end),
                ]:
                    yield Relation(Status.HOLDS, place, holder.text, None, 0.8)


def _relation(
    clause: Clause, status: Status, place: Argument, holder: Argument | None, weight: float = 1.0
) -> Relation:
    text = holder.text if holder is not None else None
    if clause.negated or clause.ended:
        # "does not hold", "no longer controls": lost. "has not fallen", "has not left": as it was.
        if status is Status.HOLDS:
            return Relation(Status.LOST, place, text, clause, weight if text else 0.3)
        keeper = text if status in (Status.LEFT, Status.LOST) else None
        return Relation(Status.HOLDS, place, keeper, clause, 0.4 if status is not Status.BESIEGED else 0.1)
    if clause.tense is Tense.BEFORE and status in (Status.HOLDS, Status.BESIEGED):
        status = Status.HELD_BEFORE
    return Relation(status, place, text, clause, weight)


def _power(sentence: Sentence, argument: Argument) -> bool:
    return sentence.tokens[argument.head].lemma in _POWERS | _HANDS


def _objects_of(sentence: Sentence, noun: Token) -> list[Argument]:
    """The arguments behind "of" and "over" of a noun: control of the town."""
    return [
        Argument("of", sentence.text[a.start : a.end], a.i, a.start, a.end)
        if not a.is_noun
        else _noun_argument(sentence, a)
        for preposition in sentence.of(noun, "prep")
        if preposition.text.lower() in ("of", "over")
        for first in sentence.of(preposition, "pobj")
        for a in sentence.conjuncts(first)
    ]


def _noun_argument(sentence: Sentence, token: Token) -> Argument:
    from index.language.clauses import noun_phrase

    start, end = noun_phrase(sentence, token)
    return Argument("of", sentence.text[start:end], token.i, start, end)


def _holders_beside(sentence: Sentence, noun: Token) -> list[str | None]:
    """Whose hands, control or flag: what stands before the noun or behind "of"."""
    before = [
        child
        for child in sentence.of(noun, "poss", "compound", "amod", "nmod", "npadvmod")
        if child.is_noun
        or nation_of(child.text)
        or child.tag in ("NNP", "NNPS")
        or child.tag == "PRP$"
        or child.tag == "JJ"
        and child.text[:1].isupper()
    ]
    if before:
        return [sentence.text[before[0].start : before[-1].end]]
    return [argument.text for argument in _objects_of(sentence, noun)]


def _can_hold(sentence: Sentence, argument: Argument) -> bool:
    """Whether an argument may be who holds a place: a name, a people, an armed or governing body."""
    head = sentence.tokens[argument.head]
    if head.tag in ("PRP",):
        return head.text.lower() not in ("it", "there")
    if head.tag in ("WP", "WDT"):
        return False
    if is_force(head.lemma) or is_force(head.text.lower()) or nation_of(head.text):
        return True
    return (
        head.is_name
        and not re.search(r"\b(the )?(city|town|village) of\b", argument.text.lower())
        or (head.lemma in ("side", "man", "ally", "neither", "none") and not is_place(head.lemma))
    )


def _may_take(sentence: Sentence, argument: Argument) -> bool:
    """Whether an agent may be who takes or holds a place: any noun that is none itself; many groups have names that no
    dictionary tells from things ("the opposition")."""
    head = sentence.tokens[argument.head]
    return _can_hold(sentence, argument) or head.tag == "PRP" or head.is_noun and not is_place(head.lemma)


def _is_pronoun(sentence: Sentence, argument: Argument) -> bool:
    return sentence.tokens[argument.head].tag == "PRP"


def is_force_or_nation(sentence: Sentence, argument: Argument) -> bool:
    """Whether an argument is told to be an armed or governing body, or a nation's people."""
    head = sentence.tokens[argument.head]
    return is_force(head.lemma) or is_force(head.text.lower()) or nation_of(head.text) is not None


def _nowhere(sentence: Sentence, clause: Clause) -> Argument:
    """The place that a verb of leaving does not name: that which was last spoken of."""
    return Argument("implied", "", clause.verb, clause.start, clause.end)


def _is_quantity(text: str) -> bool:
    return re.fullmatch(r"[\d.,\s%$€£]++", text) is not None or re.search(r"\b(percent|per cent|%)\b", text) is not None


__all__ = ["Relation", "nominalised", "relations_of"]
