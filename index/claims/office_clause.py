"""A clause in which somebody may get, hold or leave an office: the office that it names, and who acts."""

from collections.abc import Iterator
from dataclasses import dataclass

from index.claim import Status
from index.claims.office_names import name_of, names_beside, owner_of, role_of
from index.claims.tenure import Tenure
from index.language.clauses import Clause, Tense
from index.language.name_spans import name_span
from index.language.parser import Sentence, Token
from index.language.predicates import Post, is_force, is_office, post_named_by

# Who does so as coach is the coach already.
STAYING = frozenset("remain stay continue".split())
# What the agent of such a verb is.
ROLES = {Post.LEAD: "leader", Post.CHAIR: "chair", Post.OWN: "owner"}


@dataclass(frozen=True)
class OfficeClause:
    """A clause with the office that it names, if any."""

    sentence: Sentence
    clause: Clause
    office: Token | None

    @property
    def verb(self) -> Token:
        """The verb of the clause."""
        return self.sentence.tokens[self.clause.verb]

    @property
    def agents(self) -> list[Token]:
        """The heads of its agents."""
        return self.of("agent")

    @property
    def patients(self) -> list[Token]:
        """The heads of its patients."""
        return self.of("patient")

    def of(self, *roles: str) -> list[Token]:
        """The heads of the arguments in these roles."""
        return [self.sentence.tokens[argument.head] for argument in self.clause.of(*roles)]

    def held(self, status: Status, holders: list[Token], owner: Token | None = None) -> Iterator[Tenure]:
        """What is said of each of `holders`; `owner` is whose office it is where the office does not say."""
        return _holders(self.sentence, self.clause, status, self.office, holders, owner)


def _holders(
    sentence: Sentence,
    clause: Clause,
    status: Status,
    office: Token | None,
    holders: list[Token],
    owner: Token | None,
) -> Iterator[Tenure]:
    role, former = role_of(sentence, office) if office is not None else ("", False)
    body = (owner_of(sentence, office) if office is not None else None) or owner
    for holder in holders:
        if office is None:
            yield from _of_named_holder(sentence, clause, status, holder)
        if holder != body and _may_have(holder, role):
            weight = (0.9 if role else 0.5) * (1.0 if holder.is_name else 0.8)
            new = Status.HELD_BEFORE if former and status is Status.HOLDS else status
            yield Tenure(new, role, body, name_of(sentence, holder), clause, weight)


def _may_have(holder: Token, role: str) -> bool:
    """Whether a word may be who has this office. "It" may own, but is no mayor: "It is official"."""
    is_thing = holder.text.lower() == "it" and role not in ("", ROLES[Post.OWN])
    return may_hold(holder) and not is_thing


def _of_named_holder(sentence: Sentence, clause: Clause, status: Status, holder: Token) -> Iterator[Tenure]:
    """ "The director of the agency, Ada Lund, resigned": her office stands beside her name."""
    if is_office(holder.lemma) and not holder.is_name:
        role, owner = role_of(sentence, holder)[0], owner_of(sentence, holder)
        for name in names_beside(sentence, holder, owner):
            yield Tenure(status, role, owner, name_of(sentence, name), clause, 0.9)


def may_hold(token: Token) -> bool:
    """Whether a word may be who holds an office."""
    return (token.is_name or token.tag in ("PRP", "PRP$") or is_force(token.lemma)) and not is_office(token.lemma)


def office_of(sentence: Sentence, verb: Token) -> Token | None:
    """The office that a verb names: its complement, or what stands behind "as"."""
    nouns = [*sentence.of(verb, "attr", "oprd", "acomp")]
    for preposition in sentence.of(verb, "prep"):
        if preposition.text.lower() == "as":
            nouns += sentence.of(preposition, "pobj")
    for noun in sentence.of(verb, "dobj"):
        if post_named_by(noun.lemma):
            # "Announced the appointment of Ada Lund as mayor": not its own.
            continue
        for preposition in sentence.of(noun, "prep"):
            if preposition.text.lower() == "as":
                nouns += sentence.of(preposition, "pobj")
    return next((noun for noun in nouns if is_office(noun.lemma) and not _names_someone(sentence, noun)), None)


def _names_someone(sentence: Sentence, noun: Token) -> bool:
    return any(child.is_name for child in sentence.of(noun, "appos"))


def is_person(sentence: Sentence, name: Token) -> bool:
    """Whether a title stands before a name: "Prime Minister Ada Lund"."""
    if not name.is_name:
        return False
    start, end = name_span(sentence, name)
    return any(start <= t.start < name.start and is_office(t.lemma.lower()) for t in sentence.tokens)


def first(tokens: list[Token]) -> Token | None:
    """The first of some tokens, if there are any."""
    return tokens[0] if tokens else None


def of_being(clause: Clause) -> Status:
    """What "is" or "was" says of who has an office."""
    if clause.negated or clause.ended:
        return Status.LOST
    return Status.HELD_BEFORE if clause.tense in (Tense.PAST, Tense.BEFORE) else Status.HOLDS
