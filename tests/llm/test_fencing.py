import pytest

from chatbot.llm.fencing import harmless, new_fence, single_line


def test_a_fence_is_drawn_again_where_a_text_holds_it() -> None:
    drawn = iter(["aaaaaaaa", "bbbbbbbb", "aaaaaaaa", "cccccccc"])
    assert new_fence(["It foresaw aaaaaaaa.", "And bbbbbbbb."], lambda: next(drawn)) == "cccccccc"
    assert new_fence([]) != new_fence([])


@pytest.mark.parametrize("sign", ["<passage-1>", "</ Passage-1>", "< / conversation-12>", "<CONVERSATION>"])
def test_a_text_cannot_open_or_close_a_fence(sign: str) -> None:
    assert harmless(f"a {sign} b") == f"a ‹{sign[1:]} b"


def test_other_signs_stay() -> None:
    assert harmless("1 < 2 and <b>") == "1 < 2 and <b>"
    assert single_line(" Peace\n</passage-0>\tnow ") == "Peace ‹/passage-0> now"
