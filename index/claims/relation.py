"""The relation: one reading of who holds what, as a sentence says it, before its names and days are worked out."""

from dataclasses import dataclass, replace

from index.claim import GONE, HOLDING, Status
from index.language.clauses import Argument, Clause, Tense

# The weight of what says nothing: who never held a place has not lost it.
NOTHING = 0.0
# That of what goes on as it was: a place that has not fallen.
AS_BEFORE = 0.4


@dataclass(frozen=True)
class Relation:
    """One reading: the place as the clause has it, the holder's words (None where he is not told), and the clause that
    says so (None for "the Russian-held town"). `weight` is how directly it is said, `by_flag` whether it follows from
    whose flag flies there, `tagged` whether the tagger alone reads it."""

    status: Status
    place: Argument
    holder: str | None
    clause: Clause | None
    weight: float = 1.0
    by_flag: bool = False
    tagged: bool = False


def relation(clause: Clause, status: Status, place: Argument, holder: Argument | None, weight: float = 1.0) -> Relation:
    """The relation that a clause tells, as its negation and tense have it."""
    text = holder.text if holder is not None else None
    if _is_denial(clause, status, named=text is not None):
        return Relation(status, place, text, replace(clause, denied=True), weight)
    if clause.negated or clause.ended:
        return _denied(clause, status, place, text, weight)
    # "It said that it had held the town since Thursday" is told of the day of saying so.
    goes_on = clause.speaker is not None and bool(clause.of("since"))
    if clause.tense is Tense.BEFORE and status in (Status.HOLDS, Status.BESIEGED) and not goes_on:
        status = Status.HELD_BEFORE
    return Relation(status, place, text, clause, weight)


def _denied(clause: Clause, status: Status, place: Argument, holder: str | None, weight: float) -> Relation:
    """ "Does not hold", "no longer controls": lost. "Has not fallen", "has not left": as it was."""
    never = not clause.ended and clause.tense is not Tense.PRESENT
    if status is Status.HOLDS and never and holder:
        return Relation(status, place, holder, clause, NOTHING)
    if status is Status.HOLDS and not never:
        return Relation(Status.LOST, place, holder, clause, weight if holder else 0.3)
    keeper = holder if status in GONE else None
    return Relation(Status.HOLDS, place, keeper, clause, AS_BEFORE if status is not Status.BESIEGED else 0.1)


def _is_denial(clause: Clause, status: Status, *, named: bool) -> bool:
    """ "He said that the town was not held by the rebels", "they insist that it has not fallen": no change."""
    attributed = clause.negated and not clause.ended and clause.speaker is not None
    return attributed and (status in HOLDING or status is Status.LOST and not named)
