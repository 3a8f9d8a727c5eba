"""Finds dates as people write them ("November 30, 2024", "5 Dec 2024", "2024-12-05", "1 December", "in 2016")."""

import datetime
import re
from bisect import bisect_left
from calendar import monthrange
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from index.language.months import MONTH_PATTERN, month_number

_MONTH = MONTH_PATTERN + r"\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        r"\b(?P<year>(?:19|20)\d\d)(?P<mark>[-/.])(?P<month>[01]?\d)(?P=mark)(?P<day>[0-3]?\d)(?!\d)",
        rf"\b{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}\b",
        rf"\b{_MONTH}\s+{_DAY},?\s+{_YEAR}\b",
        rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}(?![a-z])",
        rf"\b{_MONTH}\s+{_DAY}\b",
        rf"\b{_MONTH},?\s+{_YEAR}\b",
        rf"\b{_YEAR}\b",
    )
]
_WITH_YEAR = [form for form in _FORMS if "year" in form.groupindex]
_ANY_YEAR = re.compile(_YEAR)
_NUMERIC = re.compile(
    r"(?<![\d./-])(?P<first>[0-3]?\d)(?P<mark>[./-])(?P<second>[0-3]?\d)(?P=mark)(?P<year>(?:19|20)\d\d)(?![\d/-])"
)
_MAIL_DAY = re.compile(r"\A\s*+(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d\d\s+\d\d:\d\d")
_WORDED_DAY = re.compile(
    r"(?:[^\W\d_]{2,12}\.?,?\s+)?\d{1,2}\.?\s+(?:de\s+)?[^\W\d_]{3,12}\.?\s+(?:de\s+)?(?:19|20)\d\d"
)
# Today has begun in the zone that is furthest ahead of UTC.
_NEWEST_ZONE = datetime.timedelta(hours=14)
# A stated date is short; what is longer is something else.
_STATED_CHARACTERS = 200


@dataclass(frozen=True)
class StatedDate:
    """A date, month or year in a text: the days it spans and where it stands."""

    first: datetime.date
    last: datetime.date
    start: int
    end: int

    @property
    def is_day(self) -> bool:
        """Whether one day is named, not a month or a year."""
        return self.first == self.last


def find_dates(text: str, *, default_year: int | None = None) -> list[StatedDate]:
    """The dates of `text` in order; the longest form wins where several match. A day and month without a year is
    given `default_year`, and left out where that is None. Impossible dates (31 June) are left out."""
    dates: list[StatedDate] = []
    taken: list[tuple[int, int]] = []
    # Most lines name no year; to look for each form in each line is half the time of reading an article.
    forms = _FORMS if default_year is not None else _WITH_YEAR if _ANY_YEAR.search(text) else []
    for form in forms:
        for match in form.finditer(text):
            start, end = match.span()
            year = int(match["year"]) if "year" in form.groupindex else default_year or 0
            # What is taken does not overlap and stays sorted: only the neighbours can be in the way.
            at = bisect_left(taken, (start, end))
            if (at and taken[at - 1][1] > start) or (at < len(taken) and taken[at][0] < end):
                continue
            # Taken though it may be impossible: "31 June 2024" must not be read as "June 2024".
            taken.insert(at, (start, end))
            date = _date_of(match, year)
            if date is not None:
                dates.append(date)
    return sorted(dates, key=lambda f: f.start)


def parse_date(value: object, language: str | None = None) -> datetime.date | None:
    """A stated value (date, datetime, text, number or a list of them) as a date; None where it holds no full date, and
    for a day that has not begun anywhere on earth.

    The day is the one that is written: an offset behind the time says where the writer was, and shifts nothing. Numbers
    are read as 20240305 or as seconds since 1970. `language` tells 04/03 from 03/04, as in `numeric_day`.
    """
    if isinstance(value, list):
        value = value[0] if value else None
    day = _stated_day(value, language)
    return day if day is not None and is_past(day) else None


