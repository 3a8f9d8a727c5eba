"""Fits the tagger, which finds in a sentence who holds which place and who has which office.

    python -m benchmarks.fit_tagger [--steps N] [--seconds S] [--begin FILE] [--out FILE]

Fitted on the sentences in `training/claims` and `training/offices`, but for those held out: the figures printed are of
these. Then the gate is fitted to let through what the tagger finds a claim in: in those sentences and in reports
of all kinds of news. Two cores take about an hour. With --steps 0 the gate alone is fitted. What ships was fitted in
four runs, each begun with the weights of the one before: the last took 1,600 steps, after the files `g*` and `h*` came.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from benchmarks.labelled_claims import HELD_OUT, TRAINING
from benchmarks.support.joint_training import half_precision, train
from benchmarks.support.question_tasks import list_of, reports_of
from benchmarks.support.tagger_layers import TaggerLayers, batch_of
from benchmarks.support.tagger_rows import IMPLIED, Row, office_rows, place_rows, plain_row
from benchmarks.support.tagger_score import report
from index.claims.tagged_places import NO_CLAIMS
from index.claims.tagger import IMPLIED_KINDS, OTHER, PLACE_KINDS, WEIGHTS
from index.search.bert import bert

STEPS, BATCH = 2400, 48
RATES = (1e-3, 1.5e-3)
GATE_STEPS, GATE_BATCH, GATE_RATES = 3000, 128, (2e-3, 2e-3)
# Batches in which texts are of about one length are made of so many at once.
SORTED_BATCHES = 8
# Of the places that are claims, since the tagger is so sure of them, the gate lets through so much. Persons with an
# office stand in most sentences of news: to read them all would double the time of indexing.
SURE, PASSED_SHARE = 0.8, 0.91
# What is nearly such a place the gate is to let through, too.
NEARLY = 0.5
# How much the kinds of pieces and their links count in what is minimised, and a piece that is tagged.
KIND_WEIGHT, LINK_WEIGHT, TAGGED_WEIGHT = 10.0, 4.0, 2.0
_CLAIMS = [n for n, name in enumerate(PLACE_KINDS) if name not in NO_CLAIMS]
_CLAIMS += [number for number, name in zip(IMPLIED, IMPLIED_KINDS, strict=True) if name != OTHER]
READ_AT_ONCE = 64
# Of the sentences of reports on all kinds of news one of so many is read.
EVERY_PLAIN = 3
READERS = {"claims": place_rows, "offices": office_rows}


def loss(model: TaggerLayers, rows: Sequence[Row]) -> Tensor:
    """How unlikely the kinds of each word piece are, of those that its row was read for, and what is linked to it."""
    ids, held = batch_of([row.ids for row in rows])
    with half_precision():
        kinds, links = (logits.float() for logits in model(ids, held))
    wanted, counted = torch.zeros_like(kinds), torch.zeros_like(kinds)
    logits: list[Tensor] = []
    linked: list[Tensor] = []
    for n, row in enumerate(rows):
        counted[n, : len(row.ids), list(row.kinds)] = 1
        for label in row.labels:
            wanted[n, label.pieces, label.kind] = 1
            for number, pieces in label.links.items():
                of_pieces = torch.zeros(len(row.ids))
                of_pieces[pieces] = 1
                logits += [links[n, number, piece, : len(row.ids)] for piece in label.pieces]
                linked += [of_pieces] * len(label.pieces)
    weight = torch.tensor(TAGGED_WEIGHT)
    each = functional.binary_cross_entropy_with_logits(kinds, wanted, reduction="none", pos_weight=weight)
    total = (each * counted).sum() / held.sum() * KIND_WEIGHT
    if logits:
        of_links = functional.binary_cross_entropy_with_logits(torch.cat(logits), torch.cat(linked))
        total = total + of_links * LINK_WEIGHT
    return total


def batches(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    """The rows in a random order, again and again, those of about one length together."""
    while True:
        order = random.sample(rows, len(rows))
        for at in range(0, len(order), size * SORTED_BATCHES):
            part = sorted(order[at : at + size * SORTED_BATCHES], key=lambda row: len(row.ids))
            own = [part[n : n + size] for n in range(0, len(part), size)]
            yield from random.sample(own, len(own))


def surest(model: TaggerLayers, rows: Sequence[Row]) -> Tensor:
    """How sure the surest place in each row is, shape (rows,)."""
    order = sorted(range(len(rows)), key=lambda n: len(rows[n].ids))
    sure_of = torch.zeros(len(rows))
    with torch.inference_mode():
        for at in range(0, len(order), READ_AT_ONCE):
            part = order[at : at + READ_AT_ONCE]
            ids, held = batch_of([rows[n].ids for n in part])
            sure_of[part] = model(ids, held)[0][..., _CLAIMS].amax(-1).masked_fill(~held, -20.0).amax(1).sigmoid()
    return sure_of


def fit_gate(model: TaggerLayers, rows: Sequence[Row], held: Sequence[Row]) -> None:
    """Fit the gate to what the tagger finds in `rows`, and set it so that it lets through PASSED_SHARE in `held`."""
    model.eval()
    sure = dict(zip(map(id, rows), surest(model, rows).tolist(), strict=True))
    drawn = batches(rows, GATE_BATCH)
    model.requires_grad_(False)
    model.gate.requires_grad_(True)

    def loss_of(_: int) -> Tensor:
        part = next(drawn)
        logits = model.gate(*batch_of([row.ids for row in part]))
        wanted = torch.tensor([float(sure[id(row)] >= NEARLY) for row in part])
        return functional.binary_cross_entropy_with_logits(logits, wanted)

    model.gate.train()
    train(model, loss_of, GATE_STEPS, float("inf"), GATE_RATES)
    model.eval()
    with torch.inference_mode():
        parts = [held[at : at + READ_AT_ONCE] for at in range(0, len(held), READ_AT_ONCE)]
        passed = torch.cat([model.gate(*batch_of([row.ids for row in part])) for part in parts])
        claims = surest(model, held) >= SURE
        least = torch.quantile(passed[claims], 1 - PASSED_SHARE)
        model.gate.out.bias.sub_(least)
        others = (passed[~claims] >= least).float().mean()
        print(f"the gate lets through {PASSED_SHARE} of what the tagger tags, {others:.2f} of all else", flush=True)


def sentences() -> tuple[list[Row], dict[str, list[Row]]]:
    """The sentences to fit on, and those that are held out by the names of their files."""
    folders = {TRAINING / folder: read for folder, read in READERS.items()}
    files = {path.stem: read for folder, read in folders.items() for path in sorted(folder.glob("*.jsonl"))}
    apart = {name for names in HELD_OUT.values() for name in names}
    rows = [row for name, read in files.items() if name not in apart for row in read(name)]
    return rows, {name: files[name](name) for name in apart}


def plain_news() -> list[Row]:
    """Some of the sentences of reports on all kinds of news, of which nothing is told."""
    reports = [each for prefix in "quv" for each in reports_of(prefix)]
    news = [str(sentence) for each in reports for sentence in list_of(each["sentences"])]
    return [plain_row(sentence) for sentence in news[::EVERY_PLAIN]]


def begin_with(model: TaggerLayers, path: Path) -> None:
    """Put weights that were fitted before into the model; kinds and links that came since are left as they are."""
    state = model.state_dict()
    for name, value in load_file(path).items():
        state[name][: len(value)] = value.float()


def main() -> None:
    """Read, fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end the fit of the tagger by then")
    parser.add_argument("--begin", type=Path, help="the weights to begin with")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    random.seed(0)
    torch.manual_seed(0)
    bert().requires_grad_(False)
    rows, held = sentences()
    print(f"{len(rows)} sentences; held out {({name: len(own) for name, own in held.items()})}", flush=True)
    model = TaggerLayers()
    if options.begin:
        begin_with(model, options.begin)
    drawn = batches(rows, BATCH)
    train(model.train(), lambda _: loss(model, next(drawn)), options.steps, options.seconds, RATES)
    for name, own in held.items():
        report(model, own, name)
    model.write(options.out)
    fit_gate(model, [*rows, *plain_news()], [row for own in held.values() for row in own])
    model.write(options.out)


if __name__ == "__main__":
    main()
