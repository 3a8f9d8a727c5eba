"""Reads who loses a place because a rule over it ends: "They ended eleven years of army rule in the town", "They swept
the party from power there"."""

from collections.abc import Iterator, Sequence

from index.claim import Status
from index.claims.noun_events import behind
from index.claims.parties import POWERS, can_hold, holders_beside, is_power, objects_of
from index.claims.relation import Relation, relation
from index.language.clauses import Argument, Clause, noun_phrase
from index.language.parser import Sentence, Token

_ENDING = frozenset("end finish terminate".split())
_IN = ("in", "at", "over")
# Who brings a rule to its end mostly takes its place.
_SUCCEEDING = 0.8


def endings_of(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """What a clause says of a rule that ends."""
    if not clause.negated:
        yield from _of_removal(sentence, clause)
    if clause.predicate not in _ENDING or clause.negated:
        return
    subjects, patients = clause.of("agent"), clause.of("patient")
    enders = [a for a in _able(sentence, subjects) if a.head < clause.verb] if patients else []
    for power in _powers(sentence, patients or subjects):
        losers = _rulers(sentence, power, subjects)
        for place in _places_of(sentence, clause, power):
            yield from (Relation(Status.LOST, place, loser, clause) for loser in losers)
            yield from (relation(clause, Status.TOOK, place, ender, _SUCCEEDING) for ender in enders)


def _of_removal(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "They drove the party from power in the town", with whatever verb."""
    losers = _able(sentence, clause.of("patient"))
    takers = _able(sentence, clause.of("agent")) if losers else []
    for power in (sentence.tokens[a.head] for a in clause.of("from", "out of") if is_power(sentence, a)):
        for place in _places_of(sentence, clause, power):
            yield from (relation(clause, Status.LOST, place, loser) for loser in losers)
            yield from (relation(clause, Status.TOOK, place, taker, _SUCCEEDING) for taker in takers)


def _able(sentence: Sentence, arguments: Sequence[Argument]) -> list[Argument]:
    return [argument for argument in arguments if can_hold(sentence, argument)]


def _places_of(sentence: Sentence, clause: Clause, power: Token) -> list[Argument]:
    """Over what a power is: "rule over the town", "in the town", or where the clause has it."""
    return objects_of(sentence, power) or [a for word in _IN for a in behind(sentence, power, word)] or clause.of(*_IN)


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
    by = [a.text for a in _able(sentence, subjects) if a.start > power.start]
    return named or holders_beside(sentence, power, of=False) or by
