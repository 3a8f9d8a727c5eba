"""Which offices are the one that is asked for, and whose age stands beside a name."""

from dataclasses import replace

import pytest

from chatbot.extractive.admissible import tells_age
from chatbot.extractive.claim_lookup import alike, claimed_elsewhere
from chatbot.extractive.weights import threshold
from tests.support.parsing import claims
from tests.support.reports import reading


@pytest.mark.parametrize(
    ("asked", "offered"),
    [("chief executive", "executive"), ("CEO", "chief executive"), ("director", "finance director")],
)
def test_an_office_may_be_named_shorter(asked: str, offered: str) -> None:
    assert alike(asked, offered) >= threshold("claim")


@pytest.mark.parametrize(
    ("asked", "offered"),
    [("deputy mayor", "mayor"), ("mayor", "deputy mayor"), ("managing director", "finance director")],
)
def test_a_deputy_is_another_office(asked: str, offered: str) -> None:
    assert alike(asked, offered) < threshold("claim")


@pytest.mark.parametrize(
    "sentence",
    ["Robert Clark, 58, slept.", "Mr Clark, 58, slept.", "The pilot Robert J. Clark, 58, slept.", "Clark, 58, slept."],
)
def test_an_age_beside_a_name_is_his(sentence: str) -> None:
    assert tells_age("Robert Clark", sentence)


def test_the_age_of_another_of_that_name_is_not_his() -> None:
    assert not tells_age("Robert Clark", "Edward Clark, 58, said so.")
    assert tells_age("Clark", "Edward Clark, 58, said so.")


@pytest.mark.parametrize(
    ("question", "office", "sentence", "least", "most"),
    [
        ("Who owns Lindby United?", "owner", "Norvik United is owned by the Lund Group.", 0.8, 1),
        ("Who is the mayor of Lindby?", "mayor", "Elena Brandt is the mayor of Pellan.", 0.8, 1),
        ("Who controls Lindby?", "", "The Guard holds Pellan.", 0.8, 1),
        ("Who controls Lindby?", "", "Elena Brandt is the mayor of Pellan.", 0, 0.4),
        ("Who is the mayor of Lindby?", "mayor", "Elena Brandt is the treasurer of Pellan.", 0, 0),
        ("How many people live in Lindby?", "", "The Guard holds Pellan.", 0, 0),
    ],
)
def test_what_is_claimed_of_another_thing(
    question: str, office: str, sentence: str, least: float, most: float
) -> None:
    asked = replace(reading(question), office=office)
    assert least <= claimed_elsewhere(asked, claims(sentence)) <= most
