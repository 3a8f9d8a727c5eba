import datetime
from collections.abc import Callable

import pytest

from chatbot.verification.quantities import quantities_of, wrong_quantities
from chatbot.verification.read_sentence import ReadSentence
from index.collection import Collection
from index.language.time_expressions import find_times

Read = Callable[[str], ReadSentence]
MAY = [(day, day) for day in (datetime.date(2024, 5, 2), datetime.date(2024, 5, 16))]


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
        ("More than forty people came.", "Forty-three people came.", []),
        ("More than forty people came.", "Seventy people came.", ["forty people"]),
        ("It needs about 27 litres more.", "It needs about 25 litres more.", ["27 litres"]),
        ("It needs about 300 litres more.", "It needs 287 litres more.", []),
        ("Five people died.", "Four soldiers and a child died.", []),
        ("Nearly thirty people were hurt.", "Thirteen policemen and 16 strikers were hurt.", []),
        ("Nearly forty people were hurt.", "Thirteen policemen and 16 strikers were hurt.", ["forty people"]),
        ("Two judges dissented.", "Two of the seven judges dissented.", []),
        ("Both shares rose: one by 4 percent.", "One rose by 11 percent, the other by 4.", []),
        ("It cost 5 million dollars.", "It cost $5 million.", []),
        ("It cost 6 million dollars.", "It cost $5 million.", ["6 million dollars"]),
        ("The two sides met.", "The council met the union.", []),
        ("They worked for nearly three weeks.", "They worked for 20 days.", []),
        ("They had ruled for four decades.", "They had ruled since 1984.", []),
        ("They had ruled for two decades.", "They had ruled since 1984.", ["two decades"]),
        ("They met after ten days.", "They met in April.", ["ten days"]),
        ("Nobody counted.", "The building has two wings.", []),
    ],
)
def test_a_number_must_count_the_same(read: Read, statement: str, evidence: str, wrong: list[str]) -> None:
    named = [(time.first, time.last) for time in find_times(evidence, MAY[1][0])]
    results = [quantity.text for quantity in wrong_quantities(read(statement), [read(evidence)], [*MAY, *named])]
    assert [text.lower() for text in results] == [text.lower() for text in wrong]


def test_a_day_is_one_day(read: Read) -> None:
    [quantity] = quantities_of(read("A day later she left.").parsed)
    assert (quantity.value, quantity.noun) == (1.0, "day")
