import datetime
from collections.abc import Callable

import pytest

from chatbot.verification.quantities import quantities_of, wrong_quantities
from chatbot.verification.read_sentence import ReadSentence
from index.collection import Collection

Read = Callable[[str], ReadSentence]
MAY = [datetime.date(2024, 5, 2), datetime.date(2024, 5, 16)]


@pytest.fixture(scope="module")
def read(samples: Collection) -> Read:
    return lambda text: ReadSentence(samples.read([text], None)[0][0])


@pytest.mark.parametrize(
    ("statement", "evidence", "wrong"),
    [
        ("It has three wings.", "The building has two wings.", ["three wings"]),
        ("It has two wings.", "The building has two wings and three floors.", []),
        ("The strike went into its ninth day.", "The strike went into its fourth day.", ["ninth day"]),
        ("Two weeks later they met.", "They met on 16 May.", []),
        ("Five weeks later they met.", "They met on 16 May.", ["Five weeks"]),
        ("They ended a twelve-year lease.", "The lease had run for twenty years.", ["twelve-year"]),
        ("Nobody counted.", "The building has two wings.", []),
    ],
)
def test_a_number_must_count_the_same(read: Read, statement: str, evidence: str, wrong: list[str]) -> None:
    results = [quantity.text for quantity in wrong_quantities(read(statement), [read(evidence)], MAY)]
    assert [text.lower() for text in results] == [text.lower() for text in wrong]


def test_a_day_is_one_day(read: Read) -> None:
    [quantity] = quantities_of(read("A day later she left.").parsed)
    assert (quantity.value, quantity.noun) == (1.0, "day")
