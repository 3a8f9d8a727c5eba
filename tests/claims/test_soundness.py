import pytest

from tests.support.parsing import claims, held


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pellan had been vacated by noon.", [("Pellan", None, "left")]),
        ("Pellan was cleared of rebels on Friday.", [("Pellan", None, "took"), ("Pellan", "rebels", "lost")]),
        ("The army swept Pellan of rebels.", [("Pellan", "army", "took"), ("Pellan", "rebels", "lost")]),
        ("What the army keeps is Pellan.", [("Pellan", "army", "holds")]),
        ("The rebels are left with Pellan and Osk.", [("Pellan", "rebels", "holds"), ("Osk", "rebels", "holds")]),
        ("Pellan and Osk: the Guard, no change.", [("Pellan", "Guard", "holds"), ("Osk", "Guard", "holds")]),
        ("In Pellan 300 soldiers are encircled by the Guard.", [("Pellan", None, "besieged")]),
        ("Soldiers are stationed in Pellan.", [("Pellan", "Soldiers", "holds")]),
        ("The army denies having lost Pellan.", [("Pellan", "army", "lost")]),
        ("The ministry says that its men hold Pellan.", [("Pellan", "ministry", "holds")]),
        ("Pellan, which was never occupied, is quiet.", [("Pellan", None, "holds")]),
        ("The army held Pellan for ten days.", [("Pellan", "army", "held before")]),
        ("The army has held Pellan for ten days.", [("Pellan", "army", "holds")]),
        ("The army took the hamlets of Pellan and Osk.", [("Pellan", "army", "took"), ("Osk", "army", "took")]),
        ("Once the army had taken Pellan, it moved on.", [("Pellan", "army", "took")]),
    ],
)
def test_other_ways_to_say_who_holds_a_place_are_read(text: str, expected: list[tuple[str, str | None, str]]) -> None:
    assert held(claims(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Neither army holds Pellan.",
        "The rebels held a rally in its stadium.",
        "The militia held firm.",
        "Rebel fighters came on Saturday. The army removed them.",
        "Once the rebels have Pellan, nothing will stop them.",
        "It won at Osk on May 4 which kept Pellan in the division.",
        "Nobody controls Pellan.",
        "The Guard never held Pellan.",
        "The Guard found Pellan empty.",
        "Rumour has it that the Guard captured Pellan.",
        "Rumours that Pellan had been captured are untrue.",
        "Reports that it had gone over to the rebels were false. Pellan is quiet.",
        "Correction: an earlier version said that the Guard had withdrawn from Pellan.",
        "The commander was in Pellan on Sunday.",
        "An earlier version of this article said that the Guard had captured Pellan.",
        "Last week I wrote that Pellan had been captured by the Guard.",
        "Were Pellan to fall, traders say, the road would be cut.",
        "Mr Osk, whom the army holds, is 40.",
        "Pellan, which the Guard had besieged for months, is quiet.",
        "The ministry's headquarters stay in Pellan.",
    ],
)
def test_what_gives_no_place_to_nobody_is_no_claim(text: str) -> None:
    assert [claim for claim in claims(text) if not claim.role] == []


def test_they_whom_nobody_is_known_to_be_are_no_name() -> None:
    [claim] = claims("They hold Pellan.")
    assert (claim.holder, claim.holder_from) == (None, "")


def test_who_speaks_of_themselves_as_they_holds_the_place() -> None:
    text = "The army has lost Pellan. The Lunar Forces said that they had seized the town."
    assert ("Pellan", "Lunar Forces", "took") in held(claims(text))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("The Guard seized the airport of Pellan.", "Pellan airport"),
        ("The Guard seized the old sugar mill of Pellan.", "Pellan sugar mill"),
        ("The Guard seized the outskirts of Pellan.", "Pellan"),
        ("The flag of the Guard flies over the town hall of Pellan.", "Pellan"),
    ],
)
def test_something_built_is_not_its_town_unless_a_flag_flies_there(text: str, place: str) -> None:
    assert [claim.place for claim in claims(text)] == [place]


def test_whom_the_town_calls_by_a_place_word_is_a_place() -> None:
    text = "Snake Island was seized by the Guard. On Friday the Guard gave up Snake Island."
    assert held(claims(text)) == [("Snake Island", "Guard", "took"), ("Snake Island", "Guard", "lost")]
