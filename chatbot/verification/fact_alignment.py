"""Estimates whether a fact is said of the same thing: how surely a name, number or date stands in sentences where the
statement has it. Both are read as word pieces with their vectors."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from chatbot.verification.facts import Fact, FactKind, Ground, fillers, occurrences
from index.language.lexicon import concept
from index.language.words import STOPWORDS, words
from index.passage import Span, Tokens, Vectors

# Fitted with the weights of chatbot/verification/claim_support.py, on the same statements.
BOUND_WEIGHTS = {
    FactKind.NAME: (-12.5, 13.7, 4.3, 3.5, 8.5),
    FactKind.NUMBER: (-12.8, 12.3, 1.5, 9.0, 4.5),
    FactKind.DATE: (-3.2, 2.3, 0.7, 4.0, 5.9),
}
NEIGHBOURS, NEIGHBOURHOOD = 2, 4
ROLE_SENTENCES = 4
PRONOUN = "it"
NO_RIVAL = 0.3


@dataclass(frozen=True)
class Sentence:
    """A sentence of a passage, read on its own. `position` is (number of its passage, its own number in it)."""

    text: str
    tokens: Tokens
    ground: Ground
    position: tuple[int, int]

    @cached_property
    def unit(self) -> Vectors:
        """The word pieces' unit vectors."""
        return unit_vectors(self.tokens.vectors)

    @cached_property
    def concepts(self) -> frozenset[str]:
        """What its words stand for."""
        return frozenset(map(concept, words(self.text)))


class Binding:
    """Whether sentences say of a fact what a statement says of it."""

    def __init__(self, claim: str, tokens: Tokens, sentences: Sequence[Sentence], nearest: Sequence[float],
                 read: Callable[[Sequence[str]], list[Tokens]]) -> None:
        self._claim = claim
        self._tokens = tokens
        self._sentences = sentences
        self._nearest = nearest
        self._read = read

    def probability(self, fact: Fact) -> float:
        """How surely they do; 1 where the fact stands in none of the sentences, but in a label."""
        features = self.features(fact)
        if features is None:
            return 1.0
        x = sum(weight * feature for weight, feature in zip(BOUND_WEIGHTS[fact.kind], (1.0, *features), strict=True))
        return 1 / (1 + math.exp(-x))

    def features(self, fact: Fact) -> tuple[float, float, float, float] | None:
        """How far the fact stands in the sentences as in the statement: the cosine of its contextual vectors there and
        here; how much farther from the statement the nearest sentence that holds it is than the nearest of all; the
        share of its neighbouring words that stand next to it there too; how much better it fills its place in the
        statement than others of its kind would. None where there is nothing to compare."""
        here = occurrences(fact, self._claim)
        held = [
            (n, span)
            for n, sentence in enumerate(self._sentences)
            for span in occurrences(fact, sentence.text, sentence.ground)
        ]
        if not here or not held:
            return None
        own = [_pooled(self._tokens, span) for span in here]
        sense = max(float(a @ _pooled(self._sentences[n].tokens, b)) for a in own for n, b in held)
        gap = max(self._nearest[n] for n, _ in held) - max(self._nearest)
        beside = [_beside(self._claim, span, NEIGHBOURS) for span in here]
        shared = max(
            len(near & _beside(self._sentences[n].text, b, NEIGHBOURHOOD)) / max(len(near), 1)
            for near in beside for n, b in held
        )
        return sense, gap, shared, self._role(fact, here[0], held)

    def _role(self, fact: Fact, here: Span, held: Sequence[tuple[int, Span]]) -> float:
        """How much nearer to the statement the sentences are at the fact's place than at those of others of its kind,
        all of them replaced by one pronoun, so that the words around alone are compared."""
        near = sorted(range(len(self._sentences)), key=lambda n: -self._nearest[n])[:ROLE_SENTENCES]
        rivals = self._rivals(fact.kind, near, held)
        same = [(n, span) for n, span in held if n in near]
        if not rivals:
            return NO_RIVAL
        if not same:
            return -NO_RIVAL
        texts = [_with_pronoun(self._sentences[n].text, span) for n, span in [*same, *rivals]]
        asked, *read = self._read([_with_pronoun(self._claim, here), *texts])
        own = _pooled(asked, _pronoun(here))
        pronouns = [_pronoun(span) for _, span in [*same, *rivals]]
        fits = [float(own @ _pooled(tokens, span)) for tokens, span in zip(read, pronouns, strict=True)]
        gap = max(fits[: len(same)]) - max(fits[len(same) :])
        return max(-NO_RIVAL, min(NO_RIVAL, gap))

    def _rivals(self, kind: FactKind, near: Sequence[int], held: Sequence[tuple[int, Span]]) -> list[tuple[int, Span]]:
        """Where the sentences `near` hold other facts of the kind."""
        return [
            (n, span)
            for n in near
            for span in fillers(kind, self._sentences[n].text)
            if not any(n == m and _overlap(span, other) for m, other in held)
        ]


def _overlap(span: Span, other: Span) -> bool:
    return span[0] < other[1] and other[0] < span[1]


def _with_pronoun(text: str, span: Span) -> str:
    return text[: span[0]] + PRONOUN + text[span[1] :]


def _pronoun(span: Span) -> Span:
    return span[0], span[0] + len(PRONOUN)


def _pooled(tokens: Tokens, span: Span) -> Vectors:
    inside = (tokens.spans[:, 0] < span[1]) & (tokens.spans[:, 1] > span[0])
    if not inside.any():
        return np.zeros(tokens.vectors.shape[1], np.float32)
    return unit_vectors(tokens.vectors[inside].mean(axis=0))


def _beside(text: str, span: Span, count: int) -> frozenset[str]:
    """What the `count` telling words on each side of the span stand for."""
    before = [word for word in words(text[: span[0]]) if word.lower() not in STOPWORDS][-count:]
    after = [word for word in words(text[span[1] :]) if word.lower() not in STOPWORDS][:count]
    return frozenset(map(concept, before + after))


def unit_vectors(vectors: Vectors) -> Vectors:
    """`vectors`, each of length one."""
    unit: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    return unit
