"""Keeps what the board makes of the claims of one state of the articles, so that a press on a filter need not make it
anew."""

import datetime
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import RLock
from typing import Protocol

from index.claim import ReportedClaim
from index.claims.board import BoardRow, ReadClaims, board, read
from index.claims.decisions import aliases_of
from index.claims.gazetteer import Location, locate
from index.claims.holders import Aliases
from index.claims.sides import Side
from index.name_decision import NameDecision

# Of a collection of 10,000 claims a state takes some 30 MB, and a day of its board 1 MB.
MOST_STATES, MOST_DAYS = 4, 32


class Collection(Protocol):
    """What is known here of the articles: their claims, the oldest article's first, the short names in them, and what
    editors have decided of names. Each is the same object until the articles change."""

    def reported_claims(self) -> Sequence[ReportedClaim]: ...
    def aliases(self) -> frozenset[tuple[str, str]]: ...
    def name_decisions(self) -> Sequence[NameDecision]: ...


@dataclass
class BoardState:
    """The board of some claims; threads may share it."""

    claims: Sequence[ReportedClaim]
    aliases: Aliases
    _lock: RLock = field(default_factory=RLock)
    _read: ReadClaims | None = None
    _locations: dict[str, Location] | None = None
    _rows: OrderedDict[datetime.date | None, list[BoardRow]] = field(default_factory=OrderedDict)

    def read(self) -> ReadClaims:
        """All claims, as a board of any day needs them."""
        with self._lock:
            if self._read is None:
                self._read = read(self.claims, self.aliases)
            return self._read

    def rows(self, as_of: datetime.date | None) -> list[BoardRow]:
        """The rows as the reports stood on a day, or by all of them."""
        with self._lock:
            if as_of not in self._rows:
                self._rows[as_of] = board(self.read(), self.aliases, as_of)
            self._rows.move_to_end(as_of)
            while len(self._rows) > MOST_DAYS:
                self._rows.popitem(last=False)
            return self._rows[as_of]

    def sides(self) -> list[Side]:
        """The sides that the claims name, that with the most claims first."""
        return self.read().sides.every

    def locations(self) -> dict[str, Location]:
        """Where the places of the board lie that the gazetteer knows, by each name that the articles give them."""
        with self._lock:
            if self._locations is None:
                names = {name for row in self.rows(None) for name in (row.place, *(c.claim.place for c in row.history))}
                self._locations = locate(names)
            return self._locations


@dataclass
class _States:
    """The states that were asked for last, by the objects that they were made of."""

    lock: RLock = field(default_factory=RLock)
    known: OrderedDict[tuple[int, int, int], tuple[object, BoardState]] = field(default_factory=OrderedDict)

    def of(self, collection: Collection) -> BoardState:
        parts = collection.reported_claims(), collection.aliases(), collection.name_decisions()
        key = id(parts[0]), id(parts[1]), id(parts[2])
        with self.lock:
            if key not in self.known:
                # The parts are kept beside it, so that no other object gets their ids.
                self.known[key] = parts, BoardState(parts[0], aliases_of(parts[1], parts[2]))
            self.known.move_to_end(key)
            while len(self.known) > MOST_STATES:
                self.known.popitem(last=False)
            return self.known[key][1]


_states = _States()


def state_of(collection: Collection) -> BoardState:
    """The board of the claims as they are now."""
    return _states.of(collection)
