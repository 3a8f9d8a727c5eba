import datetime
from collections.abc import Sequence
from dataclasses import replace

import pytest

from index.claim import ReportedClaim
from index.claims.board import BoardRow, board
from index.claims.holders import alias_stems, are_same_side, name_words
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


def row(place: str, reports: Sequence[ReportedClaim], as_of: datetime.date | None = None) -> BoardRow:
    [held] = [entry for entry in board(reports, ALIASES, as_of) if entry.place == place]
    return held


TAKEN = reported(
    (3, "The town of Pellan is held by the Guard."),
    (9, "On Thursday the militia captured Pellan."),
    (12, "Pellan is in the hands of the militia."),
)


def test_the_newest_event_tells_who_holds_a_place() -> None:
    held = row("Pellan", TAKEN)
    assert held.controllers == ("militia",) and not held.disputed
    assert (held.since, held.as_of, held.reports) == (day(8), day(12), 2)
    assert [claim.sentence for claim in held.history][0] == "Pellan is in the hands of the militia."


def test_since_when_a_place_is_held_may_be_told_later() -> None:
    reports = reported((3, "The Guard controls Pellan."), (9, "The Guard has held Pellan since 20 April 2031."))
    assert row("Pellan", reports).since == datetime.date(2031, 4, 20)


def test_a_noun_beside_the_word_for_a_land_is_no_side_of_that_land() -> None:
    reports = reported((3, "The army of Lundia holds Pellan. Lundian rebels hold Ostry. Lundian troops hold Vessby."))
    assert {row(place, reports).controllers for place in ("Ostry", "Vessby")} == {
        ("Lundian rebels",), ("Lundian troops",),
    }  # fmt: skip


def test_the_board_stands_as_on_an_earlier_day() -> None:
    assert row("Pellan", TAKEN, day(5)).controllers == ("Guard",)
    assert board(TAKEN, ALIASES, day(1)) == []


def test_reports_of_one_day_that_differ_are_a_dispute() -> None:
    held = row("Pellan", reported((9, "The militia says it holds Pellan. The Guard controls Pellan.")))
    assert held.disputed and set(held.controllers) == {"militia", "Guard"}


def test_a_denial_of_the_newest_report_is_a_dispute_and_an_older_one_is_none() -> None:
    denial = (9, "The Guard denied that the militia had captured Pellan.")
    assert row("Pellan", reported((9, "The militia captured Pellan."), denial)).disputed
    assert not row("Pellan", reported(denial, (11, "The militia holds Pellan."))).disputed


def test_who_left_does_not_hold_it() -> None:
    held = row("Pellan", reported((3, "The Guard holds Pellan."), (9, "The Guard withdrew from Pellan.")))
    assert held.controllers == () and not held.inferred


def test_to_whom_a_side_lost_a_place_follows_from_two_others_at_least() -> None:
    others = [
        (2, "The Guard withdrew from Ostry. The militia captured Ostry."),
        (4, "The Guard withdrew from Lund. The militia captured Lund."),
    ]
    held = row("Pellan", reported(*others, (9, "The Guard has lost Pellan.")))
    assert held.controllers == ("militia",) and held.inferred
    assert row("Pellan", reported(others[0], (9, "The Guard has lost Pellan."))).controllers == ()


OCCUPIED = (2, "Ostry is still occupied by the militia.")


@pytest.mark.parametrize("text", [
    "Pellan remains occupied.", "Pellan has not been freed.", "Pellan had not been liberated by Sunday.",
])
def test_an_occupied_place_is_held_by_the_side_that_occupies_others(text: str) -> None:
    held = row("Pellan", reported(OCCUPIED, (9, text)))
    assert held.controllers == ("militia",) and held.inferred
    two = [OCCUPIED, (3, "Lund is still occupied by the Guard.")]
    assert row("Pellan", reported(*two, (9, text))).controllers == ()


@pytest.mark.parametrize("text", ["Pellan was freed on Thursday.", "Pellan was never occupied."])
def test_a_freed_place_is_held_by_the_side_to_whom_the_occupier_lost_others(text: str) -> None:
    lost = [(4, "The militia withdrew from Lund. The Guard captured Lund."),
            (5, "The militia withdrew from Bray. The Guard captured Bray.")]
    held = row("Pellan", reported(OCCUPIED, *lost, (9, text)))
    assert held.controllers == ("Guard",) and held.inferred
    assert row("Pellan", reported(OCCUPIED, (9, text))).controllers == ()


def test_what_a_side_says_of_itself_tells_not_who_freed_a_place() -> None:
    assert row("Pellan", reported(OCCUPIED, (9, "The militia announced that Pellan was liberated."))).controllers == ()


@pytest.mark.parametrize("text", ["The militia captured another town.", "The Guard holds every village there."])
def test_what_is_no_single_place_has_no_row(text: str) -> None:
    assert board(reported((9, text)), ALIASES) == []


def test_who_holds_an_office_is_no_place() -> None:
    reports = reported((9, "Ada Lund is the chief executive of Norvik. On Friday the directors abandoned Ada Lund."))
    assert [entry.place for entry in board(reports, ALIASES)] == []


