import pytest

from chatbot.llm.reasoning_filter import ThoughtFilter


def filtered(*pieces: str) -> str:
    thoughts = ThoughtFilter()
    return "".join(map(thoughts.feed, pieces)) + thoughts.finish()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("<think>Is it?</think>It is.", "It is."),
        ("<THINKING>Is it?</THINKING>It is.", "It is."),
        ("It <think>a</think>is <think>b</think>so.", "It is so."),
        ("It is.<think>And then", "It is."),
        ("</think>It is.", "It is."),
        ("a < b, <thin> and <thinker>", "a < b, <thin> and <thinker>"),
        ("It is <", "It is <"),
        ("", ""),
    ],
)
def test_thoughts_are_left_out_however_they_are_cut(text: str, answer: str) -> None:
    assert filtered(text) == filtered(*text) == answer
    assert all(filtered(text[:cut], text[cut:]) == answer for cut in range(len(text)))


def test_what_cannot_begin_a_thought_is_not_held_back() -> None:
    thoughts = ThoughtFilter()
    assert [thoughts.feed(piece) for piece in ("It <", "b>", "is <th", "e")] == ["It ", "<b>", "is ", "<the"]
