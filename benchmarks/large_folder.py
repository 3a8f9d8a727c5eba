"""Measures what happens to a large folder: small files are indexed, looked through again, changed, removed, added again
and moved, a file changes while it is read, and one article is as long as an article may be. There are 400 files, or as
many as `--size` says.

The texts are recombined from the sentences of the news collections. Each run is a process of its own."""

import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.news_sets import SEPARATE_SETS, SHIPPED
from index.language.sentences import sentence_spans
from index.limits import MB

ROOT = Path(__file__).parent.parent
FILES = 400
SENTENCES = (2, 3)
LONG_MB = 4.9
# Of the files, this share is removed and added again.
REMOVED = 0.1
CHANGES_A_SECOND = 20


@dataclass(frozen=True)
class Run:
    """One indexing run: the files that it met, its seconds from start to end, those of the processors, children
    included, its largest resident memory in MB, its status, and how many articles came out in which way."""

    name: str
    files: int
    seconds: float
    cpu_seconds: float
    memory_mb: float
    status: int
    outcomes: dict[str, int]
    refused: tuple[str, ...]


def measure(work: Path, *, files: int = FILES, long_mb: float = LONG_MB) -> Iterator[Run]:
    """Index a folder of so many small files, and what then happens to it; at last one article of so many MB."""
    shutil.rmtree(work, ignore_errors=True)
    folder, data = work / "read" / "articles", work / "data"
    texts = _recombined(files + 1)
    for number in range(files):
        _write(folder / f"{number % 100:02}" / f"{number}.md", f"# Report {number}\n\n{next(texts)}\n")
    yield _indexed("all new", folder, data)
    yield _indexed("nothing changed", folder, data)
    changing = folder / "00" / "0.md"
    with _changing(changing):
        changed = _indexed("a file changes meanwhile", folder, data)
    yield changed
    yield _indexed("and has come to rest", folder, data)
    away = [path for path in sorted(folder.rglob("*.md")) if int(path.stem) % int(1 / REMOVED) == 1]
    for path in away:
        path.rename(work / path.name)
    yield _indexed("a tenth removed", folder, data, "--prune")
    for path in away:
        (work / path.name).rename(path)
    yield _indexed("and added again", folder, data)
    moved = folder.rename(folder.with_name("renamed"))
    # The parent, since the old name is what pruning looks for.
    yield _indexed("the folder renamed", moved.parent, data, "--prune")
    shutil.rmtree(moved)
    long = work / "long" / "long.txt"
    _write(long, next(_recombined(1, characters=int(long_mb * MB))))
    yield _indexed(f"one article of {long_mb:g} MB", long, work / "long-data")


def report(runs: Iterable[Run]) -> None:
    """Print each run as it is done."""
    for run in runs:
        outcomes = ", ".join(f"{count:,} {name}" for name, count in run.outcomes.items() if count)
        each = 1000 / max(run.files, 1)
        print(
            f"{run.name:<26} {run.seconds:7.1f} s ({run.seconds * each:.1f} ms a file)  "
            f"CPU {run.cpu_seconds:7.1f} s ({run.cpu_seconds * each:.1f} ms)  {run.memory_mb:6.0f} MB  {outcomes}",
            flush=True,
        )
        for line in run.refused:
            print(f"{'':<26} {line}")


def _indexed(name: str, path: Path, data: Path, *options: str) -> Run:
    command = [sys.executable, "app.py", "index", str(path), "--data", str(data), "--json", *options]
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        printed = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    known = json.loads(printed)
    outcomes = {key: len(value) for key, value in known.items() if isinstance(value, list)}
    refused = tuple(f"{each['name']}: {each['reason']}" for each in known["refused"])
    files = sum(path.is_file() for path in path.rglob("*")) if path.is_dir() else 1
    cpu_seconds = used.ru_utime + used.ru_stime
    return Run(name, files, seconds, cpu_seconds, used.ru_maxrss / 1024, process.returncode, outcomes, refused)


@contextmanager
def _changing(path: Path) -> Iterator[None]:
    """A file that is written to all the time, as by a program that is not done."""
    stop = threading.Event()

    def write() -> None:
        while not stop.wait(1 / CHANGES_A_SECOND):
            with path.open("a", encoding="utf-8") as file:
                file.write("One more line was added to the report.\n")

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _recombined(texts: int, *, characters: int = 0) -> Iterator[str]:
    """So many texts of a few sentences each, or of so many characters; the same ones every time."""
    sentences = [
        sentence
        for path in sorted((SHIPPED / "collections").rglob("*.md"))
        if path.parent.name not in SEPARATE_SETS
        for sentence in _sentences(path.read_text(encoding="utf-8"))
    ]
    chance = random.Random(1)
    for _ in range(texts):
        chosen = [chance.choice(sentences) for _ in range(chance.choice(SENTENCES))]
        length = sum(map(len, chosen))
        while length < characters:
            chosen.append(chance.choice(sentences))
            length += len(chosen[-1]) + 1
        yield " ".join(chosen)[: characters or None]


def _sentences(text: str) -> list[str]:
    body = text.split("---")[-1].strip()
    return [" ".join(body[start:end].split()) for start, end in sentence_spans(body)]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
