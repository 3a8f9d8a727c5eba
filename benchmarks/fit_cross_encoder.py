"""Fits the cross-encoder on QAMR and on the reports with questions that ship here.

    python -m benchmarks.fit_cross_encoder --data FOLDER

`benchmarks.fit_cross_encoder_further` comes next. FOLDER holds `qamr/`:
questions on single sentences of Wikinews and Wikipedia. `benchmarks/training/questions` holds news reports, each with
questions that some of its sentences answer, and some that none does. Writes `index/search/cross_encoder.safetensors`.
"""

import argparse
import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.support.joint_training import DEVICE, LowerStates, Texts, adaptable, logits, marks, train, write
from index.search.joint_layers import JointLayers
from index.search.numpy_cross_encoder import WEIGHTS

REPORTS = Path(__file__).parent / "training" / "questions"
STEPS, BATCH, CANDIDATES = 3000, 48, 8
# Of the questions in a batch so many are QAMR's; so many of those lack their sentence.
QAMR_SHARE, UNANSWERED_SHARE = 0.3, 0.15
HELD_OUT = 12
PAIRS_AT_ONCE = 64
LONGEST_PIECES = 110
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


def report_tasks(
    rows: Sequence[dict[str, object]], texts: Texts, read: Callable[[Sequence[str]], Sequence[str]] = list
) -> Iterator[list[Task]]:
    """The questions of each report, those first that it answers. A sentence is read behind its report's title, in the
    form that `read` gives of all sentences."""
    for row in rows:
        sentences = [texts.number(f"{row['title']}: {sentence}") for sentence in read(_list(row["sentences"]))]
        tasks = []
        for asked in _list(row["questions"]):
            question = texts.number(asked["q"])
            gold = [sentences[position] for position in asked["gold"]]
            others = [number for number in sentences if number not in gold]
            tasks.append(Task(question, gold, _nearest(texts, question, others)))
        for asked in _list(row["unanswerable"]):
            question, near = texts.number(asked["q"]), sentences[asked["near"]]
            others = _nearest(texts, question, [number for number in sentences if number != near])
            tasks.append(Task(question, [], [near, *others]))
        yield tasks


def _list(value: object) -> list[Any]:
    assert isinstance(value, list)
    return value


def loss(
    layers: JointLayers, texts: Texts, tasks: Sequence[Task], fill: Sequence[int], lower: LowerStates | None = None
) -> Tensor:
    """How unlikely the right sentences of each question are, or none of them where none answers, and the words of the
    answer. Questions with few candidates are filled up with others' sentences."""
    first: list[int] = []
    second: list[int] = []
    right = torch.zeros(len(tasks), CANDIDATES)
    for row, task in enumerate(tasks):
        gold = task.gold[:2]
        candidates = (gold + task.others)[:CANDIDATES]
        candidates += random.sample(fill, CANDIDATES - len(candidates))
        right[row, : len(gold)] = 1
        first += [task.question] * CANDIDATES
        second += candidates
    right = right.to(DEVICE)
    answered = {row * CANDIDATES: task.answer for row, task in enumerate(tasks) if task.answer and task.gold}
    of_words: list[Tensor] = []
    answers = torch.zeros(len(second), device=DEVICE)
    # Those of about one length at once: no time is spent on padding.
    order = sorted(range(len(second)), key=lambda n: texts.length(second[n]))
    for at in range(0, len(order), PAIRS_AT_ONCE):
        batch = order[at : at + PAIRS_AT_ONCE]
        scored, pieces, inner = logits(layers, texts, [first[n] for n in batch], [second[n] for n in batch], lower)
        answers = answers.index_copy(0, torch.tensor(batch, device=DEVICE), scored)
        rows = [row for row, n in enumerate(batch) if n in answered]
        if rows:
            words = _of_words(pieces[rows], [answered[batch[row]] for row in rows], inner[rows])
            of_words.append(words * len(rows) / len(answered))
    scores = answers.view(len(tasks), CANDIDATES)
    with_none = torch.cat([scores, torch.zeros_like(scores[:, :1])], 1).log_softmax(1)
    wanted = torch.cat([right, (right.sum(1, keepdim=True) == 0).float()], 1)
    total = -torch.logsumexp(with_none.masked_fill(wanted == 0, -1e4), 1).mean()
    total = total + functional.binary_cross_entropy_with_logits(scores, right)
    return total + sum(of_words)


def _of_words(pieces: Tensor, answers: Sequence[Sequence[int]], inner: Tensor) -> Tensor:
    each = functional.binary_cross_entropy_with_logits(pieces, marks(answers, pieces.shape[1]), reduction="none")
    return (each * inner).sum() / inner.sum()


def report(
    layers: JointLayers, texts: Texts, tasks: Sequence[Task], what: str = "", lower: LowerStates | None = None
) -> None:
    """Print how often the best sentence is right, and how well questions without an answer are told apart."""
    layers.eval()
    able: list[float] = []
    unable: list[float] = []
    first = []
    with torch.inference_mode():
        for task in tasks:
            candidates = task.gold + task.others
            scores = logits(layers, texts, [task.question] * len(candidates), candidates, lower)[0]
            (able if task.gold else unable).append(float(scores.max()))
            if task.gold:
                first.append(int(scores.argmax()) < len(task.gold))
    apart = sum(good > bad for good in able for bad in unable) / (len(able) * len(unable))
    right = sum(first) / len(first)
    print(f"{len(tasks)} questions held out{what}: right sentence first {right:.3f}, area {apart:.3f}", flush=True)
    layers.train()


def main() -> None:
    """Read, fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end by then")
    options = parser.parse_args()
    random.seed(0)
    torch.manual_seed(0)
    texts = Texts(LONGEST_PIECES)
    own, held_out = split(list(report_tasks(reports_of("q"), texts)))
    qamr = qamr_tasks(options.data / "qamr", texts)
    fill = [number for task in own for number in task.gold]
    layers = adaptable()

    def loss_of(step: int) -> Tensor:
        from_qamr = int(BATCH * QAMR_SHARE)
        drawn = random.sample(own, BATCH - from_qamr)
        for task in random.sample(qamr, from_qamr):
            lacks = random.random() < UNANSWERED_SHARE
            drawn.append(Task(task.question, [], task.others) if lacks else task)
        if step and step % 1000 == 0:
            report(layers, texts, held_out)
        return loss(layers, texts, drawn, fill)

    train(layers, loss_of, STEPS, options.seconds)
    report(layers, texts, held_out)
    write(layers, options.out)


if __name__ == "__main__":
    main()
