from collections.abc import Callable

import pytest

from chatbot.verification.qualities import contrary_words
from chatbot.verification.read_sentence import ReadSentence
from index.collection import Collection

Read = Callable[[str], ReadSentence]


@pytest.fixture(scope="module")
def read(samples: Collection) -> Read:
    return lambda text: ReadSentence(samples.read([text], None)[0][0])


def contrary(read: Read, statement: str, *evidence: str) -> list[str]:
    return [token.text for token in contrary_words(read(statement), list(map(read, evidence)))]


@pytest.mark.parametrize(
    ("statement", "evidence", "word"),
    [
        ("The fuel has a lower octane rating.", "Since the fuel has a higher octane rating, the engine runs cooler.",
         "lower"),
        ("It needs less fuel for the trip.", "For the trip it needs more fuel.", "less"),
        ("It goes on, despite the need for less frequent repairs.", "But the old line needs more frequent repairs.",
         "less"),
        ("It is significantly more than the 1,025 seats of the hall.", "That is less than the 1,025 seats of the hall.",
         "more"),
        ("With the white pieces Winther lost.", "Winther lost the game with the black pieces.", "white"),
        ("The right kidney was removed.", "The surgeon removed the left kidney in March.", "right"),
    ],
)
def test_a_contrary_word_of_the_same_is_found(read: Read, statement: str, evidence: str, word: str) -> None:
    assert contrary(read, statement, evidence) == [word]


@pytest.mark.parametrize(
    ("statement", "evidence"),
    [
        ("The fuel has a high octane rating.", "The fuel has a higher octane rating."),
        ("The fuel has a low price.", "The fuel has a higher octane rating and is not dear."),
        ("The fuel has no lower rating.", "The fuel has a higher rating."),
        ("The left kidney was removed, not the right one.", "The surgeon removed the left kidney, not the right one."),
        ("The town has a new mayor.", "The old bridge of the town is closed."),
        ("He is a young actor.", "Nobody came."),
        ("It is the first match of the club since 1994.", "The last match of the club was in 1994."),
    ],
)
def test_what_is_said_of_something_else_is_no_contrary(read: Read, statement: str, evidence: str) -> None:
    assert contrary(read, statement, evidence) == []
