"""Reads who denies what has just been claimed: "The army denies this", "which the army denies"."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from index.claim import Certainty, Claim, Status
from index.claims.parties import can_hold
from index.language.annotations import Annotation
from index.language.clauses import Clause, Modality, clauses_of
from index.language.parser import Sentence, Token
from index.language.predicates import asserts, is_denial, is_speech

_POINTING = frozenset("this that it these those".split())
# "The report", "both claims": what was said before.
_STATEMENTS = frozenset("claim report statement account announcement allegation assertion".split())
_DENIABLE = (Status.HOLDS, Status.TOOK, Status.LOST)


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
    if clause.modality is not Modality.FACT or not _denies(clause.predicate, negated=clause.negated):
        return None
    if not any(_points_back(sentence.tokens[argument.head], stated) for argument in clause.of("patient")):
        return None
    return next((agent.text for agent in clause.of("agent") if can_hold(sentence, agent)), None)


def _denies(predicate: str, *, negated: bool) -> bool:
    """Whether it is "denies", or "does not confirm"."""
    verb = predicate.split("_")[0]
    return not negated if is_denial(verb) else negated and (asserts(verb) or is_speech(verb))


def _points_back(token: Token, stated: Iterable[Claim]) -> bool:
    """Whether it is "this", "the report", or the name before "which the army denies": no place is denied."""
    named = any(token.text in claim.place for claim in stated) and token.is_name
    return named or token.text.lower() in _POINTING or token.lemma in _STATEMENTS
