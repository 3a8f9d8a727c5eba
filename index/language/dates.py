"""Finds dates as people write them ("November 30, 2024", "5 Dec 2024", "2024-12-05", "1 December", "in 2016")."""

import datetime
import re
from bisect import bisect_left
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass

MONTHS = ("january february march april may june july august september october november december").split()
_MONTH = r"(?P<month>" + "|".join(f"{m}|{m[:3]}" + (r"|sept" if m == "september" else "") for m in MONTHS) + r")\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        r"\b(?P<year>(?:19|20)\d\d)(?P<mark>[-/.])(?P<month>[01]\d)(?P=mark)(?P<day>[0-3]\d)(?!\d)",
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
_NOT_PUBLICATION = re.compile(
    r"\b(since|until|till|before|after|from|by|between|born|died|founded|established|dated|due)( (on|in))?\s*+$",
    re.IGNORECASE,
)
_OWN_LINE_EXTRA_CHARACTERS = 40
# So far before a date it is looked for what the date is of.
_BEFORE_CHARACTERS = 100


@dataclass(frozen=True)
class FoundDate:
    """A date, month or year in a text: the days it spans and where it stands."""

    first: datetime.date
    last: datetime.date
    start: int
    end: int

    @property
    def is_day(self) -> bool:
        """Whether one day is named, not a month or a year."""
        return self.first == self.last


def find_dates(text: str, *, default_year: int | None = None) -> list[FoundDate]:
    """The dates of `text` in order; the longest form wins where several match. A day and month without a year is
    given `default_year`, and left out where that is None. Impossible dates (31 June) are left out."""
    found: list[FoundDate] = []
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
                found.append(date)
    return sorted(found, key=lambda f: f.start)


def publication_date(text: str) -> datetime.date | None:
    """The day that `text` itself gives as its own: one on a line of its own, else the full date named most often.

    None where no full date is named, or where several are named equally often: a guess would be worse.
    """
    days: Counter[datetime.date] = Counter()
    for line in text.splitlines():
        length = len(line.strip())
        for date in find_dates(line):
            before = line[max(date.start - _BEFORE_CHARACTERS, 0) : date.start]
            if not date.is_day or _NOT_PUBLICATION.search(before):
                continue
            if length <= date.end - date.start + _OWN_LINE_EXTRA_CHARACTERS and not line.endswith("."):
                return date.first
            days[date.first] += 1
    ranked = days.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def parse_date(value: object) -> datetime.date | None:
    """A stated value (date, datetime, text or a list of them) as a date; None where it holds no full date.

    The day is the one that is written: an offset behind the time says where the writer was, and shifts nothing.
    """
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    # Anything else may be nested without end.
    days = [d for d in find_dates(value) if d.is_day] if isinstance(value, str) else []
    return days[0].first if days else None


def _date_of(match: re.Match[str], year: int) -> FoundDate | None:
    parts = match.groupdict()
    month = _month_number(parts.get("month"))
    day = int(parts["day"]) if parts.get("day") else None
    try:
        first = datetime.date(year, month or 1, day or 1)
    except ValueError:
        return None
    last_month = month or 12
    last = datetime.date(year, last_month, day or monthrange(year, last_month)[1])
    return FoundDate(first, last, match.start(), match.end())


def _month_number(name: str | None) -> int | None:
    if name is None:
        return None
    if name.isdigit():
        number = int(name)
        return number if 1 <= number <= 12 else 13
    return next(n for n, month in enumerate(MONTHS, 1) if month.startswith(name.lower()[:3]))
