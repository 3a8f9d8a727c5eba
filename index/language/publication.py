"""Finds the day that a text gives as its own day of publication: in a dateline ("MARLOW, 5 March 2024 (Reuters) -") or
on a line of its own ("By Anna Reader | Published 5 March 2024, 10:15"). Dates in running sentences are of other things.
"""

import datetime
import re
from collections.abc import Iterator, Sequence

from index.language.dates import StatedDate, find_dates, is_past, numeric_day

# A date alone on a line this far down is a heading in the text, as in a chronology.
HEAD_LINES = 8
LONGEST_LINE_CHARACTERS = 120
DATELINE, OWN_LINE = "dateline", "line in the text"

_DATE = "\0"
_SMALL = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
    r"|\b\d{1,2}[:.h]\d\d(?::\d\d)?(?:\s?[ap]\.?m\b\.?)?|\b\d{1,2}\s?[ap]\.?m\b\.?"
    r"|\b(?:[A-Z]{1,4}T|UTC|GMT|BST|Uhr)\b(?:\s?[+-]\d{1,2}(?::?\d\d)?)?|\bT\d\d:?\d\d\S*",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"(?:(?:first|originally)\s+)?(?:publi(?:shed|cation)|posted|released|issued|print(?:ed)?)(?:\s+(?:online|date|first))?"
    r"|date|dated|veröffentlicht|erschienen|publié(?:e)?\s+le|publicado(?:\s+el)?",
    re.IGNORECASE,
)
_UPDATED = re.compile(r"(?:last\s+|page\s+last\s+)?(?:updated?|modified|revised)|stand", re.IGNORECASE)
_JOINING = re.compile(r"(?:\s|,|:|\bon\b|\bat\b|\bin print\b|[()\[\]])+", re.IGNORECASE)
_SEPARATORS = re.compile(r"(?<!\s)[^\S\t]*+[|·•\t/]\s*+|(?<!\s)\s++[-–—]++\s++|\.(?:\s++|$)|;\s++")
_NAME = r"(?:[^\W\d_a-z]\S*|and|of|the|for|de|van|von|al)"
_NAMES = re.compile(rf"(?:by\s+)?{_NAME}(?:,?\s+{_NAME})*")
_BYLINE = re.compile(r"(?<=\0)\s*,?\s*[Bb]y(?:\s+[^\W\d_a-z]\S*){1,4}\s*$")
_MOST_NAME_WORDS = 6
_PLACE = r"(?!(?:On|In|By|Since|As|From|Until|After|Before|At|The|It|He|She|They|We|This|That|When|Then)\b)"
_WORD = r"[^\W\d_a-z][\w'’.-]{0,30}+"
_DATELINE = re.compile(
    rf"\W{{0,2}}{_PLACE}{_WORD}(?:[,/]?\s+(?:of\s|the\s|de\s|al\s|upon\s)?{_WORD}){{0,4}}(?:\s*\([^()]{{2,30}}\))?"
    r"[,.]?\s*(?:[-–—]+\s*)?[(\[]?\0[)\]]?,?(?:\s*[(\[][^()\[\]\0]{2,40}[)\]])?\s*+"
    r"(?:[-–—]+|:)\s"
)


def publication_date(text: str, language: str | None = None) -> tuple[datetime.date, str] | None:
    """The day that `text` itself gives as its own, and how it was found (`DATELINE` or `OWN_LINE`).

    None where it gives none, where different lines of it give different days, and for a day that is still to come.
    `language` is what the text states as its language, such as en-GB: it tells 04/03 from 03/04.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    dated = next(filter(None, map(_dateline, lines[:HEAD_LINES])), None)
    if dated:
        return dated, DATELINE
    day = _surest(list(_own_lines(lines, language)), len(lines))
    return (day, OWN_LINE) if day else None


def _own_lines(lines: Sequence[str], language: str | None) -> Iterator[tuple[str, datetime.date, int]]:
    for number, line in enumerate(lines):
        yield from ((kind, day, number) for kind, day in _own(line, language))


def _surest(own: Sequence[tuple[str, datetime.date, int]], lines: int) -> datetime.date | None:
    """Of the days on lines of their own, each with its kind and line, the one that the text of so many lines is of."""
    published = [day for kind, day, _ in own if kind == "published"]
    if published:
        return published[0]
    bare = {day for kind, day, number in own if kind == "bare" and (number < HEAD_LINES or number == lines - 1)}
    days = bare or {day for kind, day, _ in own if kind == "updated"}
    return days.pop() if len(days) == 1 else None


def _dateline(line: str) -> datetime.date | None:
    for date in _days(line[: LONGEST_LINE_CHARACTERS + 40])[:1]:
        if _DATELINE.match(f"{line[: date.start]}{_DATE}{line[date.end : date.end + 60]}"):
            return date.first
    return None


def _own(line: str, language: str | None) -> list[tuple[str, datetime.date]]:
    """The days of a line that holds nothing but them and what stands beside such a date: who, where and at what time;
    each with its kind: published, updated or bare."""
    if len(line) > LONGEST_LINE_CHARACTERS:
        return []
    days, line = _masked(line, language)
    kinds = list(map(_kind, _parts(line))) if days else []
    if None in kinds:
        return []
    stated = [kind for kind in kinds if kind and kind != "names"]
    return [(kind, day) for kind, day in zip(stated, days, strict=False) if is_past(day)]


def _parts(line: str) -> list[str]:
    """What separators part a line into, without clock times and weekdays."""
    return [part for part in _SEPARATORS.split(_SMALL.sub(" ", line)) if part.strip(" ,:()[]")]


def _masked(line: str, language: str | None) -> tuple[list[datetime.date], str]:
    """The days in a line, and the line with a mark in place of each."""
    dates = _days(line)
    if not dates and (numeric := numeric_day(line, language)):
        day, start, end = numeric
        return [day], line[:start] + _DATE + line[end:]
    for date in reversed(dates):
        line = line[: date.start] + _DATE + line[date.end :]
    return [date.first for date in dates], line


def _kind(part: str) -> str | None:
    if _DATE not in part:
        return "names" if _NAMES.fullmatch(part.strip()) and len(part.split()) <= _MOST_NAME_WORDS else None
    if part.count(_DATE) > 1:
        return None
    part = _BYLINE.sub("", part)
    rest = _JOINING.sub(" ", part.replace(_DATE, " ")).strip()
    if not rest:
        return "bare"
    if _PUBLISHED.fullmatch(rest):
        return "published"
    if _UPDATED.fullmatch(rest):
        return "updated"
    before, _, after = part.partition(_DATE)
    # "London, 5 March 2024": a place, and nothing behind the date.
    named = before.rstrip().endswith(",") and not after.strip(" ,.") and _NAMES.fullmatch(before.strip(" ,"))
    return "bare" if named and len(before.split()) <= 3 else None


def _days(line: str) -> list[StatedDate]:
    return [date for date in find_dates(line) if date.is_day and is_past(date.first)]
