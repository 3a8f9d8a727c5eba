"""Reads who gets or loses an office by a clause: who is appointed, succeeds, resigns, is dismissed, takes the helm."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from index.claim import Status
from index.claims.office_clause import OfficeClause, first, is_person, office_of
from index.claims.office_names import owners_behind, role_of
from index.claims.tenure import Tenure
from index.language.name_spans import name_span
from index.language.parser import Sentence, Token
from index.language.predicates import Post, is_office, post_of


def _of_succeeding(parts: OfficeClause) -> Iterator[Tenure]:
    """ "Ada Lund replaced Peter Holm"; in "The council replaced her with Ada Lund" the council is the body."""
    heirs = parts.of("with")
    if parts.patients:
        bodies = [agent for agent in parts.agents if not is_person(parts.sentence, agent)] if heirs else []
        # "Replaced Peter Holm at Norvik".
        body = first(bodies or [name for name in parts.of("at") if name.is_name])
        yield from parts.held(Status.TOOK, heirs or parts.agents, body)
        yield from parts.held(Status.LOST, parts.patients, body)


def _of_resigning(parts: OfficeClause) -> Iterator[Tenure]:
    yield from parts.held(Status.LEFT, parts.agents or parts.patients, first(parts.of("from", "patient")))


def _of_dismissing(parts: OfficeClause) -> Iterator[Tenure]:
    yield from parts.held(Status.LOST, parts.patients, first(parts.of("from")) or _appointing_body(parts))


def _of_appointing(parts: OfficeClause) -> Iterator[Tenure]:
    """ "The board appoints Ada Lund", "Ada Lund was elected mayor"."""
    if parts.clause.predicate == "charge" and parts.of("with"):
        # "Was charged with fraud."
        return
    owner = _whose_voters(parts.sentence, _appointing_body(parts))
    if not parts.clause.negated and (parts.office is None or not parts.patients):
        yield from _of_chosen_heir(parts)
        yield from _of_named_office(parts, owner)
    if not parts.clause.negated and (parts.office is not None or owner is not None and owner.is_name):
        yield from parts.held(Status.TOOK, [p for p in parts.patients if p != parts.office], owner)


def _appointing_body(parts: OfficeClause) -> Token | None:
    """Who appoints by a clause, unless it is a person: the prime minister's minister is not hers."""
    agents = [agent for agent in parts.agents[:1] if not is_person(parts.sentence, agent)]
    if parts.clause.passive:
        # "Was dismissed by the board of Norvik", "by Norvik's board".
        return next((owner for agent in agents for owner in _owners_of_board(parts.sentence, agent)), None)
    return first(agents)


def _owners_of_board(sentence: Sentence, board: Token) -> Iterator[Token]:
    """The names whose body it is that appoints or dismisses."""
    owners = [*sentence.of(board, "poss"), *owners_behind(sentence, board)] if not board.is_name else []
    yield from (owner for owner in owners if owner.is_name)


def _of_chosen_heir(parts: OfficeClause) -> Iterator[Tenure]:
    """ "The premier named Ada Lund to succeed her"."""
    sentence = parts.sentence
    for verb in sentence.of(sentence.tokens[parts.clause.verb], "xcomp", "ccomp", "advcl"):
        if post_of(verb.lemma) is Post.SUCCEED and sentence.of(verb, "dobj"):
            office = parts.office or office_of(sentence, verb)
            chosen = replace(parts, office=office)
            owner = _appointing_body(parts) if office else None
            heirs = parts.patients or parts.of("complement") or sentence.of(verb, "nsubj")
            yield from chosen.held(Status.TOOK, heirs, owner)
            yield from chosen.held(Status.LOST, sentence.of(verb, "dobj"), owner)


def _of_named_office(parts: OfficeClause, owner: Token | None) -> Iterator[Tenure]:
    """ "The council elected Ada Lund mayor": the parser takes the name for a part of the office."""
    sentence = parts.sentence
    for office in parts.patients or filter(None, [parts.office]):
        before = [child for child in sentence.of(office, "compound", "nmod") if child.is_name and child.i < office.i]
        if is_office(office.lemma) and not office.is_name and before and not sentence.of(office, "det", "poss"):
            body = next(owners_behind(sentence, office), None) or owner
            name = sentence.text[slice(*name_span(sentence, before[-1]))].removesuffix(office.text).strip()
            if name:
                yield Tenure(Status.TOOK, role_of(sentence, office)[0], body, name, parts.clause, 0.9)


def _whose_voters(sentence: Sentence, voters: Token | None) -> Token | None:
    """The town in "Voters in Lindby elected her mayor", else who elects."""
    return next(owners_behind(sentence, voters), voters) if voters and not voters.is_name else voters


OF_POST: dict[Post | None, Callable[[OfficeClause], Iterator[Tenure]]] = {
    Post.APPOINT: _of_appointing,
    Post.SUCCEED: _of_succeeding,
    Post.LEAVE: _of_resigning,
    Post.DISMISS: _of_dismissing,
}
