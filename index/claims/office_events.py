"""Reads who gets or loses an office from a deed that a noun names: "the resignation of Ada Lund as mayor"."""

from collections.abc import Iterator

from index.claim import Status
from index.claims.noun_events import SUPPOSING, behind, has_effect
from index.claims.office_names import name_of, names_beside, owner_of, role_of
from index.claims.parties import objects_of
from index.claims.tenure import Tenure
from index.language.clauses import Clause
from index.language.parser import Sentence, Token
from index.language.predicates import Post, asserts, is_office, post_named_by

_STATUSES = {Post.APPOINT: Status.TOOK, Post.LEAVE: Status.LEFT, Post.DISMISS: Status.LOST}
# Beside what tells that it has happened: whose resignation is accepted has resigned.
_ACCEPTING = frozenset(("accept", "approve"))


def office_events_of(sentence: Sentence, clause: Clause) -> Iterator[Tenure]:
    """What a clause tells of deeds by which somebody got, left or lost an office."""
    for deed in _happened(sentence, clause):
        post = post_named_by(deed.lemma)
        if post is None or deed.is_name:
            continue
        for person in _persons(sentence, deed):
            for office in _offices(sentence, deed, person):
                role, _ = role_of(sentence, office)
                owner = owner_of(sentence, office)
                yield Tenure(_STATUSES[post], role, owner, name_of(sentence, person), clause, 0.9)


def _happened(sentence: Sentence, clause: Clause) -> Iterator[Token]:
    """The nouns whose deed has happened by a clause."""
    if clause.negated:
        return
    arguments = clause.of(*SUPPOSING)
    if asserts(clause.lemma) or clause.lemma in _ACCEPTING:
        arguments += clause.of("patient")
    if has_effect(clause):
        arguments += clause.of("agent")
    yield from (sentence.tokens[argument.head] for argument in arguments)


def _persons(sentence: Sentence, deed: Token) -> list[Token]:
    """Whose deed it is, or of whom: "Ada Lund's resignation", "the dismissal of the mayor, Ada Lund"."""
    nouns = [*sentence.of(deed, "poss"), *(sentence.tokens[a.head] for a in objects_of(sentence, deed))]
    beside = [name for noun in nouns if is_office(noun.lemma) for name in names_beside(sentence, noun, None)]
    return [noun for noun in (*nouns, *beside) if noun.is_name and not is_office(noun.lemma)]


def _offices(sentence: Sentence, deed: Token, person: Token) -> list[Token]:
    """The office behind "as", else that beside the name."""
    nouns = (sentence.tokens[a.head] for word in (deed, person) for a in behind(sentence, word, "as"))
    named = [noun for noun in nouns if is_office(noun.lemma)]
    every = (token for token in sentence.tokens if is_office(token.lemma))
    return named or [office for office in every if person in names_beside(sentence, office, owner_of(sentence, office))]
