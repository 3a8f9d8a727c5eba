"""The passage: what is embedded, retrieved and cited. Cut here from an article's sentences, never inside one unless
that sentence alone is longer than the embedding model reads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.article import Article

TARGET_TOKENS = 200
OVERLAP_SENTENCES = 1

Span = tuple[int, int]


@dataclass(frozen=True)
class Passage:
    """A run of sentences: `article.text[start:end] == text`. `sentences` are their spans in the article's text."""

    article_id: str
    number: int
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...]

    @property
    def id(self) -> str:
        """The article's id and the passage's place in it, the name the passage has in Chroma."""
        return f"{self.article_id}:{self.number}"


@dataclass(frozen=True)
class Found:
    """A retrieved passage with its article; `score` is the fused rank score, `similarity` the cosine (-1 to 1)."""

    passage: Passage
    article: Article
    score: float
    similarity: float
