"""Weighs passages as the evidence of one statement: how well they say it, which of its facts they lack, and what they
say otherwise.

Only a fact that is missing and a contradiction count against a statement. How much it resembles a passage (late
interaction: MaxSim, Khattab and Zaharia, SIGIR 2020, and words in common) decides whether it is taken for proven.
"""

import math
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import partial

import numpy as np

from chatbot.verification.contradictions import Otherwise, contradictions
from chatbot.verification.dated import wrong_dates, wrong_directions
from chatbot.verification.evidence import Evidence, EvidenceReader, unit
from chatbot.verification.facts import Fact, FactKind, Ground, facts_of, written_out
from chatbot.verification.holders import is_of_another
from chatbot.verification.qualities import contrary_words
from chatbot.verification.quantities import quantities_of, wrong_quantities
from chatbot.verification.staleness import Age, age_of
from chatbot.verification.stated import Stated
from chatbot.verification.statement import ALONE, Context, ReadStatement, StatementReader
from chatbot.verification.substitution import substituted, wrongly_numbered
from index.collection import Collection
from index.language.lexicon import concept, country_of
from index.language.numbers import without_hedge
from index.language.parser import Sentence
from index.language.words import STOPWORDS, words
from index.message import Message
from index.passage import RetrievedPassage, Vectors

# Fitted on the insights of SummHay's first topic and on half of benchmarks/questions/statements.json.
STATED_INTERCEPT, OVERLAP, COVER = -25.2, 3.7, 30.7
SUPPORTED, SURE = 0.2, 0.5


@dataclass(frozen=True)
class Support:
    """`score` is how surely the passages say what the statement says (0 to 1), `sentence` the position of the one that
    says it best, as (passage, sentence); `missing` are the facts that do not stand there, and `otherwise` is what they
    say otherwise, both in words."""

    score: float
    sentence: tuple[int, int]
    missing: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the statement."""
        return not self.missing and not self.otherwise

    @property
    def proves(self) -> bool:
        """Whether the passages say it, if the LLM cited them."""
        return self.holds and self.score >= SUPPORTED

    @property
    def proves_uncited(self) -> bool:
        """Whether they say it although the LLM cited others, or none."""
        return self.holds and self.score >= SURE

    @property
    def lacking(self) -> tuple[str, ...]:
        """What speaks against the statement, a reason each, in words."""
        return *self.missing, *self.otherwise


class Supporter:
    """Weighs statements of one answer against passages of one collection."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._reader = EvidenceReader(collection)
        self._statements = StatementReader(collection)
        self._claim = "", np.zeros((0, 0), dtype=np.float32)

    def weigh(self, statement: Stated, passages: Sequence[RetrievedPassage], context: Context = ALONE) -> Support:
        """How well `passages`, taken together, support `statement`; there must be at least one."""
        evidence = self._reader.read(passages)
        stated = self._statements.read(statement, context, evidence)
        claim = written_out(stated.body)
        texts = evidence.texts
        unlabelled = tuple(_unlabelled(stated, evidence))
        if same := next((position for position, text, _ in texts if claim.split() == text.split()), None):
            return Support(1.0, same, unlabelled)
        score, best = self._meaning(claim, texts)
        missing = tuple(dict.fromkeys([*_missing(stated, evidence), *unlabelled]))
        return Support(score, best, missing, tuple(dict.fromkeys(_otherwise(stated, evidence))))

    def age(
        self, statement: Stated, cited: Sequence[RetrievedPassage], shown: Sequence[RetrievedPassage], context: Context
    ) -> tuple[Age, str]:
        """Whether a statement that `cited` support is told as present though newer ones of `shown` may tell otherwise,
        and what of it is then in doubt."""
        evidence = self._reader.read(cited)
        stated = self._statements.read(statement, context, evidence)
        return age_of(stated, context, evidence.passages, self._reader.read(shown).passages)

    def _meaning(
        self, claim: str, texts: Sequence[tuple[tuple[int, int], str, Vectors]]
    ) -> tuple[float, tuple[int, int]]:
        """The probability that the texts say it, and the position of the one nearest to it."""
        own, read = self._vectors(claim), [vectors for _, _, vectors in texts]
        weights = self._weights(claim)
        whole = sum(weights.values()) or 1.0
        held = [frozenset(map(concept, words(text))) for _, text, _ in texts]
        overlaps = [sum(weights[c] for c in weights.keys() & concepts) / whole for concepts in held]
        # A text of signs that the embedding model does not read has no word pieces.
        own = own if len(own) else np.zeros((1, own.shape[1]), dtype=np.float32)
        similar = [own @ each.T if len(each) else np.zeros((len(own), 1)) for each in read]
        nearest = [float(each.max(axis=1).mean()) for each in similar]
        cover = float(np.max([each.max(axis=1) for each in similar], axis=0).mean())
        x = STATED_INTERCEPT + OVERLAP * max(overlaps) + COVER * cover
        best = max(range(len(texts)), key=lambda n: nearest[n] + overlaps[n])
        return 1 / (1 + math.exp(-x)), texts[best][0]

    def _vectors(self, claim: str) -> Vectors:
        # One statement is held against many passages.
        if self._claim[0] != claim:
            [tokens] = self._collection.tokens([claim])
            self._claim = claim, unit(tokens.vectors)
        return self._claim[1]

    def _weights(self, claim: str) -> dict[str, float]:
        """What the statement's words stand for, each with its inverse document frequency."""
        vocabulary = self._collection.vocabulary
        passages = max(vocabulary.passages(), 1)
        telling = {word for word in words(claim) if word.lower() not in STOPWORDS and len(word) > 1}
        return {concept(word): math.log(1 + passages / (1 + vocabulary.frequency(word))) for word in telling}


