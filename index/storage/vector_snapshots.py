"""The generations of the dense index: each is published whole, as a folder that nobody changes any more, or as a
collection on a server that is written in place. What was changed since is searched in memory, until enough of it has
gathered to be worth a new generation; so is what Chroma holds and does not find.

Whoever searches embedded Chroma opens a copy of its own, for two processes on one folder damage it, and even a reader
writes there: into its database, not into its vectors, which are linked instead of copied.
"""

import os
import shutil
import uuid
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from index.errors import DataFolderError, LockedError, VectorStoreError
from index.passage import Vectors
from index.storage.exact_search import MOST_PASSAGES, ExactIndex
from index.storage.filters import Filters
from index.storage.ledger import Ledger
from index.storage.lock import FolderLock, delete_folder
from index.storage.pending import DenseState
from index.storage.pending_passages import Pending
from index.storage.vector_check import find_fault, find_fault_apart, quick_fault
from index.storage.vector_filling import catch_up, fill

if TYPE_CHECKING:
    from index.storage.vector_store import VectorStore

# A writer that publishes again while a large folder is copied is met with another try.
TRIES = 20
# Stands beside vectors that Chroma has kept in files: those of its first thousand passages on.
METADATA_FILE = "index_metadata.pickle"
# A search that met outdated passages asks for so many times more.
MORE = 4


@dataclass(frozen=True)
class Snapshot:
    """The dense index at one moment: what is searched of the published passages, None where nothing of them is of use,
    and what is pending beside it."""

    store: "VectorStore | ExactIndex | None"
    pending: Pending

    def search(self, vector: Vectors, filters: Filters, limit: int) -> list[tuple[str, float]]:
        """Ids of the nearest passages, nearest first, each with its cosine similarity (-1 to 1)."""
        if filters.admit_nothing:
            return []
        near = self._published(vector, filters, limit) + self.pending.search(vector, filters, limit)
        return sorted(near, key=lambda scored: scored[1], reverse=True)[:limit]

    def _published(self, vector: Vectors, filters: Filters, limit: int) -> list[tuple[str, float]]:
        asked = limit
        while self.store is not None:
            near = self.store.search(vector, filters, asked)
            valid = [scored for scored in near if not self.pending.is_stale(scored[0])]
            if len(valid) >= limit or len(near) < asked:
                return valid[:limit]
            asked *= MORE
        return []


