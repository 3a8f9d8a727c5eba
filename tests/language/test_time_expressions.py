import datetime

import pytest

from index.language.time_expressions import find_times
from tests.support.cpu import less_than

WRITTEN = datetime.date(2031, 5, 20)  # a Tuesday
LONG_CHARACTERS = 50_000


def days(text: str, reference: datetime.date | None = WRITTEN) -> list[tuple[str, str]]:
    return [(str(t.first), str(t.last)) for t in find_times(text, reference)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("It opened on 4 July 2030.", "2030-07-04"),
        ("It opened on July 4th, 2030.", "2030-07-04"),
        ("It opened on the 4th of July, 2030.", "2030-07-04"),
        ("It opened on 2030-07-04.", "2030-07-04"),
        ("It opened on 2030/7/4.", "2030-07-04"),
        ("It opened on 4/7/2030.", "2030-07-04"),
        ("It opened on 4.7.30.", "2030-07-04"),
        ("It opened on 25/7/2030.", "2030-07-25"),
        ("It opened on 7/25/2030.", "2030-07-25"),
        ("It opened on 4 July.", "2030-07-04"),
        ("It opened on May 20.", "2031-05-20"),
        ("It opened on 29 February.", "2028-02-29"),
        ("It opened on Sept. 9.", "2030-09-09"),
        ("It opened on Saturday.", "2031-05-17"),
        ("It opened on Tuesday.", "2031-05-20"),
        ("It opened last Tuesday.", "2031-05-13"),
        ("It opens next Tuesday.", "2031-05-27"),
        ("It opened yesterday.", "2031-05-19"),
        ("It opens tomorrow.", "2031-05-21"),
        ("It opened this morning.", "2031-05-20"),
        ("It opened last night.", "2031-05-19"),
        ("It opened three days ago.", "2031-05-17"),
        ("It opened on Saturday, 17 May.", "2031-05-17"),
        ("It opened on 17 May, a Saturday, they say.", "2031-05-17"),
    ],
)
def test_a_day_is_worked_out(text: str, day: str) -> None:
    assert days(text)[0] == (day, day)
    assert find_times(text, WRITTEN)[0].exact


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("in February 2032", "2032-02-01", "2032-02-29"),
        ("in late June 2030", "2030-06-21", "2030-06-30"),
        ("in 2019", "2019-01-01", "2019-12-31"),
        ("in winter 2029", "2029-12-01", "2030-02-28"),
        ("last summer", "2030-06-01", "2030-08-31"),
        ("in October", "2030-10-01", "2030-10-31"),
        ("since May", "2031-05-01", "2031-05-31"),
        ("this week", "2031-05-19", "2031-05-25"),
        ("last month", "2031-04-01", "2031-04-30"),
        ("next year", "2032-01-01", "2032-12-31"),
        ("two weeks ago", "2031-05-03", "2031-05-09"),
        ("over the past ten days", "2031-05-10", "2031-05-20"),
        ("between 3 and 9 May", "2031-05-03", "2031-05-09"),
    ],
)
def test_a_stretch_has_its_first_and_last_day(text: str, first: str, last: str) -> None:
    assert days(f"It was shut {text}.") == [(first, last)]


@pytest.mark.parametrize(
    "text",
    [
        "on 31 June 2030", "on 30 February", "on 2030-13-01", "on 32/13/2030", "They may sing.",
        "The band will march on.", "The sun shone and they sat down.",
        "Some 2,030 people came.", "It cost $2030.", "the 1990s", "version 2.0.2030", "", "A second class ticket.",
    ],
)  # fmt: skip
def test_what_is_no_time_is_left_out(text: str) -> None:
    assert days(text) == []


def test_without_a_day_of_writing_only_full_dates_are_read() -> None:
    assert days("On Saturday, three days ago, in May and on 4 July 2030.", None) == [("2030-07-04", "2030-07-04")]


def test_the_day_comes_first_in_numbers_where_it_can() -> None:
    assert days("5/7/2030") == [("2030-07-05", "2030-07-05")]
    assert days("5/17/2030") == [("2030-05-17", "2030-05-17")]


def test_times_are_in_order_and_stand_where_they_say() -> None:
    text = "On 4 July 2030 it rained, yesterday it snowed, and in 2019 the sun shone."
    results = find_times(text, WRITTEN)
    assert [text[t.start : t.end] for t in results] == ["4 July 2030", "yesterday", "2019"]
    assert [t.relative for t in results] == [False, True, False]


@pytest.mark.parametrize("reference", [datetime.date.min, datetime.date.max, datetime.date(2028, 2, 29)])
def test_the_ends_of_the_calendar_break_nothing(reference: datetime.date) -> None:
    text = "yesterday, tomorrow, last week, next week, nine hundred years ago, 999 years ago, 29 February, next month, "
    for expression in find_times(text + "last winter, on Monday, this year, over the past 999 years", reference):
        assert expression.first <= expression.last


@pytest.mark.parametrize(
    "piece",
    [
        "1", "12 ", "1-", "1/", "1.", "20", "2030-", "1 and ", "1 to ", "may ", "May ", "March ", "sun ", "mon",
        "last ", "last last week ", "the end of ", "early ", "mid-", "in the ", "within the last ", "a few ", "3 of ",
        " ", "\t", "1st of ", "Sept. ", "next next ", "Saturday, ", "3 May, ", "\u0661", "-", "'", "a", "in ", ".",
        "12 days ", "Sun, ", "4/7/30 ",
    ],
)  # fmt: skip
def test_no_pattern_takes_long_on_a_long_hostile_text(piece: str) -> None:
    text = (piece * LONG_CHARACTERS)[:LONG_CHARACTERS]
    with less_than(1):
        find_times(text, WRITTEN)
