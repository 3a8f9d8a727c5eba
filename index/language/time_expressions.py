"""Finds what a text says of time, "on Saturday" and "six weeks ago" included, and works out the days that it means."""

import datetime
import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from index.language.months import MONTH_PATTERN, MONTHS, WEEKDAYS, month_number

NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 2)}
_DAY = datetime.timedelta(days=1)

_MONTH = MONTH_PATTERN + r"\b\.?"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_D = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_COUNT = r"(?P<count>\d{1,3}|an?|few|several|" + "|".join(NUMBERS[1:]) + ")"
_UNIT = r"(?P<unit>day|week|month|year)s?"


@dataclass(frozen=True)
class TimeExpression:
    """A time in a text: the days `first` to `last` that it means, and where it stands in the text.

    `exact` is whether one day is named; `relative` whether the days had to be worked out from the text's own day.
    """

    first: datetime.date
    last: datetime.date
    start: int
    end: int
    relative: bool = False

    @property
    def exact(self) -> bool:
        """Whether one day is named, not a month, season or year."""
        return self.first == self.last


Reading = Callable[[re.Match[str], datetime.date], tuple[datetime.date, datetime.date] | None]


def find_times(text: str, reference: datetime.date | None) -> list[TimeExpression]:
    """The times of `text` in order; the longest form wins where several match.

    `reference` is the day on which the text was written; without it what needs one is left out. A day, month or
    weekday without a year is the last one that is not after `reference`. Impossible days (31 June) are left out.
    5/12/2024 is read with the day first where both are possible.
    """
    return list(_read(text, reference))


# The sentences of an article are looked at again with each question.
@lru_cache(maxsize=5_000)
def _read(text: str, reference: datetime.date | None) -> tuple[TimeExpression, ...]:
    times: list[TimeExpression] = []
    taken = bytearray(len(text))
    day = reference or datetime.date.min
    for pattern, needs_reference, reading in _FORMS:
        if needs_reference and reference is None:
            continue
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            # Taken though it may be impossible: "31 June 2024" must not be read as "June 2024".
            taken[start:end] = b"\1" * (end - start)
            try:
                days = reading(match, day)
            except (ValueError, OverflowError):
                continue
            if days:
                times.append(TimeExpression(*days, start, end, relative=needs_reference))
    return tuple(_joined(sorted(times, key=lambda t: t.start), text))


def _joined(times: list[TimeExpression], text: str) -> list[TimeExpression]:
    """ "Saturday, 23 November" is one time: the weekday beside a day says nothing new."""
    joined: list[TimeExpression] = []
    for time in times:
        last = joined[-1] if joined else None
        between = text[last.end : time.start] if last else ""
        if (
            last
            and last.exact
            and _BEFORE_A_DAY.fullmatch(between)
            and _is_weekday(text, last)
        ):
            joined[-1] = replace(time, start=last.start)
        elif last and time.exact and between in (" ", ", ") and _is_weekday(text, time):
            joined[-1] = replace(last, end=time.end)
        else:
            joined.append(time)
    return joined


def _is_weekday(text: str, time: TimeExpression) -> bool:
    # Only the end is read: a time joined of many is long.
    end = text[max(time.start, time.end - _LONGEST_WORD) : time.end]
    return end.lower().split()[-1][:3] in _WEEKDAY_NUMBERS


def _last_of(year: int, month: int) -> datetime.date:
    return datetime.date(year, month, monthrange(year, month)[1])


def _single_day(match: re.Match[str], _: datetime.date) -> tuple[datetime.date, datetime.date]:
    month = match["month"]
    day = datetime.date(int(match["year"]), int(month) if month.isdigit() else month_number(month), int(match["day"]))
    return day, day


def _by_numbers(match: re.Match[str], _: datetime.date) -> tuple[datetime.date, datetime.date]:
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    if second > 12:
        first, second = second, first
    day = datetime.date(year if year > 99 else 2000 + year, second, first)
    return day, day


def _day_range(match: re.Match[str], reference: datetime.date) -> tuple[datetime.date, datetime.date]:
    year = match["year"]
    last = (
        datetime.date(int(year), month_number(match["month"]), int(match["day"]))
        if year
        else _latest(month_number(match["month"]), int(match["day"]), reference)
    )
    first = last.replace(day=int(match["from"]))
    return (first, last) if first <= last else (last, last)


