import datetime
from collections.abc import Sequence

import pytest

from index.claim import ReportedClaim
from index.claims.board import BoardRow, board
from index.claims.holders import alias_stems, are_one, name_words
from tests.support.parsing import claims

ALIASES = alias_stems([("LFL", "Lunar Front for Liberty")])


def day(number: int) -> datetime.date:
    return datetime.date(2031, 5, number)


def reported(*articles: tuple[int, str], source: str = "Courier") -> list[ReportedClaim]:
    """The claims of articles, each with its day and text."""
    return [
        ReportedClaim(
            claim, f"{number}-{text[:8]}", "News", f"{source} {n}", None, day(number), text[claim.start : claim.end]
        )
        for n, (number, text) in enumerate(articles)
        for claim in claims(text, day(number))
    ]


def row(place: str, told: Sequence[ReportedClaim], as_of: datetime.date | None = None) -> BoardRow:
    [found] = [one for one in board(told, ALIASES, as_of) if one.place == place]
    return found


TAKEN = reported(
    (3, "The town of Pellan is held by the Guard."),
    (9, "On Thursday the militia captured Pellan."),
    (12, "Pellan is in the hands of the militia."),
)


def test_the_newest_event_tells_who_holds_a_place() -> None:
    found = row("Pellan", TAKEN)
    assert found.controllers == ("militia",) and not found.disputed
    assert (found.since, found.as_of, found.reports) == (day(8), day(12), 2)
    assert [one.sentence for one in found.history][0] == "Pellan is in the hands of the militia."


def test_the_board_stands_as_on_an_earlier_day() -> None:
    assert row("Pellan", TAKEN, day(5)).controllers == ("Guard",)
    assert board(TAKEN, ALIASES, day(1)) == []


def test_reports_of_one_day_that_differ_are_a_dispute() -> None:
    found = row("Pellan", reported((9, "The militia says it holds Pellan. The Guard controls Pellan.")))
    assert found.disputed and set(found.controllers) == {"militia", "Guard"}


def test_a_denial_of_the_newest_report_is_a_dispute_and_an_older_one_is_none() -> None:
    denial = (9, "The Guard denied that the militia had captured Pellan.")
    assert row("Pellan", reported((9, "The militia captured Pellan."), denial)).disputed
    assert not row("Pellan", reported(denial, (11, "The militia holds Pellan."))).disputed


def test_who_left_does_not_hold_it() -> None:
    found = row("Pellan", reported((3, "The Guard holds Pellan."), (9, "The Guard withdrew from Pellan.")))
    assert found.controllers == () and not found.inferred


def test_to_whom_a_side_lost_a_place_follows_from_two_others_at_least() -> None:
    others = [
        (2, "The Guard withdrew from Ostry. The militia captured Ostry."),
        (4, "The Guard withdrew from Lund. The militia captured Lund."),
    ]
    found = row("Pellan", reported(*others, (9, "The Guard has lost Pellan.")))
    assert found.controllers == ("militia",) and found.inferred
    assert row("Pellan", reported(others[0], (9, "The Guard has lost Pellan."))).controllers == ()


@pytest.mark.parametrize("text", ["The militia captured another town.", "The Guard holds every village there."])
def test_what_is_no_single_place_has_no_row(text: str) -> None:
    assert board(reported((9, text)), ALIASES) == []


def test_who_holds_an_office_is_no_place() -> None:
    told = reported((9, "Ada Lund is the chief executive of Norvik. On Friday the directors abandoned Ada Lund."))
    assert [one.place for one in board(told, ALIASES)] == []


