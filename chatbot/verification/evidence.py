"""The passages that a statement is held against: their sentences with deeds and days, their facts, and the claims drawn
from them. What is read of a passage is kept while one answer is verified."""

import datetime
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from chatbot.question.entity_linking import alias_concepts
from chatbot.verification.dated import DatedSentence
from chatbot.verification.facts import Aliases, Ground, written_out
from chatbot.verification.holders import EvidenceClaim
from chatbot.verification.read_sentence import ReadSentence, concepts
from index.claim import Claim, Origin
from index.collection import Collection
from index.language.annotations import Annotation
from index.passage import RetrievedPassage, Vectors

_PERSONS = ("he", "she", "him", "her", "his")


class PassageEvidence:
    """One passage, read."""

    def __init__(self, collection: Collection, retrieved: RetrievedPassage, aliases: Aliases) -> None:
        self.retrieved = retrieved
        self._collection = collection
        self._aliases = aliases

    @cached_property
    def sentences(self) -> list[DatedSentence]:
        """Its sentences, in order."""
        article, known = self.retrieved.article, self._collection.annotations(self.retrieved.article)
        read = []
        for start, end in self.retrieved.passage.sentences:
            line = known.at(start)
            if line is None:
                # A long sentence is cut; and of a book only the beginning is annotated.
                line = Annotation(start, end, self._collection.parse(article.text[start:end]))
            read.append(DatedSentence(ReadSentence(line), article.date))
        return read

    @cached_property
    def texts(self) -> list[str]:
        """Its sentences as they are compared in meaning."""
        article = self.retrieved.article
        return [written_out(article.text[start:end]) for start, end in self.retrieved.passage.sentences]

    @cached_property
    def unit_vectors(self) -> list[Vectors]:
        """The unit vectors of each sentence's word pieces."""
        return [unit(tokens.vectors) for tokens in self._collection.tokens(self.texts)]

    @cached_property
    def ground(self) -> Ground:
        """Its text and label, in which facts are looked up; with the names that its pronouns stand for."""
        article = self.retrieved.article
        label = " ".join(filter(None, (article.title, article.source, article.author)))
        pairs = [pair for sentence in self.sentences for pair in sentence.read.annotation.resolved]
        meant = dict.fromkeys(name for word, names in pairs if word in _PERSONS for name in names)
        times = tuple(time for sentence in self.sentences for time in sentence.times())
        return Ground(
            self.retrieved.passage.text, label, article.date, aliases=self._aliases, meant=" ".join(meant), times=times
        )

    @cached_property
    def label(self) -> frozenset[str]:
        """What the words of its source stand for."""
        return concepts(self.retrieved.article.source or "")

    def claims(self, claim: Claim) -> list[EvidenceClaim]:
        """What it claims about the place or body of `claim`, or of its office, by the rules: what an LLM writes is not
        held against what an LLM has read."""
        article, passage = self.retrieved.article, self.retrieved.passage
        return [
            EvidenceClaim(stated, article.date)
            for ident, stated in self._collection.claims(claim.place)
            if ident == article.id and passage.start <= stated.start < passage.end and stated.origin is Origin.RULES
        ]


class Evidence:
    """Several passages as one."""

    def __init__(self, passages: Sequence[PassageEvidence]) -> None:
        self.passages = passages
        self.sentences = [sentence for passage in passages for sentence in passage.sentences]
        self.grounds = [passage.ground for passage in passages]

    @property
    def texts(self) -> list[tuple[tuple[int, int], str, Vectors]]:
        """The sentences: each with its position, as (passage, sentence), and the unit vectors of its word pieces."""
        return [
            ((n, i), text, vectors)
            for n, passage in enumerate(self.passages)
            for i, (text, vectors) in enumerate(zip(passage.texts, passage.unit_vectors, strict=True))
        ]

    @property
    def read(self) -> list[ReadSentence]:
        """The sentences without their days."""
        return [sentence.read for sentence in self.sentences]

    @property
    def label(self) -> frozenset[str]:
        """What the words of the sources stand for."""
        return frozenset[str]().union(*(passage.label for passage in self.passages))

    @cached_property
    def spans(self) -> frozenset[tuple[datetime.date, datetime.date]]:
        """The times that the sentences name, from first day to last, and the days of the articles."""
        named = {(time.first, time.last) for sentence in self.sentences for time in sentence.times()}
        published = (passage.retrieved.article.date for passage in self.passages)
        return frozenset(named.union((day, day) for day in published if day is not None))

    def claims(self, claim: Claim) -> list[EvidenceClaim]:
        """What the passages claim about the place of `claim`."""
        return [stated for passage in self.passages for stated in passage.claims(claim)]


def unit(vectors: Vectors) -> Vectors:
    """`vectors`, each of length one."""
    scaled: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    return scaled


class EvidenceReader:
    """Reads passages of one collection, each once."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._aliases = alias_concepts(collection.vocabulary)
        self._read: dict[str, PassageEvidence] = {}

    def read(self, passages: Sequence[RetrievedPassage]) -> Evidence:
        """The passages, read."""
        return Evidence([self._evidence(passage) for passage in passages])

    def _evidence(self, retrieved: RetrievedPassage) -> PassageEvidence:
        ident = retrieved.passage.id
        if ident not in self._read:
            self._read[ident] = PassageEvidence(self._collection, retrieved, self._aliases)
        return self._read[ident]
