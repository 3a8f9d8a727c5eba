"""The claim: what one sentence says of who holds a place, a company or an office, and how it says so."""

import datetime
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """What is claimed of the holder and the place."""

    HOLDS = "holds"
    TOOK = "took"
    LEFT = "left"
    LOST = "lost"
    BESIEGED = "besieged"
    CONTESTED = "contested"
    HELD_BEFORE = "held before"


# Statuses of a holder who has the place, and of one who no longer has it.
HOLDING = (Status.HOLDS, Status.TOOK)
GONE = (Status.LEFT, Status.LOST)


class Certainty(StrEnum):
    """How sure the sentence is of it."""

    FACT = "fact"
    ATTRIBUTED = "attributed"
    DENIED = "denied"


class Origin(StrEnum):
    """Who drew a claim from its sentence: the rules, with the tagger beside them, or an LLM."""

    RULES = "rules"
    LLM = "llm"


@dataclass(frozen=True)
class Claim:
    """`holder` had or has the relation `status` to `place`; None where the sentence does not say who.

    `start` and `end` are the sentence's span in its article's text. `since` and `until` are the days of the event as
    far as they are told or follow from the report's own day, `dated` how they are known. `resolved_from` is the word
    that stands in the sentence for the place, such as "the town", else empty; `holder_from` likewise what stands for
    the holder, such as "it" or "their fighters". `weight` is how directly it is said.
    `role` is the office that is held, such as "mayor", in lower case, and `place` the body whose office it is, empty
    where the sentence does not name that; of a place that is held `role` is empty. `origin` is who drew the claim.
    """

    place: str
    holder: str | None
    status: Status
    certainty: Certainty
    start: int
    end: int
    since: datetime.date | None = None
    until: datetime.date | None = None
    dated: str = ""
    said_by: str | None = None
    resolved_from: str = ""
    weight: float = 1.0
    role: str = ""
    holder_from: str = ""
    origin: Origin = Origin.RULES


    def contradicts(self, other: "Claim") -> bool:
        """Whether one gives a place to the holder who by the other has left or lost it."""
        is_same = (self.place, self.holder, self.role) == (other.place, other.holder, other.role)
        gives, gone = {self.status, other.status} & {*HOLDING}, {self.status, other.status} & {*GONE}
        return self.holder is not None and is_same and bool(gives and gone)


@dataclass(frozen=True)
class ReportedClaim:
    """A claim with the article that makes it: its id, title, source, web address and date, and the sentence itself.

    `against` is who lost the place by the same sentence, where that is known.
    """

    claim: Claim
    article_id: str
    title: str
    source: str | None
    url: str | None
    reported: datetime.date | None
    sentence: str
    against: str = ""
