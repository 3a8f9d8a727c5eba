"""Who denies a claim, who held a place within a month of change, and what stands below a day's heading."""

from collections.abc import Iterator

import pytest

from chatbot.answering.pipeline import Chain
from tests.support.chains import chain_over

ARTICLES = [
    ("Two accounts", "2024-03-02", "The Guard says that it holds Pellan. The army denies that. Shops were open."),
    ("Half a mine", "2024-03-09", "The Guard holds the Tesk mine, its spokesman says. Miners went home on Friday."),
    ("At the plant", "2024-04-04", "The power station at Orlo has been held by the Guard since 4 March."),
    ("The island", "2024-03-01", "Skell Island was seized by the Guard on 24 February."),
    ("Autumn", "2024-11-12", "Skell Island, which the Guard abandoned in June, is held by the army. It rains."),
    ("A week at Norvik", "2024-05-10", (
        "Monday, 6 May.\n\nThe board of Norvik met.\n\nTuesday, 7 May.\n\nAda Lund leads Norvik from today on."
    )),
    ("The bridge", "2024-06-03", (
        "The bridge at Orlo will be rebuilt. Critics speak of a folly. The engineer Tom Vane called the plan “a bridge "
        "to the past”. Ida Crane, who lives beside it, says that nobody asked her. The council met for six hours."
    )),
]  # fmt: skip


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with chain_over(tmp_path_factory.mktemp("denials"), ARTICLES) as answerer:
        yield answerer


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who denies that the Guard holds Pellan?", "The army denies that."),
        ("Who controls Orlo?", "The power station at Orlo has been held by the Guard since 4 March."),
        ("Who controlled Skell Island on 15 June 2024?", "Skell Island was seized by the Guard on 24 February."),
    ],
)
def test_the_sentence_that_tells_it_leads(chain: Chain, question: str, expected: str) -> None:
    answer = chain.answer(question)
    assert not answer.abstained, answer.text
    assert answer.citations[0].sentence == expected


@pytest.mark.parametrize(
    "question", ["Who denies that the Guard holds the Tesk mine?", "Who disputes the Guard's claim to the Tesk mine?"]
)
def test_what_nobody_denies_is_not_given_as_a_denial(chain: Chain, question: str) -> None:
    assert chain.answer(question).abstained


@pytest.mark.parametrize("question", ["Who led Norvik on 6 May 2024?", "What happened at Norvik on 7 May 2024?"])
def test_a_heading_that_is_a_day_is_never_quoted(chain: Chain, question: str) -> None:
    assert all(not citation.sentence.endswith("May.") for citation in chain.answer(question).citations)


@pytest.mark.parametrize(
    "question",
    [
        'Who spoke of "a bridge to the past"?',
        "Whose words are ‘a bridge to the past’?",
        "Who said of the bridge at Orlo that it was 'a bridge to the past'?",
    ],
)
def test_who_is_quoted_with_words_that_the_question_quotes_is_told(chain: Chain, question: str) -> None:
    answer = chain.answer(question)
    assert not answer.abstained, answer.text
    assert "Tom Vane" in answer.citations[0].sentence
    assert len(answer.citations) == 1


def test_words_that_nobody_said_are_not_answered_for_by_others(chain: Chain) -> None:
    assert chain.answer('Who spoke of "a road to the moon"?').abstained
