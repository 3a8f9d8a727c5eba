import datetime

from index.claims.board import board
from index.claims.changes import Change, daily_changes, grounds
from tests.claims.test_board import ALIASES, TAKEN, day, reported


def sides(change: Change) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    return change.before.controllers if change.before else None, change.after.controllers


def test_each_change_has_its_day_whichever_day_is_asked_for_first() -> None:
    reports = reported(
        (3, "The Guard holds Orrin."), (9, "On Thursday the militia captured Orrin."),
        (15, "On Thursday the Guard retook Orrin. The militia holds Selby."),
    )  # fmt: skip
    seen = [(change.day, change.place, *sides(change)) for change in daily_changes(reports, ALIASES, day(1), day(20))]
    assert seen == [
        (day(15), "Orrin", ("militia",), ("Guard",)), (day(15), "Selby", None, ("militia",)),
        (day(9), "Orrin", ("Guard",), ("militia",)), (day(3), "Orrin", None, ("Guard",)),
    ]  # fmt: skip
    assert [(change.day, change.place) for change in daily_changes(reports, ALIASES, day(9), day(14))] == []
    [change] = daily_changes(reports, ALIASES, day(8), day(14))
    assert (change.day, change.place) == (day(9), "Orrin")
    assert daily_changes([], ALIASES, datetime.date.min, day(1)) == []


def test_a_row_rests_on_the_sentences_that_name_its_controllers() -> None:
    [pellan] = board(TAKEN, ALIASES)
    assert [claim.sentence for claim in grounds(pellan)] == ["Pellan is in the hands of the militia."]
    [disputed] = board(reported((9, "The militia holds Pellan."), (9, "The Guard controls Pellan.")), ALIASES)
    sentences = {claim.sentence for claim in grounds(disputed)}
    assert sentences == {"The militia holds Pellan.", "The Guard controls Pellan."}
    [left] = board(reported((3, "The Guard holds Pellan."), (9, "The Guard withdrew from Pellan.")), ALIASES)
    assert not left.controllers and [claim.sentence for claim in grounds(left)] == ["The Guard withdrew from Pellan."]
    [denied] = board(
        reported((9, "The militia captured Pellan."), (9, "The Guard denied that the militia had captured Pellan.")),
        ALIASES,
    )
    assert len(grounds(denied)) == 2 and "denied" in grounds(denied)[1].sentence
