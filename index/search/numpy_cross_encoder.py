"""Runs the cross-encoder in numpy: for a process that answers one question, which torch takes longer to import than all
the rest takes. The scores are those of `cross_encoder.py`, which tells what it is."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock

import numpy as np

from index.search.numpy_joint_layers import NumpyJointLayers, Pieces
from index.search.word_pieces import plain, tokenizer

WEIGHTS = Path(__file__).parent / "cross_encoder.safetensors"
LONGEST_PIECES = 128
CACHED_SENTENCES = 2_000
# The logit of what cannot answer, since it holds no word.
NOTHING = -20.0


class NumpyCrossEncoder:
    """The model, loaded. Safe between threads."""

    def __init__(self) -> None:
        """Load the bundled model and its fitted weights."""
        self._tokenizer = tokenizer(LONGEST_PIECES)
        self._layers = NumpyJointLayers(WEIGHTS)
        self._lock = Lock()
        self._pieces = lru_cache(CACHED_SENTENCES)(self._read)

    def close(self) -> None:
        """Nothing is to be waited for: Python can end while numpy runs."""

    def scores(self, question: str, sentences: Sequence[str]) -> list[tuple[float, float]]:
        """For each sentence two logits: that it answers the question, and that its likeliest word is the answer."""
        with self._lock:
            asked = self._pieces(question)
            return [self._score(asked, self._pieces(sentence)) for sentence in sentences]

    def _read(self, text: str) -> Pieces:
        return self._layers.alone(np.array(self._tokenizer.encode(plain(text)).ids))

    def _score(self, asked: Pieces, read: Pieces) -> tuple[float, float]:
        if not len(asked[0]) or not len(read[0]):
            return NOTHING, NOTHING
        answer, pieces = self._layers.together(asked, read)
        return answer, float(pieces.max())
