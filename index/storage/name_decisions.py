"""The table of decisions about the names of controllers: which ones editors count as one side, and which as two."""

from collections.abc import Iterable

from index.language.words import stem, words
from index.name_decision import NameDecision
from index.storage.connection import Connection

Key = frozenset[tuple[str, ...]]


class NameDecisionTable:
    """Decisions in the order in which they were made; all are kept, the last one about two names counts."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def note(self, decisions: Iterable[NameDecision]) -> None:
        """Keep some more."""
        for decision in decisions:
            same = None if decision.same is None else int(decision.same)
            self._db.execute(
                "INSERT INTO name_decision (name, other, same, changed_by, changed) VALUES (?, ?, ?, ?, ?)",
                decision.name, decision.other, same, decision.changed_by, decision.changed,
            )

    def all(self) -> tuple[NameDecision, ...]:
        """All that were ever made, the first one first."""
        rows = self._db.rows("SELECT name, other, same, changed_by, changed FROM name_decision ORDER BY serial")
        return tuple(
            NameDecision(str(name), str(other), None if same is None else bool(same), str(by), str(at))
            for name, other, same, by, at in rows
        )

    def standing(self) -> tuple[NameDecision, ...]:
        """Those that count now, the oldest first. The same tuple until the ledger changes."""
        return self._db.unchanged("name decisions", self._read_standing)

    def _read_standing(self) -> tuple[NameDecision, ...]:
        last: dict[Key, NameDecision] = {}
        for decision in self.all():
            key = pair_key(decision.name, decision.other)
            last.pop(key, None)
            last[key] = decision
        return tuple(decision for decision in last.values() if decision.same is not None)


def pair_key(name: str, other: str) -> Key:
    """What two spellings of the same two names have in common, in whatever order."""
    return frozenset(tuple(stem(word) for word in words(each) if word.lower() != "the") for each in (name, other))
