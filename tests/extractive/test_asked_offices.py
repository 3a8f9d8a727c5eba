"""Which offices are the one that is asked for, and whose age stands beside a name."""

import pytest

from chatbot.extractive.admissible import tells_age
from chatbot.extractive.claim_lookup import alike
from chatbot.extractive.weights import threshold


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
