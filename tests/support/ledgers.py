"""Looks into the ledger of an index, and changes it, behind the back of whoever has the index open."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from index.storage.index_files import LEDGER_FILE
from index.storage.ledger import Ledger


@contextmanager
def ledger_in(data: Path) -> Iterator[Ledger]:
    """The ledger in a data folder, opened once more."""
    with closing(Ledger(data / LEDGER_FILE)) as ledger:
        yield ledger


def change(data: Path, sql: str, *values: object) -> None:
    """Run a statement on the ledger in a data folder."""
    with closing(sqlite3.connect(data / LEDGER_FILE, isolation_level=None, timeout=30)) as db:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute(sql, values)
