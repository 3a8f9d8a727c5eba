import datetime

import pytest

from chatbot.question.certainty import is_sure
from chatbot.question.entity_linking import settle
from chatbot.question.parse import read
from chatbot.question.query import query_of
from index.collection import Collection
from index.language.words import stem


def sure(samples: Collection, question: str) -> bool:
    reading = read(question, newest=datetime.date(2024, 12, 11))
    vocabulary = samples.vocabulary
    query = query_of(samples.parse(reading.own))
    return is_sure(settle(reading, vocabulary), query, lambda verb: bool(vocabulary.frequency(stem(verb))))


@pytest.mark.parametrize(
    "question", ["Who controls Hama?", "Who mediated the truce in Manbij?", "Who held Damascus on 1 December?"]
)
def test_a_plain_question_in_words_of_the_articles_is_read_for_sure(samples: Collection, question: str) -> None:
    assert sure(samples, question)


@pytest.mark.parametrize(
    "question",
    [
        "Who controls Lindqvistson?",  # A name that no article holds.
        "Who controls Homss?",  # One that was read otherwise.
        "Did Ankara garnish the truce in Manbij?",  # A verb that no article uses.
        "What happened?",  # It names nothing.
        "Hama, Homs, the whole mess of it, and what comes next for the markets?",
    ],
)
def test_what_is_left_over_or_unknown_makes_it_unsure(samples: Collection, question: str) -> None:
    assert not sure(samples, question)
