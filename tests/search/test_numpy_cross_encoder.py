from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from index.search.cross_encoder import CrossEncoder
from index.search.numpy_cross_encoder import NOTHING, NumpyCrossEncoder
from tests.support.corpus import BRIDGE, HARBOUR

QUESTIONS = ["Who opened the new bridge?", "When did it rain in Évora?", "bridge", "Who " * 200]
SENTENCES = [
    "The mayor opened the new bridge.", "Tomatoes need warm soil.", "It rained.", "Évora, Zzyzx 알레포", "x",
    "half a \ud83d pair", "word " * 500, HARBOUR, BRIDGE,
]


@pytest.fixture(scope="module")
def light() -> NumpyCrossEncoder:
    return NumpyCrossEncoder()


def test_scores_are_those_of_torch(light: NumpyCrossEncoder) -> None:
    in_torch = CrossEncoder()
    for question in QUESTIONS:
        assert np.allclose(light.scores(question, SENTENCES), in_torch.scores(question, SENTENCES), atol=1e-3)


def test_what_holds_no_word_answers_nothing(light: NumpyCrossEncoder) -> None:
    assert light.scores(QUESTIONS[0], ["", " "]) == [(NOTHING, NOTHING)] * 2
    assert light.scores("", SENTENCES[:1]) == [(NOTHING, NOTHING)]
    assert light.scores(QUESTIONS[0], []) == []


def test_threads_share_one(light: NumpyCrossEncoder) -> None:
    expected = [NumpyCrossEncoder().scores(question, SENTENCES) for question in QUESTIONS]
    with ThreadPoolExecutor(4) as threads:
        for _ in range(3):
            assert list(threads.map(lambda question: light.scores(question, SENTENCES), QUESTIONS)) == expected