class Generations:
    """The dense index that follows one ledger, which says what is pending."""

    def __init__(self, ledger: Ledger, data: Path, url: str | None, *, exact: bool = False) -> None:
        """With `exact` an embedded Chroma is not opened for a search that is as fast without it."""
        self._ledger = ledger
        self._data = data
        self._url = url
        self._exact = exact and url is None
        self._turn = RLock()
        self._state: DenseState | None = None
        self._snapshot = Snapshot(None, Pending())
        self._serving = -1
        self._store: VectorStore | None = None
        self._copy: FolderLock | None = None

    @property
    def number(self) -> int:
        """The newest generation's number; another process may have published it."""
        return self._ledger.pending.state().generation

    @contextmanager
    def newest(self) -> Iterator[Snapshot]:
        """All that the ledger has now, to be searched."""
        with self._turn:
            snapshot = self._current()
            if self._url is None:
                # Another thread must not close the copy meanwhile.
                yield snapshot
                return
        # A server answers several at once.
        yield snapshot

    def publish(self) -> None:
        """Publish what is pending; only for the one writer. The old generation answers meanwhile.

        Raises VectorStoreError where a server fails; what is pending then stays so. An embedded Chroma that fails is
        filled anew.
        """
        state = self._ledger.pending.state()
        if not state.pending:
            return
        if self._url is not None:
            try:
                unreached = catch_up(self._ledger, self._served(state.generation))
            except VectorStoreError:
                # The server may have another collection under the name by now, or none.
                self.forget()
                unreached = catch_up(self._ledger, self._served(state.generation))
            self._ledger.pending.settle(state, generation=state.generation, unreached=unreached)
            return
        with self._copied(state.generation, to_write=True) as copy:
            try:
                with closing(_opened(copy.folder)) as store:
                    unreached = catch_up(self._ledger, store)
            except VectorStoreError:
                failed = True
            else:
                failed = False
                self._publish_copy(copy, state, unreached)
        if failed:
            self.rebuild()

    def rebuild(self) -> None:
        """Publish a new generation filled from the ledger; no embedding. The old one answers meanwhile."""
        state = self._ledger.pending.state()
        if self._url is None:
            with self._new_copy() as copy:
                with closing(_opened(copy.folder)) as store:
                    unreached = fill(self._ledger, store)
                self._publish_copy(copy, state, unreached)
        else:
            with closing(self._store_of(state.generation + 1)) as store:
                if store.model_and_dimension() is not None:
                    store.drop()
                unreached = fill(self._ledger, store)
            self._ledger.pending.settle(state, generation=state.generation + 1, unreached=unreached)
        self.clear_away()

    def fault(self) -> str | None:
        """What is wrong with the newest generation, or None; for the one writer, since nothing may change meanwhile."""
        if self._settled() == 0:
            return None
        generation = self.number
        if self._url is not None:
            with closing(self._store_of(generation)) as store:
                return find_fault(self._ledger, store)
        if not self._folder(generation).exists():
            return "it is missing"
        with self._copied(generation, to_write=False) as copy:
            return find_fault_apart(self._ledger.path, copy.folder)

    def quick_fault(self) -> str | None:
        """The same by what costs nothing to look at: of a folder that it is there, of a server's collection its marks
        and its size."""
        if self._settled() == 0:
            return None
        if self._url is None:
            return None if self._folder(self.number).exists() else "it is missing"
        with closing(self._store_of(self.number)) as store:
            return quick_fault(self._ledger, store)

    def files(self) -> list[Path]:
        """The files of the newest generation; none where it is on a server."""
        return [] if self._url is not None else [f for f in self._folder(self.number).rglob("*") if f.is_file()]

    def clear_away(self) -> None:
        """Delete what is no longer of use: older generations, what was never published, copies of dead processes."""
        if self._url is not None:
            number = self.number
            for generation in {number - 1, number + 1}:
                with closing(self._store_of(generation)) as store:
                    if store.model_and_dimension() is not None:
                        store.drop()
            return
        for folder in self._data.glob("chroma-*"):
            if folder != self._folder(self.number):
                delete_folder(folder)
        for lock_file in self._data.glob("copy-*.lock"):
            with suppress(LockedError, DataFolderError):
                FolderLock(lock_file.with_suffix("")).release()

    def forget(self) -> None:
        """Let go of the own copy."""
        with self._turn:
            self._state, self._snapshot = None, Snapshot(None, self._snapshot.pending)
            self._serving = -1
            store, self._store = self._store, None
            copy, self._copy = self._copy, None
            try:
                if store is not None:
                    store.close()
            finally:
                if copy is not None:
                    copy.release()

    def _current(self) -> Snapshot:
        for _ in range(TRIES):
            state = self._ledger.pending.state()
            if state == self._state:
                return self._snapshot
            if self._exact and self._ledger.count()[1] <= MOST_PASSAGES:
                # Read in one statement: a change that comes in between is noticed the next time.
                self._state, self._snapshot = state, Snapshot(ExactIndex(self._ledger), Pending())
                return self._snapshot
            pending = Pending.of(self._ledger, self._snapshot.pending) if state.pending else Pending()
            needed = len(pending.vectors) < self._ledger.count()[1]
            if needed and state.generation != self._serving and not self._open(state.generation):
                continue
            # What was read of the ledger in several steps may have changed between them.
            if self._ledger.pending.state() == state:
                self._state, self._snapshot = state, Snapshot(self._store if needed else None, pending)
                return self._snapshot
        raise DataFolderError(f"The dense index in {self._data} changes faster than it can be copied. Try again.")

    def _open(self, generation: int) -> bool:
        """Open a generation to search it; False where another was published, and this one deleted, meanwhile."""
        self.forget()
        if self._url is not None:
            self._store = self._store_of(generation)
        else:
            try:
                self._copy = self._copied(generation, to_write=False)
            except FileNotFoundError:
                return False
            self._store = _opened(self._copy.folder)
        self._serving = generation
        return True

    def _served(self, generation: int) -> "VectorStore":
        """A server's generation, opened once for searching and writing."""
        with self._turn:
            if self._serving != generation:
                self._open(generation)
            assert self._store is not None
            return self._store

    def _settled(self) -> int:
        """Number of passages that the published generation ought to hold."""
        return self._ledger.count()[1] - self._ledger.pending.passages()

    def _copied(self, generation: int, *, to_write: bool) -> FolderLock:
        """A folder of this process's own with a generation. Raises FileNotFoundError where that was deleted."""
        copy = self._new_copy()
        source = self._folder(generation)
        try:
            if source.exists():
                shutil.copytree(source, copy.folder, copy_function=_copy_file if to_write else _copy_or_link)
            return copy
        except FileNotFoundError:
            copy.release()
            raise
        except shutil.Error as exc:
            copy.release()
            if not source.exists():
                raise FileNotFoundError(str(source)) from exc
            raise self._not_copied(source, exc) from exc
        except OSError as exc:
            copy.release()
            raise self._not_copied(source, exc) from exc

    def _not_copied(self, source: Path, exc: Exception) -> DataFolderError:
        return DataFolderError(
            f"{source} cannot be copied: {exc}. Check the folder's permissions and the free space, or give another "
            "folder with --data."
        )

    def _new_copy(self) -> FolderLock:
        return FolderLock(self._data / f"copy-{uuid.uuid4().hex[:12]}")

    def _publish_copy(self, copy: FolderLock, state: DenseState, unreached: Collection[str]) -> None:
        after = state.generation + 1
        delete_folder(self._folder(after))
        if copy.folder.exists():
            copy.folder.rename(self._folder(after))
        self._ledger.pending.settle(state, generation=after, unreached=unreached)
        delete_folder(self._folder(state.generation))

    def _folder(self, generation: int) -> Path:
        return self._data / f"chroma-{generation}"

    def _store_of(self, generation: int) -> "VectorStore":
        return _opened(None, self._url, f"passages-{self._ledger_name()}-{generation}")

    def _ledger_name(self) -> str:
        """Keeps several collections apart on one Chroma server."""
        name = self._ledger.settings.get("name")
        if name is None:
            name = uuid.uuid4().hex[:12]
            self._ledger.settings.keep(name=name)
        return name


def _opened(folder: Path | None, url: str | None = None, collection: str | None = None) -> "VectorStore":
    # Imported here: Chroma takes most of a second, and listing articles does without.
    from index.storage.vector_store import COLLECTION, VectorStore

    return VectorStore(folder=folder, url=url, collection=collection or COLLECTION)


def _copy_file(source: str, to: str) -> str:
    """A copy that shares the blocks of its original where the file system can do so."""
    with open(source, "rb") as old, open(to, "wb") as new:
        if hasattr(os, "copy_file_range"):
            left = os.fstat(old.fileno()).st_size
            while left and (done := os.copy_file_range(old.fileno(), new.fileno(), left)):
                left -= done
        else:
            shutil.copyfileobj(old, new)
    return to


def _copy_or_link(source: str, to: str) -> str:
    """A link, where Chroma only reads the file: not to its database, nor to vectors that it has not kept yet, for each
    opening writes those anew. A copy, too, where the file system has no links."""
    if not Path(source).with_name(METADATA_FILE).exists():
        return _copy_file(source, to)
    try:
        os.link(source, to)
    except FileNotFoundError:
        raise
    except OSError:
        _copy_file(source, to)
    return to