def test_a_part_of_a_place_is_shown_within_it() -> None:
    told = reported((9, "The Guard holds Pellan. The militia captured Pellan Harbour."))
    assert row("Pellan Harbour", told).within == "Pellan"


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ("Russian forces", "Russia", True),
        ("Russian forces", "Ukrainian forces", False),
        ("the army", "Sudan's army", True),
        ("HTS-led coalition", "HTS", True),
        ("Syrian National Army", "Syrian Democratic Forces", False),
        ("the rebels", "the army", False),
        ("the Russians", "Moscow", True),
    ],
)
def test_sides_are_told_apart_by_what_names_them(first: str, second: str, one: bool) -> None:
    assert are_one(name_words(first), name_words(second)) is one


def test_a_short_name_and_the_long_one_that_names_a_nation_are_one_side() -> None:
    aliases = alias_stems([("SNA", "Syrian National Army")])
    told = reported((9, "The SNA controls Manbij. Manbij is held by the Syrian National Army."))
    [found] = board(told, aliases)
    assert not found.disputed and len(found.controllers) == 1


def test_a_noun_alone_is_the_side_that_it_describes_elsewhere() -> None:
    told = reported((5, "The LFL-led coalition holds Ostry. Lund is held by the LFL-led opposition."))
    told += reported((9, "The coalition holds Pellan. The opposition controls Pellan."))
    assert not row("Pellan", told).disputed
    others = reported((5, "The VRN-led coalition holds Lund."))
    assert row("Pellan", [*told, *others]).disputed


@pytest.mark.parametrize(
    ("text", "holder", "stands"),
    [
        ("The Guard says that it holds Pellan.", "Guard", "it"),
        ("The militia left Ostry, and it now controls Pellan.", "militia", "it"),
        ("The Guard reached Ostry. Its soldiers captured Pellan on Monday.", "Guard", "Its soldiers"),
        ("The rebels reached Ostry. They captured Pellan.", "rebels", "They"),
    ],
)
def test_a_pronoun_that_holds_a_place_is_resolved_and_marked(text: str, holder: str, stands: str) -> None:
    [claim] = [one for one in claims(text) if one.place == "Pellan"]
    assert (claim.holder, claim.holder_from) == (holder, stands)


def test_a_pronoun_that_may_mean_two_sides_is_left_alone() -> None:
    [claim] = claims("The Guard fired and the militia fled. They captured Pellan.")[-1:]
    assert claim.holder_from == ""


def test_what_is_built_in_a_town_is_not_the_town() -> None:
    told = claims("The rebels reached Pellan. On Friday the Guard captured the airport.")
    assert [(one.place, one.resolved_from) for one in told if one.holder == "Guard"] == [("Pellan airport", "airport")]


def test_a_day_on_which_another_state_began_does_not_date_what_is_told() -> None:
    told = claims("The militia took Pellan, which the Guard had held since 1978.")
    assert {(one.holder, one.status.value) for one in told} >= {("militia", "took"), ("Guard", "held before")}
    assert [one.since for one in told if one.holder == "militia"] == [None]


def test_a_town_is_no_side_whose_fighters_take_it() -> None:
    told = claims("Pellan was shelled by the Guard for days. Its fighters entered the western districts of Pellan.")
    assert all(one.holder != "Pellan" for one in told)


def test_who_took_a_place_is_told_by_a_report_of_that_day_or_a_later_one() -> None:
    told = reported(
        (3, "The Guard holds Pellan."),
        (9, "The militia captured Pellan on Thursday."),
        (12, "Pellan was taken on 8 May."),
    )
    assert row("Pellan", told).controllers == ("militia",)
    assert row("Pellan", [one for one in told if one.reported != day(9)]).controllers == ()


def test_a_direction_is_no_place_and_a_name_may_open_with_a_common_word() -> None:
    told = reported((3, "North of Osk, the town of Tell Rina is held by the Guard. In the north, Tell Rina is held."))
    assert [one.place for one in board(told, ALIASES)] == ["Tell Rina"]


def test_an_army_that_speaks_of_itself_as_it_holds_the_place() -> None:
    told = reported((3, "The Lunar National Army (LNA), which Osk backs, says that it holds Pellan."))
    assert row("Pellan", told).controllers == ("Lunar National Army",)
