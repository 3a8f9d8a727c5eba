"""Times whole questions by their stages in indexes of several sizes.

An index of so many passages is made of the news collections, written again and again with other titles, days and
slightly other vectors, so that nothing has to be embedded and parsed anew. Asked are the collections' own questions."""

import datetime
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.measures import percentile
from benchmarks.news_sets import SHIPPED, news_sets
from chatbot.answer import Answer, Step
from chatbot.answering.pipeline import Chain
from chatbot.answering.tried_examples import set_aside
from chatbot.settings import Settings
from index.article import Article
from index.collection import Collection
from index.ingest.content import content_hash
from index.ingest.prepare import Preparation, unheard
from index.ingest.sandbox import Worker
from index.limits import FileLimits
from index.passage import Vectors
from index.search.embedder import BUNDLED
from index.storage.written import Written

SIZES = (1000, 10_000, 38_000)
QUESTIONS = 60
ARTICLES_AT_A_TIME = 50
NOISE = 0.02
GOAL_MS = 200
# The stages by the step that begins each; the last one reads sentences together with the question, and composes.
STAGES = {"Reading the question": "read the question", "Searching": "search"}
LAST_STAGE = "rank and answer"


@dataclass(frozen=True)
class Times:
    """Of so many passages, the milliseconds that each question took, of each stage and as a whole."""

    passages: int
    stages: dict[str, list[float]]


def measure(work: Path, *, sizes: Sequence[int] = SIZES, questions: int = QUESTIONS) -> Iterator[Times]:
    """Fill an index to each size, and ask it; some of the questions are asked once more before, unmeasured."""
    asked = [question.turns[-1] for each in news_sets() for question in each.questions if len(question.turns) == 1]
    chosen = asked[:: max(1, len(asked) // questions)][:questions]
    with closing(Collection(work / "question-times", embedding_model=BUNDLED, writing=True)) as collection:
        copies, passages = _copies(_prepared(collection)), 0
        for size in sizes:
            while passages < size:
                batch = [next(copies) for _ in range(ARTICLES_AT_A_TIME)]
                collection.put(batch)
                passages += sum(len(each.entries) for each in batch)
            chain = Chain(collection, Settings())
            for question in chosen[:5]:
                chain.answer(question)
            # As where the page is served.
            set_aside()
            yield Times(passages, _asked(chain, chosen))


def report(times: Iterator[Times]) -> None:
    """Print each size as it is done."""
    for each in times:
        print(f"{each.passages:>6} passages")
        for stage, milliseconds in each.stages.items():
            p50, p95 = (percentile(milliseconds, percent) for percent in (50, 95))
            print(f"{'':>8}{stage:<20} p50 {p50:5.0f} ms, p95 {p95:5.0f} ms")
    print(f"(goal: p95 of the whole at most {GOAL_MS} ms)")


def _asked(chain: Chain, questions: Sequence[str]) -> dict[str, list[float]]:
    stages: dict[str, list[float]] = {}
    for question in questions:
        began = last = time.perf_counter()
        stage = STAGES["Reading the question"]
        spent: dict[str, float] = {}
        for piece in chain.stream(question):
            if isinstance(piece, Step | Answer):
                now = time.perf_counter()
                spent[stage] = spent.get(stage, 0.0) + (now - last) * 1000
                last = now
            if isinstance(piece, Step):
                stage = next((name for begin, name in STAGES.items() if piece.text.startswith(begin)), LAST_STAGE)
        spent["whole"] = (time.perf_counter() - began) * 1000
        for name, milliseconds in spent.items():
            stages.setdefault(name, []).append(milliseconds)
    return stages


def _prepared(collection: Collection) -> list[Written]:
    """The articles of all collections, as they are written."""
    with Worker(FileLimits()) as worker:
        paths = sorted((SHIPPED / "collections").rglob("*.md"))
        articles = [each for path in paths for each in worker.read(path) if isinstance(each, Article)]
    with closing(Preparation(collection, unheard, None, reembeds=True)) as preparation:
        return [written for batch in preparation.batches(articles) for written in preparation.prepare(batch)]


def _copies(written: Sequence[Written]) -> Iterator[Written]:
    """The articles, and then again and again others of the same texts."""
    chance = np.random.default_rng(1)
    number = 0
    while True:
        for each in written:
            yield _copy(each, number, chance)
        number += 1


def _copy(written: Written, number: int, chance: np.random.Generator) -> Written:
    article = written.article
    day = article.date and article.date - datetime.timedelta(days=number)
    other = replace(article, id=f"{article.id[:10]}{number:06}", title=f"{article.title} {number}", date=day)
    entries = [
        replace(
            entry, passage=replace(entry.passage, article_id=other.id), vector=_near(entry.vector, chance),
            sentence_vectors=_near(entry.sentence_vectors, chance),
        )
        for entry in written.entries
    ]
    return replace(written, article=other, content_hash=content_hash(other), entries=entries)


def _near(vectors: Vectors, chance: np.random.Generator) -> Vectors:
    moved = vectors + NOISE * chance.normal(size=vectors.shape).astype(np.float32)
    unit: Vectors = moved / np.linalg.norm(moved, axis=-1, keepdims=True)
    return unit
