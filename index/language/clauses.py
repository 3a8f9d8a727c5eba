"""Turns parsed sentences into clauses: a predicate with its arguments by role, and how the clause is told.

Voice is undone: the agent of "the town was taken by the army" and of "the army took the town" is the army.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from index.language.arguments import Argument, arguments_of, is_passive, noun_phrase
from index.language.mood import Modality, Tense, attribution_of, governors, has_ended, is_negated, mood_of
from index.language.parser import Sentence, Token

_NO_PREDICATE = ("aux", "auxpass", "amod", "compound", "prep", "case", "mark", "nmod")


@dataclass(frozen=True)
class Clause:
    """One predicate and its arguments. `predicate` is a lemma, with its particle: "pull_out".

    `speaker` is who says so, where that is told ("officials said"), `denied` whether that is a denial. `ended` is
    whether it is told that this is no longer so.
    """

    predicate: str
    verb: int
    start: int
    end: int
    arguments: tuple[Argument, ...]
    negated: bool = False
    ended: bool = False
    modality: Modality = Modality.FACT
    tense: Tense = Tense.PAST
    speaker: str | None = None
    denied: bool = False
    passive: bool = False

    @property
    def lemma(self) -> str:
        """The verb without its particle: "pull" of "pull_out"."""
        return verb_of(self.predicate)

    def of(self, *roles: str) -> list[Argument]:
        """The arguments in these roles."""
        return [argument for argument in self.arguments if argument.role in roles]


def verb_of(predicate: str) -> str:
    """The verb of a predicate without its particle: "pull" of "pull_out"."""
    return predicate.split("_")[0]


# A sentence never changes, and the claims of an article look at its clauses eight times.
_CLAUSES: WeakKeyDictionary[Sentence, tuple[Clause, ...]] = WeakKeyDictionary()


def clauses_of(sentence: Sentence) -> list[Clause]:
    """The clauses of a sentence, in the order of their predicates."""
    clauses = _CLAUSES.get(sentence)
    if clauses is None:
        clauses = tuple(clause for token in sentence.tokens if (clause := _clause(sentence, token)) is not None)
        _CLAUSES[sentence] = clauses
    return list(clauses)


def remember(sentence: Sentence, clauses: Sequence[Clause]) -> None:
    """Take `clauses` for those of the sentence: they were worked out before, and kept."""
    _CLAUSES[sentence] = tuple(clauses)


def _clause(sentence: Sentence, verb: Token) -> Clause | None:
    if not verb.is_verb or verb.dep in _NO_PREDICATE:
        return None
    chain = governors(sentence, verb)
    modality, tense = mood_of(sentence, chain)
    speaker, denied = attribution_of(sentence, chain)
    return Clause(
        _predicate(sentence, verb),
        verb.i,
        verb.start,
        verb.end,
        tuple(arguments_of(sentence, verb)),
        is_negated(sentence, verb, chain),
        has_ended(sentence, verb),
        Modality.OPEN if denied is None else modality,
        tense,
        speaker,
        bool(denied),
        passive=is_passive(sentence, verb),
    )


def _predicate(sentence: Sentence, verb: Token) -> str:
    particles = [child.text.lower() for child in sentence.of(verb, "prt")]
    # "pulled out of" and "driven back from" are parsed with a plain adverb.
    particles += [
        child.text.lower()
        for child in sentence.of(verb, "advmod")
        if child.i == verb.i + 1 and child.text.lower() in ("back", "out", "off", "away", "over", "up", "down", "in")
    ]
    particles += [
        child.text.lower()
        for child in sentence.of(verb, "prep")
        if child.text.lower() in ("out", "off") and sentence.of(child, "prep", "pcomp")
    ]
    return "_".join([verb.lemma, *particles[:1]])


__all__ = ["Argument", "Clause", "Modality", "Tense", "clauses_of", "noun_phrase", "verb_of"]
