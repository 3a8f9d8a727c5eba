"""Times indexing against LangChain's plain loop (benchmarks/langchain_loop.py), with one model on the same articles.

Each run is a process of its own, from its command to its end, into a new folder; the two take turns. What counts is the
ratio of the medians: other work on the machine changes both.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.sets import Document, summhay, write_documents

ROOT = Path(__file__).parent.parent
ROUNDS = 3
TOPICS = (1, 2)
MOST_RATIO = 1.3


@dataclass(frozen=True)
class Timing:
    """Of one run: seconds from its start to its end, and seconds of the processors, children included."""

    seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class Comparison:
    """The runs of this program and of the baseline, one of each a round, over so many articles."""

    articles: int
    own: Sequence[Timing]
    baseline: Sequence[Timing]

    @property
    def ratio(self) -> float:
        """Time of this program by time of the baseline, medians."""
        return median(run.seconds for run in self.own) / median(run.seconds for run in self.baseline)

    @property
    def cpu_ratio(self) -> float:
        """The same of the processors' time, which other work on the machine changes less."""
        return median(run.cpu_seconds for run in self.own) / median(run.cpu_seconds for run in self.baseline)


def measure(bench: Path, work: Path, *, rounds: int = ROUNDS, most: int | None = None) -> Comparison:
    """Index the articles of SummHay, all or the first `most`, with each of the two in turn."""
    documents = [
        Document(f"Topic {topic} {document.name}", document.text, document.metadata)
        for topic in TOPICS
        for document in summhay(bench, topic).documents
    ][:most]
    articles = (work / "indexing" / "articles").resolve()
    write_documents(documents, articles)
    own, baseline = [], []
    for number in range(rounds):
        folder = (work / "indexing").resolve()
        baseline.append(_timed("-m", "benchmarks.langchain_loop", str(articles), str(folder / f"plain-{number}")))
        own.append(_timed("app.py", "index", str(articles), "--data", str(folder / f"own-{number}"), "--json"))
    return Comparison(len(documents), own, baseline)


def report(compared: Comparison) -> None:
    """Print each run and the ratio."""
    for name, runs in (("this program", compared.own), ("LangChain's loop", compared.baseline)):
        times = ", ".join(f"{run.seconds:.1f} s (CPU {run.cpu_seconds:.1f} s)" for run in runs)
        print(f"{name:<17} {compared.articles} articles in {times}")
    print(
        f"ratio of medians  {compared.ratio:.2f}, of the CPU time {compared.cpu_ratio:.2f} "
        f"(goal: at most {MOST_RATIO})"
    )


def _timed(*arguments: str) -> Timing:
    began, before = time.perf_counter(), os.times()
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"`{' '.join(arguments)}` ended with status {done.returncode}: {done.stderr[-500:]}")
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Timing(time.perf_counter() - began, used)
