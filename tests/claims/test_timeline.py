import datetime

from chatbot.board.queries import BoardFilter, rows_of, timeline_of
from index.claims.board import board, read
from index.claims.holders import alias_stems
from index.claims.timeline import timeline
from index.collection import Collection
from tests.claims.test_board import TAKEN, day, reported

ALIASES = alias_stems([("LFL", "Lunar Front for Liberty")])


def bands(*articles: tuple[int, str]) -> list[tuple[datetime.date, datetime.date, tuple[int, ...], bool]]:
    drawn = timeline(reported(*articles), ALIASES, day(20))
    return [(band.first, band.last, band.sides, band.disputed) for band in drawn]


def test_a_band_lasts_until_a_report_changes_it() -> None:
    first, second = timeline(TAKEN, ALIASES, day(20))
    assert (first.first, first.last, first.controllers) == (day(3), day(9), ("Guard",))
    assert (second.first, second.last, second.controllers) == (day(9), day(20), ("militia",))
    assert [band.last for band in timeline(TAKEN, ALIASES, day(5))] == [day(5)]
    assert timeline(TAKEN, ALIASES, day(1)) == []


def test_names_of_one_side_are_one_band_and_a_side_that_returns_has_its_number() -> None:
    assert bands(
        (3, "Pellan is held by LFL."), (4, "Pellan is held by the Lunar Front for Liberty."),
        (6, "Pellan is held by the Guard."), (9, "Pellan is held by LFL."),
    ) == [(day(3), day(6), (0,), False), (day(6), day(9), (1,), False), (day(9), day(20), (0,), False)]  # fmt: skip


def test_a_side_is_called_what_the_newest_report_calls_it() -> None:
    """So the board calls it, and stands beside the bands."""
    reports = reported(
        (3, "Pellan is held by the Guard."), (6, "Pellan is held by LFL."),
        (9, "Pellan is held by the Lunar Front for Liberty."),
    )  # fmt: skip
    [row] = board(read(reports, ALIASES), ALIASES)
    drawn = timeline(reports, ALIASES, day(20))
    assert [band.controllers for band in drawn] == [("Guard",), row.controllers] and row.controllers != ("LFL",)


def test_timeline_and_board_take_names_for_the_same(samples: Collection) -> None:
    """Also where it is told of another place that two names are of one side."""
    rows = rows_of(samples, BoardFilter())
    for row in rows:
        last = timeline_of(samples, row, datetime.date(2024, 12, 11), str)[-1]
        assert (last.controllers, last.disputed) == (row.controllers, row.disputed)
    assert len(rows) > 5


def test_a_dispute_is_a_band_of_its_own() -> None:
    drawn = bands((3, "Pellan is held by the Guard."), (6, "Pellan is held by the Guard."),
                 (6, "Pellan is held by the militia."))  # fmt: skip
    assert [(first, sorted(sides), disputed) for first, _, sides, disputed in drawn] == [
        (day(3), [0], False), (day(6), [0, 1], True),
    ]  # fmt: skip
