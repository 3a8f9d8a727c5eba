"""What a reader narrows a question to: who answers it, and from which articles."""

import datetime
from dataclasses import dataclass

from index.ledger import Filters


@dataclass(frozen=True)
class Scope:
    """`quoting` asks the built-in answerer even where there is an LLM. `source` is a publisher; `since` and `until` are
    the first and last publication day; `as_of` answers as on that day: later articles are not known. None means all."""

    quoting: bool = False
    source: str | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None
    as_of: datetime.date | None = None

    def filters(self, *, since: datetime.date | None = None, until: datetime.date | None = None) -> Filters:
        """The search filters for this scope, narrowed to the days that a question names, both included."""
        first = [day for day in (self.since, since) if day]
        last = [day for day in (self.until, self.as_of, until) if day]
        return Filters(
            sources=(self.source,) if self.source else None,
            since=max(first, default=None),
            until=min(last, default=None),
        )


EVERYWHERE = Scope()
