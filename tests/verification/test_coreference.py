import pytest

from chatbot.verification.coreference import opens_with_reference, resolved, without_attribution

STATEMENT = "The opposition took Hama."


def is_label(source: str, day: str) -> bool:
    return source in ("", "Sample Desk") and day in ("", "5 December 2024")


@pytest.mark.parametrize("statement", [
    "The opposition, according to Sample Desk, took Hama.",
    "The opposition took Hama, according to Sample Desk.",
    "According to Sample Desk, the opposition took Hama.",
    "According to Sample Desk on 5 December 2024, the opposition took Hama.",
    "As of 5 December 2024, Sample Desk reports that the opposition took Hama.",
    "On 5 December 2024, Sample Desk reported the opposition took Hama.",
    "Sample Desk reported on 5 December 2024 that the opposition took Hama.",
    "The opposition took Hama, Sample Desk reported.",
    "The opposition took Hama (Sample Desk, 5 December 2024).",
    "As of 5 December 2024, the opposition took Hama.",
    "The opposition took Hama as of 5 December 2024.",
    STATEMENT,
])
def test_the_articles_own_source_and_day_are_left_out(statement: str) -> None:
    assert without_attribution(statement, is_label) == STATEMENT


@pytest.mark.parametrize("statement", [
    "According to Reuters, the opposition took Hama.",
    "Reuters reported that the opposition took Hama.",
    "As of 6 December 2024, Sample Desk reports that the opposition took Hama.",
    "The army said that it had left.",
    "Sample Desk said that.",
])
def test_others_stay(statement: str) -> None:
    assert without_attribution(statement, is_label) == statement


@pytest.mark.parametrize(("statement", "meant"), [
    ("It holds the city.", ["Opposition holds the city.", "Hama holds the city."]),
    ("Its fighters came by night.", ["Opposition’s fighters came by night.", "Hama’s fighters came by night."]),
    ("This happened on Thursday.", ["The opposition took Hama on Thursday."]),
    ("It did so after the army left.", ["The opposition took Hama after the army left."]),
])
def test_a_sentence_is_read_with_the_one_before(statement: str, meant: list[str]) -> None:
    assert opens_with_reference(statement) and list(resolved(statement, STATEMENT))[: len(meant)] == meant


@pytest.mark.parametrize("statement", [STATEMENT, "Italy left.", "Theirs was the city.", ""])
def test_what_opens_otherwise_stands_alone(statement: str) -> None:
    assert not opens_with_reference(statement)
