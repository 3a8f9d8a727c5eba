"""Reads who takes or loses a place from a deed that a noun names: "confirmed the capture of X", "the fall of X"."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from index.claim import GONE, Status
from index.claims.parties import can_hold, holders_beside, may_take, noun_argument, objects_of
from index.claims.relation import Relation
from index.language.clauses import Argument, Clause, Modality, Tense
from index.language.parser import Sentence, Token
from index.language.predicates import Holding, asserts, holding_of, is_denial, is_speech, nominalised

# What stands behind these has happened: "with the fall of the town to the rebels".
SUPPOSING = ("with", "after", "since", "following")
_OF_NOUN: dict[Holding | None, Status] = {
    Holding.TAKE: Status.TOOK,
    Holding.LOSE: Status.LOST,
    Holding.FALL: Status.LOST,
    Holding.LEAVE: Status.LEFT,
    Holding.EXPEL: Status.LOST,
}


def noun_events_of(sentence: Sentence, clause: Clause) -> Iterator[Relation]:
    """ "The ministry confirmed the capture of X", "they completed their withdrawal from X": a deed named by a noun,
    behind a verb of saying so or of ending it."""
    verb = clause.lemma
    if clause.negated:
        return
    yield from _of_named_events(sentence, clause, clause.of(*SUPPOSING))
    if has_effect(clause):
        yield from _of_named_events(sentence, clause, clause.of("agent"))
    if not asserts(verb) and not is_denial(verb):
        return
    attributed, own = clause, [a.text for a in clause.of("agent")]
    if is_speech(verb):
        attributed = replace(clause, speaker=clause.speaker or next(iter(own), None), denied=is_denial(verb))
    for argument in clause.of("patient"):
        noun = sentence.tokens[argument.head]
        status = _status_of_noun(noun)
        if status is not None:
            # Who announces a capture need not have made it; a loss or a retreat one admits of oneself.
            is_own = not is_speech(verb) or status in GONE
            yield from _of_deed(sentence, attributed, noun, status, own if is_own else [])


def has_effect(clause: Clause) -> bool:
    """Whether its agent has happened: "The fall of the town shocked the capital"."""
    is_past = clause.tense is Tense.PAST and clause.modality is Modality.FACT
    return is_past and not clause.passive and clause.predicate not in ("be", "remain")


def _of_named_events(sentence: Sentence, clause: Clause, arguments: Iterable[Argument]) -> Iterator[Relation]:
    for argument in arguments:
        noun = sentence.tokens[argument.head]
        if (status := _status_of_noun(noun)) is not None:
            yield from _of_deed(sentence, clause, noun, status, [])


# Deeds that no verb's name tells.
_NOUNS = {"loss": Status.LOST, "sale": Status.LOST, "takeover": Status.TOOK}


def _status_of_noun(noun: Token) -> Status | None:
    if noun.lemma in _NOUNS:
        return _NOUNS[noun.lemma]
    deed = None if noun.is_name else nominalised(noun.lemma)
    return _OF_NOUN.get(holding_of(deed)) if deed else None


def _of_deed(
    sentence: Sentence, clause: Clause, noun: Token, status: Status, agents: Sequence[str]
) -> Iterator[Relation]:
    actors: list[str | None] = [*(_doers(sentence, noun) or agents)]
    gainers = [actor.text for actor in behind(sentence, noun, "to") if can_hold(sentence, actor)]
    if status is Status.LOST and gainers:
        status, actors = Status.TOOK, [*gainers]
    for place in objects_of(sentence, noun) + behind(sentence, noun, "from"):
        yield from (Relation(status, place, actor, clause, 0.7) for actor in actors or [None])


def _doers(sentence: Sentence, noun: Token) -> list[str]:
    """Whose deed it is: "the rebels' capture of X", "the capture of X by the rebels"."""
    beside = [name for name in holders_beside(sentence, noun, of=False) if name]
    return beside + [actor.text for actor in behind(sentence, noun, "by") if may_take(sentence, actor)]


def behind(sentence: Sentence, noun: Token, preposition: str) -> list[Argument]:
    """What stands behind a preposition of a noun."""
    arguments = []
    for prep in sentence.of(noun, "prep"):
        if prep.text.lower() == preposition:
            arguments += [noun_argument(sentence, token) for token in sentence.of(prep, "pobj", "pcomp")]
    return arguments
