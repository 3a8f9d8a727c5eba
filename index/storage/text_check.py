"""Checks that the ledger is as it was written: its file, the texts and the vectors are held against what is known of
them, and the first thing that is wrong is said. It reads all of the file.

`python -m index.storage.text_check LEDGER` does so in a process of its own, which leaves the machine to others."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from index.article import text_hash
from index.errors import DataFolderError
from index.passage import Vectors
from index.storage.ledger import Ledger

# The squares of lengths that ought to be 1; sentences' vectors are kept in sixteen bits.
TOLERANCE = 1e-2
LOW_PRIORITY = 10


def find_damage(ledger: Ledger) -> str | None:
    """What is wrong, or None. Raises DataFolderError where the ledger cannot be read at all."""
    if damage := ledger.maintenance.damage():
        return damage
    if ident := next(damaged_texts(ledger), None):
        return f"the text of article {ident} is not the one that was indexed"
    if ident := next(_damaged_vectors(ledger), None):
        return f"a vector of article {ident} does not have the length 1"
    return None


def find_damage_apart(ledger: Path) -> tuple[str | None, bool]:
    """What is wrong with the ledger in this file, and whether its word index is sound; from a process of its own."""
    child = subprocess.run(
        [sys.executable, "-m", "index.storage.text_check", str(ledger.resolve())], cwd=Path(__file__).parents[2],
        capture_output=True, text=True, check=False,
    )
    if child.returncode:
        return f"checking it ended with status {child.returncode}", True
    damage, words_are_sound = json.loads(child.stdout)
    return damage, words_are_sound


def damaged_texts(ledger: Ledger) -> Iterator[str]:
    """Ids of the articles whose text is not the one that was kept."""
    return (ident for ident, text, stored in ledger.articles.texts() if text_hash(text) != stored)


def _damaged_vectors(ledger: Ledger) -> Iterator[str]:
    dimension = int(ledger.settings.get("dimension") or 0)
    for rows in ledger.passages.raw_vectors():
        for ident, vector, sentences in rows:
            if len(vector) != 4 * dimension or not sentences or len(sentences) % (2 * dimension):
                yield ident
                return
        idents = [ident for ident, _, _ in rows]
        yield from _of_other_lengths(idents, [np.frombuffer(row[1], np.float32) for row in rows], dimension)
        of_sentences = [np.frombuffer(row[2], np.float16).astype(np.float32) for row in rows]
        yield from _of_other_lengths(idents, of_sentences, dimension)


def _of_other_lengths(idents: list[str], vectors: list[Vectors], dimension: int) -> Iterator[str]:
    """Which of the articles own vectors that do not have the length 1; `vectors` holds those of each in a row."""
    owners = [ident for ident, own in zip(idents, vectors, strict=True) for _ in range(len(own) // dimension)]
    for at in _not_of_length_1(np.concatenate(vectors).reshape(-1, dimension)):
        yield owners[at]


def _not_of_length_1(vectors: Vectors) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    # What is no number at all is not near 1 either.
    with np.errstate(all="ignore"):
        return np.flatnonzero(~(np.abs(np.einsum("ij,ij->i", vectors, vectors) - 1) < TOLERANCE))


def _check(path: Path) -> tuple[str | None, bool]:
    try:
        ledger = Ledger(path)
        return find_damage(ledger), ledger.full_text.is_sound()
    except DataFolderError as exc:
        return str(exc), True


if __name__ == "__main__":
    os.nice(LOW_PRIORITY)
    sys.stdout.write(json.dumps(_check(Path(sys.argv[1]))))
