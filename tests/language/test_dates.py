import datetime

import pytest

from index.language.dates import find_dates, numeric_day, parse_date

DAY = datetime.date(2024, 12, 5)


@pytest.mark.parametrize("text", [
    "December 5, 2024", "Dec. 5, 2024", "5 December 2024", "5 Dec 2024", "5th of December, 2024", "2024-12-05",
    "2024/12/05", "2024.12.05", "DECEMBER 5 2024", "2024-12-05T10:00:00Z", "December 5th, 2024",
])
def test_a_day_is_found_in_every_form(text: str) -> None:
    [date] = find_dates(f"It fell on {text}, they said.")
    assert (date.first, date.last, date.is_day) == (DAY, DAY, True)


@pytest.mark.parametrize("text, first, last", [
    ("in 2016", "2016-01-01", "2016-12-31"),
    ("in February 2024", "2024-02-01", "2024-02-29"),
    ("Sept. 2023", "2023-09-01", "2023-09-30"),
])
def test_a_month_or_year_spans_its_days(text: str, first: str, last: str) -> None:
    [date] = find_dates(text)
    assert (str(date.first), str(date.last), date.is_day) == (first, last, False)


def test_the_place_of_a_date_is_where_it_stands() -> None:
    text = "From 27 November 2024 to December 5, 2024 they fought."
    assert [text[d.start : d.end] for d in find_dates(text)] == ["27 November 2024", "December 5, 2024"]


def test_a_day_without_a_year_takes_the_default_year_or_is_left_out() -> None:
    [date] = find_dates("on 5 December", default_year=2024)
    assert date.first == DAY
    assert find_dates("on 5 December") == []


@pytest.mark.parametrize("text", [
    "31 June 2024", "2024-13-01", "2024-02-30", "12345", "the 5 marines", "they may go", "311 people", "1899", "",
])
def test_what_is_no_date_is_left_out(text: str) -> None:
    assert find_dates(text, default_year=2024) == []


@pytest.mark.parametrize("value, day", [
    (DAY, DAY), (datetime.datetime(2024, 12, 5, 23, 59), DAY), ("5 December 2024", DAY), ("yesterday", None),
    (2024, None), (["2024-12-05"], DAY), ("05/12/2024", None),
    ("2024-12-5", DAY), ("5.12.2024", DAY), ("20241205", DAY), (20241205, DAY),
    (1733443200, datetime.date(2024, 12, 6)),
    ("5 décembre 2024", DAY), ("5. Dezember 2024", DAY), ("Thu, 5 Dec 24 08:00 GMT", DAY), ("2031-12-05", None),
    ("5 December 2099", None), ("9" * 5000, None), (float("inf"), None), ("25/11/2024", datetime.date(2024, 11, 25)),
    ("2024-12-05T23:30:00-05:00", DAY), ("Thu, 05 Dec 2024 23:30:00 -0500", DAY), ([[[]]], None), ({}, None),
    (datetime.datetime(2024, 12, 5, 0, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=9))), DAY),
])
def test_front_matter_dates_are_read_or_unknown(value: object, day: datetime.date | None) -> None:
    assert parse_date(value) == day


@pytest.mark.parametrize("language, day", [
    ("en-GB", DAY), ("de", DAY), ("fr_FR", DAY), ("en-US", datetime.date(2024, 5, 12)), ("en", None), (None, None),
    ("zh", None), ("no such language", None),
])
def test_a_language_tells_the_day_from_the_month(language: str | None, day: datetime.date | None) -> None:
    assert parse_date("05/12/2024", language) == day
    assert (numeric_day("Published: 05/12/2024", language) or (None,))[0] == day


def test_the_day_that_begins_first_on_earth_is_no_future_day() -> None:
    furthest = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=14))).date()
    assert parse_date(furthest) == furthest
    assert parse_date(furthest + datetime.timedelta(days=2)) is None
