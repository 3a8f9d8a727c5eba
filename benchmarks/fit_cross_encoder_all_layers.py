"""Fits all layers of the cross-encoder further, on single reports and on collections at once.

    python -m benchmarks.fit_cross_encoder_all_layers --data FOLDER --out FIRST
    python -m benchmarks.fit_cross_encoder_all_layers --data FOLDER --begin FIRST --steps 240 --seed 7 --rate 3.5e-4 \
        --mean-with WEIGHTS FIRST

Comes after `benchmarks.fit_cross_encoder_on_collections`, and begins with its weights, WEIGHTS; until then only the
upper layers had seen the newer reports. The mean of three, of before, of the first run and of the second, was then gone
on with for two runs more, of 35 and 40 minutes, with --rate 4e-4 and without dropout: on 71 collections with
--of-collections 9, and on 124 with 17. What ships is the mean of that mean and of the last run. Two cores that know
numbers of half precision take 40 minutes for 500 steps; others take twice as long. FOLDER is that of
`benchmarks.fit_cross_encoder`.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from benchmarks.fit_cross_encoder_further import LONGEST_PIECES, in_turn, sentences_behind, with_others
from benchmarks.support.collection_tasks import Collection, collection_tasks, collections, with_likeliest_first
from benchmarks.support.joint_loss import loss, report
from benchmarks.support.joint_training import DEVICE, LowerStates, Texts, adaptable, half_precision, train, write
from benchmarks.support.question_tasks import HELD_OUT, Task, qamr_tasks, report_tasks, reports_of, sample_tasks
from index.search.joint_layers import JointLayers
from index.search.numpy_cross_encoder import WEIGHTS

STEPS, RATE = 440, 5e-4
# Of the reports those are held out that the runs before held out: so many.
HELD_NEWER, HELD_EARLIER = 45, 20
# Of the sentences of a collection that is held out so many, those with most words of the question, are compared.
HELD_CANDIDATES = 30
# Of the newer and of the earlier reports each so many-th is read with the sentence before, too; of the earlier ones
# each so many-th is fitted on again.
EVERY_BEHIND, EVERY_EARLIER_BEHIND, EVERY_EARLIER = 4, 6, 2
# So many questions in a step are of the newer reports, of collections, of the earlier reports and of QAMR; in so many
# steps those of the reports and so many of those of collections read sentences behind the one before them.
NEWER, OF_COLLECTIONS, EARLIER, QAMR = 12, 13, 5, 2
COLLECTIONS_BEHIND, BEHIND_SHARE = 4, 0.25
QAMR_QUESTIONS = 1200
FILL = 12


class Questions:
    """All questions that are fitted on, and those that are held out."""

    def __init__(self, texts: Texts, data: Path) -> None:
        """Read them; `data` holds `qamr/`."""
        newer = reports_of("v")
        random.Random(1).shuffle(newer)
        earlier = [(n, row) for prefix in ("u", "q") for n, row in enumerate(reports_of(prefix))]
        own = [row for n, row in earlier if n % HELD_OUT]
        fitted_on, held_out = collections()
        behind = [*newer[HELD_NEWER::EVERY_BEHIND], *own[::EVERY_EARLIER_BEHIND]]
        self.newer = _of_reports(newer[HELD_NEWER:], texts)
        self.earlier = _of_reports(own[::EVERY_EARLIER], texts)
        self.behind = _of_reports(behind, texts, read_behind=True)
        self.qamr = random.sample(qamr_tasks(data / "qamr", texts), QAMR_QUESTIONS)
        self.collections = [row for each in fitted_on for row in collection_tasks(each, texts)]
        self.collections_behind = _of_collections(fitted_on, texts, read_behind=True)
        self.held_out = {
            " (newer)": _of_reports(newer[:HELD_NEWER], texts),
            " (earlier)": _of_reports([row for n, row in earlier if n % HELD_OUT == 0][:HELD_EARLIER], texts),
            " (collections)": _with_nearest(_of_collections(held_out, texts)),
        }


def _of_reports(rows: Sequence[dict[str, object]], texts: Texts, *, read_behind: bool = False) -> list[Task]:
    read = sentences_behind if read_behind else list
    return [task for tasks in report_tasks(rows, texts, read) for task in tasks]


def _of_collections(rows: Sequence[Collection], texts: Texts, *, read_behind: bool = False) -> list[Task]:
    read = sentences_behind if read_behind else list
    return [task for row in rows for _, task in collection_tasks(row, texts, read)]


def _with_nearest(tasks: Sequence[Task]) -> list[Task]:
    return [replace(task, others=task.others[:HELD_CANDIDATES]) for task in tasks]


def _mined(begin: Path, texts: Texts, questions: Questions) -> list[Task]:
    """The questions of collections, with the sentences first that the weights of before mistake for an answer."""
    layers = JointLayers()
    layers.load(load_file(begin))
    tasks = [task for _, task in questions.collections]
    numbers = {number for task in tasks for number in (task.question, *task.gold, *task.others)}
    with half_precision():
        lower = LowerStates(layers.to(DEVICE).eval(), texts, numbers)
    return with_likeliest_first(layers, texts, questions.collections, lower)


def _drawn(questions: Questions, newer: Iterator[Task], mined: Iterator[Task], of_collections: int) -> list[Task]:
    """The questions of a step; so many of them are of collections."""
    of_reports = NEWER + OF_COLLECTIONS - of_collections
    if random.random() < BEHIND_SHARE:
        drawn = random.sample(questions.behind, of_reports)
        drawn += random.sample(questions.collections_behind, COLLECTIONS_BEHIND)
    else:
        drawn = list(islice(newer, of_reports)) + list(islice(mined, COLLECTIONS_BEHIND))
    drawn += islice(mined, of_collections - COLLECTIONS_BEHIND)
    return drawn + random.sample(questions.earlier, EARLIER) + sample_tasks(questions.qamr, QAMR)


def main() -> None:
    """Read, fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--begin", type=Path, default=WEIGHTS, help="the weights to begin with")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--of-collections", type=int, default=OF_COLLECTIONS, help="so many questions in a step")
    parser.add_argument("--without-dropout", action="store_true")
    parser.add_argument("--mean-with", type=Path, nargs="*", default=[], help="write the mean with these")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end by then, after the texts are read")
    options = parser.parse_args()
    random.seed(options.seed)
    torch.manual_seed(options.seed)
    texts = Texts(LONGEST_PIECES)
    questions = Questions(texts, options.data)
    newer, mined = in_turn(questions.newer, 0), in_turn(_mined(options.begin, texts, questions), 0)
    layers = adaptable(options.begin).train(not options.without_dropout)

    def loss_of(_: int) -> Tensor:
        drawn = _drawn(questions, newer, mined, options.of_collections)
        fill = [task.others[0] for task in drawn if task.others][:FILL]
        return loss(layers, texts, list(map(with_others, drawn)), fill)

    for what, tasks in questions.held_out.items():
        report(layers, texts, tasks, what)
    # Without dropout the plain attention is faster on a processor than the one that torch chooses.
    with sdpa_kernel(SDPBackend.MATH):
        train(layers, loss_of, options.steps, options.seconds, (options.rate, options.rate))
    for what, tasks in questions.held_out.items():
        report(layers, texts, tasks, what)
    write(layers, options.out, mean_with=options.mean_with)


if __name__ == "__main__":
    main()
