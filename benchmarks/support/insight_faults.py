"""Plants faults by rule in true statements: those of `planted_faults` that any statement may have, and a contrary word,
another tense and another speaker."""

import re
from collections.abc import Callable, Sequence

from benchmarks.support.planted_faults import (
    TargetPassage,
    negation,
    reversed_roles,
    swapped_name,
    wrong_date,
    wrong_number,
)

# Each stands for the other, in the forms in which statements have them.
_CONTRARY = dict(
    pair.split(":")
    for pair in (
        "increase:decrease increased:decreased increases:decreases increasing:decreasing rise:fall "
        "rises:falls rising:falling rose:fell more:less higher:lower accelerate:slow strengthen:weaken "
        "stronger:weaker improve:worsen improved:worsened expand:shrink enhance:impair enhanced:impaired "
        "reduce:raise reduces:raises reduced:raised reducing:raising support:oppose supports:opposes "
        "supported:opposed allow:forbid allows:forbids allowing:forbidding prevent:cause preventing:causing "
        "success:failure longer:shorter stability:instability gain:loss effective:useless "
        "significant:negligible encourage:discourage encouraging:discouraging before:after "
    ).split()
)
_CONTRARY |= {other: word for word, other in _CONTRARY.items()}
_WORD = re.compile(r"\b[a-z]+\b")
_TENSES = (
    (re.compile(r"\b(?:is|are) (?:expected|anticipated|predicted|projected|likely|poised|set) to\b"), "did already"),
    (re.compile(r"\b(?:might|may|could|will|would)\b(?! not| have)"), "did already"),
    (re.compile(r"\bwas\b(?! not)"), "is still"),
    (re.compile(r"\bwere\b(?! not)"), "are still"),
    (re.compile(r"\bhad\b(?! not)"), "still has"),
)
_PERSON = re.compile(r"\b(?:[A-Z][a-z]{2,} ){1,2}[A-Z][a-z]{2,}\b(?=,| said| says| told| noted| argued| added)")


def contrary_word(statement: str, cited: TargetPassage, others: Sequence[TargetPassage], turn: int) -> str | None:
    """A word in whose place its contrary stands."""
    known = [match for match in _WORD.finditer(statement) if match[0] in _CONTRARY]
    if not known:
        return None
    old = known[turn % len(known)]
    return f"{statement[: old.start()]}{_CONTRARY[old[0]]}{statement[old.end() :]} [{cited.number}]"


def wrong_tense(statement: str, cited: TargetPassage, others: Sequence[TargetPassage], turn: int) -> str | None:
    """What was told as present, and what is expected told as done."""
    for pattern, other in _TENSES:
        if pattern.search(statement):
            return f"{pattern.sub(other, statement, count=1)} [{cited.number}]"
    return None


def wrong_speaker(statement: str, cited: TargetPassage, others: Sequence[TargetPassage], turn: int) -> str | None:
    """The statement given to a person whom the passage, or another, names."""
    for passage in (cited, *others):
        for person in dict.fromkeys(match[0] for match in _PERSON.finditer(passage.text)):
            if person.split()[-1] not in statement:
                return f"{person} said that {statement[0].lower()}{statement[1:]} [{cited.number}]"
    return None


INSIGHT_KINDS: dict[str, Callable[[str, TargetPassage, Sequence[TargetPassage], int], str | None]] = {
    "negation": negation,
    "wrong number": wrong_number,
    "swapped name": swapped_name,
    "wrong date": wrong_date,
    "reversed roles": reversed_roles,
    "contrary word": contrary_word,
    "wrong tense": wrong_tense,
    "wrong speaker": wrong_speaker,
}
