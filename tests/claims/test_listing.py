from index.claims.listing import listed
from tests.claims.test_board import reported


def shown(text: str) -> list[tuple[str, str, str | None, str]]:
    rows = listed(reported((3, text)))
    return [(row.claim.role, row.claim.place, row.claim.holder, row.against) for row in rows]


def test_who_took_and_who_lost_a_place_is_one_line() -> None:
    assert shown("The Guard recaptured Pellan from the rebels.") == [("", "Pellan", "Guard", "rebels")]


def test_hints_and_phrases_that_name_no_place_are_not_listed() -> None:
    assert shown("The Guard holds the crossroads. Pellan is no longer theirs.") == []


def test_an_office_is_listed_where_the_sentence_says_whose_it_is() -> None:
    assert shown("Ada Lund is mayor of Osk.") == [("mayor", "Osk", "Ada Lund", "")]
    assert shown("General Holm of the Guard spoke. The mayor, Ada Lund, spoke, too.") == []


def test_a_phrase_that_is_told_twice_is_a_place() -> None:
    text = "The Guard seized the presidential palace. On Friday the army recaptured the presidential palace."
    assert [place for _, place, _, _ in shown(text)] == ["the presidential palace"] * 2


def test_what_acts_more_often_than_it_is_held_is_no_place() -> None:
    text = "The Lunar Front is in the hands of the merchants. The Lunar Front holds Pellan. The Lunar Front took Quist."
    assert ("", "Lunar Front") not in {(role, place) for role, place, _, _ in shown(text)} and len(shown(text)) == 2


def test_an_office_of_what_was_named_before_is_not_listed() -> None:
    assert shown("The Council of Osk met on Monday. Its leader is Ada Lund.") == []
