"""Measures what an index costs the disk, and how long it takes to open and to search: bytes written while it is made
and while it is changed a little, bytes that a reader writes, seconds to the list of articles and to the first search,
and the latency of each stage of a search.

The vectors are random unit vectors: only storage is measured. Each step is a process of its own."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

import numpy as np

from index.article import Article
from index.collection import Collection
from index.ingest.content import content_hash
from index.ingest.prepare import PASSAGES_AT_A_TIME
from index.passage import Passage, Vectors
from index.storage.filters import EVERYTHING
from index.storage.index_files import LEDGER_FILE
from index.storage.ledger import Ledger
from index.storage.passages import Entry
from index.storage.written import Written

ROOT = Path(__file__).parent.parent
SIZES = (1000, 10_000, 38_000)
DIMENSION = 384
PASSAGES_OF_AN_ARTICLE = 13
SENTENCES_OF_A_PASSAGE = 8
SENTENCE = "Report {n} of the {s}th day says that the river at place {p} rose by {s} metres and fell again. "
CHANGES = 20
ROUNDS = 20
# So many passages are read again of what a search finds.
READ_AGAIN = 12
QUERY = ("river", "report", "5th", "metres")
MOST_TIMES_THE_INDEX = 5
MEGABYTE = 1e6


class RandomEmbedder:
    """Random unit vectors in place of a model's."""

    name = "random"
    dimension = DIMENSION


class RandomCollection(Collection):
    """A collection of random vectors."""

    def __init__(self, data: Path, *, writing: bool = False) -> None:
        super().__init__(data, embedding_model=RandomEmbedder.name, writing=writing, loading=False)

    @property
    def embedder(self) -> RandomEmbedder:  # type: ignore[override]
        """What gives the vectors their length."""
        return RandomEmbedder()


@dataclass(frozen=True)
class Step:
    """What one step wrote in bytes, the size of the index after it in bytes, its time in seconds, and the median of
    each of its stages in milliseconds."""

    name: str
    passages: int
    written: int
    size: int
    seconds: float
    stages: Mapping[str, float] = field(default_factory=dict)


def measure(work: Path, *, sizes: tuple[int, ...] = SIZES) -> list[Step]:
    """For each number of passages: an index is made, opened, searched, and changed by 20 articles one after another."""
    steps = []
    for size in sizes:
        for step in ("make", "open", "search", "stages", "change"):
            command = [sys.executable, "-m", "benchmarks.storage", step, str(work / f"storage-{size}"), str(size)]
            done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
            steps.append(Step(**json.loads(done.stdout)))
    return steps


def report(steps: list[Step]) -> None:
    """Print each step, and whether the goal is met."""
    for step in steps:
        share = f", {step.written / step.size:.1f} times the index" if step.name == "make" else ""
        print(
            f"{step.passages:>6} passages, {step.name:<6}  {step.written / MEGABYTE:8.1f} MB written for "
            f"{step.size / MEGABYTE:6.1f} MB{share}, {step.seconds:.2f} s"
        )
        if step.stages:
            print(f"{'':>16}{', '.join(f'{stage} {ms:.1f} ms' for stage, ms in step.stages.items())}")
    most = max(step.written / step.size for step in steps if step.name == "make")
    print(f"most written for an index: {most:.1f} times its size (goal: at most {MOST_TIMES_THE_INDEX})")


def run(step: str, data: Path, passages: int) -> Step:
    """One step, in this process."""
    data.parent.mkdir(parents=True, exist_ok=True)
    before, began = bytes_written(), time.perf_counter()
    steps = {"make": make, "open": list_articles, "search": search, "stages": search_by_stage, "change": change}
    stages = steps[step](data, passages) or {}
    seconds = time.perf_counter() - began
    size = sum(file.stat().st_size for file in data.rglob("*") if file.is_file())
    return Step(step, passages, bytes_written() - before, size, seconds, stages)


def make(data: Path, passages: int) -> None:
    """Write articles in batches as a run over files does."""
    with closing(RandomCollection(data, writing=True)) as opened:
        batch: list[Written] = []
        for number in range(passages // PASSAGES_OF_AN_ARTICLE):
            batch.append(_article(number))
            if len(batch) * PASSAGES_OF_AN_ARTICLE >= PASSAGES_AT_A_TIME:
                opened.put(batch)
                batch = []
        opened.put(batch)


def list_articles(data: Path, passages: int) -> None:
    """What `python app.py articles` does."""
    with closing(RandomCollection(data)) as opened:
        opened.articles()


def search(data: Path, passages: int) -> None:
    """Open the index as a reader and search it by meaning."""
    with closing(RandomCollection(data)) as opened, opened._files.dense.newest() as dense:
        [vector] = _unit_vectors(1, seed=passages)
        if len(dense.search(vector, EVERYTHING, 8)) != 8:
            raise RuntimeError("The search found too little.")


def search_by_stage(data: Path, passages: int) -> dict[str, float]:
    """The medians in milliseconds of what a question reads of the index, once it is open."""
    with (
        closing(RandomCollection(data)) as opened,
        closing(Ledger(data / LEDGER_FILE)) as ledger,
        opened._files.dense.newest() as dense,
    ):
        vectors = iter(_unit_vectors(ROUNDS, seed=passages))
        nearest = [ident for ident, _ in dense.search(_unit_vectors(1, seed=1)[0], EVERYTHING, READ_AGAIN)]
        read = [passage for passage, _ in ledger.passages.get(nearest).values()]
        stages: dict[str, Callable[[], object]] = {
            "BM25": lambda: ledger.full_text.scores(QUERY, EVERYTHING, 50),
            "dense": lambda: dense.search(next(vectors), EVERYTHING, 50),
            "passages": lambda: ledger.passages.get(nearest),
            "sentence vectors": lambda: [opened.sentence_vectors(passage) for passage in read],
            "aliases": opened.aliases,
            "summary": opened.summary,
        }
        return {stage: median(_milliseconds(work) for _ in range(ROUNDS)) for stage, work in stages.items()}


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def change(data: Path, passages: int) -> None:
    """Add articles one at a time, as uploads do."""
    with closing(RandomCollection(data)) as opened:
        for number in range(CHANGES):
            with opened.writing():
                opened.put([_article(passages + number)])


def bytes_written() -> int:
    """What this process has given to the disk so far, as Linux counts it."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("write_bytes")))


def _article(number: int) -> Written:
    inside = range(PASSAGES_OF_AN_ARTICLE)
    pieces = [
        [SENTENCE.format(n=number, p=position, s=s) for s in range(SENTENCES_OF_A_PASSAGE)] for position in inside
    ]
    text = "".join("".join(sentences) for sentences in pieces)
    article = Article(f"a{number:07}", text, f"Report {number}", "Desk")
    vectors = _unit_vectors(PASSAGES_OF_AN_ARTICLE * (SENTENCES_OF_A_PASSAGE + 1), seed=number)
    entries, at = [], 0
    for position, sentences in enumerate(pieces):
        start = at
        spans = []
        for sentence in sentences:
            spans.append((at, at + len(sentence)))
            at += len(sentence)
        own = vectors[position * (SENTENCES_OF_A_PASSAGE + 1) :][: SENTENCES_OF_A_PASSAGE + 1]
        entries.append(Entry(Passage(article.id, position, start, at, text[start:at], tuple(spans)), own[0], own[1:]))
    return Written(article, content_hash(article), entries, set())


def _unit_vectors(count: int, *, seed: int) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


if __name__ == "__main__":
    print(json.dumps(asdict(run(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))))
