import math

import pytest

from benchmarks.measures import mean, ndcg, percentile, recall, roc_area, share


def test_ndcg_of_gold_in_first_and_third_place_of_two() -> None:
    # Gain 1/log2(2) + 1/log2(4) = 1.5; the best order gives 1/log2(2) + 1/log2(3) = 1.63093.
    assert ndcg(["a", "x", "b"], {"a", "b"}) == pytest.approx(1.5 / (1 + 1 / math.log2(3)))
    assert ndcg(["a", "x", "b"], {"a", "b"}) == pytest.approx(0.91972, abs=1e-5)


def test_ndcg_of_a_perfect_and_of_an_empty_ranking() -> None:
    assert ndcg(["a", "b", "x"], {"a", "b"}) == 1
    assert ndcg([], {"a"}) == 0


def test_ndcg_counts_no_place_below_its_depth_and_no_more_gold_than_fits() -> None:
    assert ndcg(["x", "a"], {"a"}, depth=1) == 0
    assert ndcg(["a"], {"a", "b", "c"}, depth=1) == 1


def test_recall_is_the_share_of_gold_found() -> None:
    assert recall(["x", "a", "b"], {"a", "b", "c", "d"}) == 0.5
    assert recall(["x", "a", "b"], {"a", "b"}, depth=2) == 0.5


@pytest.mark.parametrize(
    ("positive", "negative", "area"),
    [
        ([0.9, 0.8], [0.1, 0.2], 1.0),
        ([0.1], [0.9], 0.0),
        ([0.5], [0.5], 0.5),
        ([0.9, 0.3], [0.5, 0.3], 0.625),  # above, above, below, tie: 2.5 of 4
    ],
)
def test_roc_area(positive: list[float], negative: list[float], area: float) -> None:
    assert roc_area(positive, negative) == area


def test_percentile_is_a_value_that_was_measured() -> None:
    values = [float(n) for n in range(20, 0, -1)]
    assert percentile(values, 50) == 10
    assert percentile(values, 95) == 19
    assert percentile([3.0], 95) == 3


def test_share_and_mean_of_nothing_are_nothing() -> None:
    assert share([True, False, False, True]) == 0.5
    assert share([]) == 0
    assert mean([]) == 0
