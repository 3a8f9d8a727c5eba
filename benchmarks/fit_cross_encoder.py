"""Fits the cross-encoder on QAMR and on the reports with questions that ship here.

    python -m benchmarks.fit_cross_encoder --data FOLDER

`benchmarks.fit_cross_encoder_further` comes next. FOLDER holds `qamr/`:
questions on single sentences of Wikinews and Wikipedia. `benchmarks/training/questions` holds news reports, each with
questions that some of its sentences answer, and some that none does. Writes `index/search/cross_encoder.safetensors`.
"""

import argparse
import random
from pathlib import Path

import torch
from torch import Tensor

from benchmarks.support.joint_loss import loss, report
from benchmarks.support.joint_training import Texts, adaptable, train, write
from benchmarks.support.question_tasks import qamr_tasks, report_tasks, reports_of, sample_tasks, split
from index.search.numpy_cross_encoder import WEIGHTS

STEPS, BATCH = 3000, 48
# Of the questions in a batch so many are QAMR's.
QAMR_SHARE = 0.3
LONGEST_PIECES = 110


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
        drawn = random.sample(own, BATCH - from_qamr) + sample_tasks(qamr, from_qamr)
        if step and step % 1000 == 0:
            report(layers, texts, held_out)
        return loss(layers, texts, drawn, fill)

    train(layers, loss_of, STEPS, options.seconds)
    report(layers, texts, held_out)
    write(layers, options.out)


if __name__ == "__main__":
    main()
