"""Fits the upper layers of the cross-encoder further, on reports that it was not fitted on, and on sentences that stand
behind the one before them.

    python -m benchmarks.fit_cross_encoder_further --data FOLDER --new u
    python -m benchmarks.fit_cross_encoder_further --data FOLDER --new v
    python -m benchmarks.fit_cross_encoder_further --data FOLDER --new v --drawn 9278 --steps 850

Begins with the weights that `benchmarks.fit_cross_encoder` wrote, then with those of the run before. The lower layers
stay as they are, so each text is read by them once; two cores take about 45 minutes for each run. FOLDER is that of
`benchmarks.fit_cross_encoder`.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from benchmarks.support.joint_loss import loss, report
from benchmarks.support.joint_training import DEVICE, LowerStates, Texts, adaptable, train, write
from benchmarks.support.question_tasks import (
    CANDIDATES,
    HELD_OUT,
    Task,
    qamr_tasks,
    report_tasks,
    reports_of,
    sample_tasks,
)
from chatbot.extractive.ranker import behind
from index.search.joint_layers import JointLayers
from index.search.numpy_cross_encoder import WEIGHTS

STEPS, RATES = 400, (6e-4, 6e-4)
LONGEST_PIECES = 96
# The reports that were fitted on before those that are new, by how their files begin.
EARLIER = {"u": ("q",), "v": ("u", "q")}
# So many of the new reports and of the earlier ones are held out.
HELD_NEW, HELD_EARLIER = 45, 20
# Of the new and of the earlier reports each so many-th is read with the sentence before, too; of the earlier ones each
# so many-th is fitted on again.
EVERY_BEHIND, EVERY_EARLIER_BEHIND, EVERY_EARLIER = 4, 6, 2
# So many questions in a step are of the new reports, of the earlier ones and of QAMR; and in so many steps some
# read sentences behind the one before them.
NEW, OLD, QAMR = 26, 7, 3
BEHIND, BEHIND_SHARE = 14, 0.25
QAMR_QUESTIONS = 1200

Report = dict[str, object]


def sentences_behind(sentences: Sequence[str]) -> list[str]:
    """Each sentence behind the one before it, as the ranker reads it."""
    return [behind(before, sentence) for before, sentence in zip(["", *sentences], sentences, strict=False)]


def with_others(task: Task) -> Task:
    """The task with half of the candidates that could be taken for an answer, and half drawn from the rest."""
    near, rest = task.others[: CANDIDATES // 2], task.others[CANDIDATES // 2 :]
    return replace(task, others=near + random.sample(rest, min(len(rest), CANDIDATES // 2)))


def in_turn(tasks: Sequence[Task], drawn: int) -> Iterator[Task]:
    """The tasks in a random order, again and again: each is seen once before any is seen twice. So many were drawn by
    an earlier run, which had the same order."""
    order = random.sample(tasks, len(tasks))
    yield from islice(cycle(order), drawn, None)


def _new_reports(prefix: str) -> tuple[list[Report], list[Report]]:
    """The new reports, and those of them that are held out."""
    reports = reports_of(prefix)
    random.Random(1).shuffle(reports)
    return reports[HELD_NEW:], reports[:HELD_NEW]


def _earlier_reports(prefix: str) -> tuple[list[Report], list[Report]]:
    """The reports that were fitted on before, and some that were held out then."""
    every = [(n, report) for earlier in EARLIER[prefix] for n, report in enumerate(reports_of(earlier))]
    held = [report for n, report in every if n % HELD_OUT == 0]
    return [report for n, report in every if n % HELD_OUT], held[:HELD_EARLIER]


def _tasks(reports: Sequence[Report], texts: Texts, *, read_behind: bool = False) -> list[Task]:
    read = sentences_behind if read_behind else list
    return [task for tasks in report_tasks(reports, texts, read) for task in tasks]


def main() -> None:
    """Read, fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--new", choices=EARLIER, required=True, help="how the files of the new reports begin")
    parser.add_argument("--begin", type=Path, default=WEIGHTS, help="the weights to begin with")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--drawn", type=int, default=0, help="so many questions of the new reports were drawn before")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end by then, after the texts are read")
    options = parser.parse_args()
    random.seed(0)
    torch.manual_seed(0)
    texts = Texts(LONGEST_PIECES)
    new, held = _new_reports(options.new)
    old, held_old = _earlier_reports(options.new)
    alone, before = _tasks(new, texts), _tasks(old[::EVERY_EARLIER], texts)
    with_previous = _tasks([*new[::EVERY_BEHIND], *old[::EVERY_EARLIER_BEHIND]], texts, read_behind=True)
    qamr = random.sample(qamr_tasks(options.data / "qamr", texts), QAMR_QUESTIONS)
    held_out = {" (new)": _tasks(held, texts), " (earlier)": _tasks(held_old, texts)}
    fitted = JointLayers()
    fitted.load(load_file(options.begin))
    every = [*alone, *with_previous, *before, *qamr, *(task for tasks in held_out.values() for task in tasks)]
    numbers = {number for task in every for number in (task.question, *task.gold, *task.others)}
    lower = LowerStates(fitted.to(DEVICE).eval(), texts, numbers)
    layers = adaptable(options.begin)
    layers.lower.requires_grad_(False)
    drawn_new = in_turn(alone, options.drawn)

    def loss_of(step: int) -> Tensor:
        if random.random() < BEHIND_SHARE:
            drawn = random.sample(with_previous, BEHIND) + [next(drawn_new) for _ in range(NEW - BEHIND)]
        else:
            drawn = [next(drawn_new) for _ in range(NEW)] + sample_tasks(qamr, QAMR)
        drawn += random.sample(before, OLD)
        fill = [number for task in random.sample(alone, len(drawn)) for number in task.gold]
        return loss(layers, texts, list(map(with_others, drawn)), fill, lower)

    for what, tasks in held_out.items():
        report(layers, texts, tasks, what, lower)
    train(layers, loss_of, options.steps, options.seconds, RATES)
    for what, tasks in held_out.items():
        report(layers, texts, tasks, what, lower)
    write(layers, options.out)


if __name__ == "__main__":
    main()