def is_past(day: datetime.date) -> bool:
    """Whether `day` has begun somewhere on earth."""
    return day <= (datetime.datetime.now(datetime.UTC) + _NEWEST_ZONE).date()


def numeric_day(text: str, language: str | None = None) -> tuple[datetime.date, int, int] | None:
    """The first day that `text` writes in numbers alone with the year last (04/03/2024, 5.3.2024), and where it stands.

    The order of day and month is that of `language`, such as de or en-GB; without one, and in plain English, which is
    written both ways, only a day after the twelfth is known.
    """
    match = _NUMERIC.search(text)
    if match is None:
        return None
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    month_first = _month_first(language)
    if first == second or month_first is not None:
        orders = [month_first or False]
    elif match["mark"] == "." and not match["first"].startswith("0"):
        orders = [False]
    else:
        orders = [False, True]
    days = [d for d in (_day_of(year, *((first, second) if us else (second, first))) for us in orders) if d]
    return (days[0], *match.span()) if len(days) == 1 else None


def _stated_day(value: object, language: str | None) -> datetime.date | None:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, int | float) or (isinstance(value, str) and value.strip().isdecimal()):
        return _numbered_day(str(value).strip())
    if not isinstance(value, str):
        # Anything else may be nested without end.
        return None
    days = [date for date in find_dates(value[:_STATED_CHARACTERS]) if date.is_day]
    if days:
        return days[0].first
    numeric = numeric_day(value[:_STATED_CHARACTERS], language)
    return numeric[0] if numeric else _foreign_day(value)


def _numbered_day(digits: str) -> datetime.date | None:
    """The day of 20240305, or of seconds or thousandths since 1970."""
    whole = digits.partition(".")[0]
    if len(whole) == 8:
        return _day_of(int(whole[:4]), int(whole[4:6]), int(whole[6:])) if whole.isdecimal() else None
    if len(whole) not in (9, 10, 12, 13) or not whole.isdecimal():
        return None
    seconds = int(whole) if len(whole) < 12 else int(whole) // 1000
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date()


def _foreign_day(text: str) -> datetime.date | None:
    """The day of a header of mail with a year of two digits, or of a date with the month's name in another language."""
    if _MAIL_DAY.match(text):
        try:
            return parsedate_to_datetime(text).date()
        except ValueError:
            return None
    if not _WORDED_DAY.fullmatch(text.strip()):
        return None
    # Imported here: it takes half a second, and few dates are in another language than English.
    import dateparser

    moment = dateparser.parse(text.strip(), settings={"STRICT_PARSING": True})
    return moment.date() if moment else None


def _month_first(language: str | None) -> bool | None:
    """Whether dates in `language` begin with the month; None where that is not known."""
    code = (language or "").strip().replace("_", "-")
    if not code or code.lower() == "en":
        return None
    from babel import Locale, UnknownLocaleError

    try:
        pattern = Locale.parse(code, sep="-").date_formats["short"].pattern
    except (UnknownLocaleError, ValueError, TypeError, KeyError):
        return None
    # A country that writes the year first is known to none of both orders.
    return None if pattern.lstrip().startswith("y") else pattern.find("M") < pattern.find("d")


def _day_of(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _date_of(match: re.Match[str], year: int) -> StatedDate | None:
    parts = match.groupdict()
    month = _month_of(parts.get("month"))
    day = int(parts["day"]) if parts.get("day") else None
    try:
        first = datetime.date(year, month or 1, day or 1)
    except ValueError:
        return None
    last_month = month or 12
    last = datetime.date(year, last_month, day or monthrange(year, last_month)[1])
    return StatedDate(first, last, match.start(), match.end())


def _month_of(name: str | None) -> int | None:
    if name is None:
        return None
    if name.isdigit():
        number = int(name)
        return number if 1 <= number <= 12 else 13
    return month_number(name)
