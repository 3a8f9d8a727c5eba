"""Sentences and small articles as the parser reads them, for tests of the language."""

import datetime
from collections.abc import Sequence

from index.claim import Claim
from index.claims.extract import annotate, claims_of
from index.language.annotations import Annotation
from index.language.clauses import Clause, clauses_of
from index.language.parser import Sentence
from index.language.sentences import sentence_spans
from tests.support.reports import parser

REPORTED = datetime.date(2031, 5, 20)


def parsed(text: str) -> Sentence:
    """One sentence, parsed."""
    return parser().parse([text])[0]


def clause(text: str, predicate: str) -> Clause:
    """The one clause of a sentence with this predicate."""
    [read] = [candidate for candidate in clauses_of(parsed(text)) if candidate.predicate == predicate]
    return read


def roles(text: str, predicate: str) -> dict[str, list[str]]:
    """The arguments of a clause by role."""
    by_role: dict[str, list[str]] = {}
    for argument in clause(text, predicate).arguments:
        by_role.setdefault(argument.role, []).append(argument.text)
    return by_role


def annotated(text: str, day: datetime.date | None = REPORTED) -> list[Annotation]:
    """The sentences of an article of this day."""
    return annotate(text, day, sentence_spans(text), parser())


def claims(text: str, day: datetime.date | None = REPORTED) -> list[Claim]:
    """What an article of this day claims."""
    return claims_of("A report", day, annotated(text, day))


def held(given: Sequence[Claim]) -> list[tuple[str, str | None, str]]:
    """Place, holder and status of each claim."""
    return [(claim.place, claim.holder, claim.status.value) for claim in given]
