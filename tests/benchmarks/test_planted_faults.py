"""Tests benchmarks/support/planted_faults.py: what it plants is one fault, and no more."""

import re
from collections.abc import Sequence

import pytest

from benchmarks.support.planted_faults import KINDS, MONTHS, TargetPassage

STATEMENT = "On 5 December the opposition took Hama with 3,000 men, Bashar al-Assad said."
CITED = TargetPassage(2, "The opposition took Hama on 5 December, with 3,000 of 4,000 men, the Syrian Army (SNA) said.")
OTHERS = [TargetPassage(1, "In March Russia and Turkey agreed."), TargetPassage(4, "Israel left.")]


def planted(kind: str, turn: int, statement: str = STATEMENT, others: Sequence[TargetPassage] = OTHERS) -> str | None:
    return KINDS[kind](statement, CITED, others, turn)


@pytest.mark.parametrize(
    ("kind", "turn", "expected"),
    [
        ("wrong number", 0, f"{STATEMENT.replace('5', '7')} [2]"),
        ("wrong number", 1, f"{STATEMENT.replace('3,000', '4,000')} [2]"),
        ("swapped name", 0, f"{STATEMENT.replace('Hama', 'Turkey')} [2]"),
        ("wrong passage", 0, f"{STATEMENT} [1]"),
        ("wrong passage", 1, f"{STATEMENT} [4]"),
        ("wrong date", 0, f"{STATEMENT.replace('December', 'May')} [2]"),
        ("wrong date", 1, f"{STATEMENT.replace('5 December', '6 December')} [2]"),
        ("negation", 0, f"{STATEMENT.replace('took', 'never took')} [2]"),
        ("negation", 1, f"{STATEMENT.replace('took', 'did not take')} [2]"),
        ("reversed roles", 0, "On 5 December Hama took the opposition with 3,000 men, Bashar al-Assad said. [2]"),
        ("made-up source", 0, f"Reuters reported that {STATEMENT[0].lower()}{STATEMENT[1:]} [2]"),
        ("made-up source", 1, f"{STATEMENT[:-1]}, according to the Daily Telegraph. [2]"),
    ],
)
def test_one_fault_is_planted(kind: str, turn: int, expected: str) -> None:
    assert planted(kind, turn) == expected


@pytest.mark.parametrize(("statement", "turn", "contrary"), [
    ("It has not left Hama.", 0, "It has left Hama."),
    ("It cannot leave.", 0, "It can leave."),
    ("It hasn't left.", 0, "It has left."),
    ("It no longer holds Hama.", 0, "It holds Hama."),
    ("Hama is held by HTS.", 0, "Hama is not held by HTS."),
    ("Hama was held by HTS.", 1, "Hama was no longer held by HTS."),
    ("Hama lies on the M5.", 0, "Hama never lies on the M5."),
    ("HTS captured Hama.", 0, "HTS never captured Hama."),
    ("Nobody left Hama.", 0, None),
])
def test_a_not_is_put_in_or_left_out(statement: str, turn: int, contrary: str | None) -> None:
    assert planted("negation", turn, statement) == (contrary and f"{contrary} [2]")


@pytest.mark.parametrize(("statement", "reversed_"), [
    ("The SNA took Hama from Kurdish-led forces.", "Kurdish-led forces took Hama from the SNA."),
    ("Homs is now held by the army.", "The army is now held by Homs."),
    ("Baltic Trust sued Union Savings.", "Union Savings sued Baltic Trust."),
    ("Hama and Homs lie on the M5.", None),
])
def test_two_sides_change_places(statement: str, reversed_: str | None) -> None:
    assert planted("reversed roles", 0, statement) == (reversed_ and f"{reversed_} [2]")


@pytest.mark.parametrize("turn", range(4))
def test_an_invented_quotation_stands_nowhere(turn: int) -> None:
    text = planted("invented quotation", turn)
    assert text is not None and text.endswith(" [2]")
    [quoted] = re.findall(r"“([^”]+)”", text)
    assert quoted not in CITED.text


@pytest.mark.parametrize(("kind", "statement"), [
    ("wrong number", "The opposition took Hama."),
    ("swapped name", "The opposition left."),
    ("wrong date", "The opposition took Hama."),
])
def test_where_there_is_nothing_to_alter_nothing_is_planted(kind: str, statement: str) -> None:
    assert planted(kind, 0, statement) is None
    assert planted("wrong passage", 0, others=()) is None


def test_a_heading_is_left_as_it_is() -> None:
    heading = "As of 5 December 2024, Sample Desk: "
    for kind in ("wrong number", "swapped name", "wrong date"):
        text = planted(kind, 0, heading + "Hama was taken by 12 men of Hama in March.")
        assert text is not None and text.startswith(heading)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_is_the_same_each_time(kind: str) -> None:
    assert [planted(kind, turn) for turn in range(3)] == [planted(kind, turn) for turn in range(3)]


@pytest.mark.parametrize("month", MONTHS)
def test_another_month_is_six_months_off_or_five(month: str) -> None:
    text = planted("wrong date", 0, f"It fell in {month}.")
    assert text is not None and month not in text and any(other in text for other in MONTHS)
