"""Runs the bundled model, all-MiniLM-L6-v2, in numpy: for a process that answers one question, which torch and
sentence-transformers take longer to import than all the rest takes. The vectors differ from theirs in the sixth digit.
"""

from collections.abc import Sequence
from functools import lru_cache
from threading import Lock

import numpy as np
import numpy.typing as npt
from safetensors import safe_open

from index.passage import Tokens, Vectors
from index.search.word_pieces import DIMENSION, EPSILON, HEADS, LAYERS, LONGEST_PIECES, MODEL_FILE, tokenizer

Ids = npt.NDArray[np.int64]
_LINEAR = (
    "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
    "intermediate.dense", "output.dense",
)


class Linear:
    """A linear layer; `weight` has shape (out, in)."""

    def __init__(self, weight: Vectors, bias: Vectors) -> None:
        self.weight, self.bias = weight, bias

    def __call__(self, states: Vectors) -> Vectors:
        """States of shape (…, in) in, (…, out) out."""
        made: Vectors = states @ self.weight.T + self.bias
        return made


class Norm:
    """Layer normalisation over the last axis."""

    def __init__(self, weight: Vectors, bias: Vectors) -> None:
        self._weight, self._bias = weight, bias

    def __call__(self, states: Vectors) -> Vectors:
        """States of any shape, made anew."""
        centred = states - states.mean(axis=-1, keepdims=True)
        variance = np.square(centred).mean(axis=-1, keepdims=True)
        made: Vectors = centred / np.sqrt(variance + np.float32(EPSILON)) * self._weight + self._bias
        return made


class NumpyLayer:
    """One layer of BERT. `linear` are its linear layers by their names in the model's file."""

    def __init__(self, linear: dict[str, Linear], after_attention: Norm, at_end: Norm) -> None:
        self.linear = linear
        self.after_attention, self.at_end = after_attention, at_end

    def __call__(self, states: Vectors, lengths: Sequence[int] = ()) -> Vectors:
        """The states of a text, shape (pieces, dimension), of the layer below in, of this one out. Of several texts,
        one after the other, `lengths` says how many pieces each has."""
        mixed = self.linear["attention.output.dense"](self._attended(states, lengths or (len(states),)))
        attended = self.after_attention(mixed + states)
        inner = _gelu(self.linear["intermediate.dense"](attended))
        return self.at_end(self.linear["output.dense"](inner) + attended)

    def _attended(self, states: Vectors, lengths: Sequence[int]) -> Vectors:
        query, key, value = (
            self.linear[f"attention.self.{name}"](states).reshape(len(states), HEADS, -1).transpose(1, 0, 2)
            for name in ("query", "key", "value")
        )
        made = np.empty_like(value)
        start = 0
        for length in lengths:
            own = np.s_[:, start : start + length]
            weights = query[own] @ key[own].transpose(0, 2, 1) / np.float32(np.sqrt(DIMENSION // HEADS))
            made[own] = softmax(weights) @ value[own]
            start += length
        return made.transpose(1, 0, 2).reshape(states.shape)


class NumpyBert:
    """The model's embeddings and layers. Each text is read alone: a few need no batch."""

    def __init__(self) -> None:
        with safe_open(MODEL_FILE, framework="numpy") as file:
            self._words, self._places, kinds = (
                file.get_tensor(f"embeddings.{name}_embeddings.weight") for name in ("word", "position", "token_type")
            )
            self._kind = kinds[0]
            self._norm = Norm(*_weight_and_bias(file, "embeddings.LayerNorm"))
            self.layers = [_layer(file, f"encoder.layer.{n}") for n in range(LAYERS)]

    def embed(self, ids: Ids) -> Vectors:
        """The states below the first layer, shape (pieces, dimension), of a text's word pieces."""
        return self._norm(self._words[ids] + self._kind + self._places[: len(ids)])

    def read(self, ids: Ids, layers: int = LAYERS) -> Vectors:
        """The states of the last of so many layers, shape (pieces, dimension)."""
        states = self.embed(ids)
        for layer in self.layers[:layers]:
            states = layer(states)
        return states


class BundledModel:
    """The bundled model as the embedder runs a model; for one thread at a time."""

    dimension, limit_pieces, prompt = DIMENSION, LONGEST_PIECES, ""

    def __init__(self) -> None:
        self._bert = bert()
        self.tokenizer = tokenizer(LONGEST_PIECES)

    def embed_question(self, question: str) -> Vectors:
        """The unit vector of a question, shape (dimension,)."""
        [(vector, _)] = self.read([question])
        return vector

    def read(self, texts: Sequence[str]) -> list[tuple[Vectors, Tokens]]:
        """For each text its unit vector and its word pieces, start and end marks included."""
        results = []
        for encoding in map(self.tokenizer.encode, texts):
            states = self._bert.read(np.array(encoding.ids))
            spans = np.asarray(encoding.offsets, dtype=np.int64)
            results.append((unit(states.mean(axis=0)), Tokens(spans, states)))
        return results


@lru_cache(maxsize=1)
def _loaded() -> NumpyBert:
    return NumpyBert()


_loading = Lock()


def bert() -> NumpyBert:
    """The model that all share: to run it changes nothing in it."""
    with _loading:
        return _loaded()


def softmax(values: Vectors) -> Vectors:
    """Over the last axis."""
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    made: Vectors = powers / powers.sum(axis=-1, keepdims=True)
    return made


def unit(vectors: Vectors) -> Vectors:
    """The vectors, along the last axis, with the length 1."""
    made: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), np.float32(EPSILON))
    return made


def _gelu(values: Vectors) -> Vectors:
    """x times the normal distribution function of x, by Abramowitz and Stegun's formula 7.1.26, which is right to six
    digits: numpy has no error function."""
    scaled = np.abs(values) * np.float32(np.sqrt(0.5))
    t = 1 / (1 + np.float32(0.3275911) * scaled)
    series = np.full_like(t, 1.061405429)
    for number in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = series * t + np.float32(number)
    tail = series * t * np.exp(-np.square(scaled)) / 2
    made: Vectors = values * np.where(values >= 0, 1 - tail, tail)
    return made


def _layer(file: safe_open, name: str) -> NumpyLayer:
    return NumpyLayer(
        {part: Linear(*_weight_and_bias(file, f"{name}.{part}")) for part in _LINEAR},
        Norm(*_weight_and_bias(file, f"{name}.attention.output.LayerNorm")),
        Norm(*_weight_and_bias(file, f"{name}.output.LayerNorm")),
    )


def _weight_and_bias(file: safe_open, name: str) -> tuple[Vectors, Vectors]:
    weight, bias = (file.get_tensor(f"{name}.{part}") for part in ("weight", "bias"))  # type: ignore[no-untyped-call]
    return weight, bias
