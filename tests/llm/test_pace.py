import time
from collections.abc import Iterator

import pytest

from chatbot.llm.pace import Pace


def test_an_ordinary_question_is_sent_the_usual_and_an_overview_what_fits() -> None:
    pace = Pace(10, 780)
    assert pace.passage_tokens(wide=False) == 780 and pace.passage_tokens(wide=True) is None


@pytest.mark.parametrize(("seconds", "most"), [(0.0, 780), (0.5, 780)])
def test_a_server_that_reads_slowly_is_sent_less(seconds: float, most: int) -> None:
    pace = Pace(1, 780)

    def pieces() -> list[str]:
        time.sleep(seconds)
        return ["", "It fell.", " Then"]

    assert list(pace.timed(iter(pieces()), 1000)) == ["", "It fell.", " Then"]
    assert pace.tokens_a_second is not None and (pace.passage_tokens(wide=False) or 0) <= most


def test_the_slower_the_fewer_but_never_none() -> None:
    pace = Pace(1, 780)

    def slow() -> Iterator[str]:
        yield ""
        time.sleep(0.2)
        yield "So"

    list(pace.timed(slow(), 50))
    assert pace.passage_tokens(wide=False) == 250 and pace.passage_tokens(wide=True) == 250
