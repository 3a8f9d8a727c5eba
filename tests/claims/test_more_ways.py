"""More ways of English to say who holds a place or an office, who left it, and who denies it."""

import pytest

from index.claim import Certainty, Claim
from index.claims.board import board
from index.claims.listing import LIGHTEST, listed
from index.claims.office_rows import offices
from tests.claims.test_board import ALIASES, reported
from tests.support.parsing import claims, held


def shown(text: str) -> list[Claim]:
    """What a text claims directly enough to be shown."""
    return [claim for claim in claims(text) if claim.weight >= LIGHTEST]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Control of Pellan passed to the Guard on Monday.", ("Pellan", "Guard", "took")),
        ("Pellan returned to army control on Friday.", ("Pellan", "army", "took")),
        ("Pellan is the last stronghold of the militia.", ("Pellan", "militia", "holds")),
        ("The last town still held by the militia is Pellan.", ("Pellan", "militia", "holds")),
        ("The garrison of Pellan surrendered to the Guard.", ("Pellan", "Guard", "took")),
        ("The army pushed the militia out of Pellan.", ("Pellan", "army", "took")),
        ("The militia pulled its fighters out of Pellan.", ("Pellan", "militia", "left")),
        ("Pellan is no longer under Guard control.", ("Pellan", "Guard", "lost")),
        ("The Guard laid siege to Pellan.", ("Pellan", None, "besieged")),
        ("Both sides claim to control Pellan.", ("Pellan", None, "contested")),
        ("The army deployed in Pellan after talks.", ("Pellan", "army", "holds")),
        ("The Guard established itself in Pellan.", ("Pellan", "Guard", "holds")),
        ("The fall of Pellan to the Guard shocked the capital.", ("Pellan", "Guard", "took")),
        ("The Guard's capture of Pellan shocked the capital.", ("Pellan", "Guard", "took")),
        ("The army tightened its grip on Pellan.", ("Pellan", "army", "holds")),
        ("The Guard cleared Pellan of militia fighters.", ("Pellan", "Guard", "took")),
        ("In Pellan the Guard now governs.", ("Pellan", "Guard", "holds")),
        ("Pellan: fell to the Guard on Monday.", ("Pellan", "Guard", "took")),
        ("The Greens keep their majority in Pellan.", ("Pellan", "Greens", "holds")),
        ("The Lund Group took a majority stake in Norvik.", ("Norvik", "Lund Group", "took")),
        ("The Guard held Pellan until Monday.", ("Pellan", "Guard", "held before")),
        ("The Guard took Pellan, the third city of the country, from the militia.", ("Pellan", "militia", "lost")),
        ("The Guard took Pellan from the militia.", ("Pellan", "militia", "lost")),
    ],
)
def test_who_holds_a_place(text: str, expected: tuple[str, str | None, str]) -> None:
    assert expected in held(shown(text))


@pytest.mark.parametrize(
    "text",
    [
        "The army prevented the Guard from taking Pellan.",
        "Rumours that Pellan had fallen spread quickly.",
        "The army dismissed the report that Pellan had fallen.",
        "Heavy snow fell in Pellan.",
        "The militia withdrew. Nobody said from where.",
    ],
)
def test_what_did_not_happen_or_is_only_a_hint_is_not_shown(text: str) -> None:
    assert held(shown(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "The Guard said it had captured Pellan. The army denied this.",
        "The Guard said it had captured Pellan, but the army denied it.",
        "The Guard said it had captured Pellan, a claim the army rejected.",
        "The Guard says it controls Pellan, which the army denies.",
    ],
)
def test_who_denies_what_was_just_claimed(text: str) -> None:
    denied = [claim for claim in shown(text) if claim.certainty is Certainty.DENIED]
    assert [(claim.place, claim.said_by) for claim in denied] in ([("Pellan", "the army")], [("Pellan", "The army")])


@pytest.mark.parametrize(
    "text", ["The army denied the charges.", "The army did not confirm this.", "They deny Pellan water."]
)
def test_what_denies_something_else_denies_no_claim(text: str) -> None:
    made = shown(f"The Guard captured Pellan. {text}")
    assert [claim.certainty for claim in made] == [Certainty.FACT]


def test_leaders_who_object_to_somebody_hand_nothing_over() -> None:
    assert held(shown("The leadership of Pellan council objected to the Guard.")) == []


@pytest.mark.parametrize(
    "introduction",
    ["The rebel Lund Corps attacked.", "Lund Corps rebels attacked.", "The Lund Corps, a rebel force, attacked."],
)
def test_a_noun_alone_stands_for_the_one_side_that_it_describes(introduction: str) -> None:
    [claim] = shown(f"{introduction} The rebels took Pellan.")
    assert (claim.holder, claim.holder_from) == ("Lund Corps", "The rebels")


def test_a_noun_that_describes_two_sides_stands_for_none() -> None:
    made = shown("Lund Corps rebels and Holm Front rebels attacked. The rebels took Pellan.")
    assert [claim.holder for claim in made] == ["rebels"]


def test_what_the_men_of_an_officer_hold_is_held_by_whom_he_commands() -> None:
    made = shown("Ada Lund, the head of the Guard, said her fighters controlled Pellan.")
    assert ("Pellan", "Guard", "holds") in held(made)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The mayor of Norvik is Ada Lund.", ("Norvik", "Ada Lund", "holds")),
        ("Norvik's new mayor is Ada Lund.", ("Norvik", "Ada Lund", "holds")),
        ("Norvik's mayor, Ada Lund, resigned on Monday.", ("Norvik", "Ada Lund", "left")),
        ("Ada Lund, the mayor of Norvik, resigned on Monday.", ("Norvik", "Ada Lund", "left")),
        ("Ada Lund was re-elected mayor of Norvik on Sunday.", ("Norvik", "Ada Lund", "took")),
        ("Ada Lund was voted out as mayor of Norvik.", ("Norvik", "Ada Lund", "lost")),
        ("Voters in Norvik elected Ada Lund mayor.", ("Norvik", "Ada Lund", "took")),
    ],
)
def test_who_holds_an_office(text: str, expected: tuple[str, str, str]) -> None:
    assert held([claim for claim in shown(text) if claim.role]) == [expected]


def test_an_office_named_in_passing_is_no_claim_of_its_sentence_but_has_its_row() -> None:
    made = reported((3, "Ada Lund, mayor of Osk, spoke."))
    assert listed(made) == []
    assert [(row.role, row.body, row.holder) for row in offices(made)] == [("mayor", "Osk", "Ada Lund")]
    assert [row.claim.holder for row in listed(reported((3, "Ada Lund, minister of health")))] == ["Ada Lund"]


def test_who_lost_a_place_may_be_told_by_another_claim_than_the_newest() -> None:
    others = [
        (2, "The Guard withdrew from Ostry. The militia captured Ostry."),
        (4, "The Guard withdrew from Lund. The militia captured Lund."),
    ]
    made = reported(*others, (8, "The Guard withdrew from Pellan."), (9, "Pellan was lost, residents said."))
    [row] = [row for row in board(made, ALIASES) if row.place == "Pellan"]
    assert row.controllers == ("militia",) and row.inferred
