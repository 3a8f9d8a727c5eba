"""Questions to fit the cross-encoder on: QAMR's on single sentences, and those on the news reports that ship here."""

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.support.joint_training import Texts

REPORTS = Path(__file__).parents[1] / "training" / "questions"
# Sentences that are compared for a question, and the share of QAMR's questions that lack theirs.
CANDIDATES = 8
UNANSWERED_SHARE = 0.15
HELD_OUT = 12
_MARKS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "``": '"', "''": '"'}


@dataclass(frozen=True)
class Sentence:
    """A sentence as text, with the span of each of its words."""

    text: str
    words: tuple[tuple[int, int], ...]


@dataclass
class Task:
    """A question, the sentences that answer it, those that could be taken for an answer, the likeliest first, and the
    places of the word pieces that are the answer, where these are known. All texts by their numbers."""

    question: int
    gold: list[int]
    others: list[int]
    answer: list[int] = field(default_factory=list)


def read_sentences(folder: Path) -> dict[str, Sentence]:
    """QAMR's sentences by their ids; Penn Treebank tokens are joined as they are written."""
    sentences = {}
    for line in gzip.open(folder / "wiki-sentences.tsv.gz", "rt", encoding="utf-8"):
        ident, words = line.rstrip("\n").split("\t", 1)
        sentences[ident] = _joined_words(words.split())
    return sentences


def _joined_words(words: Sequence[str]) -> Sentence:
    text, spans, glued = "", [], True
    for word in words:
        plain = _MARKS.get(word, word)
        closes = re.fullmatch(r"[,.:;?!)\]%]|'s|n't|'re|'ve|'ll|'d|'m|'|''", word) is not None
        text += "" if glued or closes else " "
        spans.append((len(text), len(text) + len(plain)))
        text += plain
        glued = plain in "([$" or word == "``"
    return Sentence(text, tuple(spans))


def qamr_tasks(folder: Path, texts: Texts) -> list[Task]:
    """QAMR's questions. The other sentences are mostly of the same document, those with words in common first."""
    sentences = read_sentences(folder)
    numbers = {ident: texts.number(sentence.text) for ident, sentence in sentences.items()}
    documents: dict[str, list[int]] = defaultdict(list)
    for ident, number in numbers.items():
        documents[_document(ident)].append(number)
    every = list(numbers.values())
    tasks = []
    for name in ("filtered_dev", "filtered_test"):
        for line in gzip.open(folder / f"{name}.tsv.gz", "rt", encoding="utf-8"):
            row = line.rstrip("\n").split("\t")
            gold, question = numbers[row[0]], texts.number(row[5])
            near = [number for number in documents[_document(row[0])] if number != gold]
            pool = random.sample(near, min(CANDIDATES, len(near))) + random.sample(every, CANDIDATES)
            others = [number for number in pool[: CANDIDATES + 4] if number != gold]
            words = sentences[row[0]].words
            spans = [words[int(position)] for position in row[6].split() if int(position) < len(words)]
            tasks.append(Task(question, [gold], _nearest(texts, question, others), texts.pieces(gold, spans)))
    return tasks


def _document(ident: str) -> str:
    return ":".join(ident.split(":")[:3])


def _nearest(texts: Texts, question: int, others: Sequence[int]) -> list[int]:
    asked = texts.bag(question)
    return sorted(others, key=lambda number: -len(asked & texts.bag(number)))


def reports_of(prefix: str) -> list[dict[str, object]]:
    """The reports in the files whose names begin so."""
    paths = sorted(REPORTS.glob(f"{prefix}*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def split(reports: Sequence[list[Task]]) -> tuple[list[Task], list[Task]]:
    """The questions to fit on, and those of the reports that are held out."""
    fitted = [task for number, tasks in enumerate(reports) if number % HELD_OUT for task in tasks]
    return fitted, [task for tasks in reports[::HELD_OUT] for task in tasks]


def sample_tasks(tasks: Sequence[Task], count: int) -> list[Task]:
    """So many of the questions; some of them lack the sentences that answer."""
    drawn = []
    for task in random.sample(tasks, count):
        lacks = random.random() < UNANSWERED_SHARE
        drawn.append(Task(task.question, [], task.others) if lacks else task)
    return drawn


def report_tasks(
    rows: Sequence[dict[str, object]], texts: Texts, read: Callable[[Sequence[str]], Sequence[str]] = list
) -> Iterator[list[Task]]:
    """The questions of each report, those first that it answers. A sentence is read behind its report's title, in the
    form that `read` gives of all sentences."""
    for row in rows:
        sentences = [texts.number(f"{row['title']}: {sentence}") for sentence in read(list_of(row["sentences"]))]
        tasks = []
        for asked in list_of(row["questions"]):
            question = texts.number(asked["q"])
            gold = [sentences[position] for position in asked["gold"]]
            others = [number for number in sentences if number not in gold]
            tasks.append(Task(question, gold, _nearest(texts, question, others)))
        for asked in list_of(row["unanswerable"]):
            question, near = texts.number(asked["q"]), sentences[asked["near"]]
            others = _nearest(texts, question, [number for number in sentences if number != near])
            tasks.append(Task(question, [], [near, *others]))
        yield tasks


def list_of(value: object) -> list[Any]:
    """A part of a report that is a list."""
    assert isinstance(value, list)
    return value
