import re

import pytest

from chatbot.answer import Answer
from chatbot.answering.pipeline import Chain
from tests.conftest import ROOT

ROWS = re.findall(r"^\| ([^|]+\?) \| ([^|]+) \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def conversation(sample_chain: Chain) -> list[Answer]:
    """The README's questions, asked one after another."""
    answers: list[Answer] = []
    for question, _ in ROWS:
        answers.append(sample_chain.answer(question, answers))
    return answers


def test_the_readme_asks_five_questions() -> None:
    assert len(ROWS) == 5


@pytest.mark.parametrize("row", range(5))
def test_the_readme_shows_what_the_sample_articles_answer(row: int, conversation: list[Answer]) -> None:
    question, shown = ROWS[row]
    assert " ".join(conversation[row].text.split()) == shown, question
