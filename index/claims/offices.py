"""Reads from one sentence who holds, takes or leaves an office: a chief executive, a mayor, the owner of a club."""

from collections.abc import Iterator

from index.claim import Status
from index.claims.given_up import with_office
from index.claims.heirs import heirs_of
from index.claims.office_changes import OF_POST
from index.claims.office_clause import STAYING, OfficeClause, first, of_being, office_of
from index.claims.office_events import office_events_of
from index.claims.office_idioms import of_idioms
from index.claims.office_names import (
    body_behind,
    is_outgoing,
    is_rank,
    is_yet_to_come,
    name_of,
    names_beside,
    owner_of,
    role_of,
)
from index.claims.tenure import Tenure
from index.language.clauses import Clause, Modality, clauses_of
from index.language.parser import Sentence, Token
from index.language.predicates import Holding, Post, holding_of, is_office, post_of

# The weight of what stands beside a name in a sentence that says something else.
IN_PASSING = 0.8
_WILL = frozenset("will 'll ’ll shall".split())
_PERSONS = ("him", "her", "them")
_SERVING = frozenset("serve act work remain stay continue return begin start".split())


def tenures_of(sentence: Sentence) -> list[Tenure]:
    """What the sentence says of who holds which office; plans, conditions and questions are left out."""
    clauses = {clause.verb: clause for clause in clauses_of(sentence)}
    tenures = [tenure for token in sentence.tokens if is_office(token.lemma) for tenure in _beside(sentence, token)]
    tenures += heirs_of(sentence)
    for clause in clauses.values():
        if clause.denied or clause.modality is not Modality.FACT and not _goes_on(sentence, clause):
            continue
        tenures += _of_clause(sentence, clause)
    best: dict[tuple[str, str], Tenure] = {}
    for tenure in with_office(tenures):
        key = tenure.holder, tenure.role
        if key not in best or best[key].weight < tenure.weight:
            best[key] = tenure
    return list(best.values())


def _goes_on(sentence: Sentence, clause: Clause) -> bool:
    """Whether somebody will stay what he is: "Ada Lund will remain coach for two years"."""
    verb = sentence.tokens[clause.verb]
    will = any(word.text.lower() in _WILL for word in sentence.of(verb, "aux"))
    return clause.modality is Modality.OPEN and verb.lemma in STAYING and will and not clause.negated


def _beside(sentence: Sentence, office: Token) -> Iterator[Tenure]:
    """ "Ada Lund, chief executive of Norvik", "Norvik's chief executive, Ada Lund", "Mayor Ada Lund"."""
    role, former = role_of(sentence, office)
    owner = owner_of(sentence, office)
    if is_rank(office, owner) or is_yet_to_come(sentence, office):
        return
    for name in names_beside(sentence, office, owner):
        if name != owner and not is_office(name.lemma):
            status = Status.LEFT if is_outgoing(sentence, office) else Status.HOLDS
            if former or _has_died(sentence, name, office):
                status = Status.HELD_BEFORE
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
    verb, post = sentence.tokens[clause.verb], post_of(clause.predicate)
    parts = OfficeClause(sentence, clause, office_of(sentence, verb))
    if verb.lemma == "be":
        yield from _of_identity(parts)
    yield from office_events_of(sentence, clause)
    if not clause.negated:
        yield from of_idioms(parts)
    if verb.lemma == "have":
        yield from _of_having(parts)
    elif post in OF_POST:
        yield from OF_POST[post](parts)
    elif parts.office is not None:
        yield from _of_office(parts, parts.office)


def _of_office(parts: OfficeClause, office: Token) -> Iterator[Tenure]:
    """ "Ada Lund is, becomes, returns as chief executive"."""
    clause, lemma = parts.clause, parts.sentence.tokens[parts.clause.verb].lemma
    holding = holding_of(clause.predicate)
    if lemma == "be":
        # "Was re-elected mayor": the parser takes the verb for an adjective.
        elected = any(post_of(word.lemma) is Post.APPOINT for word in parts.sentence.of(office, "amod"))
        yield from parts.held(Status.TOOK if elected and not clause.negated else of_being(clause), parts.agents)
    elif clause.negated:
        return
    elif holding in (Holding.LEAVE, Holding.LOSE):
        yield from parts.held(Status.LEFT, parts.agents)
        yield from parts.held(Status.LOST, parts.patients if clause.passive else [])
        yield from parts.held(Status.TOOK, parts.of("to"))
    elif holding is Holding.EXPEL:
        yield from parts.held(Status.LOST, parts.patients)
    else:
        yield from parts.held(Status.HOLDS if lemma in STAYING else Status.TOOK, _who_gets(parts, office))


def _who_gets(parts: OfficeClause, office: Token) -> list[Token]:
    """Who has an office by a clause: its agents, or the patients of "Parliament confirmed Ada Lund as minister", "The
    board chose her as its chair"."""
    named = [each for each in parts.patients if (each.is_name or each.text in _PERSONS) and each != office]
    return parts.patients if parts.clause.passive else named or parts.agents


def _of_identity(parts: OfficeClause) -> Iterator[Tenure]:
    """ "The mayor of Norvik is Ada Lund"."""
    sentence = parts.sentence
    names = [each for each in parts.of("complement") if each.is_name and not is_office(each.lemma)]
    for office in parts.agents if names else []:
        if is_office(office.lemma) and not office.is_name:
            role, former = role_of(sentence, office)
            status = Status.HELD_BEFORE if former else of_being(parts.clause)
            owner = owner_of(sentence, office)
            yield from (Tenure(status, role, owner, name_of(sentence, name), parts.clause, 0.9) for name in names)


def _of_having(parts: OfficeClause) -> Iterator[Tenure]:
    """ "The party has a new leader in Ada Lund"."""
    sentence = parts.sentence
    for office in parts.patients:
        names = [n for p in sentence.of(office, "prep") if p.text.lower() == "in" for n in sentence.of(p, "pobj")]
        for name in [*names, *parts.of("in")] if is_office(office.lemma) else []:
            if name.is_name:
                role, _ = role_of(sentence, office)
                yield Tenure(Status.TOOK, role, first(parts.agents), name_of(sentence, name), parts.clause, 0.9)


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


