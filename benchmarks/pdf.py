"""Is each PDF read, or refused with a reason, within its time?"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.ingest.sandbox import Worker
from index.limits import FileLimits
from index.readers.registry import Refusal


@dataclass(frozen=True)
class Outcome:
    """What came of one file: its pages and characters, or the reason why it was refused."""

    name: str
    seconds: float
    pages: int = 0
    characters: int = 0
    reason: str = ""


def measure(bench: Path) -> Iterator[Outcome]:
    """Read each file of the set as `index` does."""
    with Worker(FileLimits()) as worker:
        for path in sorted((bench / "pdf").rglob("*.pdf")):
            began = time.monotonic()
            [read] = worker.read(path)
            seconds = time.monotonic() - began
            if isinstance(read, Refusal):
                yield Outcome(path.name, seconds, reason=read.reason)
            else:
                yield Outcome(path.name, seconds, len(read.pages), len(read.text))


def report(outcomes: Iterator[Outcome]) -> None:
    """Print each file as it comes, and what came of all."""
    seen = []
    for outcome in outcomes:
        seen.append(outcome)
        summary = outcome.reason or f"{outcome.pages} pages, {outcome.characters:,} characters"
        print(f"{outcome.seconds:5.1f} s  {outcome.name:40}  {summary}", flush=True)
    refused = sum(bool(run.reason) for run in seen)
    slowest = max((run.seconds for run in seen), default=0)
    print(f"{len(seen)} files: {len(seen) - refused} read, {refused} refused, the slowest in {slowest:.1f} s")
