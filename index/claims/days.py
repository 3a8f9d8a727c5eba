"""Works out the days of what is claimed: named in the clause, beside it, or by the heading above."""

import datetime
import re
from collections.abc import Sequence

from index.language.annotations import Annotation
from index.language.clauses import Clause, Tense
from index.language.parser import Sentence, Token, dateline_end
from index.language.time_expressions import TimeExpression, find_times

# An event that ended so long before the report is history that it recalls.
BACKGROUND_DAYS = 400
LONGEST_HEADING_CHARACTERS = 60
# What stands beside the day or time in the heading of an entry: "Entry of 3 May, 14.20 GMT", "Posted at 2:20 p.m. ET".
_BESIDE_TIMES = re.compile(
    r"\b(?:entry|update|updated|posted|published|added|filed|last|local time|time|hours|(?:[A-Z]{1,4})T|GMT|UTC)\b",
    re.IGNORECASE,
)
# What every name of a single day holds: to look for all forms of times takes much longer.
_MAY_NAME_DAY = re.compile(
    r"\d|day|night|morning|afternoon|evening|tomorrow|\b(?:mon|tue|wed|thu|fri|sat|sun)\b", re.IGNORECASE
)
_TIME_ALONE = re.compile(
    r"(?:(?:entry|update|updated|posted|published|added|filed)\W{0,3}+)?(?:(?:of|at)\W{0,3}+)?\W{0,3}+"
    r"(?:[01]?\d|2[0-3])[:.h][0-5]\d(?:\s?[ap]\.?m\b\.?)?(?:\s?(?:[A-Z]{1,4}T|GMT|UTC|hours|local time))?\W{0,3}+",
    re.IGNORECASE,
)
_SUBORDINATE = ("relcl", "advcl", "ccomp", "conj", "acl")

Days = tuple[datetime.date | None, datetime.date | None, str]


def days_of(line: Annotation, clause: Clause | None, date: datetime.date | None) -> Days:
    """The first and last day of what a clause tells, and how they are known: "named", "relative", "heading" or ""."""
    sentence = line.parsed
    times = [time for time in find_times(sentence.text, date) if time.start >= dateline_end(sentence.text)]
    if clause is not None and times:
        own = _own_times(sentence, clause, times)
        if own:
            at = sentence.tokens[clause.verb].start
            best = min(own, key=lambda time: (not time.exact, abs(time.start - at)))
            return best.first, _end(sentence, best), "relative" if best.relative else "named"
        if line.day is None and _is_of_the_past(sentence, clause, times, date):
            # What is told beside a year long past and names no day of its own is of that time.
            return times[-1].first, times[-1].last, "named"
    if line.day is not None:
        return line.day.first, line.day.last, "heading"
    return None, None, ""


def day_alone(sentence: str, date: datetime.date | None) -> TimeExpression | None:
    """The day that a line or sentence consists of, such as a timeline's heading; None where it says more."""
    if len(sentence) > LONGEST_HEADING_CHARACTERS or not _MAY_NAME_DAY.search(sentence):
        return None
    times = [time for time in find_times(sentence, date) if time.exact]
    if len(times) != 1:
        return None
    rest = sentence[: times[0].start] + sentence[times[0].end :]
    return times[0] if not re.search(r"\w{3,}", _BESIDE_TIMES.sub("", rest)) else None


def is_time_alone(sentence: str) -> bool:
    """Whether a line is a time of day and no more, such as the heading of an entry in a live blog."""
    return _TIME_ALONE.fullmatch(sentence) is not None


def _own_times(sentence: Sentence, clause: Clause, times: Sequence[TimeExpression]) -> list[TimeExpression]:
    """The times that belong to a clause, not to one below it; where it has none, those below unless it is reported."""
    below = sentence.subtree(sentence.tokens[clause.verb])
    inside = {token.start for token in below}
    subordinate = _starts_below(sentence, [t for t in below if t.i != clause.verb and t.dep in _SUBORDINATE])
    own = [time for time in times if time.start in inside - subordinate]
    if own or clause.speaker:
        return own
    return [time for time in times if time.start in inside and not _is_beginning(sentence, time)]


def _end(sentence: Sentence, time: TimeExpression) -> datetime.date | None:
    """The last day of a time; None for "since May", which has no end yet."""
    return None if _is_beginning(sentence, time) else time.last


def _is_beginning(sentence: Sentence, time: TimeExpression) -> bool:
    """Whether a time is when a state began that another clause tells of: "the town, which they had held since May"."""
    return sentence.text[: time.start].rstrip().lower().endswith("since")


def _starts_below(sentence: Sentence, tokens: Sequence[Token]) -> set[int]:
    """Where the words stand that belong to a verb among `tokens`."""
    return {below.start for token in tokens if token.is_verb for below in sentence.subtree(token)}


def _is_of_the_past(
    sentence: Sentence, clause: Clause, times: Sequence[TimeExpression], date: datetime.date | None
) -> bool:
    if clause.tense not in (Tense.PAST, Tense.BEFORE) or date is None:
        return False
    ended = [time for time in times if not _is_beginning(sentence, time)]
    return bool(ended) and all((date - time.last).days > BACKGROUND_DAYS for time in ended)
