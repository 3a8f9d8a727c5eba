"""Reads from one sentence who holds, takes or leaves an office: a chief executive, a mayor, the owner of a club."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from index.claim import Status
from index.claims.given_up import with_office
from index.claims.office_names import body_behind, name_of, names_beside, owner_of, owners_behind, role_of
from index.claims.tenure import Tenure
from index.language.clauses import Clause, Modality, Tense, clauses_of
from index.language.name_spans import name_span
from index.language.parser import Sentence, Token
from index.language.predicates import Holding, Post, holding_of, is_force, is_office, post_of

# What the agent of such a verb is.
ROLES = {Post.LEAD: "leader", Post.CHAIR: "chair", Post.OWN: "owner"}
# The weight of what stands beside a name in a sentence that says something else.
IN_PASSING = 0.8
_SERVING = frozenset("serve act work remain stay continue return begin start".split())


def tenures_of(sentence: Sentence) -> list[Tenure]:
    """What the sentence says of who holds which office; plans, conditions and questions are left out."""
    clauses = {clause.verb: clause for clause in clauses_of(sentence)}
    tenures = [tenure for token in sentence.tokens if is_office(token.lemma) for tenure in _beside(sentence, token)]
    for clause in clauses.values():
        if clause.modality in (Modality.OPEN, Modality.CONDITION, Modality.QUESTION) or clause.denied:
            continue
        tenures += _of_clause(sentence, clause)
    best: dict[tuple[str, str], Tenure] = {}
    for tenure in with_office(tenures):
        key = tenure.holder, tenure.role
        if key not in best or best[key].weight < tenure.weight:
            best[key] = tenure
    return list(best.values())


def _beside(sentence: Sentence, office: Token) -> Iterator[Tenure]:
    """ "Ada Lund, chief executive of Norvik", "Norvik's chief executive, Ada Lund", "Mayor Ada Lund"."""
    role, former = role_of(sentence, office)
    owner = owner_of(sentence, office)
    for name in names_beside(sentence, office, owner):
        if name != owner and not is_office(name.lemma):
            status = Status.HELD_BEFORE if former or _has_died(sentence, name, office) else Status.HOLDS
            weight = IN_PASSING if _says_more(sentence) else 0.9
            yield Tenure(status, role, owner or body_behind(sentence, name), name_of(sentence, name), None, weight)


def _has_died(sentence: Sentence, *nouns: Token) -> bool:
    """ "Ada Lund, chairwoman since 2011, died on Sunday"."""
    verbs = (sentence.head(noun) for noun in nouns if noun.dep == "nsubj")
    return any(verb.lemma == "die" and verb.tag in ("VBD", "VBN") for verb in verbs)


def _says_more(sentence: Sentence) -> bool:
    """Whether there is a verb: a line of a list, "Ada Lund, minister of health", has none."""
    return any(token.tag.startswith(("VB", "MD")) for token in sentence.tokens)


def _of_clause(sentence: Sentence, clause: Clause) -> Iterator[Tenure]:
    parts = _Parts(
        sentence,
        clause,
        _office_of(sentence, sentence.tokens[clause.verb]),
        _heads(sentence, clause, "agent"),
        _heads(sentence, clause, "patient"),
    )
    post = post_of(clause.predicate)
    if sentence.tokens[clause.verb].lemma == "be":
        yield from _of_identity(parts)
    if sentence.tokens[clause.verb].lemma == "take" and not clause.negated:
        yield from _of_taking_the_place(parts)
    if sentence.tokens[clause.verb].lemma == "have":
        yield from _of_having(parts)
    elif post in _OF_POST:
        yield from _OF_POST[post](parts)
    elif parts.office is not None:
        yield from _of_office(parts, parts.office)


@dataclass(frozen=True)
class _Parts:
    """A clause with the office that it names, if any, and the heads of its agents and patients."""

    sentence: Sentence
    clause: Clause
    office: Token | None
    agents: list[Token]
    patients: list[Token]

    def of(self, *roles: str) -> list[Token]:
        """The heads of the arguments in these roles."""
        return _heads(self.sentence, self.clause, *roles)

    def held(self, status: Status, holders: list[Token], owner: Token | None = None) -> Iterator[Tenure]:
        """What is said of each of `holders`; `owner` is whose office it is where the office does not say."""
        return _holders(self.sentence, self.clause, status, self.office, holders, owner)


def _heads(sentence: Sentence, clause: Clause, *roles: str) -> list[Token]:
    return [sentence.tokens[argument.head] for argument in clause.of(*roles)]


def _of_succeeding(parts: _Parts) -> Iterator[Tenure]:
    """ "Ada Lund replaced Peter Holm"; in "The council replaced her with Ada Lund" the council is the body."""
    heirs = parts.of("with")
    if parts.patients:
        bodies = [agent for agent in parts.agents if not _is_person(parts.sentence, agent)] if heirs else []
        yield from parts.held(Status.TOOK, heirs or parts.agents, _first(bodies))
        yield from parts.held(Status.LOST, parts.patients)


def _of_resigning(parts: _Parts) -> Iterator[Tenure]:
    yield from parts.held(Status.LEFT, parts.agents or parts.patients, _first(parts.of("from", "patient")))


def _of_dismissing(parts: _Parts) -> Iterator[Tenure]:
    yield from parts.held(Status.LOST, parts.patients, _first(parts.of("from")) or _appointing_body(parts))


def _of_appointing(parts: _Parts) -> Iterator[Tenure]:
    """ "The board appoints Ada Lund", "Ada Lund was elected mayor"."""
    if parts.clause.predicate == "charge" and parts.of("with"):
        # "Was charged with fraud."
        return
    owner = _appointing_body(parts)
    if not parts.clause.negated and (parts.office is None or not parts.patients):
        yield from _of_chosen_heir(parts)
        yield from _of_named_office(parts, owner)
    if not parts.clause.negated and (parts.office is not None or owner is not None and owner.is_name):
        yield from parts.held(Status.TOOK, [p for p in parts.patients if p != parts.office], owner)


def _appointing_body(parts: _Parts) -> Token | None:
    """Who appoints by a clause, unless it is a person: the prime minister's minister is not hers."""
    agents = [] if parts.clause.passive else parts.agents
    return _first([agent for agent in agents[:1] if not _is_person(parts.sentence, agent)])


