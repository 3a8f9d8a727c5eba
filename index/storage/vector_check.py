"""Is the dense index what the ledger says it is? Run as a process of its own for embedded Chroma, which can die of a
damaged folder with a segmentation fault: `python -m index.storage.vector_check LEDGER FOLDER` prints why not and exits
with 1."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import VectorStoreError
from index.storage.connection import file_damage
from index.storage.filters import EVERYTHING
from index.storage.ledger import Ledger

if TYPE_CHECKING:
    from index.storage.vector_store import VectorStore

CHROMA_FILE = "chroma.sqlite3"
SELF_QUERIES = 50
TOLERANCE = 1e-3
# Chroma's search is approximate: of 200 copies of one text it was seen to miss 13 in a hundred.
MISSED_AT_MOST = 1 / 3
LONGEST_CHECK_SECONDS = 600
LOW_PRIORITY = 10

RunPython = Callable[..., "subprocess.CompletedProcess[str]"]


def find_fault(ledger: Ledger, store: "VectorStore") -> str | None:
    """What is wrong with `store`, or None: its model, its passages, their vectors, and that search finds them. Those of
    pending articles, which it does not hold yet, do not count."""
    try:
        return _mismatch(ledger, store)
    except VectorStoreError as exc:
        return _unusable(exc)


def run_python(*arguments: object, timeout: float) -> "subprocess.CompletedProcess[str]":
    """Run `python ARGUMENTS` to its end. Raises subprocess.TimeoutExpired after `timeout` seconds."""
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(
        command, cwd=Path(__file__).parents[2], timeout=timeout, capture_output=True, text=True, check=False
    )


def find_fault_apart(ledger_path: Path, folder: Path, run: RunPython = run_python) -> str | None:
    """`find_fault` for the embedded Chroma in `folder`, in a child process; its death is a fault too."""
    if not folder.exists():
        return "it is missing"
    try:
        child = run("-m", __name__, ledger_path.resolve(), folder.resolve(), timeout=LONGEST_CHECK_SECONDS)
    except subprocess.TimeoutExpired:
        return f"checking it took longer than {LONGEST_CHECK_SECONDS} seconds"
    if child.returncode == 0:
        return None
    return child.stdout.strip() or f"opening it ended with status {child.returncode}"


def quick_fault(ledger: Ledger, store: "VectorStore") -> str | None:
    """The same of its model and the number of its passages alone."""
    try:
        return _other_model(ledger, store)
    except VectorStoreError as exc:
        return _unusable(exc)


def _other_model(ledger: Ledger, store: "VectorStore") -> str | None:
    model, dimension = ledger.settings.get("model"), ledger.settings.get("dimension")
    if store.model_and_dimension() != (model, int(dimension or 0)):
        return "it is missing or was made with another embedding model"
    passages = ledger.count()[1] - ledger.pending.passages()
    held = store.count() - store.count_of([ident for _, ident, _ in ledger.pending.changes()])
    return None if held == passages else f"it holds {held} passages, the ledger {passages}"


def _mismatch(ledger: Ledger, store: "VectorStore") -> str | None:
    if fault := _other_model(ledger, store):
        return fault
    passages = ledger.count()[1] - ledger.pending.passages()
    step = max(1, passages // SELF_QUERIES)
    asked = missed = offset = 0
    for rows in ledger.passages.vectors(pending=False):
        differing = store.first_difference(rows, tolerance=TOLERANCE)
        if differing is not None:
            return f"passage {differing} is missing or differs"
        for _, _, vector in rows[-offset % step :: step]:
            nearest = store.search(vector, EVERYTHING, 1)
            asked += 1
            missed += not nearest or nearest[0][1] < 1 - TOLERANCE
        offset += len(rows)
    return f"search misses {missed} of {asked} passages" if missed > asked * MISSED_AT_MOST else None


def _file_fault(file: Path) -> str | None:
    """Chroma reads through its tables' indexes, and does not notice that one of them is wrong."""
    damage = file_damage(file) if file.exists() else None
    return damage and f"it cannot be used ({damage})"


def _unusable(exc: VectorStoreError) -> str:
    return f"it cannot be used ({exc.__cause__ or exc})"


def check_folder(ledger_path: Path, folder: Path) -> int:
    """What the child process does: print what is wrong with the embedded Chroma in `folder`; 1 if anything is."""
    # Imported here: the command line reads this module at each start, and Chroma takes most of a second.
    from index.storage.vector_store import VectorStore

    try:
        fault = _file_fault(folder / CHROMA_FILE) or find_fault(Ledger(ledger_path), VectorStore(folder=folder))
    except VectorStoreError as exc:
        fault = _unusable(exc)
    sys.stdout.write(fault or "")
    return 1 if fault else 0


if __name__ == "__main__":
    # A server checks while it answers.
    os.nice(LOW_PRIORITY)
    sys.exit(check_folder(*map(Path, sys.argv[1:])))
