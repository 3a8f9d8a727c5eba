"""Many articles in one run: peak memory at 500 and at 2,000, the rate, and what a second run over unchanged ones takes.
Each run is a process of its own, from its command to its end. The articles are sentences of SummHay, recombined."""

import json
import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.sets import Document, summhay, write_documents
from index.language.sentences import sentence_spans

ROOT = Path(__file__).parent.parent
COUNTS = (500, 2000)
# Five passages or so: 2,000 real reports, twice as long, would take a quarter of an hour.
SENTENCES = (24, 36)
PARAGRAPH_SENTENCES = 3
SEED = 11
MOST_MEMORY_APART = 0.10
MOST_OF_FIRST_RUN = 0.02


@dataclass(frozen=True)
class Run:
    """One `python app.py index`."""

    articles: int
    passages: int
    added: int
    unchanged: int
    seconds: float
    cpu_seconds: float
    peak_megabytes: float


def measure(bench: Path, work: Path, *, counts: tuple[int, ...] = COUNTS) -> list[Run]:
    """A run into a new index for each of `counts`, and one more over the last of them."""
    sentences = [
        document.text[start:end]
        for topic in (1, 2)
        for document in summhay(bench, topic).documents
        for start, end in sentence_spans(document.text)
    ]
    runs = []
    for count in counts:
        folder = work / f"intake-{count}"
        write_documents(_recombined(sentences, count), folder / "articles")
        runs.append(_run(folder / "articles", folder / "data", count))
    return [*runs, _run(folder / "articles", folder / "data", count)]


def report(runs: list[Run]) -> None:
    """Print each run, and whether the goals are met."""
    for run in runs:
        print(
            f"{run.articles:>6} articles: {run.added} added, {run.unchanged} unchanged, {run.passages} passages in "
            f"{run.seconds:.1f} s ({run.passages / run.seconds:.1f} a second; CPU {run.cpu_seconds:.0f} s), "
            f"peak memory {run.peak_megabytes:.0f} MB", flush=True
        )
    small, large, again = runs[-3:]
    apart = large.peak_megabytes / small.peak_megabytes - 1
    print(f"peak memory, largest beside smallest  {apart:+.1%} (goal: within {MOST_MEMORY_APART:.0%})")
    print(
        f"second run, share of the first one    {again.seconds / large.seconds:.2%} of its time, "
        f"{again.cpu_seconds / large.cpu_seconds:.2%} of its CPU time (goal: {MOST_OF_FIRST_RUN:.0%})"
    )


def _recombined(sentences: list[str], count: int) -> list[Document]:
    chance = random.Random(SEED)
    return [Document(f"Report {n}", _text(chance.sample(sentences, chance.randint(*SENTENCES)))) for n in range(count)]


def _text(sentences: list[str]) -> str:
    paragraphs = range(0, len(sentences), PARAGRAPH_SENTENCES)
    return "\n\n".join(" ".join(sentences[at : at + PARAGRAPH_SENTENCES]) for at in paragraphs)


def _run(articles: Path, data: Path, count: int) -> Run:
    command = [sys.executable, "app.py", "index", str(articles.resolve()), "--data", str(data.resolve()), "--json"]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    printed = process.stdout.read()
    # In place of `wait`, which does not say what was used.
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"`python app.py index` ended with status {process.returncode}.")
    done = json.loads(printed)
    kilobytes = used.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return Run(
        count, done["passages"], len(done["added"]), len(done["unchanged"]), seconds, used.ru_utime + used.ru_stime,
        kilobytes / 1024,
    )
