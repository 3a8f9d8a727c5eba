import pytest

from chatbot.web.page.state import MOST_RECALLED, asked_before


@pytest.mark.parametrize("sent", [None, "before", {}, {"before": "Who?"}, {"before": {"0": "Who?"}}, {"before": None}])
def test_a_page_that_says_nothing_of_before_recalls_nothing(sent: object) -> None:
    assert asked_before(sent) == []


def test_the_last_questions_alone_are_recalled_and_short_texts_alone() -> None:
    assert asked_before({"before": [f"Who is {n}?" for n in range(99)]}) == ["Who is 96?", "Who is 97?", "Who is 98?"]
    assert asked_before({"before": [["Who?"], "Who?", 7]}) == ["Who?"]
    assert asked_before({"before": ["Who?", "x" * 2_001]}) == ["Who?"]
    assert MOST_RECALLED == 3
