"""Keeps which articles came from a watched feed or folder, and gives them other readers when an editor chooses some."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from index.collection import Collection
from index.ingest.web import addresses_from
from index.readership import Readership
from index.storage.articles import Listed
from index.storage.source_file import WatchedSource


def note_articles(collection: Collection, source: WatchedSource, article_ids: Iterable[str]) -> None:
    """Keep that these articles came from a source, beside those that are known. Raises LockedError while another
    process writes."""
    known = _noted(collection, source)
    if new := known.union(article_ids) - known:
        with collection.writing():
            collection.ledger.settings.keep(**{_key(source): json.dumps(sorted(known | new))})


def give_readers(collection: Collection, source: WatchedSource, groups: Sequence[str]) -> int:
    """Let readers in `groups`, in place of those of the source, read what came from it. An article that was given other
    readers keeps them. Returns the number of articles; it holds when this returns.

    Raises GroupError, and LockedError while another process writes.
    """
    with collection.writing():
        noted, addresses = _noted(collection, source), _addresses(collection, source)
        ids = [
            row.id for row in collection.articles()
            if row.groups == source.groups
            and (row.id in noted or row.url in addresses or _lies_in(row, source))
        ]
        Readership(collection).restrict(ids, groups)
    return len(ids)


def _lies_in(row: Listed, source: WatchedSource) -> bool:
    is_file = row.path is not None and "://" not in source.place
    return is_file and Path(str(row.path)).is_relative_to(source.place)


def _addresses(collection: Collection, source: WatchedSource) -> frozenset[str]:
    """Of what came before this was kept, the addresses are known."""
    return addresses_from(collection, source.place) if "://" in source.place else frozenset()


def _noted(collection: Collection, source: WatchedSource) -> set[str]:
    return set(json.loads(collection.ledger.settings.get(_key(source)) or "[]"))


def _key(source: WatchedSource) -> str:
    return f"watched {source.id}"
