"""Runs the cross-encoder's layers in numpy, for a process that does without torch. `joint_layers.py` tells
what they are; the logits differ from its own in the fourth digit."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from index.passage import Vectors
from index.search.joint_sizes import LORA_SCALE, LOWER_LAYERS
from index.search.numpy_bert import Ids, Linear, NumpyLayer, bert, softmax, unit
from index.search.word_pieces import LAYERS

# The word pieces of a text without its start and end marks, shape (n,), and their lower-layer states, (n, dimension).
Pieces = tuple[Ids, Vectors]


class NumpyJointLayers:
    """The layers with the weights of a file. To run them changes nothing in them."""

    def __init__(self, weights: Path) -> None:
        self._bert = bert()
        fitted = {name: value.astype(np.float32) for name, value in load_file(weights).items()}
        own = self._bert.layers
        self._lower = [adapted(own[n], f"lower.{n}", fitted) for n in range(LOWER_LAYERS)]
        self._upper = [adapted(own[n], f"layers.{n - LOWER_LAYERS}", fitted) for n in range(LOWER_LAYERS, LAYERS)]
        self._cls, self._kinds = fitted["cls"], fitted["kind.weight"]
        self._piece, self._first, self._last = (
            Linear(fitted[f"{name}.weight"], fitted[f"{name}.bias"]) for name in ("tok", "ans.0", "ans.2")
        )

    def alone(self, ids: Ids) -> Pieces:
        """A text read on its own. `ids` are its word pieces with the start and end marks."""
        states = self._bert.embed(ids)
        for layer in self._lower:
            states = layer(states)
        return ids[1:-1], states[1:-1]

    def together(self, first: Pieces, second: Pieces) -> tuple[float, Vectors]:
        """The logit of the pair, and those of the second text's pieces, shape (pieces,). Neither text is empty."""
        (ids, states), (other_ids, other_states) = first, second
        in_other, in_first = np.isin(ids, other_ids), np.isin(other_ids, ids)
        other_marked = other_states + self._kinds[1 + 2 * in_first]
        joint = np.concatenate([self._cls[None], states + self._kinds[2 * in_other], other_marked])
        for layer in self._upper:
            joint = layer(joint)
        pieces = self._piece(joint[1 + len(ids) :])[:, 0]
        pooled = softmax(pieces) @ joint[1 + len(ids) :]
        matching = _matching(states, other_states, in_other)
        [logit] = self._last(np.tanh(self._first(np.concatenate([joint[0], pooled, matching]))))
        return float(logit), pieces


def _matching(first: Vectors, second: Vectors, in_second: npt.NDArray[np.bool_]) -> Vectors:
    """How well the first text's pieces are met in the second: on average, literally, and the worst of them."""
    nearest = (unit(first) @ unit(second).T).max(axis=1)
    return np.array([nearest.mean(), in_second.mean(), nearest.min()], dtype=np.float32) * 4 - 2


def adapted(layer: NumpyLayer, name: str, fitted: dict[str, Vectors]) -> NumpyLayer:
    """A layer of the bundled model with the low-rank matrices of the fitted one added to its own."""
    linear = {}
    for part_name, part in layer.linear.items():
        down = fitted.get(f"{name}.{part_name}.a.weight")
        if down is None:
            linear[part_name] = part
            continue
        up = fitted[f"{name}.{part_name}.b.weight"]
        linear[part_name] = Linear(part.weight + np.float32(LORA_SCALE) * (up @ down), part.bias)
    return NumpyLayer(linear, layer.after_attention, layer.at_end)
