"""Measures of how well something was ranked or decided, each a number from 0 to 1, and percentiles."""

import math
from collections.abc import Collection, Sequence


def ndcg(ranking: Sequence[str], gold: Collection[str], *, depth: int = 10) -> float:
    """Normalised discounted cumulative gain of the first `depth` of `ranking`, every gold id worth the same."""
    gain = sum(_discount(rank) for rank, ident in enumerate(ranking[:depth]) if ident in gold)
    return gain / sum(_discount(rank) for rank in range(min(depth, len(gold))))


def recall(ranking: Sequence[str], gold: Collection[str], *, depth: int = 10) -> float:
    """Share of the gold ids among the first `depth` of `ranking`."""
    return len(set(ranking[:depth]) & set(gold)) / len(gold)


def roc_area(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Area under the ROC curve: how often a positive's score is above a negative's, a tie counting half."""
    wins = sum((p > n) + (p == n) / 2 for p in positive for n in negative)
    return wins / (len(positive) * len(negative))


def mean(values: Sequence[float]) -> float:
    """The mean, and 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def share(values: Sequence[bool]) -> float:
    """The share of `values` that are true, and 0 of nothing."""
    return mean([float(value) for value in values])


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` per cent of `values` do not exceed."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def _discount(place: int) -> float:
    return 1 / math.log2(place + 2)
