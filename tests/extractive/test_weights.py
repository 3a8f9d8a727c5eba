from dataclasses import replace

import numpy as np
import pytest

from benchmarks.news_answers import left_out
from chatbot.extractive import weights
from chatbot.extractive.weights import model, threshold, using


def test_other_weights_count_until_they_are_given_back() -> None:
    shipped, before = model("answer"), threshold("answer")
    harbour = left_out()["harbour"]
    with using(harbour), using(replace(harbour, thresholds={"answer": 0.99})):
        assert threshold("answer") == 0.99
        assert model("answer") is harbour.models["answer"]
    assert (model("answer"), threshold("answer")) == (shipped, before)
    with pytest.raises(KeyError), using(harbour):
        threshold("no such name")
    assert model("answer") is shipped


def test_each_set_that_was_fitted_on_has_weights_without_it() -> None:
    fitted = [weights._shipped(), *left_out().values()]
    names = {frozenset(each.models["answer"].features) for each in fitted}
    assert len(names) == 1
    differing = {tuple(np.round(each.models["answer"].weight, 4)) for each in fitted}
    assert len(differing) == len(fitted)
