"""Reads from a clause with a verb of falling which place fell, and to whom: no rain, no striker."""

from collections.abc import Iterator

from index.claim import Status
from index.claims.parties import can_hold, is_power, may_take, names_person
from index.claims.relation import Relation, relation
from index.language.clauses import Argument, Clause
from index.language.coreference import opens_with_word
from index.language.parser import Sentence, Token
from index.language.predicates import is_place

# "Fell short of a majority", "fell ill": nothing that anybody held.
_FALLS_AS = frozenset("short apart behind ill asleep silent flat vacant".split())


def falling_of(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """Which place fell by a clause, to each of those whom it fell to."""
    if "_" in clause.predicate or _falls_otherwise(sentence, clause):
        return
    gainers = _gainers(sentence, clause)
    for place in clause.of("agent"):
        head = sentence.tokens[place.head]
        if names_person(sentence, head):
            # "The winner fell to the captain", "Defender Ada Lund fell".
            continue
        if gainers == [None] and (opens_with_word(head, place.text) or not _may_fall(sentence, head)):
            # "Snow fell", "heavy snow fell".
            continue
        if not can_hold(sentence, place) or head.is_name:
            for new in gainers:
                yield relation(clause, Status.TOOK if new else Status.LOST, place, new)


def _falls_otherwise(sentence: Sentence, clause: Clause) -> bool:
    """ "Fell by 3 percent", "fell short of a majority", "fell ill": to nobody."""
    adverbs = {child.text.lower() for child in sentence.of(sentence.tokens[clause.verb], "advmod", "acomp")}
    return bool(clause.of("complement") or clause.of("by", "on top of") and not clause.of("to") or adverbs & _FALLS_AS)


def _may_fall(sentence: Sentence, noun: Token) -> bool:
    """Whether it may be a place that falls: a name, "the town", not what just fell, such as snow."""
    return noun.is_name or is_place(noun.lemma) and bool(sentence.of(noun, "det", "poss", "nummod"))


def _gainers(sentence: Sentence, clause: Clause) -> list[Argument | None]:
    """To whom something falls: one None where that is not told, nobody where it is "into their hands"."""
    into = clause.of("to", "into")
    return [a for a in into if not is_power(sentence, a) and may_take(sentence, a)] or ([] if into else [None])
