"""The generations of the dense index: each is published whole, as a folder that nobody opens or changes any more, or as
a collection on a server. Whoever searches embedded Chroma opens a copy of its own, for two processes on one folder
damage it, and even a reader writes there."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from pathlib import Path
from threading import RLock

from index.check import find_fault, find_fault_apart
from index.errors import DataFolderError, LockedError
from index.ledger import Ledger
from index.lock import FolderLock, delete_folder
from index.vectors import VectorStore

# A writer that publishes again while a large folder is copied is met with another try.
TRIES = 20


class Generations:
    """The dense index that follows one ledger; `behind` in the ledger says that the newest generation lacks changes."""

    def __init__(self, ledger: Ledger, data: Path, url: str | None) -> None:
        self._ledger = ledger
        self._data = data
        self._url = url
        # A server answers several at once; a copy is not to be closed while another thread searches it.
        self._turn = RLock() if url is None else nullcontext()
        self._serving = -1
        self._store: VectorStore | None = None
        self._copy: FolderLock | None = None

    @property
    def number(self) -> int:
        """The newest generation's number; another process may have published it."""
        return int(self._ledger.setting("generation") or 0)

    @property
    def behind(self) -> bool:
        """Whether a run that was cut short has left the newest generation without some of the ledger's changes."""
        return bool(self._ledger.setting("behind"))

    @contextmanager
    def newest(self) -> Iterator[VectorStore]:
        """The newest generation to search, or for the one writer to change before it publishes."""
        with self._turn:
            if self._store is None or self.number != self._serving:
                self._open()
            assert self._store is not None
            yield self._store

    def publish(self) -> None:
        """Let every process see what this one has changed."""
        with self._turn:
            if self._url is None and self._copy is not None and self._store is not None:
                store, self._store = self._store, None
                store.close()
                self._publish_folder(self._copy.folder, self._serving + 1)
                self._open()
            else:
                self._ledger.keep(behind="")

    def rebuild(self) -> None:
        """Publish a new generation filled from the ledger; no embedding. The old one answers meanwhile."""
        after = self.number + 1
        copy = self._new_copy() if self._url is None else None
        store = self._store_of(after) if copy is None else VectorStore(folder=copy.folder)
        with closing(store):
            if store.marks() is not None:
                store.drop()
            if self._ledger.count()[1]:
                store.create(self._ledger.setting("model") or "", int(self._ledger.setting("dimension") or 0))
                for rows in self._ledger.vectors():
                    store.add(rows)
        with self._turn:
            if copy is None:
                self._ledger.keep(generation=str(after), behind="")
            else:
                self._publish_folder(copy.folder, after)
                copy.release()
            self._open()
        self.clear_away()

    def fault(self) -> str | None:
        """What is wrong with the newest generation, or None; for the one writer, since nothing may change meanwhile."""
        if self._url is None:
            if not self._folder(self.number).exists():
                return "it is missing"
            copy = self._copied(self.number)
            try:
                return find_fault_apart(self._ledger.path, copy.folder)
            finally:
                copy.release()
        with closing(self._store_of(self.number)) as store:
            return find_fault(self._ledger, store)

    def clear_away(self) -> None:
        """Delete what is no longer of use: older generations, what was never published, copies of dead processes."""
        if self._url is not None:
            for generation in {self.number - 1, self.number + 1}:
                with closing(self._store_of(generation)) as store:
                    if store.marks() is not None:
                        store.drop()
            return
        for folder in self._data.glob("chroma-*"):
            if folder != self._folder(self.number):
                delete_folder(folder)
        for mark in self._data.glob("copy-*.lock"):
            with suppress(LockedError, DataFolderError):
                FolderLock(mark.with_suffix("")).release()

    def forget(self) -> None:
        """Let go of the own copy with what was changed in it."""
        with self._turn:
            store, self._store = self._store, None
            copy, self._copy = self._copy, None
            try:
                if store is not None:
                    store.close()
            finally:
                if copy is not None:
                    copy.release()

    def _open(self) -> None:
        self.forget()
        for _ in range(TRIES):
            generation = self.number
            if self._url is not None:
                self._store = self._store_of(generation)
            elif (copy := self._try_copy(generation)) is not None:
                self._copy, self._store = copy, VectorStore(folder=copy.folder)
            else:
                continue
            self._serving = generation
            return
        raise DataFolderError(f"The dense index in {self._data} changes faster than it can be copied. Try again.")

    def _try_copy(self, generation: int) -> FolderLock | None:
        """A copy of a generation, or None where another was published, and this one deleted, meanwhile."""
        try:
            copy = self._copied(generation)
        except FileNotFoundError:
            return None
        if self.number == generation:
            return copy
        copy.release()
        return None

    def _copied(self, generation: int) -> FolderLock:
        copy = self._new_copy()
        try:
            if self._folder(generation).exists():
                shutil.copytree(self._folder(generation), copy.folder)
            return copy
        except FileNotFoundError:
            copy.release()
            raise
        except (OSError, shutil.Error) as exc:
            copy.release()
            raise DataFolderError(
                f"{self._folder(generation)} cannot be copied: {exc}. Check the folder's permissions and the free "
                "space, or give another folder with --data."
            ) from exc

    def _new_copy(self) -> FolderLock:
        return FolderLock(self._data / f"copy-{uuid.uuid4().hex[:12]}")

    def _publish_folder(self, folder: Path, after: int) -> None:
        delete_folder(self._folder(after))
        folder.rename(self._folder(after))
        self._ledger.keep(generation=str(after), behind="")
        delete_folder(self._folder(after - 1))

    def _folder(self, generation: int) -> Path:
        return self._data / f"chroma-{generation}"

    def _store_of(self, generation: int) -> VectorStore:
        return VectorStore(url=self._url, collection=f"passages-{self._ledger_name()}-{generation}")

    def _ledger_name(self) -> str:
        """Keeps several collections apart on one Chroma server."""
        name = self._ledger.setting("name")
        if name is None:
            name = uuid.uuid4().hex[:12]
            self._ledger.keep(name=name)
        return name
