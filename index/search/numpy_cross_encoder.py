"""Runs the cross-encoder in numpy: for a process that answers one question, which torch takes longer to import than all
the rest takes. The scores are those of `cross_encoder.py`, which tells what it is."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from index.passage import Vectors
from index.search.numpy_bert import Ids, Layer, Linear, bert, softmax, unit
from index.search.word_pieces import LAYERS, tokenizer

WEIGHTS = Path(__file__).parent / "cross_encoder.safetensors"
LOWER_LAYERS = 4
LORA_SCALE = 2.0
LONGEST_PIECES = 128
SENTENCES_KEPT = 2_000
# The logit of what cannot answer, since it holds no word.
NOTHING = -20.0


class CrossEncoder:
    """The model, loaded. Safe between threads."""

    def __init__(self) -> None:
        """Load the bundled model and its fitted weights."""
        self._tokenizer = tokenizer(LONGEST_PIECES)
        self._bert = bert()
        weights = {name: value.astype(np.float32) for name, value in load_file(WEIGHTS).items()}
        self._layers = [_adapted(self._bert.layers[LOWER_LAYERS + n], n, weights) for n in range(LAYERS - LOWER_LAYERS)]
        self._cls, self._kinds = weights["cls"], weights["kind.weight"]
        self._piece, self._first, self._last = (
            Linear(weights[f"{name}.weight"], weights[f"{name}.bias"]) for name in ("tok", "ans.0", "ans.2")
        )
        self._lock = Lock()
        self._pieces = lru_cache(SENTENCES_KEPT)(self._read)

    def close(self) -> None:
        """Nothing is to be waited for: Python can end while numpy runs."""

    def scores(self, question: str, sentences: Sequence[str]) -> list[tuple[float, float]]:
        """For each sentence two logits: that it answers the question, and that its likeliest word is the answer."""
        with self._lock:
            asked = self._pieces(question)
            return [self._score(asked, self._pieces(sentence)) for sentence in sentences]

    def _read(self, text: str) -> tuple[Ids, Vectors]:
        """Word-piece ids, shape (n,), and lower-layer states, shape (n, dimension), of a text on its own."""
        ids = np.array(self._tokenizer.encode(text.encode(errors="replace").decode()).ids)
        return ids[1:-1], self._bert.read(ids, LOWER_LAYERS)[1:-1]

    def _score(self, asked: tuple[Ids, Vectors], read: tuple[Ids, Vectors]) -> tuple[float, float]:
        (question, question_states), (sentence, sentence_states) = asked, read
        if not len(question) or not len(sentence):
            return NOTHING, NOTHING
        in_sentence, in_question = np.isin(question, sentence), np.isin(sentence, question)
        kind = np.concatenate([2 * in_sentence, 1 + 2 * in_question])
        states = np.concatenate([question_states, sentence_states])
        joint = np.concatenate([self._cls[None], states + self._kinds[kind]])
        for layer in self._layers:
            joint = layer(joint)
        pieces = self._piece(joint[1 + len(question) :])[:, 0]
        pooled = softmax(pieces) @ joint[1 + len(question) :]
        matching = _matching(question_states, sentence_states, in_sentence)
        answer = self._last(np.tanh(self._first(np.concatenate([joint[0], pooled, matching]))))
        return float(answer[0]), float(pieces.max())


def _matching(question: Vectors, sentence: Vectors, in_sentence: npt.NDArray[np.bool_]) -> Vectors:
    """How well the question's pieces are met in the sentence: on average, literally, and the worst of them."""
    nearest = (unit(question) @ unit(sentence).T).max(axis=1)
    return np.array([nearest.mean(), in_sentence.mean(), nearest.min()], dtype=np.float32) * 4 - 2


def _adapted(layer: Layer, number: int, weights: dict[str, Vectors]) -> Layer:
    """A layer of the bundled model with the low-rank matrices of the fitted one added to its own."""
    linear = {}
    for name, part in layer.linear.items():
        prefix = f"layers.{number}.{name}"
        added = np.float32(LORA_SCALE) * (weights[f"{prefix}.b.weight"] @ weights[f"{prefix}.a.weight"])
        linear[name] = Linear(part.weight + added, part.bias)
    return Layer(linear, layer.after_attention, layer.at_end)
