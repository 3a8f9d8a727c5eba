"""Says how a sentence tells a claim: how sure it is of it, and whether what it tells is over."""

import datetime
import re

from index.claim import Certainty, Claim, Status
from index.claims.days import BACKGROUND_DAYS
from index.language.clauses import Clause, Tense
from index.language.months import MONTHS
from index.language.parser import Sentence

YEAR_DAYS = 366
NEAR_CHARACTERS = 30
# "In July of that year", "that spring": of a time that another sentence names.
_OF_THAT_TIME = re.compile(rf"\bthat (?:same )?(?:year|month|spring|summer|autumn|winter|{'|'.join(MONTHS)})\b", re.I)
_PAST_MARKS = re.compile(
    # "Ada Lund, formerly of the bank, chairs it": that is of her.
    r"\b(?:once(?! (?:again|more|the|they|it|he|she|we)\b)|formerly(?! (?:of|at|with|the|an?)\b)|previously|used to"
    r"|until (?:then|now|recently|that|the))\b",
    re.IGNORECASE,
)
# "For ten days": whoever held a place so long holds it no longer.
_FOR_A_TIME = re.compile(
    r"\bfor (?:(?:about|almost|nearly|some|over|only|just|(?:more|less) than) )?(?!the\b|this\b|that\b|most\b)[\w-]+ "
    r"(?:minute|hour|day|night|week|fortnight|month|year|decade)s?\b",
    re.IGNORECASE,
)


def certainty_of(clause: Clause | None) -> Certainty:
    """How sure a clause is of what it tells; without one it is told as a fact."""
    if clause is None:
        return Certainty.FACT
    return Certainty.DENIED if clause.denied else Certainty.ATTRIBUTED if clause.speaker else Certainty.FACT


def is_of_another_time(sentence: Sentence, clause: Clause | None) -> bool:
    """Whether a clause is told of a time that another sentence names: "That spring they took the town." """
    return clause is not None and clause.tense is not Tense.PRESENT and bool(_OF_THAT_TIME.search(sentence.text))


def is_over(
    sentence: Sentence, clause: Clause | None, until: datetime.date | None, date: datetime.date | None, *, role: str
) -> bool:
    """Whether a state is told as one of the past: by a word such as "once", by its year, as having lasted for so long,
    or since who "led" a body does so no longer."""
    if _PAST_MARKS.search(_around(sentence, clause)):
        return True
    if clause is None or clause.tense is not Tense.PAST:
        return False
    lasted = _FOR_A_TIME.search(_around(sentence, clause))
    if not clause.negated and (lasted or re.search(r"\buntil\b", sentence.text, re.IGNORECASE)):
        return True
    return bool(role) or (until is not None and date is not None and (date - until).days > YEAR_DAYS)


def is_background(claim: Claim, date: datetime.date | None) -> bool:
    """History that an article recalls: an event that ended long before the report and is told as past."""
    return (
        date is not None
        and claim.until is not None
        and (date - claim.until).days > BACKGROUND_DAYS
        and claim.status is not Status.HOLDS
    )


def _around(sentence: Sentence, clause: Clause | None) -> str:
    """The text around a clause's verb, all of the sentence where there is no clause."""
    if clause is None:
        return sentence.text
    return sentence.text[max(0, clause.start - NEAR_CHARACTERS) : clause.end + NEAR_CHARACTERS]
