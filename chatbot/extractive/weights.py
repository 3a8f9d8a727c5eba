"""The fitted weights of the answerer: two conditional logit models (McFadden 1974) over the candidates of a question,
with "none of these" as one more choice, and the thresholds that the same fit settled.

`benchmarks/fit.py` makes them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

Row = Mapping[str, float]


@dataclass(frozen=True)
class Model:
    """A fitted model: its features, each with the mean and spread by which it is scaled and its weight.

    `none` is the utility of "none of these".
    """

    features: tuple[str, ...]
    mean: npt.NDArray[np.float64]
    spread: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]
    none: float

    def scores(self, rows: Sequence[Row]) -> npt.NDArray[np.float64]:
        """For each candidate the probability that it answers when it is held against "none" alone, shape (rows,)."""
        utility = scaled(matrix(rows, self.features), self.mean, self.spread) @ self.weight - self.none
        result: npt.NDArray[np.float64] = 1 / (1 + np.exp(-utility))
        return result


def matrix(rows: Sequence[Row], names: Sequence[str]) -> npt.NDArray[np.float64]:
    """Rows of features as numbers, shape (rows, names). "x_below" is how far x lies below the best candidate's, and
    "x*y" the product of two features."""
    columns = [_column(rows, name) for name in names]
    return np.stack(columns, axis=1) if columns else np.zeros((len(rows), 0))


def scaled(
    values: npt.NDArray[np.float64], mean: npt.NDArray[np.float64], spread: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Values by their mean and spread, outliers cut off at four spreads."""
    result: npt.NDArray[np.float64] = np.clip((values - mean) / spread, -4, 4)
    return result


def _column(rows: Sequence[Row], name: str) -> npt.NDArray[np.float64]:
    if "*" in name:
        first, second = name.split("*")
        return _column(rows, first) * _column(rows, second)
    base = name.removesuffix("_below")
    column = np.array([row.get(base, 0.0) for row in rows], dtype=np.float64)
    return column - column.max() if name != base else column


@lru_cache(maxsize=1)
def _weights() -> Mapping[str, Any]:
    weights: Mapping[str, Any] = json.loads((files("chatbot.extractive") / "weights.json").read_text())
    return weights


@lru_cache(maxsize=4)
def model(name: str) -> Model:
    """The model of this name: "glance" for all candidates, "answer" for those that were read with the question."""
    fitted = _weights()["models"][name]
    rows = fitted["features"]
    mean, spread, weight = (np.array([row[n] for row in rows.values()], dtype=np.float64) for n in range(3))
    return Model(tuple(rows), mean, spread, weight, float(fitted["none"]))


def threshold(name: str) -> float:
    """A threshold that the same fit settled."""
    return float(_weights()["thresholds"][name])
