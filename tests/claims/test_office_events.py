"""Who gets or loses an office by a deed that a noun names, and who has it no longer or not yet."""

import pytest

from index.claims.listing import LIGHTEST
from tests.support.parsing import claims


def held_as(text: str) -> list[tuple[str, str, str | None, str]]:
    """Body, office, holder and status of each claim that is shown."""
    shown = (claim for claim in claims(text) if claim.weight >= LIGHTEST)
    return [(claim.place, claim.role, claim.holder, claim.status.value) for claim in shown]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The resignation of Mark Orr as minister of the interior was accepted.", (
            "interior", "minister", "Mark Orr", "left"
        )),
        ("Mark Orr's resignation as chairman of Norvik was announced on Monday.", (
            "Norvik", "chairman", "Mark Orr", "left"
        )),
        ("The appointment of Elena Brandt as chief executive of Norvik was announced.", (
            "Norvik", "chief executive", "Elena Brandt", "took"
        )),
        ("The dismissal of Mark Orr as coach of Pellan United came as a surprise.", (
            "Pellan United", "coach", "Mark Orr", "lost"
        )),
        ("After the sacking of Mark Orr as manager of Norvik the shares fell.", (
            "Norvik", "manager", "Mark Orr", "lost"
        )),
        ("Norvik has put Elena Brandt in charge of the bank.", ("bank", "leader", "Elena Brandt", "took")),
        ("Elena Brandt is in charge of Norvik.", ("Norvik", "leader", "Elena Brandt", "holds")),
        ("Elena Brandt, hitherto mayor of Pellan, spoke.", ("Pellan", "mayor", "Elena Brandt", "held before")),
        ("Police arrested the ousted president of Velmar, Mark Orr.", (
            "Velmar", "president", "Mark Orr", "held before"
        )),
        ("The outgoing mayor of Pellan, Elena Brandt, spoke.", ("Pellan", "mayor", "Elena Brandt", "left")),
        ("Managing director Mark Orr of Norvik is going home.", (
            "Norvik", "managing director", "Mark Orr", "holds"
        )),
    ],
)
def test_who_has_which_office(text: str, expected: tuple[str, str, str, str]) -> None:
    assert expected in held_as(text)


@pytest.mark.parametrize(
    "text",
    [
        "Fans demanded the resignation of Mark Orr as chairman of Norvik.",
        "They want the appointment of Elena Brandt as minister of health.",
        "The incoming chief executive of Norvik, Elena Brandt, said so.",
        "President-elect Elena Brandt of Velmar spoke.",
        "General Mark Orr said so.",
        "Lord Orr said so.",
        "It is official, a statement of Norvik said.",
    ],
)
def test_no_office(text: str) -> None:
    assert held_as(text) == []


def test_who_announces_an_appointment_is_not_appointed() -> None:
    holders = {holder for _, _, holder, _ in held_as("Norvik announced the appointment of Elena Brandt as director.")}
    assert holders == {"Elena Brandt"}


def test_an_office_is_given_to_whom_a_board_chose() -> None:
    chosen = held_as("The board of Norvik chose her as its chair.")
    assert ("chair", "took") in {(role, status) for _, role, _, status in chosen}
    assert not any(holder == "board" for _, _, holder, _ in chosen)
