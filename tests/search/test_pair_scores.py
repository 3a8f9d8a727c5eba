from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from index.search import pair_scores
from index.search.numpy_cross_encoder import NumpyCrossEncoder
from index.search.pair_scores import PairScores

QUESTION = "Who opened the new bridge?"
SENTENCES = ["The mayor opened the new bridge.", "Tomatoes need warm soil.", "It rained."]


class Counted(NumpyCrossEncoder):
    """The cross-encoder, with what it was given to read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def scores(self, question: str, sentences: Sequence[str]) -> list[tuple[float, float]]:
        self.read += sentences
        return super().scores(question, sentences)


def test_no_pair_is_read_twice() -> None:
    encoder = Counted()
    remembering = PairScores(encoder)
    expected = NumpyCrossEncoder().scores(QUESTION, [*SENTENCES, SENTENCES[0]])
    assert remembering.scores(QUESTION, [*SENTENCES, SENTENCES[0]]) == expected
    assert remembering.scores(QUESTION, SENTENCES[::-1]) == expected[2::-1]
    assert encoder.read == SENTENCES
    assert remembering.scores("When was it opened?", SENTENCES[:1]) != expected[:1]


def test_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pair_scores, "CACHED_PAIRS", 2)
    encoder = Counted()
    remembering = PairScores(encoder)
    for _ in range(2):
        assert remembering.scores(QUESTION, SENTENCES) == NumpyCrossEncoder().scores(QUESTION, SENTENCES)
    assert encoder.read == [*SENTENCES, SENTENCES[0]]


def test_threads_share_one() -> None:
    remembering = PairScores(NumpyCrossEncoder())
    expected = NumpyCrossEncoder().scores(QUESTION, SENTENCES)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda _: remembering.scores(QUESTION, SENTENCES), range(12))) == [expected] * 12
