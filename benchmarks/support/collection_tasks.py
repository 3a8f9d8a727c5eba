"""Questions to fit the cross-encoder on that are asked of many reports at once, as readers ask them.

A file in `training/collections` is a collection: `articles`, each with its paragraphs, and `questions`, each with
fragments of the sentences that answer: `first` those that are to come first, `also` others.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from benchmarks.support.joint_training import States, Texts, logits
from benchmarks.support.question_tasks import Task
from index.language.sentences import sentence_spans
from index.search.joint_layers import JointLayers

COLLECTIONS = Path(__file__).parents[1] / "training" / "collections"
# The collections that are held out.
HELD_COLLECTIONS = ("i1", "n1", "s1", "w1", "yb1", "yf1", "zb2")
# Of a collection's sentences so many, those with most words of the question, are read to find what is mistaken for an
# answer.
READ = 20
# What was so at another time reads like an answer: of questions of these kinds so many of the likeliest sentences are
# not taken for wrong ones.
OF_TIME, DOUBTFUL = ("now", "on", "before", "change", "dispute", "yes-no"), 2

Collection = Mapping[str, Any]


def collections() -> tuple[list[Collection], list[Collection]]:
    """The collections to fit on, and those held out, each by the names of their files."""
    every = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(COLLECTIONS.glob("*.json"))}
    return [each for name, each in every.items() if name not in HELD_COLLECTIONS], [every[n] for n in HELD_COLLECTIONS]


def collection_tasks(
    collection: Collection, texts: Texts, read: Callable[[Sequence[str]], Sequence[str]] = list
) -> list[tuple[str, Task]]:
    """The questions of a collection that stand alone, each with its kind; a sentence is read behind its title, in the
    form that `read` gives of a report's sentences."""
    rows = [row for article in collection["articles"] for row in _sentences(article, texts, read)]
    alone = [asked for asked in collection["questions"] if len(asked["turns"]) == 1]
    tasks = [(asked["kind"], _task(asked, rows, texts)) for asked in alone]
    # Where two sentences were taken for one, no sentence holds the words.
    return [row for row, asked in zip(tasks, alone, strict=True) if row[1].gold or asked["abstain"]]


def _sentences(
    article: Collection, texts: Texts, read: Callable[[Sequence[str]], Sequence[str]]
) -> list[tuple[str, int]]:
    sentences = [part[start:end] for part in article["paragraphs"] for start, end in sentence_spans(part)]
    return [
        (sentence, texts.number(f"{article['title']}: {text}"))
        for sentence, text in zip(sentences, read(sentences), strict=True)
    ]


def _task(asked: Collection, rows: Sequence[tuple[str, int]], texts: Texts) -> Task:
    question, fragments = texts.number(asked["turns"][0]), [*asked["first"], *asked["also"]]
    gold = list(dict.fromkeys(number for fragment in fragments for text, number in rows if fragment in text))
    words = texts.bag(question)
    others = sorted({number for _, number in rows} - set(gold), key=lambda n: (-len(words & texts.bag(n)), n))
    return Task(question, gold, others)


def with_likeliest_first(
    layers: JointLayers, texts: Texts, asked: Sequence[tuple[str, Task]], lower: States
) -> list[Task]:
    """The tasks, with the sentences first that the layers mistake for an answer."""
    return [_likeliest_first(layers, texts, kind, task, lower) for kind, task in asked]


def _likeliest_first(layers: JointLayers, texts: Texts, kind: str, task: Task, lower: States) -> Task:
    near, rest = task.others[:READ], task.others[READ:]
    with torch.inference_mode():
        scores = logits(layers, texts, [task.question] * len(near), near, lower)[0].tolist()
    order = [number for _, number in sorted(zip(scores, near, strict=True), reverse=True)]
    doubtful = DOUBTFUL if task.gold and kind in OF_TIME else 0
    return Task(task.question, task.gold, order[doubtful:] + rest)
