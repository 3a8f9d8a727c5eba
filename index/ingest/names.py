"""Changes which names of controllers count as one side: editors merge two names, take one out of its side, and undo
what they have decided. Every decision is kept with who made it; the last one about two names counts."""

from collections.abc import Iterable

from index.claims.decisions import aliases_of
from index.claims.holders import name_words
from index.claims.sides import Side, sides
from index.collection import Collection
from index.errors import NameDecisionError
from index.message import Message
from index.name_decision import LONGEST_CHARACTERS, NameDecision
from index.storage.articles import now
from index.storage.name_decisions import pair_key


def sides_of(collection: Collection) -> list[Side]:
    """The sides by the claims of the articles and what editors have decided."""
    return sides(collection.reported_claims(), aliases_of(collection.aliases(), collection.name_decisions()))


def merge_names(collection: Collection, name: str, other: str, by: str) -> None:
    """Let two names and the sides that they are of count as one side.

    Raises NameDecisionError where a name is none of the board's or both are one side's already, and LockedError.
    """
    with collection.writing():
        known = sides_of(collection)
        first, second = _side_with(known, name), _side_with(known, other)
        if first is second:
            raise NameDecisionError(Message("'%(name)s' and '%(other)s' count as one already.", name=name, other=other))
        # What was decided against it before no longer counts.
        pairs = {pair_key(a.name, b.name) for a in first.names for b in second.names}
        apart = [
            decision
            for decision in collection.name_decisions()
            if not decision.same and pair_key(decision.name, decision.other) in pairs
        ]
        undone = [NameDecision(each.name, each.other, None, by, now()) for each in apart]
        _note(collection, [*undone, NameDecision(name.strip(), other.strip(), True, by, now())])


def split_name(collection: Collection, name: str, by: str) -> None:
    """Take a name out of its side: it counts as one with none of the side's other names.

    Raises NameDecisionError where it is none of the board's or has no other beside it, and LockedError.
    """
    with collection.writing():
        side = _side_with(sides_of(collection), name)
        others = [each.name for each in side.names if name_words(each.name) != name_words(name)]
        if not others:
            raise NameDecisionError(Message("'%(name)s' counts as one with no other name.", name=name))
        _note(collection, [NameDecision(name.strip(), other, False, by, now()) for other in others])


def undo_decision(collection: Collection, name: str, other: str, by: str) -> None:
    """Let the articles say again whether two names are one. Raises NameDecisionError where nothing is decided of them,
    and LockedError."""
    with collection.writing():
        key = pair_key(name, other)
        standing = [each for each in collection.name_decisions() if pair_key(each.name, each.other) == key]
        if not standing:
            raise NameDecisionError(Message(
                "Nothing is decided of '%(name)s' and '%(other)s', or it is undone already.", name=name, other=other
            ))
        _note(collection, [NameDecision(each.name, each.other, None, by, now()) for each in standing])


def add_decisions(collection: Collection, decisions: Iterable[NameDecision]) -> None:
    """Keep decisions that were made of another index, but those that are there already. Raises LockedError."""
    known = set(collection.ledger.names.all())
    new = [decision for decision in decisions if decision not in known]
    if new:
        with collection.writing():
            _note(collection, new)


def _note(collection: Collection, decisions: Iterable[NameDecision]) -> None:
    with collection.ledger.transaction():
        collection.ledger.names.note(decisions)


def _side_with(known: Iterable[Side], name: str) -> Side:
    own = name_words(name)
    if len(name) <= LONGEST_CHARACTERS and own:
        for side in known:
            if any(name_words(each.name) == own for each in side.names):
                return side
    raise NameDecisionError(Message(
        "No article names '%(name)s' as holding a place. The names are listed by: python app.py aliases --all",
        name=name[:LONGEST_CHARACTERS],
    ))
