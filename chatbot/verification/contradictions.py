"""Finds what a statement says otherwise than its evidence: denied where that affirms, the contrary deed, or another
who did it. What cannot be matched is no contradiction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, islice

from chatbot.verification.read_sentence import CALENDAR, PRONOUNS, Deed, ReadSentence
from index.language.clauses import Tense, verb_of
from index.language.opposites import are_contrary
from index.language.predicates import Holding, holding_of, is_denial, is_speech, likeness

_LIGHT = frozenset("be have do get go come make take_place happen become see mean name put give keep let".split())
_SAYING = frozenset("say claim assert state maintain insist declare announce".split())
_COPULAS = frozenset({"be", "have", "remain"})
_DONE = frozenset({Tense.PAST, Tense.PERFECT, Tense.BEFORE})
_SHARED_CLASSES = frozenset({Holding.TAKE, Holding.LOSE, Holding.LEAVE, Holding.HOLD})
# How alike two verbs must be to be held against each other, and how much of what is said of both must be the same.
ALIKE = 0.3
LEAST_SHARED = 0.5
LEAST_SHARED_NAMES = 0.25
# Of so many words of a deed's arguments so large a share must be in a sentence that tells of it by another verb.
FEWEST_ARGUMENTS, LEAST_ARGUMENTS = 4, 0.75
# What else tells that the evidence speaks of the same, beside the arguments: the sentences as a whole, and the agent.
SAME_AGENT, OTHER_AGENT, EXACT = 0.25, 0.3, 0.2
LEAST_WEIGHT = 0.5
# Much "is" and "has": the sentences as wholes must speak of the same.
LEAST_OF_STATE = 0.4
# How much of a sentence another must say to be nearly the same.
LEAST_STATED = 0.6
# Of a shorter sentence too little is known to say that another is about the same.
LEAST_CONCEPTS = 6


class Otherwise(StrEnum):
    """How a statement differs from its evidence, as a reader is told."""

    DENIED = "whether it is so or not"
    CONTRARY = "what was done"
    ROLES = "who did it"
    NAMES = "to what or where"
    SPEAKER = "who said it"
    MOOD = "whether it has happened"
    QUALITY = "how it is"
    STILL = "whether it is still so"


@dataclass(frozen=True)
class Contradiction:
    """What a statement says otherwise: how, which of its words say so, and which sentence of the evidence speaks."""

    how: Otherwise
    start: int
    end: int
    sentence: int


@dataclass(frozen=True)
class _Match:
    weight: float
    parity: int
    deed: Deed
    sentence: int
    shared: float
    about: float
    agents: int


def contradictions(
    statement: ReadSentence, evidence: Sequence[ReadSentence], label: frozenset[str] = frozenset()
) -> Iterator[Contradiction]:
    """What `statement` says otherwise than all of `evidence`; a deed that one sentence tells as it does is none.
    `label` is what the names of the sources stand for: that a source reports it is no deed."""
    for deed in statement.deeds:
        if deed.agents & label:
            deed = replace(deed, agents=deed.agents - label)
        numbered = [(n, other) for n, sentence in enumerate(evidence) for other in sentence.deeds]
        matches = [match for n, other in numbered for match in _matched(deed, other, n)]
        each = (_of_polarity, _of_roles, _of_names, _of_mood, _of_still)
        by_match = (of_kind(deed, matches) for of_kind in each)
        by_speech = (_of_speakers(deed, matches, evidence, label), _of_silence(deed, evidence, label))
        yield from islice(filter(None, chain(by_match, by_speech, [_of_no_denial(deed, evidence, matches)])), 1)


def _of_polarity(deed: Deed, matches: Sequence[_Match]) -> Contradiction | None:
    against = [m for m in matches if m.parity < 0 and m.agents >= 0 and _tells(deed, m)]
    worst = max(against, key=lambda m: m.weight, default=None)
    if worst is None or any(m.parity > 0 and m.agents >= 0 and m.weight >= worst.weight for m in matches):
        return None
    how = Otherwise.DENIED if _relation(deed, worst.deed) > 0 else Otherwise.CONTRARY
    return Contradiction(how, deed.start, deed.end, worst.sentence)


def _tells(deed: Deed, match: _Match) -> bool:
    """Whether a match is sure enough to hold a contradiction against the statement."""
    is_contrary = _relation(deed, match.deed) < 0
    if is_contrary and match.agents > 0 and is_speech(verb_of(deed.verb)):
        return True
    if not _weighs_enough(deed, match):
        return False
    if is_contrary and match.agents <= 0:
        # "X lost it" and "Y took it" agree: without the same agent all else must be the same.
        return (match.shared >= 0.66 and len(deed.content) > 1) or match.about >= 0.4 and deed.verb not in _LIGHT
    return match.agents > 0 or match.shared >= LEAST_SHARED


def _weighs_enough(deed: Deed, match: _Match) -> bool:
    return match.weight >= LEAST_WEIGHT and (deed.verb not in _COPULAS or match.about >= LEAST_OF_STATE)


def _of_roles(deed: Deed, matches: Sequence[_Match]) -> Contradiction | None:
    if deed.negated or not _tells_who(deed):
        return None
    alike = [m for m in matches if m.parity > 0 and not m.deed.negated]
    if any(_is_same_side(deed, match) for match in alike):
        return None
    other = next((match for match in alike if _is_other_side(deed, match)), None)
    return Contradiction(Otherwise.ROLES, deed.start, deed.end, other.sentence) if other else None


def _tells_who(deed: Deed) -> bool:
    """Whether it matters who did it: a verb that says little, or that somebody says something, is told of many."""
    verb = verb_of(deed.verb)
    return verb not in _LIGHT and (not is_speech(verb) or holding_of(deed.verb) in _SHARED_CLASSES)


def _is_same_side(deed: Deed, match: _Match) -> bool:
    return match.agents > 0 or bool(deed.patients & match.deed.patients) and match.agents >= 0


def _is_other_side(deed: Deed, match: _Match) -> bool:
    if match.agents < 0:
        return match.shared >= LEAST_SHARED
    # "A victory over the Rovers", and "the Rovers' victory".
    return not deed.agents and bool(deed.patients & match.deed.agents)


def _of_names(deed: Deed, matches: Sequence[_Match]) -> Contradiction | None:
    """A name that stands where the same deed of the same one has another: "mediated the truce in" another town."""
    alike = [m for m in matches if min(m.parity, m.agents) > 0 and m.deed.verb == deed.verb]
    if deed.is_noun or not _tells_who(deed) or not deed.names.difference(*(m.deed.about for m in alike)):
        return None
    rivals = [m for m in alike if m.shared >= LEAST_SHARED_NAMES and m.deed.names - deed.about]
    return Contradiction(Otherwise.NAMES, deed.start, deed.end, rivals[0].sentence) if rivals else None


def _of_speakers(
    deed: Deed, matches: Sequence[_Match], evidence: Sequence[ReadSentence], label: frozenset[str]
) -> Contradiction | None:
    """What one is said to have said, while the evidence has it from others and does not name that one there, but
    perhaps elsewhere."""
    alike = [m for m in matches if m.parity > 0 and m.shared >= LEAST_SHARED and m.deed.speaker - PRONOUNS]
    own = deed.speaker - label - CALENDAR - PRONOUNS
    if not own or not alike or any(own & (m.deed.speaker | m.deed.about) for m in alike):
        return None
    # Who has no name may be called otherwise: "officials" are "the ministry", unless others are called so.
    if (deed.speakers & deed.named) - label - CALENDAR or any(own <= sentence.about for sentence in evidence):
        return Contradiction(Otherwise.SPEAKER, deed.start, deed.end, alike[0].sentence)
    return None


def _of_silence(deed: Deed, evidence: Sequence[ReadSentence], label: frozenset[str]) -> Contradiction | None:
    """What one is said to have said whom the evidence names, but never lets speak."""
    own = (deed.speakers & deed.named) - label - CALENDAR
    named = [n for n, sentence in enumerate(evidence) if own & sentence.about]
    # Whom "he" means is not always known.
    speak = [n for n, sentence in enumerate(evidence) if sentence.has_speech and (n in named or sentence.has_pronoun)]
    if not named or speak:
        return None
    return Contradiction(Otherwise.SPEAKER, deed.start, deed.end, named[0])


def _of_no_denial(
    deed: Deed, evidence: Sequence[ReadSentence], matches: Sequence[_Match]
) -> Contradiction | None:
    """What is told not to be so, while no sentence that says nearly all of the same denies anything."""
    if not deed.negated or deed.is_noun or any(match.parity > 0 for match in matches):
        return None
    return _unfounded(deed, evidence, matches)


def _unfounded(deed: Deed, evidence: Sequence[ReadSentence], matches: Sequence[_Match]) -> Contradiction | None:
    near = [sentence for sentence in evidence if _is_nearly_same(deed, sentence)]
    of_it = [n for n, sentence in enumerate(evidence) if sentence in near and _tells_of(deed, sentence, n, matches)]
    is_denied = any(sentence.has_denial for sentence in near)
    return Contradiction(Otherwise.DENIED, deed.start, deed.end, of_it[0]) if of_it and not is_denied else None


def _tells_of(deed: Deed, sentence: ReadSentence, number: int, matches: Sequence[_Match]) -> bool:
    """Whether a sentence has the deed, or all that is said of it behind another verb."""
    return _says_all_but_verb(deed, sentence) or any(match.sentence == number for match in matches)


def _says_all_but_verb(deed: Deed, sentence: ReadSentence) -> bool:
    arguments = deed.content | deed.agents
    return len(arguments) >= FEWEST_ARGUMENTS and _share(arguments, sentence.about) >= LEAST_ARGUMENTS


def _is_nearly_same(deed: Deed, sentence: ReadSentence) -> bool:
    return len(deed.about) >= LEAST_CONCEPTS and _share(deed.about, sentence.about) >= LEAST_STATED


def _of_mood(deed: Deed, matches: Sequence[_Match]) -> Contradiction | None:
    """What is told as done, while the evidence tells it as planned, expected or possible alone."""
    if not _is_stated_as_done(deed):
        return None
    alike = list(filter(_is_alike, matches))
    same = next((m for m in alike if m.deed.verb == deed.verb and not m.deed.is_noun), None)
    if same is None or any(_has_happened(m.deed) for m in alike):
        return None
    return Contradiction(Otherwise.MOOD, deed.start, deed.end, same.sentence)


def _of_still(deed: Deed, matches: Sequence[_Match]) -> Contradiction | None:
    """What is told to be still so, while the evidence tells it as past alone."""
    alike = [m for m in matches if _is_alike(m) and not m.deed.is_noun] if deed.is_still and not deed.negated else []
    same = next((m for m in alike if m.deed.verb == deed.verb), None)
    if same is None or any(m.deed.is_still or m.deed.tense not in _DONE for m in alike):
        return None
    return Contradiction(Otherwise.STILL, deed.start, deed.end, same.sentence)


def _is_alike(match: _Match) -> bool:
    return match.parity > 0 and match.agents >= 0 and match.shared >= LEAST_SHARED


def _is_stated_as_done(deed: Deed) -> bool:
    if deed.is_noun or deed.negated or deed.is_infinitive or verb_of(deed.verb) in _LIGHT:
        return False
    return deed.is_fact and deed.tense in _DONE


def _has_happened(deed: Deed) -> bool:
    return deed.is_fact and deed.tense is not Tense.FUTURE


def _matched(deed: Deed, other: Deed, sentence: int) -> Iterator[_Match]:
    relation = _relation(deed, other)
    if relation == 0:
        return
    own = deed.content - {deed.verb}
    shared = max(_share(own, other.content | other.agents), 0.8 * _share(own, other.about)) if own else 0.0
    if relation and {deed.verb, other.verb} & _COPULAS and shared < 0.6:
        return
    about = len(deed.about & other.about) / max(min(len(deed.about), len(other.about)), LEAST_CONCEPTS)
    agents = _agents(deed, other)
    weight = max(0.6 * shared + 0.4 * about, about)
    weight += SAME_AGENT if agents > 0 else -OTHER_AGENT if agents < 0 else 0.0
    weight += EXACT if deed.verb == other.verb else 0.0
    is_denied = _is_denied(deed) != _is_denied(other)
    yield _Match(weight, -relation if is_denied else relation, other, sentence, shared, about, agents)


def _is_denied(deed: Deed) -> bool:
    """Whether it is told not to be so; "did not comment, and denied" is told once."""
    return deed.negated or deed.denied


def _relation(deed: Deed, other: Deed) -> int:
    """1 where two deeds are alike, -1 where they are contrary, 0 where they have nothing to do with each other."""
    first, second = deed.verb, other.verb
    if first == second or {first, second} <= _COPULAS:
        return 1
    if are_contrary(first, second) or are_contrary(verb_of(first), second) or are_contrary(first, verb_of(second)):
        return -1
    if _is_saying(first) and _is_saying(second):
        return 1
    return 0 if verb_of(first) in _LIGHT or verb_of(second) in _LIGHT else _likeness(first, second)


def _likeness(first: str, second: str) -> int:
    held = holding_of(first)
    if held in _SHARED_CLASSES and held is holding_of(second):
        return 1
    return int(likeness(verb_of(first), verb_of(second)) >= ALIKE and "_" not in first + second)


def _is_saying(verb: str) -> bool:
    return verb in _SAYING and not is_denial(verb)


def _agents(deed: Deed, other: Deed) -> int:
    if not deed.agents or not other.agents:
        return 0
    return 1 if deed.agents & other.agents else -1


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part & whole) / len(part) if part else 0.0


__all__ = ["Contradiction", "Otherwise", "contradictions", "is_speech"]
