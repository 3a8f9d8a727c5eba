"""Reads who loses a place because a rule over it ends: "They ended eleven years of army rule in the town", "They swept
the party from power there"."""

from collections.abc import Iterator, Sequence

from index.claim import Status
from index.claims.parties import POWERS, can_hold, holders_beside, is_power, noun_argument, objects_of
from index.claims.relation import Relation, relation
from index.language.clauses import Argument, Clause, noun_phrase
from index.language.parser import Sentence, Token

_ENDING = frozenset("end finish terminate".split())
_IN = ("in", "at", "over")
# Who brings a rule to its end mostly takes its place.
_SUCCEEDING = 0.8


def endings_of(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """What a clause says of a rule that ends."""
    if clause.negated:
        return
    yield from _of_removal(sentence, clause)
    if clause.predicate not in _ENDING:
        return
    patients = clause.of("patient")
    subjects = clause.of("agent")
    enders = [a for a in subjects if can_hold(sentence, a) and a.head < clause.verb] if patients else []
    for power in _powers(sentence, patients or subjects):
        for place in objects_of(sentence, power) or _places_in(sentence, power) or clause.of(*_IN):
            for loser in _rulers(sentence, power, subjects):
                yield Relation(Status.LOST, place, loser, clause)
            yield from (relation(clause, Status.TOOK, place, ender, _SUCCEEDING) for ender in enders)


def _of_removal(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "They drove the party from power in the town", with whatever verb."""
    for power in (sentence.tokens[a.head] for a in clause.of("from", "out of") if is_power(sentence, a)):
        losers = [a for a in clause.of("patient") if can_hold(sentence, a)]
        takers = [a for a in clause.of("agent") if can_hold(sentence, a)] if losers else []
        for place in objects_of(sentence, power) or _places_in(sentence, power) or clause.of(*_IN):
            yield from (relation(clause, Status.LOST, place, loser) for loser in losers)
            yield from (relation(clause, Status.TOOK, place, taker, _SUCCEEDING) for taker in takers)


def _powers(sentence: Sentence, ended: Sequence[Argument]) -> Iterator[Token]:
    """The words for holding among what ends: "their rule", "eleven years of their rule"."""
    for argument in ended:
        head = sentence.tokens[argument.head]
        nouns = [head, *(sentence.tokens[each.head] for each in objects_of(sentence, head))]
        yield from (noun for noun in nouns if noun.lemma in POWERS)


def _rulers(sentence: Sentence, power: Token, subjects: Sequence[Argument]) -> Sequence[str | None]:
    """Whose rule it is: "the army's rule", "eleven years of army rule", "rule by the army"."""
    owners = [each for noun in (power, sentence.head(sentence.head(power))) for each in sentence.of(noun, "poss")]
    named = [sentence.text[noun_phrase(sentence, owner)[0] : owner.end] for owner in owners if owner.is_noun]
    behind_by = [a.text for a in subjects if a.start > power.start and can_hold(sentence, a)]
    return named or holders_beside(sentence, power, of=False) or behind_by


def _places_in(sentence: Sentence, power: Token) -> list[Argument]:
    prepositions = [each for each in sentence.of(power, "prep") if each.text.lower() in _IN]
    nouns = [noun for preposition in prepositions for noun in sentence.of(preposition, "pobj")]
    return [noun_argument(sentence, each) for noun in nouns for each in sentence.conjuncts(noun)]
