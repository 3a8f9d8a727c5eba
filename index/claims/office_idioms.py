"""Reads who gets or has an office from idioms: "took her place", "at the helm of X", "won the election for mayor"."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from index.claim import Status
from index.claims.office_clause import ROLES, OfficeClause, may_hold, of_being
from index.claims.office_names import name_of, owners_behind
from index.claims.tenure import Tenure
from index.language.parser import Token
from index.language.predicates import Post, is_force, is_office, post_of

# Who has these of a body leads it.
_COMMAND = "command"
_HELMS = frozenset({"helm", "reins", _COMMAND})
_STAYING = frozenset("be remain stay".split())
_PUTTING = frozenset("put place leave".split())
# What one is of whom or what one does this to.
LEADING = {"coach": "coach", "captain": "captain", "command": "commander", "direct": "director", "edit": "editor"}
_TOPS = frozenset("top helm head".split())
_CHOOSING = frozenset("choose select pick elect appoint name".split())
_ELECTIONS = frozenset("election race vote contest ballot runoff".split())


def of_idioms(parts: OfficeClause) -> Iterator[Tenure]:
    """What a clause that is not negated says of offices by an idiom."""
    lemma = parts.verb.lemma
    yield from _of_succeeding_at_top(parts)
    if lemma == "take":
        yield from _of_taking_the_place(parts)
        yield from _of_helm(parts, Status.TOOK, parts.patients)
    elif lemma in _STAYING:
        yield from _of_helm(parts, Status.HOLDS, parts.of("at", "in"))
        yield from _of_charge(parts, of_being(parts.clause), parts.agents)
    elif lemma in _PUTTING:
        yield from _of_charge(parts, Status.TOOK, parts.patients)
    elif lemma == "win":
        yield from _of_winning(parts)
    elif lemma in _CHOOSING:
        yield from _of_chosen_leader(parts)
    elif lemma in LEADING:
        yield from _of_leading(parts, LEADING[lemma])


def _of_taking_the_place(parts: OfficeClause) -> Iterator[Tenure]:
    """ "Ada Lund has taken her place", "Ada Lund took over from Peter Holm"."""
    places = [noun for noun in parts.patients if noun.lemma == "place"]
    before = [owner for noun in places for owner in parts.sentence.of(noun, "poss")]
    if parts.clause.predicate == "take_over":
        before += [name for name in parts.of("from") if name.is_name or name.tag == "PRP"]
    if before:
        yield from parts.held(Status.TOOK, parts.agents)
        yield from parts.held(Status.LOST, before)


def _of_helm(parts: OfficeClause, status: Status, nouns: Sequence[Token]) -> Iterator[Tenure]:
    """ "Ada Lund took the helm of Norvik", "is at the helm of Norvik"."""
    for helm in (noun for noun in nouns if noun.lemma in _HELMS):
        role = "commander" if helm.lemma == _COMMAND else ROLES[Post.LEAD]
        for body in owners_behind(parts.sentence, helm):
            # Who has command of a town holds it.
            for holder in parts.agents if helm.lemma != _COMMAND or is_force(body.lemma) else []:
                if holder.is_name:
                    yield Tenure(status, role, body, name_of(parts.sentence, holder), parts.clause, 0.9)


def _of_charge(parts: OfficeClause, status: Status, holders: Sequence[Token]) -> Iterator[Tenure]:
    """ "Ada Lund is in charge of Norvik", "They put her in charge of it"."""
    for charge in (noun for noun in parts.of("in") if noun.lemma == "charge"):
        for body in [*owners_behind(parts.sentence, charge), *parts.of("of")][:1]:
            for holder in (each for each in holders if each.is_name or each.tag == "PRP"):
                yield Tenure(status, ROLES[Post.LEAD], body, name_of(parts.sentence, holder), parts.clause, 0.9)


def _of_leading(parts: OfficeClause, role: str) -> Iterator[Tenure]:
    """ "Ada Lund coaches Norvik United"."""
    for body in (patient for patient in parts.patients if patient.is_name):
        for holder in (agent for agent in parts.agents if agent.is_name):
            yield Tenure(of_being(parts.clause), role, body, name_of(parts.sentence, holder), parts.clause, 0.9)


def _of_chosen_leader(parts: OfficeClause) -> Iterator[Tenure]:
    """ "Ada Lund was chosen to lead the party", "The party chose her to chair it"."""
    sentence = parts.sentence
    for verb in sentence.of(parts.verb, "xcomp", "ccomp", "advcl"):
        role = ROLES.get(post) if (post := post_of(verb.lemma)) else None
        for body in sentence.of(verb, "dobj") if role else []:
            for heir in parts.patients or sentence.of(verb, "nsubj"):
                if may_hold(heir) and not is_office(body.lemma):
                    yield Tenure(Status.TOOK, role or "", body, name_of(sentence, heir), parts.clause, 0.9)


def _of_succeeding_at_top(parts: OfficeClause) -> Iterator[Tenure]:
    """ "Ada Lund succeeded Peter Holm at the top of the party", "was chosen to succeed him at its top"."""
    sentence = parts.sentence
    for verb in (parts.verb, *sentence.of(parts.verb, "xcomp")):
        if post_of(verb.lemma) is not Post.SUCCEED:
            continue
        tops = [noun for p in sentence.of(verb, "prep") if p.text.lower() == "at" for noun in sentence.of(p, "pobj")]
        bodies = [body for top in tops if top.lemma in _TOPS for body in owners_behind(sentence, top)]
        heirs = parts.agents if verb == parts.verb else parts.patients
        for body, heir in product(bodies, filter(may_hold, heirs)):
            yield Tenure(Status.TOOK, ROLES[Post.LEAD], body, name_of(sentence, heir), parts.clause, 0.9)


def _of_winning(parts: OfficeClause) -> Iterator[Tenure]:
    """ "Ada Lund won the election for mayor of Lindby"."""
    elections = [noun for noun in parts.patients if noun.lemma in _ELECTIONS]
    behind = [noun for election in elections for p in parts.sentence.of(election, "prep") if p.text.lower() == "for"
              for noun in parts.sentence.of(p, "pobj")]  # fmt: skip
    for office in [*behind, *(parts.of("for") if elections else [])]:
        if is_office(office.lemma):
            yield from replace(parts, office=office).held(Status.TOOK, parts.agents)