def _of_chosen_heir(parts: _Parts) -> Iterator[Tenure]:
    """ "The premier named Ada Lund to succeed her"."""
    sentence = parts.sentence
    for verb in sentence.of(sentence.tokens[parts.clause.verb], "xcomp", "ccomp", "advcl"):
        if post_of(verb.lemma) is Post.SUCCEED and sentence.of(verb, "dobj"):
            office = parts.office or _office_of(sentence, verb)
            chosen = replace(parts, office=office)
            owner = _appointing_body(parts) if office else None
            heirs = parts.patients or parts.of("complement") or sentence.of(verb, "nsubj")
            yield from chosen.held(Status.TOOK, heirs, owner)
            yield from chosen.held(Status.LOST, sentence.of(verb, "dobj"), owner)


def _of_taking_the_place(parts: _Parts) -> Iterator[Tenure]:
    """ "Ada Lund has taken her place", "Ada Lund took over from Peter Holm"."""
    sentence = parts.sentence
    places = [noun for noun in parts.patients if noun.lemma == "place"]
    before = [owner for noun in places for owner in sentence.of(noun, "poss")]
    if parts.clause.predicate == "take_over":
        before += [name for name in parts.of("from") if name.is_name or name.tag == "PRP"]
    if before:
        yield from parts.held(Status.TOOK, parts.agents)
        yield from parts.held(Status.LOST, before)


def _is_person(sentence: Sentence, name: Token) -> bool:
    """Whether a title stands before a name: "Prime Minister Ada Lund"."""
    if not name.is_name:
        return False
    start, end = name_span(sentence, name)
    return any(start <= t.start < name.start and is_office(t.lemma.lower()) for t in sentence.tokens)


def _of_named_office(parts: _Parts, owner: Token | None) -> Iterator[Tenure]:
    """ "The council elected Ada Lund mayor": the parser takes the name for a part of the office."""
    sentence = parts.sentence
    for office in parts.patients or filter(None, [parts.office]):
        before = [child for child in sentence.of(office, "compound", "nmod") if child.is_name and child.i < office.i]
        if is_office(office.lemma) and not office.is_name and before and not sentence.of(office, "det", "poss"):
            body = next(owners_behind(sentence, office), None) or _whose_voters(sentence, owner)
            name = sentence.text[slice(*name_span(sentence, before[-1]))].removesuffix(office.text).strip()
            if name:
                yield Tenure(Status.TOOK, role_of(sentence, office)[0], body, name, parts.clause, 0.9)


def _whose_voters(sentence: Sentence, voters: Token | None) -> Token | None:
    """The town in "Voters in Lindby elected her mayor", else who elects."""
    return next(owners_behind(sentence, voters), voters) if voters and not voters.is_name else voters


_OF_POST: dict[Post | None, Callable[[_Parts], Iterator[Tenure]]] = {
    Post.APPOINT: _of_appointing,
    Post.SUCCEED: _of_succeeding,
    Post.LEAVE: _of_resigning,
    Post.DISMISS: _of_dismissing,
}


def _of_office(parts: _Parts, office: Token) -> Iterator[Tenure]:
    """ "Ada Lund is, becomes, returns as chief executive"."""
    clause, lemma = parts.clause, parts.sentence.tokens[parts.clause.verb].lemma
    holding = holding_of(clause.predicate)
    if lemma == "be":
        # "Was re-elected mayor": the parser takes the verb for an adjective.
        elected = any(post_of(word.lemma) is Post.APPOINT for word in parts.sentence.of(office, "amod"))
        yield from parts.held(Status.TOOK if elected and not clause.negated else _of_being(clause), parts.agents)
    elif clause.negated:
        return
    elif holding in (Holding.LEAVE, Holding.LOSE):
        yield from parts.held(Status.LEFT, parts.agents)
        yield from parts.held(Status.LOST, parts.patients if clause.passive else [])
        yield from parts.held(Status.TOOK, parts.of("to"))
    elif holding is Holding.EXPEL:
        yield from parts.held(Status.LOST, parts.patients)
    else:
        yield from parts.held(Status.TOOK if lemma != "remain" else Status.HOLDS, _who_gets(parts, office))


