"""Weighs how well passages support one statement: names the sentence that supports it best, and the facts that the
passages do not hold, or hold only of something else.

Meaning is compared by late interaction (MaxSim, Khattab and Zaharia, SIGIR 2020) over the passages' word pieces and by
words in common; a name, number or date must stand where the passage says the same of it.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from chatbot.question.entity_linking import alias_concepts
from chatbot.verification.coreference import without_attribution
from chatbot.verification.fact_alignment import Binding, Sentence, unit_vectors
from chatbot.verification.facts import Aliases, Fact, FactKind, Ground, facts_of, written_out
from chatbot.verification.negation import contradicts
from chatbot.verification.semantic_roles import reverses
from chatbot.verification.substitution import substituted
from index.collection import Collection
from index.language.lexicon import concept
from index.language.words import STOPWORDS, words
from index.passage import RetrievedPassage, Vectors

# Fitted on the insights of SummHay's first topic and on half of benchmarks/questions/statements.json, faithful and with
# faults planted; `python -m benchmarks --only faults` prints what they reach, apart for what they were not fitted on.
SAID_INTERCEPT, OVERLAP, COVER = -25.2, 3.7, 30.7
SUPPORTED, SURE = 0.2, 0.5
# From which probability on a fact is said of the same thing: in a passage that the LLM cited, and in one that it did
# not, each of which is one more chance to be wrong.
BOUND = {FactKind.NAME: (0.4, 0.6), FactKind.NUMBER: (0.3, 0.5), FactKind.DATE: (0.25, 0.35)}
WHOLE = "the sentence as a whole"
CONTRARY = "whether it is so or not"
REVERSED = "who did it to whom"
# Sentences that share at least this much of the words of the one that shares most are heard on whether it is so.
HEARD = 0.7

_HEADING = re.compile(r"^\s*(?:As of|Earlier)\b[^:]*:\s+(?=\S)")


@dataclass(frozen=True)
class Support:
    """`score` is how surely the passages say what the statement says (0 to 1), `sentence` the position of the one that
    says it best, as (passage, sentence); `missing` are the facts that do not stand there, `bound` is how surely each of
    the others is said of the same thing; `contrary` says how the passages contradict the statement."""

    score: float
    sentence: tuple[int, int]
    missing: tuple[Fact, ...] = ()
    bound: Mapping[Fact, float] = field(default_factory=dict)
    contrary: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the passages support the statement, if the LLM cited them."""
        return not self.lacking()

    @property
    def holds_uncited(self) -> bool:
        """Whether they support it although the LLM cited others, or none."""
        return self.score >= SURE and not self.lacking(cited=False)

    def lacking(self, *, cited: bool = True) -> list[str]:
        """What is not supported, in words."""
        loose = [str(fact) for fact, sure in self.bound.items() if sure < BOUND[fact.kind][0 if cited else 1]]
        meaning = [] if self.score >= SUPPORTED else [WHOLE]
        return [*map(str, self.missing), *loose] or meaning or list(self.contrary)


class Supporter:
    """Weighs statements against passages of one collection."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def weigh(self, statement: str, passages: Sequence[RetrievedPassage]) -> Support:
        """How well `passages`, taken together, support `statement`; there must be at least one."""
        aliases = alias_concepts(self._collection.vocabulary)
        grounds = [_ground(passage, aliases) for passage in passages]
        sentences = self._sentences(passages, grounds)
        heading = match[0] if (match := _HEADING.match(statement)) else ""
        body = without_attribution(statement[len(heading) :], partial(_is_label, passages))
        claim = written_out(body)
        unlabelled = _unlabelled(heading, grounds)
        if same := next((sentence for sentence in sentences if _is_same(claim, sentence.text)), None):
            return Support(1.0, same.position, tuple(unlabelled))
        [tokens] = self._collection.tokens([claim])
        score, best, nearest, overlaps = self._meaning(claim, unit_vectors(tokens.vectors), sentences)
        facts = _facts_to_hold(body, sentences, best, grounds)
        missing = [*_not_held(facts, grounds), *unlabelled]
        contrary = _contrary(claim, sentences, nearest, overlaps, aliases) if score >= SUPPORTED else ()
        bound: dict[Fact, float] = {}
        if score >= SUPPORTED and not missing and not contrary:
            # The costlier look, for what would else be taken as proven.
            binding = Binding(claim, tokens, sentences, nearest, self._collection.tokens)
            bound = {fact: binding.probability(fact) for fact in facts if fact.kind is not FactKind.QUOTATION}
        return Support(score, best, tuple(missing), bound, contrary)

    def _sentences(self, passages: Sequence[RetrievedPassage], grounds: Sequence[Ground]) -> list[Sentence]:
        texts = {
            (n, i): written_out(retrieved.article.text[start:end])
            for n, retrieved in enumerate(passages)
            for i, (start, end) in enumerate(retrieved.passage.sentences)
        }
        tokens = self._collection.tokens(list(texts.values()))
        return [
            Sentence(text, read, replace(grounds[position[0]], text=text, label="", passage=""), position)
            for (position, text), read in zip(texts.items(), tokens, strict=True)
        ]

    def _meaning(
        self, claim: str, own: Vectors, sentences: Sequence[Sentence]
    ) -> tuple[float, tuple[int, int], list[float], list[float]]:
        """The probability that the sentences say it, the position of the one nearest to it, and how near each is, in
        meaning and by the share of the statement's words."""
        weights = self._weights(claim)
        whole = sum(weights.values()) or 1.0
        overlaps = [sum(weights[c] for c in weights.keys() & sentence.concepts) / whole for sentence in sentences]
        # A text of signs that the embedding model does not read has no word pieces.
        own = own if len(own) else np.zeros((1, own.shape[1]), dtype=np.float32)
        similar = [own @ each.unit.T if len(each.unit) else np.zeros((len(own), 1)) for each in sentences]
        nearest = [float(each.max(axis=1).mean()) for each in similar]
        cover = float(np.max([each.max(axis=1) for each in similar], axis=0).mean())
        x = SAID_INTERCEPT + OVERLAP * max(overlaps) + COVER * cover
        best = max(range(len(sentences)), key=lambda n: nearest[n] + overlaps[n])
        return 1 / (1 + math.exp(-x)), sentences[best].position, nearest, overlaps

    def _weights(self, claim: str) -> dict[str, float]:
        """What the statement's words stand for, each with its inverse document frequency."""
        vocabulary = self._collection.vocabulary
        passages = max(vocabulary.passages(), 1)
        telling = {word for word in words(claim) if word.lower() not in STOPWORDS and len(word) > 1}
        return {concept(word): math.log(1 + passages / (1 + vocabulary.frequency(word))) for word in telling}


