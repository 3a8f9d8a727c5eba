"""Finds all that comes near to some words: the passages of a search page, each with its sentence that fits best."""

from collections.abc import Sequence, Set
from typing import Protocol

from chatbot.answer import Citation
from chatbot.citations import cite
from index.language.words import telling_stems
from index.passage import Passage, RetrievedPassage, Vectors
from index.storage.filters import EVERYTHING, Filters

MOST_MATCHES = 200
# Of the cosine of question and passage: what is further away has nothing to do with the words, unless it holds them.
LEAST_SIMILARITY = 0.15


class Collection(Protocol):
    """What can be searched."""

    def search(self, question: str, /, *, filters: Filters, limit: int) -> list[RetrievedPassage]: ...
    def sentence_vectors(self, passage: Passage, /) -> Vectors: ...
    def question_vector(self, question: str, /) -> Vectors: ...


def matches(collection: Collection, words: str) -> list[Citation]:
    """The passages near `words`, the nearest first, as citations of their sentence that fits best: the one with most of
    the words, and of several the nearest. At most 200. Raises IndexingError where the search fails."""
    wanted = {word.casefold() for word in words.split() if len(word) > 3}
    near = [
        retrieved for retrieved in collection.search(words, filters=EVERYTHING, limit=MOST_MATCHES)
        if retrieved.similarity >= LEAST_SIMILARITY or any(word in retrieved.passage.text.casefold() for word in wanted)
    ]
    if not near:
        return []
    vector, telling = collection.question_vector(words), telling_stems(words)
    spans = [
        _nearest(each.passage, collection.sentence_vectors(each.passage), vector, telling) for each in near
    ]
    numbered = enumerate(zip(near, spans, strict=True), 1)
    return [cite(n, retrieved.article, retrieved.passage, span) for n, (retrieved, span) in numbered]


def _nearest(passage: Passage, sentences: Vectors, vector: Vectors, telling: Set[str]) -> tuple[int, int]:
    likeness: Sequence[float] = (sentences @ vector).tolist()
    texts = [passage.text[start - passage.start : end - passage.start] for start, end in passage.sentences]
    held = [len(telling & telling_stems(text)) for text in texts]
    return passage.sentences[max(range(len(texts)), key=lambda n: (held[n], likeness[n]))]
