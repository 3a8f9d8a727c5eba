"""The passage: what is embedded, retrieved and cited. Cut here from an article's sentences, never inside one unless
that sentence alone is longer than the embedding model reads."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.article import Article

TARGET_TOKENS = 200
OVERLAP_SENTENCES = 1
LONGEST_PIECE_CHARACTERS = 4000
# About as long as a passage of English is; where the search for the first passage's end begins.
USUAL_CHARACTERS = 900

Span = tuple[int, int]
Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Tokens:
    """A text as the embedding model reads it: where its word pieces stand in it, shape (n, 2), and their vectors, shape
    (n, dimension)."""

    spans: npt.NDArray[np.int64]
    vectors: Vectors


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
class RetrievedPassage:
    """A retrieved passage with its article; `score` is the fused score that it is
    ranked by (0 or more, comparable within one search), `similarity` the cosine (-1 to 1)."""

    passage: Passage
    article: Article
    score: float
    similarity: float


def cut(article: Article, spans: Sequence[Span], *, fits: Callable[[str], bool]) -> list[Passage]:
    """Cut `article` into passages of whole sentences, each sharing its first one with the passage before where that
    leaves room for a new one.

    `spans` are the article's sentences in order. `fits` says whether a text is within every limit: the target length
    and what the embedding model reads beside the title. A sentence that alone does not fit is cut between words.
    """
    pieces = [piece for span in spans for piece in _pieces(article.text, span, fits)]
    passages: list[Passage] = []
    first, length = 0, USUAL_CHARACTERS
    while first < len(pieces):
        last = _last_that_fits(article.text, pieces, first, fits, length)
        start, end = pieces[first][0], pieces[last][1]
        length = end - start
        inside = tuple(pieces[first : last + 1])
        passages.append(Passage(article.id, len(passages), start, end, article.text[start:end], inside))
        if last == len(pieces) - 1:
            break
        new = last + 1
        shared = max(first + 1, new - OVERLAP_SENTENCES)
        first = shared if fits(article.text[pieces[shared][0] : pieces[new][1]]) else new
    return passages


def _last_that_fits(
    text: str, pieces: Sequence[Span], first: int, fits: Callable[[str], bool], length: int
) -> int:
    """The last of the pieces that fit into one passage from `first` on; `first` itself always does.

    It is looked for near a passage of `length` characters: to count the tokens of ever longer texts takes far longer.
    """
    start = pieces[first][0]
    last = max(first, bisect_right(pieces, start + length, lo=first, key=lambda piece: piece[1]) - 1)
    if last > first and not fits(text[start : pieces[last][1]]):
        return next((n for n in range(last - 1, first, -1) if fits(text[start : pieces[n][1]])), first)
    while last + 1 < len(pieces) and fits(text[start : pieces[last + 1][1]]):
        last += 1
    return last


def _pieces(text: str, span: Span, fits: Callable[[str], bool]) -> list[Span]:
    start, end = span
    if end - start <= LONGEST_PIECE_CHARACTERS and fits(text[start:end]):
        return [span]
    pieces: list[Span] = []
    while start < end:
        stop = _longest(text, start, end, fits)
        pieces.append((start, stop))
        start = stop
        while start < end and text[start].isspace():
            start += 1
    return pieces


def _longest(text: str, start: int, end: int, fits: Callable[[str], bool]) -> int:
    """The furthest end, by bisection, of a text from `start` that fits, moved back to a space where there is one."""
    low, high = start + 1, min(end, start + LONGEST_PIECE_CHARACTERS)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(text[start:middle]) else (low, middle - 1)
    space = text.rfind(" ", start + 1, low)
    return low if low == end or space <= start else space
