"""What a fit of the cross-encoder minimises, and how well it does on the questions that are held out."""

import random
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.support.joint_training import DEVICE, States, StepStates, Texts, logits, marks
from benchmarks.support.question_tasks import CANDIDATES, Task
from index.search.joint_layers import JointLayers

PAIRS_AT_ONCE = 64


def loss(
    layers: JointLayers, texts: Texts, tasks: Sequence[Task], fill: Sequence[int], lower: States | None = None
) -> Tensor:
    """How unlikely the right sentences of each question are, or none of them where none answers, and the words of the
    answer. Questions with few candidates are filled up with others' sentences. The lower layers are fitted, too, where
    their states are not given."""
    first, second, right = _pairs(tasks, fill)
    lower = lower or StepStates(layers, texts, {*first, *second})
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


def _pairs(tasks: Sequence[Task], fill: Sequence[int]) -> tuple[list[int], list[int], Tensor]:
    """The texts of all pairs, and by question which of its candidates are right."""
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
    return first, second, right.to(DEVICE)


def _of_words(pieces: Tensor, answers: Sequence[Sequence[int]], inner: Tensor) -> Tensor:
    each = functional.binary_cross_entropy_with_logits(pieces, marks(answers, pieces.shape[1]), reduction="none")
    return (each * inner).sum() / inner.sum()


def report(
    layers: JointLayers, texts: Texts, tasks: Sequence[Task], what: str = "", lower: States | None = None
) -> None:
    """Print how often the best sentence is right, and how well questions without an answer are told apart."""
    training = layers.training
    layers.eval()
    able: list[float] = []
    unable: list[float] = []
    first = []
    with torch.inference_mode():
        for task in tasks:
            candidates = task.gold + task.others
            states = lower or StepStates(layers, texts, [task.question, *candidates])
            scores = logits(layers, texts, [task.question] * len(candidates), candidates, states)[0]
            (able if task.gold else unable).append(float(scores.max()))
            if task.gold:
                first.append(int(scores.argmax()) < len(task.gold))
    apart = sum(good > bad for good in able for bad in unable) / (len(able) * len(unable))
    right = sum(first) / len(first)
    print(f"{len(tasks)} questions held out{what}: right sentence first {right:.3f}, area {apart:.3f}", flush=True)
    layers.train(training)
