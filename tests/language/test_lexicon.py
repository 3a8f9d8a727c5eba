import pytest

from index.language.lexicon import FOLDER, concept, country_of, forms_of, names_actor, names_holder, seat_of
from index.language.words import stem


@pytest.mark.parametrize(
    ("word", "other"),
    [("truce", "ceasefire"), ("captured", "seizing"), ("Turkish", "Turkey"), ("planes", "aircraft"), ("holds", "rule")],
)
def test_words_that_news_uses_for_one_another_are_one_concept(word: str, other: str) -> None:
    assert concept(word) == concept(other)


@pytest.mark.parametrize(
    ("word", "other"), [("army", "rebels"), ("Hama", "Homs"), ("turkey", "Turkey"), ("took", "left")]
)
def test_others_are_not(word: str, other: str) -> None:
    assert concept(word) != concept(other)


@pytest.mark.parametrize(("word", "country"), [("Turkish", "turkey"), ("Iranian", "iran"), ("Hama", None)])
def test_a_people_has_its_country(word: str, country: str | None) -> None:
    assert country_of(word) == country


def test_a_country_has_the_names_of_its_people() -> None:
    assert {"turkey", "turkish"} <= set(forms_of("turkey")) and forms_of("nowhere") == []


@pytest.mark.parametrize(("name", "country"), [("Ankara", "Turkey"), ("moscow", "Russia"), ("Aleppo", None)])
def test_a_capital_stands_for_a_government(name: str, country: str | None) -> None:
    assert seat_of(name) == country


@pytest.mark.parametrize(
    ("word", "actor", "holder"),
    [("army", True, True), ("SDF", True, True), ("judge", True, False), ("city", False, False), ("A", False, False)],
)
def test_who_acts_and_who_can_hold_a_place(word: str, actor: bool, holder: bool) -> None:
    assert (names_actor(word), names_holder(word)) == (actor, holder)


def test_no_synonym_stands_in_two_groups() -> None:
    groups = [line.split() for line in (FOLDER / "synonyms.txt").read_text().splitlines() if line and line[0] != "#"]
    stems = [root for group in groups for root in {stem(word) for word in group}]
    assert sorted(stems) == sorted(set(stems))


def test_every_country_has_three_columns() -> None:
    lines = (FOLDER / "countries.txt").read_text().splitlines()
    assert {line.count("|") for line in lines if line and line[0] != "#"} == {2}
