import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from index.article import Article
from index.storage.ledger import Ledger
from index.storage.vector_check import find_fault, find_fault_apart
from index.storage.vector_store import VectorStore
from tests.support.corpus import HARBOUR, entries_of, put

ARTICLE = Article("a1", HARBOUR, "Harbour")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    opened = Ledger(tmp_path / "ledger.sqlite")
    opened.settings.keep(model="model", dimension="8")
    put(opened, ARTICLE, dimension=8)
    return opened


@pytest.fixture
def store(tmp_path: Path, ledger: Ledger) -> VectorStore:
    made = VectorStore(folder=tmp_path / "chroma")
    made.create("model", 8)
    for rows in ledger.passages.vectors():
        made.add(rows)
    settle(ledger)
    return made


def settle(ledger: Ledger) -> None:
    """Say that the dense index has all of the ledger."""
    ledger.pending.settle(ledger.pending.state(), generation=1)


def test_a_sound_index_has_no_fault_from_inside_or_apart(ledger: Ledger, store: VectorStore, tmp_path: Path) -> None:
    assert find_fault(ledger, store) is None
    store.close()
    assert find_fault_apart(ledger.path, tmp_path / "chroma") is None


def test_another_model_is_a_fault(ledger: Ledger, store: VectorStore) -> None:
    ledger.settings.keep(model="other")
    assert find_fault(ledger, store) == "it is missing or was made with another embedding model"


def test_missing_passages_are_a_fault(ledger: Ledger, store: VectorStore) -> None:
    put(ledger, Article("b2", "New.", "New"), dimension=8)
    assert find_fault(ledger, store) is None
    settle(ledger)
    assert find_fault(ledger, store) == "it holds 3 passages, the ledger 4"


def test_other_vectors_are_a_fault(ledger: Ledger, store: VectorStore) -> None:
    put(ledger, ARTICLE, dimension=8, seed=1)
    assert find_fault(ledger, store) is None
    settle(ledger)
    assert find_fault(ledger, store) == "passage a1:0 is missing or differs"


def test_copies_of_one_text_that_search_cannot_tell_apart_are_no_fault(ledger: Ledger, store: VectorStore) -> None:
    copy = entries_of(Article("b2", "One.", "Copy"), dimension=8)[0]
    passages = [replace(copy.passage, number=n) for n in range(1200)]
    ledger.put(Article("b2", "One.", "Copy"), "h", [replace(copy, passage=passage) for passage in passages], [])
    for rows in ledger.passages.vectors():
        store.add(rows)
    settle(ledger)
    assert find_fault(ledger, store) is None


def test_a_folder_that_is_not_there_is_a_fault(ledger: Ledger, tmp_path: Path) -> None:
    assert find_fault_apart(ledger.path, tmp_path / "none") == "it is missing"


def test_a_child_that_dies_is_a_fault(
    ledger: Ledger, store: VectorStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.close()
    dying = tmp_path / "python"
    dying.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'import os; os.kill(os.getpid(), 11)'\n")
    dying.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(dying))
    assert find_fault_apart(ledger.path, tmp_path / "chroma") == "opening it ended with status -11"


def test_the_command_says_the_fault_and_exits_with_1(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "chroma").mkdir()
    (tmp_path / "chroma" / "chroma.sqlite3").write_bytes(b"\0" * 4096)
    command = [sys.executable, "-m", "index.storage.vector_check", str(ledger.path), str(tmp_path / "chroma")]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True)
    assert done.returncode == 1 and done.stdout.startswith("it cannot be used (")