def _latest(month: int, day: int, reference: datetime.date) -> datetime.date:
    """The last such day that is not after `reference`, 29 February included."""
    for year in range(reference.year, reference.year - 9, -1):
        try:
            latest = datetime.date(year, month, day)
        except ValueError:
            continue
        if latest <= reference:
            return latest
    raise ValueError(f"{day}/{month}")


def _day_of_month(match: re.Match[str], reference: datetime.date) -> tuple[datetime.date, datetime.date]:
    day = _latest(month_number(match["month"]), int(match["day"]), reference)
    return day, day


def _month_of(match: re.Match[str], reference: datetime.date) -> tuple[datetime.date, datetime.date]:
    month = month_number(match["month"])
    parts = match.groupdict()
    year = int(parts["year"]) if parts.get("year") else reference.year - (month > reference.month)
    return _part(datetime.date(year, month, 1), _last_of(year, month), parts.get("part"))


def _part(first: datetime.date, last: datetime.date, part: str | None) -> tuple[datetime.date, datetime.date]:
    """The third of a month or year that is meant by "early", "mid" and "late"."""
    third = (last - first) / 3
    word = (part or "").lower().removeprefix("the ")
    if word.startswith(("early", "start", "beginning")):
        return first, first + third
    if word.startswith(("mid", "middle")):
        return first + third, last - third
    if word.startswith(("late", "end")):
        return last - third, last
    return first, last


def _season_of(match: re.Match[str], reference: datetime.date) -> tuple[datetime.date, datetime.date]:
    begin, end = _SEASONS[match["season"].lower()]
    year = int(match["year"]) if match["year"] else reference.year - (begin > reference.month)
    return datetime.date(year, begin, 1), _last_of(year + (end < begin), end)


def _year_of(match: re.Match[str], _: datetime.date) -> tuple[datetime.date, datetime.date]:
    year = int(match["year"])
    return _part(datetime.date(year, 1, 1), datetime.date(year, 12, 31), match["part"])


def _weekday_of(match: re.Match[str], reference: datetime.date) -> tuple[datetime.date, datetime.date]:
    number = _WEEKDAY_NUMBERS[match["weekday"].lower()[:3]]
    if (match["which"] or "").lower() == "next":
        day = reference + _DAY * ((number - reference.weekday() - 1) % 7 + 1)
    else:
        day = reference - _DAY * ((reference.weekday() - number) % 7)
        day -= _DAY * 7 if (match["which"] or "").lower() == "last" and day == reference else _DAY * 0
    return day, day


def _near_day(match: re.Match[str], reference: datetime.date) -> tuple[datetime.date, datetime.date]:
    word = match["near"].lower()
    shift = -1 if word.startswith(("yesterday", "last")) else 1 if word == "tomorrow" else 0
    day = reference + _DAY * shift
    return day, day


def _period(match: re.Match[str], reference: datetime.date) -> tuple[datetime.date, datetime.date]:
    shift = {"last": -1, "past": -1, "previous": -1, "next": 1, "coming": 1}.get(match["which"].lower(), 0)
    unit = match["unit"].lower()
    if unit == "week":
        monday = reference - _DAY * reference.weekday() + _DAY * 7 * shift
        return monday, monday + _DAY * 6
    if unit == "weekend":
        saturday = reference - _DAY * ((reference.weekday() - 5) % 7) + _DAY * 7 * max(shift, 0)
        return saturday, saturday + _DAY
    if unit == "month":
        first, last = _months(reference, shift)
        return first, last
    year = reference.year + shift
    return datetime.date(year, 1, 1), datetime.date(year, 12, 31)


