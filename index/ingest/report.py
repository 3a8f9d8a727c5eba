"""Reports what an indexing run did: which articles were added, updated, left as they are or left out, and why."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields

from index.readers.registry import Refusal


@dataclass
class Report:
    """What a run did, by the titles of the articles. `duplicates` and `refused` say of each what was left out and why;
    `passages` is how many were embedded."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    duplicates: list[Refusal] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    passages: int = 0
    seconds: float = 0.0

    def line(self) -> str:
        """One line for a person."""
        return ", ".join(f"{len(items)} {name}" for name, items in self.outcomes().items())

    def outcomes(self) -> dict[str, Sequence[str | Refusal]]:
        """What came of the articles, by the name of each outcome."""
        return {
            "added": self.added, "updated": self.updated, "unchanged": self.unchanged, "duplicates": self.duplicates,
            "removed": self.removed, "refused": self.refused,
        }

    def add(self, other: "Report") -> None:
        """Take in what another part of the run did."""
        for outcome in fields(self):
            setattr(self, outcome.name, getattr(self, outcome.name) + getattr(other, outcome.name))

    def to_json(self) -> dict[str, object]:
        """The object that `index --json` prints."""
        return asdict(self) | {"seconds": round(self.seconds, 1)}


@contextmanager
def timed(report: Report) -> Iterator[Report]:
    """Add the time that is spent inside to a report."""
    began = time.monotonic()
    try:
        yield report
    finally:
        report.seconds += time.monotonic() - began
