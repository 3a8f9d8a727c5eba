import pytest

from index.language.numbers import is_same_number, is_worded, numbers_of, stated_numbers


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("3,000 people, 3\u00a0000 more", [3000, 3000]),
        ("three thousand and fifty men", [3050]),
        ("two hundred and fifty", [250]),
        ("half a million, a quarter of a billion, half of it", [5e5, 2.5e8]),
        ("3.5 million, $3.5m, 1,500 million, 2bn", [3.5e6, 3.5e6, 1.5e9, 2e9]),
        ("thirty-five percent, 35%", [35, 35]),
        ("one of them, zero-sum", []),
    ],
)
def test_numbers_by_their_values(text: str, values: list[float]) -> None:
    assert numbers_of(text) == values


def test_a_number_is_stated_with_its_hedge_and_not_as_a_distance_in_time() -> None:
    assert stated_numbers("More than 1,000 men left two days earlier with 12 tanks.") == ["More than 1,000", "12"]


@pytest.mark.parametrize(("stated", "number", "same"), [
    ("1,000", 1000, True), ("1,000", 1050, False), ("over 1,000", 1050, True), ("about 1,000", 1200, False),
])
def test_a_hedged_number_may_be_a_tenth_off(stated: str, number: float, same: bool) -> None:
    assert is_same_number(stated, number) is same


@pytest.mark.parametrize(("value", "text", "worded"), [
    (2, "Both fell.", True), (12, "a dozen men", True), (3, "The third fell.", True), (3, "Both fell.", False),
])
def test_some_numbers_have_words_of_their_own(value: float, text: str, worded: bool) -> None:
    assert is_worded(value, text) is worded
