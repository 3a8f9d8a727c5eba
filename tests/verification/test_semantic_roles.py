import pytest

from chatbot.verification.semantic_roles import deeds_of, reverses


def same(name: str, other: str) -> bool:
    return name.lower() == other.lower()


@pytest.mark.parametrize(
    ("text", "agents", "others"),
    [
        ("The opposition took Deir ez-Zor from the SDF.", ("opposition",), ("SDF",)),
        ("The SDF lost Deir ez-Zor to the opposition.", ("opposition",), ("SDF",)),
        ("Hama was taken by the opposition on 5 December.", ("opposition",), ("Hama",)),
        ("Suluk fell to the army.", ("army",), ("Suluk",)),
        ("Homs stays under government control.", ("government",), ("Homs",)),
        ("Damascus is now in the hands of the opposition.", ("opposition",), ("Damascus",)),
        ("Baltic Trust sued Union Savings.", ("Baltic Trust",), ("Union Savings",)),
        ("Russia and Turkey backed Cyprus.", ("Russia", "Turkey"), ("Cyprus",)),
        ("Kurdish-led forces (SDF) entered the Syrian capital.", ("Kurdish-led forces (SDF",), ("Syrian capital",)),
    ],
)
def test_who_does_what_to_whom(text: str, agents: tuple[str, ...], others: tuple[str, ...]) -> None:
    assert (agents, others) in [(one.agents, one.others) for one in deeds_of(text)]


def test_a_clause_that_begins_with_which_is_of_the_name_before_it() -> None:
    backed, holds = deeds_of("The SNA, which is backed by Turkey, holds Manbij.")
    assert (backed.agents, backed.others) == (("Turkey",), ("SNA",))
    assert (holds.agents, holds.others) == (("SNA",), ("Manbij",))


@pytest.mark.parametrize("text", ["", "Hama lies on the M5.", "It rains.", "The capital of Syria is Damascus."])
def test_where_nothing_is_done_to_anybody_nothing_is_read(text: str) -> None:
    assert [one for one in deeds_of(text) if one.agents and one.others] == []


TOOK = "The opposition took Deir ez-Zor from the SDF on Wednesday."


@pytest.mark.parametrize(("said", "sentence"), [
    ("The SDF captured Deir ez-Zor from the opposition.", TOOK),
    ("The opposition lost Deir ez-Zor to the SDF.", TOOK),
    ("Union Savings was sued by Baltic Trust.", "Union Savings sued Baltic Trust."),
    ("Hama held the government.", "Until then the government had held Hama."),
])
def test_sides_in_each_others_place_are_told(said: str, sentence: str) -> None:
    assert reverses(said, [sentence], same)
    assert not reverses(said, [sentence, said], same)


@pytest.mark.parametrize("said", [
    TOOK, "The SDF lost Deir ez-Zor to the opposition.", "Deir ez-Zor was taken by the opposition from the SDF.",
    "The SDF left.", "The SDF entered Deir ez-Zor.",
])
def test_a_faithful_sentence_is_not_held_to_be_reversed(said: str) -> None:
    assert not reverses(said, [TOOK], same)


def test_that_something_is_something_is_no_deed() -> None:
    said, sentence = "The road through Hama is the M5.", "The M5 is the road, and Hama lies on it."
    assert not reverses(said, [sentence], same) and deeds_of("Hama has the M5.") == ()
