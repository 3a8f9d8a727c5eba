from pathlib import Path

import pytest

from index.storage.ledger import Ledger
from tests.support.corpus import MARCH, MAY, UNDATED, put


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


@pytest.fixture
def three(ledger: Ledger) -> Ledger:
    for article in (MARCH, MAY, UNDATED):
        put(ledger, article)
    return ledger