def _missing(stated: ReadStatement, evidence: Evidence) -> Iterator[str]:
    """The facts of a statement's body that do not stand in the evidence and do not follow from it."""
    counted = {quantity.text for quantity in quantities_of(stated.read.parsed)}
    for fact in facts_of(stated.body):
        if _is_looked_up_elsewhere(fact, stated.read.parsed, counted):
            continue
        if not any(ground.holds(fact) or ground.is_of(fact) for ground in evidence.grounds):
            yield fact.message
    spans = sorted(evidence.spans | {(time.first, time.last) for time in stated.times})
    for quantity in wrong_quantities(stated.read, evidence.read, spans):
        yield Fact(FactKind.NUMBER, quantity.text).message


def _is_looked_up_elsewhere(fact: Fact, sentence: Sentence, counted: Set[str]) -> bool:
    """Whether it is no fact of its own: a number that counts something, and a capital at the head of a sentence."""
    if fact.kind is FactKind.NUMBER:
        return any(without_hedge(fact.text) in text for text in counted)
    return fact.kind is FactKind.NAME and _only_opens(fact.text, sentence)


def _only_opens(name: str, sentence: Sentence) -> bool:
    """Whether a name has its capital since it opens the sentence: the parser takes none of its words for a name."""
    if not sentence.text.startswith(name):
        return False
    words_of_it = [token for token in sentence.tokens if token.end <= len(name)]
    # A dateline has no words of its own.
    is_name = any(token.is_name or token.tag == "NN" or country_of(token.text) for token in words_of_it)
    return bool(words_of_it) and not is_name


def _unlabelled(stated: ReadStatement, evidence: Evidence) -> Iterator[str]:
    """The facts of a heading that are of none of the passages' articles."""
    for fact in facts_of(stated.heading):
        if not any(_labels(ground, fact.kind, ground.is_of(fact), ground.names(fact)) for ground in evidence.grounds):
            yield fact.message


def _labels(ground: Ground, kind: FactKind, is_of: bool, names: bool) -> bool:
    return is_of if kind is FactKind.DATE and ground.day is not None else names


def _otherwise(stated: ReadStatement, evidence: Evidence) -> Iterator[str]:
    """What the evidence says otherwise."""
    for contradiction in contradictions(stated.read, evidence.read, evidence.label):
        words_of_it = stated.read.parsed.text[contradiction.start : contradiction.end]
        yield Message("%(how)s (“%(words)s”)", how=Message(contradiction.how.value), words=words_of_it)
    for word in contrary_words(stated.read, evidence.read):
        yield Message("%(how)s (“%(words)s”)", how=Message(Otherwise.QUALITY.value), words=word.text)
    sentences = [text for _, text, _ in evidence.texts]
    body, is_same = written_out(stated.body), partial(_is_same_name, evidence)
    if name := substituted(body, sentences, is_same) or wrongly_numbered(body, sentences, is_same):
        yield Fact(FactKind.NAME, name).message
    for claim in stated.claims:
        if is_of_another(claim, evidence.claims(claim)):
            holds = Message("who holds %(place)s", place=claim.place)
            yield Message("who is %(role)s", role=claim.role) if claim.role else holds
    for time in wrong_dates(stated.read, stated.day, evidence.sentences, evidence.label):
        yield Fact(FactKind.DATE, stated.read.parsed.text[time.start : time.end].strip(" .,")).message
    for direction in wrong_directions(stated.read, evidence.read):
        yield Message("the direction %(direction)s", direction=direction)


def _is_same_name(evidence: Evidence, name: str, other: str) -> bool:
    aliases = evidence.grounds[0].aliases if evidence.grounds else {}
    return Ground(other, aliases=aliases).holds(Fact(FactKind.NAME, name))
