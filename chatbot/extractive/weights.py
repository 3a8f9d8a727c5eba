"""The fitted weights of the answerer: two conditional logit models (McFadden 1974) over the candidates of a question,
with "none of these" as one more choice, and the thresholds that were settled with them.

`benchmarks/fit.py` and `benchmarks/fit_thresholds.py` make them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache, partial, reduce
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
    own = cache(partial(_column, rows))

    def column(name: str) -> npt.NDArray[np.float64]:
        base = name.removesuffix("_below")
        return own(base) - own(base).max() if name != base else own(base)

    columns = [reduce(np.multiply, map(column, name.split("*"))) for name in names]
    return np.stack(columns, axis=1) if columns else np.zeros((len(rows), 0))


def scaled(
    values: npt.NDArray[np.float64], mean: npt.NDArray[np.float64], spread: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Values by their mean and spread, outliers cut off at four spreads."""
    result: npt.NDArray[np.float64] = np.clip((values - mean) / spread, -4, 4)
    return result


def _column(rows: Sequence[Row], name: str) -> npt.NDArray[np.float64]:
    return np.array([row.get(name, 0.0) for row in rows], dtype=np.float64)


@dataclass(frozen=True)
class Weights:
    """All that is fitted: the model "glance" for all candidates, "answer" for those that were read with the question,
    and the thresholds by their names."""

    models: Mapping[str, Model]
    thresholds: Mapping[str, float]


def read_weights(written: Mapping[str, Any]) -> Weights:
    """Weights as `benchmarks/fit.py` writes them."""
    return Weights({name: _model(rows) for name, rows in written["models"].items()}, written["thresholds"])


def _model(written: Mapping[str, Any]) -> Model:
    rows = written["features"]
    mean, spread, weight = (np.array([row[n] for row in rows.values()], dtype=np.float64) for n in range(3))
    return Model(tuple(rows), mean, spread, weight, float(written["none"]))


@lru_cache(maxsize=1)
def _shipped() -> Weights:
    return read_weights(json.loads((files("chatbot.extractive") / "weights.json").read_text()))


_instead: list[Weights] = []


@contextmanager
def using(weights: Weights) -> Iterator[None]:
    """Answer with other weights in the whole process, as a benchmark does that leaves a collection out."""
    _instead.append(weights)
    try:
        yield
    finally:
        _instead.pop()


def _weights() -> Weights:
    return _instead[-1] if _instead else _shipped()


def model(name: str) -> Model:
    """The fitted model of this name."""
    return _weights().models[name]


def threshold(name: str) -> float:
    """The threshold of this name."""
    return float(_weights().thresholds[name])
