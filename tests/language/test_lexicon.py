import pytest

from index.language.lexicon import concept, country_of, names_actor, names_holder, seat_of


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("started", "beginning"), ("bought", "purchase"), ("Turkish", "Turkey"), ("British", "Britain"),
        ("Danes", "Denmark"),
    ],
)
def test_forms_of_a_word_and_names_of_a_country_are_one_concept(word: str, other: str) -> None:
    assert concept(word) == concept(other)


@pytest.mark.parametrize(
    ("word", "other"), [("army", "rebels"), ("Hama", "Homs"), ("turkey", "Turkey"), ("took", "left")]
)
def test_others_are_not(word: str, other: str) -> None:
    assert concept(word) != concept(other)


@pytest.mark.parametrize(("word", "country"), [("Turkish", "turkey"), ("Iranian", "iran"), ("Hama", None)])
def test_a_people_has_its_country(word: str, country: str | None) -> None:
    assert country_of(word) == country


@pytest.mark.parametrize(
    ("name", "country"),
    [("Ankara", "Turkey"), ("moscow", "Russia"), ("Aleppo", None), ("Seoul", "South Korea"), ("Monaco", None)],
)
def test_a_capital_stands_for_a_government(name: str, country: str | None) -> None:
    assert seat_of(name) == country


@pytest.mark.parametrize(
    ("word", "actor", "holder"),
    [("army", True, True), ("SDF", True, True), ("judge", True, False), ("city", False, False), ("A", False, False)],
)
def test_who_acts_and_who_can_hold_a_place(word: str, actor: bool, holder: bool) -> None:
    assert (names_actor(word), names_holder(word)) == (actor, holder)
