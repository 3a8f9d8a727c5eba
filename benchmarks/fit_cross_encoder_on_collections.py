"""Fits the upper layers of the cross-encoder further, on questions that are asked of many reports at once.

    python -m benchmarks.fit_cross_encoder_on_collections

Comes after `benchmarks.fit_cross_encoder_further`, and begins with its weights, or with those of an earlier run over
fewer collections; what is written is the mean of the weights before and after. Two cores take about an hour.
"""

import argparse
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from benchmarks.fit_cross_encoder_further import LONGEST_PIECES, RATES, in_turn, sentences_behind, with_others
from benchmarks.support.collection_tasks import Collection, collection_tasks, collections, with_likeliest_first
from benchmarks.support.joint_loss import loss, report
from benchmarks.support.joint_training import DEVICE, LowerStates, Texts, adaptable, train, write
from benchmarks.support.question_tasks import HELD_OUT, Task, report_tasks, reports_of
from index.search.joint_layers import JointLayers
from index.search.numpy_cross_encoder import WEIGHTS

STEPS = 420
# Of the reports of before each so many-th is fitted on again.
EVERY_EARLIER = 3
# So many questions in a step are of the collections, and of the earlier reports; in so many steps some read sentences
# behind the one before them.
NEW, OLD = 26, 10
BEHIND, BEHIND_SHARE = 14, 0.4

# A question's kind, and the question.
Asked = tuple[str, Task]


def _earlier(texts: Texts) -> tuple[list[Task], list[Task]]:
    """Questions on single reports: to fit on again, and held out."""
    reports = reports_of("v")
    held = [task for tasks in report_tasks(reports[:: HELD_OUT * 4], texts) for task in tasks]
    fitted = [report for n, report in enumerate(reports) if n % HELD_OUT][::EVERY_EARLIER]
    return [task for tasks in report_tasks(fitted, texts) for task in tasks], held


def _lower(begin: Path, texts: Texts, tasks: Iterable[Task]) -> LowerStates:
    """The states of the lower layers of all texts, which stay as they are."""
    fitted = JointLayers()
    fitted.load(load_file(begin))
    numbers = {number for task in tasks for number in (task.question, *task.gold, *task.others)}
    return LowerStates(fitted.to(DEVICE).eval(), texts, numbers)


def _questions(rows: Sequence[Collection], texts: Texts, read: Callable[..., Sequence[str]] = list) -> list[Asked]:
    return [row for each in rows for row in collection_tasks(each, texts, read)]


def main() -> None:
    """Read, fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--begin", type=Path, default=WEIGHTS, help="the weights to begin with")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end by then, after the texts are read")
    options = parser.parse_args()
    random.seed(0)
    torch.manual_seed(0)
    texts, (fitted_on, held_out) = Texts(LONGEST_PIECES), collections()
    alone, behind = _questions(fitted_on, texts), _questions(fitted_on, texts, sentences_behind)
    held = _questions(held_out, texts)
    earlier, held_earlier = _earlier(texts)
    print(f"{len(alone)} questions of collections, {len(held)} held out, {len(earlier)} of reports", flush=True)
    asked = [task for _, task in (*alone, *behind, *held)]
    lower = _lower(options.begin, texts, [*asked, *earlier, *held_earlier])
    layers = adaptable(options.begin)
    layers.lower.requires_grad_(False)
    layers.eval()
    own, own_behind = (with_likeliest_first(layers, texts, rows, lower) for rows in (alone, behind))
    layers.train()
    drawn_own = in_turn(own, 0)
    measured = {" (collections)": [task for _, task in held], " (reports)": held_earlier}

    def loss_of(_: int) -> Tensor:
        is_behind = random.random() < BEHIND_SHARE
        drawn = random.sample(own_behind, BEHIND) if is_behind else list(islice(drawn_own, BEHIND))
        drawn += [*islice(drawn_own, NEW - BEHIND), *random.sample(earlier, OLD)]
        fill = [number for task in random.sample(own, len(drawn)) for number in task.gold] + drawn[-1].others
        return loss(layers, texts, list(map(with_others, drawn)), fill, lower)

    _report(layers, texts, measured, lower)
    train(layers, loss_of, options.steps, options.seconds, RATES)
    _report(layers, texts, measured, lower)
    write(layers, options.out, mean_with=[options.begin])


def _report(layers: JointLayers, texts: Texts, held_out: Mapping[str, Sequence[Task]], lower: LowerStates) -> None:
    for what, tasks in held_out.items():
        report(layers, texts, tasks, what, lower)


if __name__ == "__main__":
    main()
