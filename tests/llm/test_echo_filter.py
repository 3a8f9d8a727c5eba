import random

import pytest

from chatbot.llm.echo_filter import EchoFilter

ECHO = (
    "<passage-1a2b3c4d>\nnumber: 1\ntitle: Hama changes hands\nsource: Desk\ntext:\nThe opposition took Hama.\n"
    "</passage-1a2b3c4d>\n"
)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("text", "left", "echoed"),
    [
        ("The army left. [1]\nIt was 3 < 4.", "The army left. [1]\nIt was 3 < 4.", False),
        (ECHO + "It fell. [1]", "The opposition took Hama.\nIt fell. [1]", True),
        ("It fell. [1] </passage-1a2b3c4d> number: 2", "It fell. [1] ", True),
        ("number: 1 title: Hama changes hands", "", True),
        ("Title: a play in three acts.", "Title: a play in three acts.", False),
        ("The text: it is long.", "The text: it is long.", False),
        ("Question: Who holds Hama?\nThe army. [1]", "The army. [1]", False),
        ("The army. [1]\n\nQuestion: Who holds Homs?\n\nNobody. [2]\nQuestion: Who?", "The army. [1]", False),
        ("It fell. [1]\n**Question:** Who took it?\nThe rebels. [2]", "It fell. [1]", False),
        ("It fell. [1]\nQuestion: Who?\n" + ECHO, "It fell. [1]", True),
        ("The question: who fell?\nQuestions remain. [1]", "The question: who fell?\nQuestions remain. [1]", False),
    ],
)
def test_lines_of_a_prompt_are_left_out_however_they_come(text: str, left: str, echoed: bool, seed: int) -> None:
    chance, echo = random.Random(seed), EchoFilter()
    cuts = sorted(chance.sample(range(1, len(text)), min(8, len(text) - 1)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    shown = "".join(echo.through(pieces))
    assert shown.strip() == left.strip() and echo.echoed is echoed
