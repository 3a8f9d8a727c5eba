import datetime
from collections.abc import Callable

import pytest

from chatbot.verification.dated import DatedSentence, wrong_dates, wrong_directions
from chatbot.verification.read_sentence import ReadSentence
from index.collection import Collection

Read = Callable[[str], ReadSentence]
DAY = datetime.date(2024, 6, 30)
EVIDENCE = (
    "On 5 June the ferry to Lindby was cancelled, and on 20 June the captain retired.",
    "The bakery on Mill Lane opened on 11 June.",
)


@pytest.fixture(scope="module")
def read(samples: Collection) -> Read:
    return lambda text: ReadSentence(samples.read([text], DAY)[0][0])


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("The ferry to Lindby was cancelled on 5 June.", False),
        ("The ferry to Lindby was cancelled on 20 June.", True),
        ("The bakery on Mill Lane opened on 20 June.", True),
        ("The bakery on Mill Lane opened on 11 June 2024.", False),
        ("The bakery on Mill Lane opened in June.", False),
        ("It was reported on 30 June.", False),
    ],
)
def test_what_is_dated_must_be_told_of_the_day(read: Read, statement: str, wrong: bool) -> None:
    evidence = [DatedSentence(read(text), DAY) for text in EVIDENCE]
    assert bool(list(wrong_dates(read(statement), DAY, evidence))) is wrong


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("It lies to the north-east of Lindby.", ["northeast"]),
        ("It lies south-west of Lindby.", []),
        ("It lies to the southwest.", []),
        ("North Lindby is quiet.", []),
    ],
)
def test_points_of_the_compass_must_stand_there(read: Read, statement: str, wrong: list[str]) -> None:
    evidence = [read("The quarry is south-western Lindby's, south of it.")]
    assert list(wrong_directions(read(statement), evidence)) == wrong
