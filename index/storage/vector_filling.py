"""Writes what the ledger has into one generation of the dense index, and sees which articles a search finds there.

Chroma searches a graph of near neighbours (HNSW: Malkov and Yashunin, TPAMI 2018), in which a passage that is like no
other can end up without a link from any: then no question leads to it, not even its own words.
"""

from typing import TYPE_CHECKING

from index.storage.ledger import Ledger
from index.storage.vector_check import TOLERANCE

if TYPE_CHECKING:
    from index.storage.vector_store import VectorStore

ARTICLES_AT_A_TIME = 200


def fill(ledger: Ledger, store: "VectorStore") -> set[str]:
    """Make `store` anew with every passage; the ids of the articles with a passage that it does not find."""
    if not ledger.count()[1]:
        return set()
    store.create(*_model_and_dimension(ledger))
    for rows in ledger.passages.vectors():
        store.add(rows)
    return _unreached(ledger, store, pending=None)


def catch_up(ledger: Ledger, store: "VectorStore") -> set[str]:
    """Bring the pending articles into `store`; the ids of those with a passage that it does not find."""
    if store.model_and_dimension() != _model_and_dimension(ledger):
        return fill(ledger, store)
    outdated = [ident for _, ident, replaces in ledger.pending.changes() if replaces]
    for at in range(0, len(outdated), ARTICLES_AT_A_TIME):
        store.remove(outdated[at : at + ARTICLES_AT_A_TIME])
    for rows in ledger.passages.vectors(pending=True):
        store.add(rows)
    return _unreached(ledger, store, pending=True)


def _unreached(ledger: Ledger, store: "VectorStore", *, pending: bool | None) -> set[str]:
    batches = ledger.passages.vectors(pending=pending)
    return {ident for rows in batches for ident in store.unreached(rows, tolerance=TOLERANCE)}


def _model_and_dimension(ledger: Ledger) -> tuple[str, int]:
    return ledger.settings.get("model") or "", int(ledger.settings.get("dimension") or 0)