def _who_gets(parts: _Parts, office: Token) -> list[Token]:
    """Who has an office by a clause: its agents, or the patients of "Parliament confirmed Ada Lund as minister"."""
    named = [each for each in parts.patients if each.is_name and each != office]
    return parts.patients if parts.clause.passive else named or parts.agents


def _of_identity(parts: _Parts) -> Iterator[Tenure]:
    """ "The mayor of Norvik is Ada Lund"."""
    sentence = parts.sentence
    names = [each for each in parts.of("complement") if each.is_name and not is_office(each.lemma)]
    for office in parts.agents if names else []:
        if is_office(office.lemma) and not office.is_name:
            role, former = role_of(sentence, office)
            status = Status.HELD_BEFORE if former else _of_being(parts.clause)
            owner = owner_of(sentence, office)
            yield from (Tenure(status, role, owner, name_of(sentence, name), parts.clause, 0.9) for name in names)


def _of_being(clause: Clause) -> Status:
    """What "is" or "was" says of who has an office."""
    if clause.negated or clause.ended:
        return Status.LOST
    return Status.HELD_BEFORE if clause.tense in (Tense.PAST, Tense.BEFORE) else Status.HOLDS


def _of_having(parts: _Parts) -> Iterator[Tenure]:
    """ "The party has a new leader in Ada Lund"."""
    sentence = parts.sentence
    for office in parts.patients:
        names = [n for p in sentence.of(office, "prep") if p.text.lower() == "in" for n in sentence.of(p, "pobj")]
        for name in [*names, *parts.of("in")] if is_office(office.lemma) else []:
            if name.is_name:
                role, _ = role_of(sentence, office)
                yield Tenure(Status.TOOK, role, _first(parts.agents), name_of(sentence, name), parts.clause, 0.9)


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
        if holder != body and _may_hold(holder):
            weight = (0.9 if role else 0.5) * (1.0 if holder.is_name else 0.8)
            new = Status.HELD_BEFORE if former and status is Status.HOLDS else status
            yield Tenure(new, role, body, name_of(sentence, holder), clause, weight)


def _of_named_holder(sentence: Sentence, clause: Clause, status: Status, holder: Token) -> Iterator[Tenure]:
    """ "The director of the agency, Ada Lund, resigned": her office stands beside her name."""
    if is_office(holder.lemma) and not holder.is_name:
        role, owner = role_of(sentence, holder)[0], owner_of(sentence, holder)
        for name in names_beside(sentence, holder, owner):
            yield Tenure(status, role, owner, name_of(sentence, name), clause, 0.9)


def _may_hold(token: Token) -> bool:
    return (token.is_name or token.tag in ("PRP", "PRP$") or is_force(token.lemma)) and not is_office(token.lemma)


def _office_of(sentence: Sentence, verb: Token) -> Token | None:
    """The office that a verb names: its complement, or what stands behind "as"."""
    nouns = [*sentence.of(verb, "attr", "oprd", "acomp")]
    for preposition in sentence.of(verb, "prep"):
        if preposition.text.lower() == "as":
            nouns += sentence.of(preposition, "pobj")
    for noun in sentence.of(verb, "dobj"):
        for preposition in sentence.of(noun, "prep"):
            if preposition.text.lower() == "as":
                nouns += sentence.of(preposition, "pobj")
    return next((noun for noun in nouns if is_office(noun.lemma) and not _names_someone(sentence, noun)), None)


def _names_someone(sentence: Sentence, noun: Token) -> bool:
    return any(child.is_name for child in sentence.of(noun, "appos"))


def asked_office(sentence: Sentence) -> tuple[str, Token | None]:
    """The office that a question asks about, such as "mayor", empty where it asks about none, and its body."""
    for token in sentence.tokens:
        if not is_office(token.lemma) or token.is_name and sentence.head(token).is_name:
            continue
        head = sentence.head(token)
        if post_of(token.lemma) is Post.CHAIR and sentence.of(token, "dobj"):
            continue
        served = head.text == "as" and _is_served(sentence, sentence.head(head))
        if head == token or head.lemma in ("be", "become", "remain", "name", "elect", "appoint") or served:
            return role_of(sentence, token)[0], owner_of(sentence, token)
    return "", None


def _is_served(sentence: Sentence, verb: Token) -> bool:
    """Whether who does so "as mayor" has, gets or leaves that office: not who wins a term or travels as mayor."""
    predicate = "_".join([verb.lemma, *(particle.lemma for particle in sentence.of(verb, "prt"))])
    moves = (Holding.LEAVE, Holding.EXPEL) if verb.lemma == predicate else (Holding.LEAVE, Holding.EXPEL, Holding.TAKE)
    return verb.lemma in _SERVING or post_of(predicate) is not None or holding_of(predicate) in moves


def _first(tokens: list[Token]) -> Token | None:
    return tokens[0] if tokens else None