def _months(day: datetime.date, shift: int) -> tuple[datetime.date, datetime.date]:
    at = day.year * 12 + day.month - 1 + shift
    return datetime.date(at // 12, at % 12 + 1, 1), _last_of(at // 12, at % 12 + 1)


def _number(word: str) -> int:
    word = word.lower()
    return int(word) if word.isdigit() else NUMBERS.index(word) if word in NUMBERS else 1 if word in ("a", "an") else 3


def _ago(match: re.Match[str], reference: datetime.date) -> tuple[datetime.date, datetime.date]:
    count, unit = _number(match["count"]), match["unit"].lower()
    if unit == "day":
        day = reference - _DAY * count
        return day, day
    if unit == "week":
        day = reference - _DAY * 7 * count
        return day - _DAY * 3, day + _DAY * 3
    if unit == "month":
        return _months(reference, -count)
    return datetime.date(reference.year - count, 1, 1), datetime.date(reference.year - count, 12, 31)


def _past_stretch(match: re.Match[str], reference: datetime.date) -> tuple[datetime.date, datetime.date]:
    days = {"day": 1, "week": 7, "month": 30, "year": 365}[match["unit"].lower()]
    return reference - _DAY * days * _number(match["count"]), reference


def _form(pattern: str, needs_reference: bool, reading: Reading) -> tuple[re.Pattern[str], bool, Reading]:
    return re.compile(pattern, re.IGNORECASE), needs_reference, reading


def _forms() -> Iterator[tuple[re.Pattern[str], bool, Reading]]:
    part = r"(?:(?P<part>early|mid|late|the (?:start|beginning|middle|end) of|(?:start|beginning|middle|end) of)[ -])?"
    # "The sun shone", "they sat": short forms of weekdays have a capital.
    weekday = "|".join(f"{day}|(?-i:{day[:3].title()})" for day in WEEKDAYS)
    yield _form(rf"\b{_YEAR}(?P<mark>[-/.])(?P<month>[01]?\d)(?P=mark)(?P<day>[0-3]?\d)(?!\d)", False, _single_day)
    yield _form(
        r"(?<![\d/.-])(?P<first>[0-3]?\d)[/.](?P<second>[0-3]?\d)[/.](?P<year>(?:20)?\d\d)(?![\d/-]|\.\d)",
        False,
        _by_numbers,
    )
    yield _form(rf"\b(?P<from>[0-3]?\d) ?(?:-|–|and|to) ?{_D} (?:of )?{_MONTH}(?:,? {_YEAR})?", True, _day_range)
    yield _form(rf"\b{_D}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}\b", False, _single_day)
    yield _form(rf"\b{_MONTH}\s+{_D},?\s+{_YEAR}\b", False, _single_day)
    yield _form(rf"\b{_D}\s+(?:of\s+)?{_MONTH}(?![a-z])", True, _day_of_month)
    yield _form(rf"\b{_MONTH}\s+{_D}\b(?![:.,]?\d| ?%| percent)", True, _day_of_month)
    yield _form(rf"\b{part}{_MONTH}(?: of)?,?\s+{_YEAR}\b", False, _month_of)
    yield _form(rf"\b(?P<season>{'|'.join(_SEASONS)})(?: of)? {_YEAR}\b", False, _season_of)
    yield _form(
        r"\b(?:in|last|this|since|by|until|during) (?:the )?(?P<season>spring|summer|autumn|winter)"
        r"\b(?P<year>(?!))?",
        True,
        _season_of,
    )
    months = "|".join(month for month in MONTHS if month not in ("march", "may"))
    yield _form(rf"\b{part}(?P<month>{months})\b", True, _month_of)
    # "May" and "March" are verbs, too: as months they stand behind a preposition or the like, or have a capital.
    yield (
        re.compile(
            rf"\b(?i:{part})(?P<month>(?<=[a-z,] )M(?:ay|arch)\b(?! (?:be|have|not|on|to|in)\b)|(?<=\bend of )may"
            r"|(?<=\bin )(?:may|march)|(?<=\bsince )(?:may|march)|(?<=\bby )(?:may|march)|(?<=\buntil )may)\b"
        ),
        True,
        _month_of,
    )
    yield _form(
        rf"\b(?:(?P<which>last|next|this) )?(?P<weekday>{weekday})\b\.?(?!\s?[-'’]?[a-z]*day)", True, _weekday_of
    )
    yield _form(
        r"\b(?P<near>today|tonight|yesterday|tomorrow|this (?:morning|afternoon|evening)|last night)\b", True, _near_day
    )
    yield _form(r"\b(?P<which>this|last|past|previous|next|coming) (?P<unit>week|weekend|month|year)\b", True, _period)
    yield _form(rf"\b{_COUNT} {_UNIT} ago\b", True, _ago)
    yield _form(rf"\b(?:in|over|within|during|for) the (?:last|past|previous) {_COUNT} {_UNIT}\b", True, _past_stretch)
    yield _form(
        rf"(?<![\d.,$€£-])\b(?:(?P<part>early|mid|late)[ -])?{_YEAR}\b(?![.,]\d|s\b| (?:people|seats|votes))",
        False,
        _year_of,
    )


_BEFORE_A_DAY = re.compile(r"(?: (?:morning|evening|night|afternoon))?,? (?:the )?")
_LONGEST_WORD = 20
_WEEKDAY_NUMBERS = {day[:3]: number for number, day in enumerate(WEEKDAYS)}
_FORMS = list(_forms())
