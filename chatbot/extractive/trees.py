"""Gradient-boosted trees, as `benchmarks/fit.py` fits them with scikit-learn, evaluated from `weights.json`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Trees:
    """A fitted model: the names of its features in order, and its trees, each as arrays of node fields."""

    features: tuple[str, ...]
    baseline: float
    feature: npt.NDArray[np.int32]
    threshold: npt.NDArray[np.float64]
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    value: npt.NDArray[np.float64]

    def probabilities(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """The probability of each row, shape (rows,). Arrays have a row a tree; a leaf is its own child."""
        total = np.full(len(rows), self.baseline)
        at = np.arange(len(rows))
        for tree in range(len(self.feature)):
            node = np.zeros(len(rows), dtype=np.int32)
            while True:
                leaf = self.left[tree, node] == node
                if leaf.all():
                    break
                goes_left = rows[at, self.feature[tree, node]] <= self.threshold[tree, node]
                node = np.where(leaf, node, np.where(goes_left, self.left[tree, node], self.right[tree, node]))
            total += self.value[tree, node]
        probabilities: npt.NDArray[np.float64] = 1 / (1 + np.exp(-total))
        return probabilities


@lru_cache(maxsize=1)
def _weights() -> Mapping[str, Any]:
    weights: Mapping[str, Any] = json.loads((files("chatbot.extractive") / "weights.json").read_text())
    return weights


@lru_cache(maxsize=4)
def trees(name: str) -> Trees:
    """The model of this name in `weights.json`."""
    model = _weights()["models"][name]
    nodes: Sequence[Sequence[Sequence[float]]] = model["trees"]
    width = max(len(tree) for tree in nodes)
    padded = np.array([[*tree, *[[0, 0, 0, 0, 0]] * (width - len(tree))] for tree in nodes], dtype=np.float64)
    return Trees(
        tuple(model["features"]), model["baseline"], padded[:, :, 0].astype(np.int32), padded[:, :, 1],
        padded[:, :, 2].astype(np.int32), padded[:, :, 3].astype(np.int32), padded[:, :, 4],
    )


def threshold(name: str) -> float:
    """A threshold that the same fit settled."""
    return float(_weights()["thresholds"][name])