def _ground(retrieved: RetrievedPassage, aliases: Aliases) -> Ground:
    article = retrieved.article
    label = " ".join(filter(None, (article.title, article.source, article.author)))
    return Ground(retrieved.passage.text, label, article.date, aliases=aliases)


def _contrary(
    claim: str, sentences: Sequence[Sentence], nearest: Sequence[float], overlaps: Sequence[float], aliases: Aliases
) -> tuple[str, ...]:
    """How the sentences contradict the statement: those that share most with it deny what it says, or say what it
    denies, or say it of another; or one of all says it with the sides in each other's place."""
    ranked = sorted(range(len(sentences)), key=lambda n: -(nearest[n] + overlaps[n]))
    heard = [n for n in ranked if overlaps[n] >= HEARD * max(overlaps)]
    is_denied = contradicts(claim, [sentences[n].text for n in heard])
    same = partial(_is_same_name, aliases)
    is_reversed = reverses(claim, [sentence.text for sentence in sentences], same)
    name = substituted(claim, [sentences[n].text for n in heard], same)
    return (CONTRARY,) * is_denied + (REVERSED,) * is_reversed + ((f"the name {name}",) if name else ())


def _facts_to_hold(
    body: str, sentences: Sequence[Sentence], best: tuple[int, int], grounds: Sequence[Ground]
) -> list[Fact]:
    """The facts of a statement's body, but for the day on which its best sentence was published."""
    supporting = next(sentence for sentence in sentences if sentence.position == best)
    return [fact for fact in facts_of(body) if not _is_day_of(fact, supporting, grounds[best[0]])]


def _unlabelled(heading: str, grounds: Sequence[Ground]) -> list[Fact]:
    """The facts of a heading that are of none of the passages."""
    return [fact for fact in facts_of(heading) if not any(_labels(ground, fact) for ground in grounds)]


def _not_held(facts: Sequence[Fact], grounds: Sequence[Ground]) -> list[Fact]:
    return [fact for fact in facts if not any(ground.holds(fact) for ground in grounds)]


def _is_day_of(fact: Fact, sentence: Sentence, ground: Ground) -> bool:
    """Whether the fact is the publication day, and the supporting sentence, which names no day, is of that day."""
    return ground.is_of(fact) and not sentence.ground.days


def _is_same(claim: str, sentence: str) -> bool:
    return claim.split() == sentence.split()


def _is_same_name(aliases: Aliases, name: str, other: str) -> bool:
    return Ground(other, aliases=aliases).holds(Fact(FactKind.NAME, name))


def _labels(ground: Ground, fact: Fact) -> bool:
    """Whether a heading ("As of 5 December 2024, Sample Desk:") gives the passage's own day and source."""
    if fact.kind is FactKind.DATE and ground.day is not None:
        return ground.is_of(fact)
    return replace(ground, text=ground.label).holds(fact)


def _is_label(passages: Sequence[RetrievedPassage], source: str, day: str) -> bool:
    """Whether a source and a day are those of one of the passages' articles; either may be empty."""
    return any(
        (not source or source.removeprefix("the ").removeprefix("The ").casefold() == (article.source or "").casefold())
        and (not day or (dates := facts_of(day)) != [] and all(map(Ground("", day=article.date).is_of, dates)))
        for article in (passage.article for passage in passages)
    )
