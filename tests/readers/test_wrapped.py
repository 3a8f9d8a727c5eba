import textwrap

import pytest

from index.readers.plain import text_lines

FIRST = (
    "The council of Norvik took over the harbour on Monday, after a dispute of many years with the Coast-based Ferry "
    "Company. Captain Ada Aune of the Quay Street Sailors said that no one was hurt. The ferries of the Berg Line sail "
    "again on Friday."
)
SECOND = "Tarn Steelworks of Oakhurst won the contract for the new quay of Norvik, worth fourteen million euros."


@pytest.mark.parametrize("hyphens", [True, False])
@pytest.mark.parametrize("width", [50, 60, 65, 72, 76, 80, 100])
def test_lines_of_one_width_are_joined(width: int, hyphens: bool) -> None:
    wrapped = [textwrap.fill(text, width, break_on_hyphens=hyphens) for text in (FIRST, SECOND)]
    assert text_lines("Harbour closed\n\n" + "\n\n".join(wrapped)) == ["Harbour closed", FIRST, SECOND]
    assert [line for text in wrapped for line in text_lines(text)] == [FIRST, SECOND]


@pytest.mark.parametrize("text", [
    "Orlo Watch, the best of the year, for 199 euros\nTessel Phone, the fastest of all, for 449 euros\nBrim Lamp, 59",
    "- The work ends by 30 September of the next year\n- the cost may not exceed 14 million euros in all\n- no noise.",
    "Marlow council votes to close its old harbour bridge\nInes Calder calls it the right step for all",
    "The first sentence of it stands on a line.\nSo does one that is a good deal longer than the one before it.\nYes.",
])
def test_lists_headlines_and_sentences_keep_their_lines(text: str) -> None:
    assert text_lines(text) == text.split("\n")


def test_a_headline_and_an_address_between_wrapped_lines_stay_apart() -> None:
    body = textwrap.fill(FIRST, 72)
    address = "https://desk.example/" + "a" * 120
    assert text_lines(f"Harbour closed\n{body}\n{address}") == ["Harbour closed", FIRST, address]


def test_a_number_that_ends_a_sentence_is_no_item_of_a_list() -> None:
    text = (
        "The council of Norvik replaced the harbour master last week by a vote of\n"
        "13. Ada Aune, who had held the post for many years, said that she would\nnot stand again."
    )
    assert text_lines(text) == [text.replace("\n", " ")]
    steps = "1. Close the old bridge of the town to all of the lorries, buses and\n2. Build a ferry for the people."
    assert text_lines(steps) == steps.split("\n")
