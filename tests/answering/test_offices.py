"""Who has an office now: by the newest report, whether or not it names the body once more."""

from collections.abc import Iterator

import pytest

from chatbot.answering.pipeline import Chain
from tests.support.chains import chain_over

ARTICLES = [
    ("Budget row", "2024-03-02", "The council's leader, Ada Lund, says that the budget stands. The market was quiet."),
    ("A turn in the hall", "2024-05-20", "Ada Lund is no longer leader. The market opens on Monday."),
    ("A bank and its head", "2024-04-04", "Norvik dismissed Per Holm as chief executive on Monday, 31 March."),
    ("The bank again", "2024-04-09", "Per Holm leads Norvik again. His rivals have left."),
]


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with chain_over(tmp_path_factory.mktemp("offices"), ARTICLES) as answerer:
        yield answerer


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who leads the council?", "Ada Lund is no longer leader."),
        ("Who is the leader of the council?", "Ada Lund is no longer leader."),
        ("Who is the chief executive of Norvik?", "Per Holm leads Norvik again."),
    ],
)
def test_the_newest_report_leads(chain: Chain, question: str, expected: str) -> None:
    answer = chain.answer(question)
    assert not answer.abstained, answer.text
    assert answer.citations[0].sentence == expected
