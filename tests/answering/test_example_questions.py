import pytest

from chatbot.answering.example_questions import example_questions
from chatbot.answering.pipeline import Chain
from index.collection import Collection
from tests.support.reports import day, report

HELD = "The army holds Norvik. The council holds Norvik too. Captain Aune spoke to Aune in Norvik."
CRIME = "Fog lay in Elvaskar. Police in Elvaskar spoke to Jansen. The judge heard Jansen and Jansen left."


@pytest.fixture(scope="module")
def questions(samples: Collection) -> list[str]:
    articles = [samples.article(row.id) for row in samples.articles()]
    return example_questions(articles, places=samples.held_places())


def test_the_sample_articles_give_three_different_questions(questions: list[str]) -> None:
    assert len(questions) == len(set(questions)) == 3
    assert questions[0].startswith("Who controls ")


def test_every_example_is_answered(questions: list[str], sample_chain: Chain) -> None:
    assert [question for question in questions if sample_chain.answer(question).abstained] == []


def test_a_place_that_is_held_is_asked_about() -> None:
    assert example_questions([report(HELD, day(1))], places=["Norvik"])[0] == "Who controls Norvik?"


def test_articles_about_something_else_are_asked_about_whom_they_name() -> None:
    assert set(example_questions([report(CRIME, day(1))])) == {
        "What happened in Elvaskar?",
        "What is said about Jansen?",
    }


def test_no_articles_give_no_examples() -> None:
    assert example_questions([]) == [] and example_questions([report("It rained.", None)]) == []


def test_no_more_are_made_than_asked_for(samples: Collection) -> None:
    articles = [samples.article(row.id) for row in samples.articles()]
    assert [len(example_questions(articles, most)) for most in (1, 2, 5)] == [1, 2, 5]


def test_markup_never_becomes_an_example() -> None:
    text = "The army holds <B>Bad</B>. Fog lay in <B>Bad</B>. The army holds ${Bad}."
    assert not any(set("<>${}") & set(question) for question in example_questions([report(text, day(1))]))
