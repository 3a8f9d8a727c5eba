import datetime

import pytest

from index.claim import Certainty, Claim, ReportedClaim, Status
from index.claims.office_rows import OfficeRow, offices


def day(number: int) -> datetime.date:
    return datetime.date(2031, 5, number)


def term(
    number: int, holder: str | None, status: Status, *, role: str = "mayor", body: str = "Lindby",
    certainty: Certainty = Certainty.FACT,
) -> ReportedClaim:
    claim = Claim(body, holder, status, certainty, 0, 1, role=role)
    return ReportedClaim(claim, f"a{number}", "News", f"Desk {number}", None, day(number), "Sentence.")


def row(*claims: ReportedClaim, as_of: datetime.date | None = None) -> OfficeRow:
    [held] = offices(claims, as_of)
    return held


HOLDS, TOOK, LEFT = Status.HOLDS, Status.TOOK, Status.LEFT


@pytest.mark.parametrize(
    ("claims", "holder"),
    [
        ([term(1, "Peter Holm", HOLDS), term(3, "Ada Lund", TOOK)], "Ada Lund"),
        ([term(1, "Peter Holm", HOLDS), term(3, "Ada Lund", TOOK), term(3, "Peter Holm", LEFT)], "Ada Lund"),
        ([term(1, "Peter Holm", HOLDS), term(3, "Holm", LEFT)], ""),
        ([term(1, "Peter Holm", HOLDS), term(3, "Ada Lund", LEFT)], ""),
        ([term(1, "Peter Holm", HOLDS), term(3, "Ada Lund", TOOK, certainty=Certainty.DENIED)], "Peter Holm"),
    ],
)
def test_the_newest_report_tells_who_holds_an_office(claims: list[ReportedClaim], holder: str) -> None:
    assert row(*claims).holder == holder


def test_a_row_counts_the_sources_of_its_holder_and_from_when() -> None:
    held = row(term(1, "Peter Holm", HOLDS), term(3, "Ada Lund", HOLDS), term(5, "Mayor Lund", HOLDS))
    assert (held.since, held.as_of, held.sources) == (day(3), day(5), ("Desk 5", "Desk 3"))
    assert [claim.reported for claim in held.history] == [day(5), day(3), day(1)]
    assert row(*held.history, as_of=day(2)).holder == "Peter Holm"


def test_offices_of_several_bodies_are_several_and_places_are_none() -> None:
    claims = [term(1, "Ada Lund", HOLDS), term(1, "Per Dahl", HOLDS, body="The Council of Vik"),
              term(2, "Per Dahl", HOLDS, body="the Council of Vik"), term(1, "Guard", HOLDS, role=""),
              term(1, "Eva Berg", HOLDS, body=""), term(1, "Nils Moe", HOLDS, body="")]  # fmt: skip
    assert [(office.body, office.holder) for office in offices(claims)] == [
        ("", "Eva Berg"), ("", "Nils Moe"), ("Lindby", "Ada Lund"), ("the Council of Vik", "Per Dahl"),
    ]  # fmt: skip
