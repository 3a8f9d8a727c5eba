"""Which places somebody holds, took or lost, and which changed hands, by the newest reports."""

import datetime
from collections.abc import Iterator

import pytest

from chatbot.answer import Answer
from chatbot.answering.holdings import asked_holdings
from chatbot.answering.pipeline import Chain
from chatbot.filters import QuestionFilter
from chatbot.question.parse import read
from chatbot.question.query import query_of
from index.language.predicates import Holding
from tests.support.chains import chain_over
from tests.support.reports import parser

ARTICLES = [
    ("The north", "2024-05-02", (
        "The Marsh Brigade holds Tolvik. Government forces hold Lund and Askheim. The town of Rosby is controlled by "
        "the Marsh Brigade, too. The council met in Lund on Thursday to talk of the price of bread in Norland."
    )),
    ("Lund falls", "2024-05-09", (
        "The Marsh Brigade captured Lund on Wednesday. Its streets were quiet. Askheim remains in government hands."
    )),
    ("Rosby changes sides", "2024-05-16", (
        "Government forces took Rosby from the Marsh Brigade on 15 May. The Dune Guard holds Sandnes, on the coast."
    )),
    ("The coast", "2024-05-23", "Sandnes was captured by the Marsh Brigade on 22 May. Traders hope for calm."),
    ("The pass", "2024-05-24", (
        "The Heath Guard says that it holds Ytterby. The Stone Brigade says that it holds Ytterby."
    )),
]  # fmt: skip


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with chain_over(tmp_path_factory.mktemp("holdings"), ARTICLES) as answerer:
        yield answerer


def quoted(answer: Answer) -> list[str]:
    return [citation.sentence for citation in answer.citations]


@pytest.mark.parametrize("question", [
    "Which towns does the Marsh Brigade hold?", "What places are under Marsh Brigade control?",
    "which areas are held by the Marsh Brigade", "What does the Marsh Brigade control?",
    "Which cities are in the hands of the Marsh Brigade?",
])
def test_places_that_a_side_holds_are_told_by_the_newest_report_of_each(chain: Chain, question: str) -> None:
    answer = chain.answer(question)
    assert quoted(answer) == [
        "Sandnes was captured by the Marsh Brigade on 22 May.",
        "The Marsh Brigade captured Lund on Wednesday.",
        "The Marsh Brigade holds Tolvik.",
    ]
    assert answer.as_of == datetime.date(2024, 5, 23) and not answer.notes
    assert answer.places == ("Sandnes", "Lund", "Tolvik")


def test_what_was_lost_since_is_not_told_as_held(chain: Chain) -> None:
    answer = chain.answer("Which towns does the government still control?")
    assert quoted(answer) == [
        "Government forces took Rosby from the Marsh Brigade on 15 May.",
        "Askheim remains in government hands.",
    ]


def test_of_a_side_that_holds_nothing_any_more_the_losses_are_told(chain: Chain) -> None:
    answer = chain.answer("Which places does the Dune Guard hold?")
    assert quoted(answer) == ["Sandnes was captured by the Marsh Brigade on 22 May."]
    assert answer.notes == ("By the newest reports none of these places is held by the Dune Guard.",)


def test_a_day_is_asked_for(chain: Chain) -> None:
    assert quoted(chain.answer("Which towns did the Marsh Brigade hold on 3 May 2024?")) == [
        "The Marsh Brigade holds Tolvik.", "The town of Rosby is controlled by the Marsh Brigade, too.",
    ]
    as_of = QuestionFilter(as_of=datetime.date(2024, 5, 20))
    assert quoted(chain.answer("Which places does the Dune Guard hold?", scope=as_of)) == [
        "The Dune Guard holds Sandnes, on the coast.",
    ]


def test_what_was_taken_and_what_was_lost(chain: Chain) -> None:
    assert quoted(chain.answer("Which towns has the Marsh Brigade taken?")) == [
        "Sandnes was captured by the Marsh Brigade on 22 May.", "The Marsh Brigade captured Lund on Wednesday.",
    ]
    assert quoted(chain.answer("Which places has the Marsh Brigade lost?")) == [
        "Government forces took Rosby from the Marsh Brigade on 15 May.",
    ]


def test_a_region_is_asked_for(chain: Chain) -> None:
    assert quoted(chain.answer("Which towns does the Marsh Brigade hold in Norland?")) == [
        "The Marsh Brigade holds Tolvik.",
    ]


def test_an_answer_names_the_places_of_the_board_that_it_tells_of(chain: Chain) -> None:
    assert chain.answer("Who controls Lund?").places == ("Lund",)
    assert chain.answer("What did the council talk about?").places == ()


def test_what_changed_hands(chain: Chain) -> None:
    assert quoted(chain.answer("What changed hands on 9 May 2024?")) == [
        "The Marsh Brigade captured Lund on Wednesday.",
    ]
    assert {citation.title for citation in chain.answer("Which towns changed hands?").citations} == {
        "The coast", "Rosby changes sides", "Lund falls",
    }


@pytest.mark.parametrize("question", [
    "Who disputes Ytterby?", "Who denies that the Heath Guard holds Ytterby?", "Which places are disputed?",
    "Which towns are contested?", "Who contests control of Ytterby?",
])
def test_who_disputes_a_place_and_which_places_are_disputed(chain: Chain, question: str) -> None:
    answer = chain.answer(question)
    assert quoted(answer) == [
        "The Heath Guard says that it holds Ytterby.", "The Stone Brigade says that it holds Ytterby.",
    ]
    assert answer.places == ("Ytterby",)


def test_what_nobody_disputes_is_not_told_as_disputed(chain: Chain) -> None:
    assert chain.answer("Who disputes Tolvik?").abstained


def test_rebels_may_be_called_the_opposition(sample_chain: Chain) -> None:
    answer = sample_chain.answer("Which towns do the rebels hold?")
    assert not answer.abstained and not any("government holds" in sentence for sentence in quoted(answer))


@pytest.mark.parametrize("question, kind", [
    ("Which towns does the army hold?", Holding.HOLD),
    ("What territory has the army lost?", Holding.LOSE),
    ("Which villages did the rebels capture?", Holding.TAKE),
    ("Who holds what?", Holding.HOLD),
])
def test_what_is_asked_of_places(question: str, kind: Holding) -> None:
    asked = asked_holdings(read(question), query_of(parser().parse([question])[0]))
    assert asked is not None and asked.kind is kind


@pytest.mark.parametrize("question", [
    "Who holds Lund?", "What did the minister lose?", "Which party won the election?", "Why did the army leave Lund?",
    "Which book does the library hold?", "What changed in May?", "Who denies it?", "What does the mayor dispute?",
])
def test_other_questions_ask_no_such_thing(question: str) -> None:
    assert asked_holdings(read(question), query_of(parser().parse([question])[0])) is None
