"""How well articles that tell one story in nearly the same words are told from articles on the same matter. Real
articles are recombined as outlets do: shortened, cut off, with an own opening, updated, and rewritten in part."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from benchmarks.measures import share
from benchmarks.sets import summhay
from index.ingest.near_duplicates import ALIKE, likeness, signature_of
from index.language.sentences import sentence_spans

THRESHOLDS = (0.2, 0.25, 0.3, ALIKE, 0.4, 0.5, 0.6, 0.7)
SEED = 5

Change = Callable[[list[str], list[str], random.Random], list[str]]


def _without(every: float) -> Change:
    return lambda own, other, chance: [shingle for shingle in own if chance.random() >= every]


CHANGES: dict[str, Change] = {
    "one sentence in ten left out": _without(0.1),
    "the last third cut off": lambda own, other, chance: own[: len(own) * 2 // 3],
    "the last half cut off": lambda own, other, chance: own[: len(own) // 2],
    "an own opening and end": lambda own, other, chance: [*other[:2], *own, *other[-2:]],
    "updated: a third of it new": lambda own, other, chance: [*other[: len(own) // 2], *own],
    "one sentence in four another's": lambda own, other, chance: [
        chance.choice(other) if chance.random() < 0.25 else shingle for shingle in own
    ],
}


@dataclass(frozen=True)
class Outcome:
    """The likeness of each changed copy to its article, by change, and that of every two articles on one matter."""

    copies: dict[str, list[float]]
    others: list[float]


def measure(bench: Path) -> Outcome:
    """Copies of the 200 SummHay articles, and all pairs within each of its two topics."""
    copies: dict[str, list[float]] = {name: [] for name in CHANGES}
    others: list[float] = []
    chance = random.Random(SEED)
    for topic in (1, 2):
        texts = [document.text for document in summhay(bench, topic).documents]
        signatures = [signature_of(text) for text in texts]
        sentences = [[text[start:end] for start, end in sentence_spans(text)] for text in texts]
        others += [float(likeness(signature, other[None])[0]) for signature, other in combinations(signatures, 2)]
        for number, own in enumerate(sentences):
            for name, change in CHANGES.items():
                changed = " ".join(change(own, sentences[number - 1], chance))
                copies[name].append(float(likeness(signatures[number], signature_of(changed)[None])[0]))
    return Outcome(copies, others)


def report(outcome: Outcome) -> None:
    """Print what is found, and what is taken for one story though it is not, at each threshold."""
    print(f"  {'threshold':<34}" + "".join(f"{threshold:>7}" for threshold in THRESHOLDS))
    for name, shares in [*outcome.copies.items(), ("two articles on one matter", outcome.others)]:
        columns = "".join(f"{share([value >= least for value in shares]):>7.3f}" for least in THRESHOLDS)
        print(f"  {name:<34}{columns}")
    print(f"  the program uses {ALIKE}; of {len(outcome.others)} pairs the likest share {max(outcome.others):.2f}")
