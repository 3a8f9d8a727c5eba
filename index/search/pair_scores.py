"""Remembers what the cross-encoder said of a question and a sentence: many readers ask the same question, and an answer
that is made again reads nothing twice."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Protocol

CACHED_PAIRS = 4_000

Score = tuple[float, float]


class PairReader(Protocol):
    """What reads a question and a sentence together."""

    def scores(self, question: str, sentences: Sequence[str], /) -> list[Score]: ...
    def close(self) -> None: ...


class PairScores:
    """A cross-encoder that reads no pair twice, as long as it is remembered. Safe between threads."""

    def __init__(self, encoder: PairReader) -> None:
        self._encoder = encoder
        self._lock = Lock()
        self._scores: OrderedDict[tuple[str, str], Score] = OrderedDict()

    def scores(self, question: str, sentences: Sequence[str]) -> list[Score]:
        """For each sentence two logits: that it answers the question, and that its likeliest word is the answer."""
        with self._lock:
            known = {text: self._scores[question, text] for text in sentences if (question, text) in self._scores}
        missing = list(dict.fromkeys(text for text in sentences if text not in known))
        # Two who ask the same at once may both read it: neither waits for the other.
        known |= zip(missing, self._encoder.scores(question, missing), strict=True)
        with self._lock:
            for text in known:
                self._scores[question, text] = known[text]
                self._scores.move_to_end((question, text))
            while len(self._scores) > CACHED_PAIRS:
                self._scores.popitem(last=False)
        return [known[text] for text in sentences]

    def close(self) -> None:
        """Let the batch that is being read end; nothing is to be asked afterwards."""
        self._encoder.close()
