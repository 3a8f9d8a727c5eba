"""Looks whether a statement tells as present what only an older report tells, though a newer one of the same was at
hand: what was so on its day may be so no longer."""

import datetime
import re
from collections.abc import Sequence
from enum import StrEnum

from chatbot.verification.evidence import PassageEvidence
from chatbot.verification.holders import is_of_another
from chatbot.verification.read_sentence import concepts
from chatbot.verification.statement import Context, ReadStatement
from index.language.clauses import Clause, Modality, Tense
from index.language.predicates import is_speech
from index.language.time_expressions import find_times
from index.message import Message

STILL_SO = Message("that it is still so")
# "He still holds it": said to be so at present, whatever the report's day.
_LASTING = re.compile(
    r"\b(?:still|remains?|to this day|even now|currently|at present|at the moment|for now|nowadays|these days)\b",
    re.IGNORECASE,
)
_HANGING = ("relcl", "acl", "advcl")


class Age(StrEnum):
    """What the age of its evidence makes of a statement."""

    CURRENT = "current"
    OLDER = "older"
    OUTDATED = "outdated"


def age_of(
    stated: ReadStatement, context: Context, cited: Sequence[PassageEvidence], shown: Sequence[PassageEvidence]
) -> tuple[Age, str]:
    """Whether `stated`, which `cited` support, may be outdated by newer ones of `shown`, and what of it is in doubt.

    OLDER: told as present, from a report that is not the newest one. OUTDATED: it is said to be still so, or a newer
    report gives what is held to another.
    """
    newer = _newer(cited, shown)
    if not newer or not _is_present(stated):
        return Age.CURRENT, ""
    for claim in stated.claims:
        if is_of_another(claim, [reported for passage in newer for reported in passage.claims(claim)]):
            return Age.OUTDATED, Message("who holds %(place)s now", place=claim.place)
    about = _names(stated, context)
    if not any(about & concepts(passage.retrieved.passage.text) for passage in newer):
        return Age.CURRENT, ""
    return (Age.OUTDATED, STILL_SO) if _LASTING.search(stated.body) else (Age.OLDER, STILL_SO)


def _newer(cited: Sequence[PassageEvidence], shown: Sequence[PassageEvidence]) -> list[PassageEvidence]:
    """Those that are younger than all that are cited; none where a day is not known."""
    days = [passage.retrieved.article.date for passage in cited]
    if not days or None in days:
        return []
    newest = max(day for day in days if day is not None)
    return [passage for passage in shown if (passage.retrieved.article.date or datetime.date.min) > newest]


def _is_present(stated: ReadStatement) -> bool:
    """Whether it tells something as present and does not say of which day."""
    if stated.heading or any(time.exact for time in find_times(stated.text, stated.day)):
        return False
    return any(_tells_state(stated, clause) for clause in stated.read.annotation.clauses)


def _tells_state(stated: ReadStatement, clause: Clause) -> bool:
    is_main = stated.read.parsed.tokens[clause.verb].dep not in _HANGING
    is_present = clause.tense is Tense.PRESENT and clause.modality is Modality.FACT
    return is_main and is_present and clause.speaker is None and not is_speech(clause.lemma)


def _names(stated: ReadStatement, context: Context) -> frozenset[str]:
    """What the names of the statement and of the question stand for."""
    own = [token.text for token in stated.read.parsed.tokens if token.is_name]
    asked = [word for word in context.question.split()[1:] if word[:1].isupper()]
    return concepts(" ".join([*own, *asked]))
