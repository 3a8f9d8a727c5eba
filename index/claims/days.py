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
            return best.first, best.last, "relative" if best.relative else "named"
        if line.day is None and _is_of_the_past(clause, times, date):
            # What is told beside a year long past and names no day of its own is of that time.
            return times[-1].first, times[-1].last, "named"
    if line.day is not None:
        return line.day.first, line.day.last, "heading"
    return None, None, ""


def day_alone(sentence: str, date: datetime.date | None) -> TimeExpression | None:
    """The day that a line or sentence consists of, such as a timeline's heading; None where it says more."""
    if len(sentence) > 40:
        return None
    times = [time for time in find_times(sentence, date) if time.exact]
    if len(times) != 1:
        return None
    rest = sentence[: times[0].start] + sentence[times[0].end :]
    return times[0] if not re.search(r"\w{3,}", rest) else None


def _own_times(sentence: Sentence, clause: Clause, times: Sequence[TimeExpression]) -> list[TimeExpression]:
    """The times that belong to a clause, not to one below it; where it has none, those below unless it is reported."""
    below = sentence.subtree(sentence.tokens[clause.verb])
    inside = {token.start for token in below}
    subordinate = _starts_below(sentence, [t for t in below if t.i != clause.verb and t.dep in _SUBORDINATE])
    own = [time for time in times if time.start in inside - subordinate]
    return own if own or clause.speaker else [time for time in times if time.start in inside]


def _starts_below(sentence: Sentence, tokens: Sequence[Token]) -> set[int]:
    """Where the words stand that belong to a verb among `tokens`."""
    return {below.start for token in tokens if token.is_verb for below in sentence.subtree(token)}


def _is_of_the_past(clause: Clause, times: Sequence[TimeExpression], date: datetime.date | None) -> bool:
    past = clause.tense in (Tense.PAST, Tense.BEFORE) and date is not None
    return past and all((date - time.last).days > BACKGROUND_DAYS for time in times)  # type: ignore[operator]
