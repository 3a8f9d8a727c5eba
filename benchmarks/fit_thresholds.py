"""Settles the answerer's thresholds from whole answers, each collection asked with the weights fitted on all others.

    python -m benchmarks.fit_thresholds --work FOLDER

To run after `benchmarks.fit`, with the same FOLDER. Writes the thresholds into `chatbot/extractive/weights.json` and
`benchmarks/left_out.json`.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Self

from benchmarks.fit import PROCESSES, WEIGHTS
from benchmarks.news_answers import LEFT_OUT, Asking, Outcome, fitted_sets, left_out
from chatbot.extractive.weights import using

# What is printed shows what other thresholds give.
ENOUGH = tuple(round(0.4 + 0.03 * n, 2) for n in range(8))
TRIED = {
    "claim": (0.3, 0.4, 0.5),
    "rival": (0.65, 0.8),
    "near": (0.4, 0.5, 0.6),
    "near_sure": (0.6, 0.7, 0.8),
    "same": (0.8, 0.95),
    "unclaimed": (-3.0, -2.0, -1.0),
}

# A right sentence more is worth ten needless ones.
NEEDLESS_WEIGHT = 0.1

Thresholds = Mapping[str, float]


@dataclass(frozen=True)
class Counts:
    """How many questions the articles answer and how many of those cite a right sentence, how many they do not and how
    many of those are declined, how many answers are wrong, and how many sentences stand needlessly behind a right one.
    """

    able: int = 0
    cited: int = 0
    unable: int = 0
    declined: int = 0
    wrong: int = 0
    needless: int = 0

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Self:
        """Those of one round of questions."""
        able = [outcome for outcome in outcomes if not outcome.question.abstain]
        unable = [outcome for outcome in outcomes if outcome.question.abstain]
        return cls(
            len(able), sum(outcome.cited for outcome in able),
            len(unable), sum(outcome.answer.abstained for outcome in unable),
            sum(outcome.wrong for outcome in outcomes), sum(outcome.needless for outcome in outcomes),
        )

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.able + other.able, self.cited + other.cited, self.unable + other.unable,
            self.declined + other.declined, self.wrong + other.wrong, self.needless + other.needless,
        )

    @property
    def gain(self) -> float:
        """By how much right answers outnumber wrong ones, less what is needless."""
        return self.cited - self.wrong - NEEDLESS_WEIGHT * self.needless

    def __str__(self) -> str:
        return (
            f"cited {self.cited / self.able:.3f}, declined {self.declined / self.unable:.3f}, "
            f"wrong of all {self.wrong / (self.able + self.unable):.3f}, {self.needless} needless sentences"
        )


def counted(name: str, work: Path, tried: Sequence[Thresholds]) -> list[Counts]:
    """A round of a collection's questions for each of the thresholds tried."""
    [news] = [news for news in fitted_sets() if news.name == name]
    weights = left_out()[name]
    counts = []
    with Asking(news, work / name) as asking:
        for thresholds in tried:
            with using(replace(weights, thresholds={**weights.thresholds, **thresholds})):
                counts.append(Counts.of(asking.outcomes()))
    return counts


def totals(work: Path, tried: Sequence[Thresholds]) -> list[Counts]:
    """The counts over all collections for each of the thresholds tried."""
    with ProcessPoolExecutor(PROCESSES) as pool:
        rows = pool.map(partial(counted, work=work, tried=tried), list(left_out()))
        return [sum(column, Counts()) for column in zip(*rows, strict=True)]


def settled(work: Path) -> dict[str, float]:
    """The thresholds that gain most: those of choosing, each tried by itself, then
    that of answering, with what was chosen."""
    tried = [(name, value) for name, values in TRIED.items() for value in values]
    gains: dict[str, list[tuple[float, float]]] = {name: [] for name in TRIED}
    for (name, value), counts in zip(tried, totals(work, [{name: value} for name, value in tried]), strict=True):
        print(f"{name} {value:.2f}: {counts}", flush=True)
        gains[name].append((counts.gain, value))
    chosen = {name: max(rows)[1] for name, rows in gains.items()}
    answering = totals(work, [{**chosen, "answer": enough} for enough in ENOUGH])
    for enough, counts in zip(ENOUGH, answering, strict=True):
        print(f"answer {enough:.2f}: {counts}", flush=True)
    _, best = max((counts.gain, enough) for enough, counts in zip(ENOUGH, answering, strict=True))
    return {**chosen, "answer": best}


def main() -> None:
    """Settle, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="where `benchmarks.fit` keeps indexes")
    thresholds = settled(parser.parse_args().work)
    print(thresholds)
    weights, others = json.loads(WEIGHTS.read_text()), json.loads(LEFT_OUT.read_text())
    for written in (weights, *others.values()):
        written["thresholds"] |= thresholds
    for path, content in ((WEIGHTS, weights), (LEFT_OUT, others)):
        path.write_text(json.dumps(content, separators=(",", ":")))


if __name__ == "__main__":
    main()
