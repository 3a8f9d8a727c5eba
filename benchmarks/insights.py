"""Are true statements marked, and faults planted by rule caught, on texts that the verification was not built on? The
statements are the insights of a SummHay topic, over the passages that hold them."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks import faults, sets
from benchmarks.support.insight_faults import INSIGHT_KINDS

TRUE_GOAL, CAUGHT_GOAL = 0.08, 0.55


def measure(data: Path, topic: int, work: Path) -> list[faults.Outcome]:
    """Each insight of a topic as it is, and once with each fault that can be planted in it."""
    sets.write_documents(sets.summhay(data, topic).documents, work / "articles")
    with sets.indexed([work / "articles"], work / "data") as collection:
        return faults.measure(collection, faults.summhay_claims(data, topic), kinds=INSIGHT_KINDS)


def report(name: str, outcomes: Sequence[faults.Outcome], *, verbose: bool = False) -> None:
    """Print how many true statements are marked and how many faults caught, by kind, in one line."""
    for outcome in outcomes if verbose else ():
        if outcome.marked is not (outcome.kind != faults.FAITHFUL):
            print(f"  ! {outcome.kind}: {outcome.text} ({outcome.missing})")
    print(line(name, outcomes))


def line(name: str, outcomes: Sequence[faults.Outcome]) -> str:
    """The line that sums up."""
    true = [outcome.marked for outcome in outcomes if outcome.kind == faults.FAITHFUL]
    planted = Counter(outcome.kind for outcome in outcomes if outcome.kind != faults.FAITHFUL)
    caught = Counter(outcome.kind for outcome in outcomes if outcome.kind != faults.FAITHFUL and outcome.marked)
    kinds = ", ".join(f"{kind} {caught[kind]} of {count}" for kind, count in sorted(planted.items()))
    marked, share = sum(true) / (len(true) or 1), caught.total() / (planted.total() or 1)
    return (
        f"{name}: true marked {sum(true)} of {len(true)} ({marked:.3f}, goal {TRUE_GOAL:.2f}), faults caught "
        f"{caught.total()} of {planted.total()} ({share:.3f}, goal {CAUGHT_GOAL:.2f}: {kinds})"
    )
