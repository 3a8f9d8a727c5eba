import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from index.errors import ModelError
from index.search.cross_encoder import CrossEncoder

QUESTION = "Who opened the new bridge?"
SENTENCES = ["The mayor opened the new bridge.", "Tomatoes need warm soil.", "It rained."]


def test_what_answers_scores_highest() -> None:
    scores = [answer for answer, _ in CrossEncoder().scores(QUESTION, SENTENCES)]
    assert scores.index(max(scores)) == 0
    assert CrossEncoder().scores(QUESTION, []) == []


def test_threads_share_one() -> None:
    shared = CrossEncoder()
    expected = [score for sentence in SENTENCES for score in CrossEncoder().scores(QUESTION, [sentence])]
    with ThreadPoolExecutor(4) as threads:
        for _ in range(5):
            answers = threads.map(lambda sentence: shared.scores(QUESTION, [sentence])[0], SENTENCES)
            for (answer, piece), score in zip(answers, expected, strict=True):
                assert (answer, piece) == pytest.approx(score, abs=1e-4)


def test_one_that_is_closed_ends_what_it_reads_and_takes_no_more() -> None:
    closing = CrossEncoder()
    many = [f"On day {n} the council met and talked of ferry number {n * 7} to the islands." for n in range(1_500)]
    with ThreadPoolExecutor(1) as threads:
        run = threads.submit(closing.scores, QUESTION, many)
        time.sleep(0.1)
        closing.close()
        with pytest.raises(ModelError, match="is being stopped"):
            run.result(timeout=5)
        with pytest.raises(ModelError, match="is being stopped"):
            closing.scores(QUESTION, SENTENCES)
