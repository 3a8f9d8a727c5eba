import pytest

from tests.support.parsing import annotated


def resolved(text: str, word: str) -> tuple[str, ...]:
    """Whom a word of the last sentence stands for."""
    return dict(annotated(text)[-1].resolved).get(word, ())


@pytest.mark.parametrize(
    ("text", "word", "name"),
    [
        ("Petra Holm, the mayor, met Judge Ada Lund. The judge ordered her to pay.", "her", "Petra Holm"),
        ("Petra Holm, the mayor, was fined. Her lawyer, Jan Ek, called it unfair.", "her", "Petra Holm"),
        ("Jan Ek, the coach, resigned. His successor is not known.", "his", "Jan Ek"),
        ("Petra Holm, the minister, said she would go. Premier Jan Ek praised her.", "her", "Petra Holm"),
        ("Mr Ek, the coach, met the chairwoman, Ada Tveit. She said little.", "she", "Ada Tveit"),
        ("Ileana Vasko, the harbour chief, spoke. Vasko said little. She left.", "she", "Ileana Vasko"),
        ("Jan Ek, the minister, said he was ill. Ada Lund, his deputy, named Per Moe to succeed him.", "him", "Jan Ek"),
    ],
)
def test_a_person_is_told_from_others_by_gender_and_by_who_acts(text: str, word: str, name: str) -> None:
    assert [each.rpartition(" ")[2] for each in resolved(text, word)] == [name.rpartition(" ")[2]]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Mr Ek, the coach, resigned. She laughed.", "she"),
        ("Petra Holm, the chairwoman, resigned. He laughed.", "he"),
        ("It snowed in Ilsvik. He laughed.", "he"),
    ],
)
def test_nobody_of_the_other_gender_is_meant(text: str, word: str) -> None:
    assert resolved(text, word) == ()
