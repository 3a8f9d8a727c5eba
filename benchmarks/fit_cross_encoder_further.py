"""Fits the upper layers of the cross-encoder further, on reports that it was not fitted on, and on sentences that stand
behind the one before them.

    python -m benchmarks.fit_cross_encoder_further --data FOLDER

Begins with the weights that `benchmarks.fit_cross_encoder` wrote. The lower layers stay as they are, so each text is
read by them once; two cores take about 45 minutes. FOLDER is that of `benchmarks.fit_cross_encoder`.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from benchmarks.support.joint_loss import loss, report
from benchmarks.support.joint_training import DEVICE, LowerStates, Texts, adaptable, train, write
from benchmarks.support.question_tasks import (
    CANDIDATES,
    Task,
    qamr_tasks,
    report_tasks,
    reports_of,
    sample_tasks,
    split,
)
from chatbot.extractive.ranker import behind
from index.search.joint_layers import JointLayers
from index.search.numpy_cross_encoder import WEIGHTS

STEPS, RATES = 330, (6e-4, 6e-4)
LONGEST_PIECES = 96
# So many questions in a step are of the new reports, of the old ones and of QAMR, and so many steps read sentences
# behind the one before them.
NEW, OLD, QAMR = 22, 8, 6
BEHIND_SHARE = 0.4
# Of QAMR's questions so many, of the old reports each so many-th.
QAMR_QUESTIONS, EVERY_OLD = 4000, 2
REPORT_EVERY = 150


def sentences_behind(sentences: Sequence[str]) -> list[str]:
    """Each sentence behind the one before it, as the ranker reads it."""
    return [behind(before, sentence) for before, sentence in zip(["", *sentences], sentences, strict=False)]


def with_others(task: Task) -> Task:
    """The task with half of the candidates that could be taken for an answer, and half drawn from the rest."""
    near, rest = task.others[: CANDIDATES // 2], task.others[CANDIDATES // 2 :]
    return replace(task, others=near + random.sample(rest, min(len(rest), CANDIDATES // 2)))


def main() -> None:
    """Read, fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--begin", type=Path, default=WEIGHTS, help="the weights to begin with")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end by then, after the texts are read")
    options = parser.parse_args()
    random.seed(0)
    torch.manual_seed(0)
    texts = Texts(LONGEST_PIECES)
    new, old = reports_of("u"), reports_of("q")[::EVERY_OLD]
    alone, held_alone = split(list(report_tasks(new, texts)))
    with_previous, held_with_previous = split(list(report_tasks(new, texts, sentences_behind)))
    before, held_before = split(list(report_tasks(old, texts)))
    qamr = random.sample(qamr_tasks(options.data / "qamr", texts), QAMR_QUESTIONS)
    held_out = {" (new)": held_alone, " (new, behind)": held_with_previous, " (old)": held_before}
    fitted = JointLayers()
    fitted.load(load_file(options.begin))
    every = [*alone, *with_previous, *before, *qamr, *(task for tasks in held_out.values() for task in tasks)]
    numbers = {number for task in every for number in (task.question, *task.gold, *task.others)}
    lower = LowerStates(fitted.to(DEVICE).eval(), texts, numbers)
    layers = adaptable(options.begin)
    layers.lower.requires_grad_(False)

    def loss_of(step: int) -> Tensor:
        if step % REPORT_EVERY == 0:
            for what, tasks in held_out.items():
                report(layers, texts, tasks, what, lower)
        drawn = random.sample(before, OLD)
        if random.random() < BEHIND_SHARE:
            drawn += random.sample(with_previous, NEW)
        else:
            drawn += random.sample(alone, NEW) + sample_tasks(qamr, QAMR)
        fill = [number for task in random.sample(alone, NEW) for number in task.gold]
        return loss(layers, texts, list(map(with_others, drawn)), fill, lower)

    train(layers, loss_of, STEPS, options.seconds, RATES)
    for what, tasks in held_out.items():
        report(layers, texts, tasks, what, lower)
    write(layers, options.out)


if __name__ == "__main__":
    main()
