"""Verifies statements of which it is labelled whether a passage proves them: true ones in other words, and false ones
with one thing changed.

`training/statements` holds the passages, each with its statements. Those of the files `s*` are written against what
compares words: the true ones share few with their passage, the false ones nearly all. The verification was not written
from them. In `t*` how near a statement is to its passage does not tell whether it is true; rules were written after a
sixth of `t1` had been read, so that file is a training set.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import sets
from benchmarks.strong import retrieved
from chatbot.answer import Verdict
from chatbot.verification.verifier import Verifier

PASSAGES = Path(__file__).parent / "training" / "statements"
# The files, by what they are; of so many passages one is verified, since all take many minutes.
SETS = {
    "against what compares words, never looked at": ("s[0-9]", 5),
    "near or not, looked at": ("t1", 6),
    "near or not, never looked at": ("t[23]", 6),
}
TRUE = "true"


def rows(pattern: str, every: int) -> Iterator[Mapping[str, Any]]:
    """The passages of the files of this name, each so many-th, with their statements."""
    for path in sorted(PASSAGES.glob(f"{pattern}.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        yield from (json.loads(line) for line in lines[::every])


def measure(passages: Sequence[Mapping[str, Any]], work: Path) -> Counter[tuple[str, Verdict]]:
    """The verdicts on the statements, counted by what was changed in them. Each cites its own passage."""
    documents = [
        sets.Document(f"{number:04}", " ".join(row["passage"]), {"title": row["title"], "date": row["date"]})
        for number, row in enumerate(passages)
    ]
    sets.write_documents(documents, work / "articles")
    counts: Counter[tuple[str, Verdict]] = Counter()
    with sets.indexed([work / "articles"], work / "data") as collection:
        verifier = Verifier(collection)
        articles = [collection.article(row.id) for row in collection.articles()]
        for row in passages:
            shown = [retrieved(row["title"], " ".join(row["passage"]), articles)]
            for kind, text in _statements(row):
                verified = verifier.verify(f"{text.rstrip('.')}. [1]", shown)
                verdicts = [statement.verdict for statement in verified.statements]
                counts[kind, max(verdicts, key=_ORDER.index, default=Verdict.CITED)] += 1
    return counts


_ORDER = (Verdict.VERIFIED, Verdict.MOVED, Verdict.CITED, Verdict.UNFOUND)


def _statements(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((TRUE, true["text"]) for true in row["true"])
    yield from ((false["kind"], false["text"]) for false in row["false"])


def report(name: str, counts: Counter[tuple[str, Verdict]]) -> None:
    """Print how many true statements are marked, how many false ones caught, and how many of each are verified."""
    print(f"{name}:")
    kinds = sorted({kind for kind, _ in counts} - {TRUE})
    caught = ", ".join(f"{kind} {counts[kind, Verdict.UNFOUND]} of {_total(counts, [kind])}" for kind in kinds)
    for name, chosen, word in (("true", [TRUE], "marked"), ("false", kinds, "caught")):
        marked = sum(counts[kind, Verdict.UNFOUND] for kind in chosen)
        verified = sum(counts[kind, verdict] for kind in chosen for verdict in (Verdict.VERIFIED, Verdict.MOVED))
        print(f"  {name}: {word} {marked} of {_total(counts, chosen)}, verified {verified}")
    print(f"  caught by kind: {caught}")


def _total(counts: Counter[tuple[str, Verdict]], kinds: Sequence[str]) -> int:
    return sum(count for (kind, _), count in counts.items() if kind in kinds)