def test_a_place_that_was_once_taken_for_a_person_keeps_its_row() -> None:
    held = reported((9, "The militia captured Pellan. On Friday the Guard withdrew from Pellan."))
    [office] = reported((9, "Ada Lund is the mayor of Tarn."))
    mistaken = replace(office, claim=replace(office.claim, holder="Pellan"))
    assert [entry.place for entry in board([*held, mistaken], ALIASES)] == ["Pellan"]


def test_a_part_of_a_place_is_shown_within_it() -> None:
    reports = reported((9, "The Guard holds Pellan. The militia captured Pellan Harbour."))
    assert row("Pellan Harbour", reports).within == "Pellan"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("Russian forces", "Russia", True),
        ("Russian forces", "Ukrainian forces", False),
        ("the army", "Sudan's army", True),
        ("HTS-led coalition", "HTS", True),
        ("Syrian National Army", "Syrian Democratic Forces", False),
        ("the rebels", "the army", False),
        ("the Russians", "Moscow", True),
        ("Syrian army", "Syrian rebels", False),
        ("Lundian government forces", "Lundian insurgents", False),
        ("Lundian army", "Lundian troops", True),
        ("Lund Front rebels", "Lund Front", True),
    ],
)
def test_sides_are_told_apart_by_what_names_them(first: str, second: str, same: bool) -> None:
    assert are_same_side(name_words(first), name_words(second)) is same


def test_a_short_name_and_the_long_one_that_names_a_nation_are_one_side() -> None:
    aliases = alias_stems([("SNA", "Syrian National Army")])
    reports = reported((9, "The SNA controls Manbij. Manbij is held by the Syrian National Army."))
    [held] = board(reports, aliases)
    assert not held.disputed and len(held.controllers) == 1


def test_a_noun_alone_is_the_side_that_it_describes_elsewhere() -> None:
    reports = reported((5, "The LFL-led coalition holds Ostry. Lund is held by the LFL-led opposition."))
    reports += reported((9, "The coalition holds Pellan. The opposition controls Pellan."))
    assert not row("Pellan", reports).disputed
    others = reported((5, "The VRN-led coalition holds Lund."))
    assert row("Pellan", [*reports, *others]).disputed


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
    [claim] = [candidate for candidate in claims(text) if candidate.place == "Pellan"]
    assert (claim.holder, claim.holder_from) == (holder, stands)


def test_a_pronoun_that_may_mean_two_sides_is_left_alone() -> None:
    [claim] = claims("The Guard fired and the militia fled. They captured Pellan.")[-1:]
    assert claim.holder_from == ""


def test_what_is_built_in_a_town_is_not_the_town() -> None:
    stated = claims("The rebels reached Pellan. On Friday the Guard captured the airport.")
    [held] = [claim for claim in stated if claim.holder == "Guard"]
    assert (held.place, held.resolved_from) == ("Pellan airport", "airport")


def test_a_day_on_which_another_state_began_does_not_date_what_is_told() -> None:
    stated = claims("The militia took Pellan, which the Guard had held since 1978.")
    assert {(claim.holder, claim.status.value) for claim in stated} >= {("militia", "took"), ("Guard", "held before")}
    assert [claim.since for claim in stated if claim.holder == "militia"] == [None]


def test_a_town_is_no_side_whose_fighters_take_it() -> None:
    stated = claims("Pellan was shelled by the Guard for days. Its fighters entered the western districts of Pellan.")
    assert all(claim.holder != "Pellan" for claim in stated)


def test_who_took_a_place_is_told_by_a_report_of_that_day_or_a_later_one() -> None:
    reports = reported(
        (3, "The Guard holds Pellan."),
        (9, "The militia captured Pellan on Thursday."),
        (12, "Pellan was taken on 8 May."),
    )
    assert row("Pellan", reports).controllers == ("militia",)
    assert row("Pellan", [claim for claim in reports if claim.reported != day(9)]).controllers == ()


def test_a_direction_is_no_place_and_a_name_may_open_with_a_common_word() -> None:
    given = reported((3, "North of Osk, the town of Tell Rina is held by the Guard. In the north, Tell Rina is held."))
    assert [entry.place for entry in board(given, ALIASES)] == ["Tell Rina"]


def test_an_army_that_speaks_of_itself_as_it_holds_the_place() -> None:
    reports = reported((3, "The Lunar National Army (LNA), which Osk backs, says that it holds Pellan."))
    assert row("Pellan", reports).controllers == ("Lunar National Army",)


def test_a_mere_description_is_shown_by_the_name_of_its_side_where_that_is_named_near() -> None:
    reports = reported(
        (3, "The rebel Lunar Front came at night. The town of Pellan was taken by the rebels."),
        (5, "The rebels hold Pellan."),
        (5, "The rebels hold Quist."),
        (6, "The Lunar Front left Osk. The rebels hold Orlo."),
    )
    assert row("Pellan", reports).controllers == ("Lunar Front",)
    assert row("Pellan", reports).history[0].claim.holder == "rebels"
    # It may be of another war.
    assert row("Quist", reports).controllers == ("rebels",)
    assert row("Orlo", reports).controllers == ("Lunar Front",)
