import pytest

from chatbot.verification.substitution import substituted, wrongly_numbered

FERRY = "The council of Norvik closed the ferry to Osel on Monday."
OTHER = "The council of Tolmin closed the bridge over the Drina on Tuesday."


def is_same(name: str, other: str) -> bool:
    return name.lower() in other.lower() or {name, other} == {"NH", "Norvik Harbour"}


@pytest.mark.parametrize(("statement", "name"), [
    ("The council of Tolmin closed the ferry to Osel on Monday.", "Tolmin"),
    ("The council of Norvik closed the ferry to Drina on Monday.", "Drina"),
    ("On Monday the council of Tolmin closed the ferry to Osel.", "Tolmin"),
    (FERRY, None),
    (OTHER, None),
    ("The council of Norvik shut the ferry to Osel on Monday.", None),
    ("On Monday the council of Norvik closed the ferry to Osel.", None),
    ("The council of Tolmin closed the bridge on Tuesday.", None),
    ("Tolmin has a council.", None),
    ("", None),
])
def test_a_name_in_the_place_of_another_is_found(statement: str, name: str | None) -> None:
    assert substituted(statement, [FERRY, OTHER], is_same) == name


@pytest.mark.parametrize(("statement", "name"), [
    ("The crew of Airlane 812 was tired.", "Airlane"),
    ("The crew of Flight 812 was tired.", None),
    ("The crew of Airlane 44 was tired.", None),
    ("In June 812 seats were sold.", None),
    ("Some 812 seats were sold.", None),
    ("The Ferry 70 was late.", None),
])
def test_a_name_before_the_number_of_another_is_found(statement: str, name: str | None) -> None:
    held = ["On Monday Flight 812 left Norvik with 70 people.", "Ferry 9 was late."]
    assert wrongly_numbered(statement, held, is_same) == name


def test_what_two_sentences_say_of_two_contradicts_neither() -> None:
    sides = ["Turkey says that Manbij is in its hands.", "Aydin says that Manbij is in its hands."]
    for side in ("Turkey", "Aydin"):
        assert substituted(f"{side} says that Manbij is now in its hands.", sides, is_same) is None


def test_two_names_of_one_are_no_substitution() -> None:
    retold = "Norvik Harbour sold both of its ferries to a buyer abroad."
    assert substituted("NH sold both of its ferries to a buyer abroad.", [retold], is_same) is None


def test_nothing_is_found_without_sentences() -> None:
    assert substituted(FERRY, [], is_same) is None
