"""Reads who denies what has just been claimed: "The army denies this", "which the army denies"."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from index.claim import HOLDING, Certainty, Claim, Status
from index.claims.parties import can_hold
from index.language.annotations import Annotation
from index.language.clauses import Clause, Modality, clauses_of
from index.language.parser import Sentence, Token
from index.language.predicates import is_denial

_POINTING = frozenset("this that it these those".split())
# "The report", "both claims": what was said before.
_STATEMENTS = frozenset("claim report statement account announcement allegation assertion".split())
_DENIABLE = (*HOLDING, Status.LOST)


def denials_of(line: Annotation, before: Iterable[Claim]) -> Iterator[Claim]:
    """The claims made just `before`, in this sentence or the last, as this one denies them, if it does so."""
    stated = [claim for claim in before if claim.status in _DENIABLE and not claim.role]
    for clause in clauses_of(line.parsed) if stated else []:
        speaker = _denying(line.parsed, clause, stated)
        for claim in stated if speaker else []:
            if claim.holder != speaker:
                yield replace(
                    claim, certainty=Certainty.DENIED, start=line.start, end=line.end, said_by=speaker,
                    resolved_from="that", holder_from="",
                )  # fmt: skip


def _denying(sentence: Sentence, clause: Clause, stated: Iterable[Claim]) -> str | None:
    """Who denies by a clause what was stated; None where it is no such denial."""
    denies = is_denial(clause.lemma) and not clause.negated
    if clause.modality is not Modality.FACT or not denies:
        return None
    heads = [sentence.tokens[argument.head] for argument in clause.of("patient")]
    # "Which the army denies" hangs on the name before it.
    behind = heads if sentence.tokens[clause.verb].dep == "relcl" else []
    if not any(map(_points_back, heads)) and not any(_is_place_of(stated, head) for head in behind):
        return None
    return next((agent.text for agent in clause.of("agent") if can_hold(sentence, agent)), None)


def _points_back(token: Token) -> bool:
    """Whether it is "this" or "the report"."""
    return token.text.lower() in _POINTING or token.lemma in _STATEMENTS


def _is_place_of(stated: Iterable[Claim], token: Token) -> bool:
    return token.is_name and any(token.text in claim.place for claim in stated)
