"""Opens the files of an index together: the lock, the ledger and the dense index that follows it.

They are checked, what can be made anew is mended, one writer at a time may change them, and they are sealed then."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import local

from index.errors import DataFolderError, LockedError, ModelError, VectorStoreError
from index.private_files import close_to_others, make_private_folder
from index.storage.connection import MEND
from index.storage.ledger import Ledger
from index.storage.lock import DataLock, WriteTurn
from index.storage.seal import Seal
from index.storage.text_check import find_damage, find_damage_apart
from index.storage.vector_snapshots import Generations

LEDGER_FILE = "ledger.sqlite"
AFTER_OTHERS = "Other articles are being added here. These are next."
# Publishing copies the dense index, and until then every reader searches what is pending passage by passage. In a run
# it waits for so many passages, and for so large a part of the index; at its end for a smaller part.
PUBLISH_PASSAGES = 2000
PUBLISH_SHARE = 0.5
PUBLISH_SHARE_AT_END = 0.1


class _Aside(local):
    """Of one thread: whether it is within `apart()`, and the lock that it has let go there."""

    is_open = False
    lock: DataLock | None = None
    depth = 0


class IndexFiles:
    """The open files of the index in a folder. `ledger` and `dense` may be read by many, changed within `writing()`."""

    def __init__(
        self, data: Path, *, model: str, chroma_url: str | None, writing: bool, reembedding: bool, mending: bool,
        wait_seconds: float, say: Callable[[str], None], ready: Callable[[], None], exact: bool = False,
    ) -> None:
        """Open them; see `Collection`. `ready` is called once it is clear that the embedding model is the right one,
        before the dense index is checked. `exact` is as in `Generations`.

        Raises DataFolderError, LockedError, ModelError, VectorStoreError.
        """
        self._data = data
        self._model = model
        self._chroma_url = chroma_url
        self._wait_seconds = wait_seconds
        self._say = say
        self._mending = mending
        self._turn = WriteTurn()
        self._aside = _Aside()
        # How often others may have written within a `writing()` of this process.
        self.times_let_go = 0
        self._lock: DataLock | None = None
        self._seal = Seal(data)
        self._damage: str | None = None
        self._make_folder()
        with ExitStack() as opened:
            lock = self._take_lock(needed=writing)
            if lock is not None:
                opened.callback(lock.release)
            # Looked at before the ledger is opened, which may change its file.
            self._sound = self._seal.holds(LEDGER_FILE)
            self.ledger = Ledger(data / LEDGER_FILE)
            opened.callback(self.ledger.close)
            if lock is not None and mending:
                self._check_ledger()
            if not reembedding:
                self.check_model()
            self.check_server()
            ready()
            self.dense = Generations(self.ledger, data, chroma_url, exact=exact)
            opened.callback(self.dense.forget)
            # Where the lock is taken, a writer is at work, which has checked all this.
            if lock is not None and mending:
                self._mend()
            if writing:
                self._lock = lock
                self._seal.break_()
                opened.callback(self._end_held)
            elif lock is not None:
                lock.release()
            self._opened = opened.pop_all()
        close_to_others(data)

    def close(self) -> None:
        """Publish what was written, let go of all files and of the lock."""
        self._opened.close()

    @contextmanager
    def writing(self, say: Callable[[str], None] | None = None) -> Iterator[None]:
        """Keep other writers out, for many changes in a row; one inside another belongs to the outer one.

        `say` is told for whom this one waits. Raises LockedError where another process is still writing.
        """
        say = say or self._say
        self._turn.take(lambda: say(AFTER_OTHERS))
        try:
            if self._lock is not None:
                yield
                return
            self._lock = DataLock(self._data, wait_seconds=self._wait_seconds, say=say)
            try:
                # Another writer may have been killed while this process was reading: the next one to open checks all.
                self._sound = self._seal.holds(LEDGER_FILE)
                self._seal.break_()
                yield
            finally:
                if self._turn.is_own:
                    self._give_back()
        finally:
            self._turn.release()

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Within `writing()`, around work that changes nothing and takes long: others may write meanwhile, see
        `give_way`. Raises LockedError where the lock cannot be had again."""
        if self._aside.is_open or not self._turn.is_own:
            yield
            return
        self._aside.is_open = True
        try:
            yield
        finally:
            self._aside.is_open = False
            self._take_back()

    def give_way(self) -> None:
        """Within `apart()`, now and then: let the threads and processes that wait to write do so until its end."""
        lock = self._lock
        if not self._aside.is_open or not self._turn.is_own or lock is None:
            return
        if self._turn.wanted or lock.wanted:
            self._close_files()
            self._lock, self._aside.lock = None, lock
            lock.let_go()
            self._aside.depth = self._turn.let_go()

    def _take_back(self) -> None:
        if (lock := self._aside.lock) is None:
            return
        self._aside.lock = None
        self._turn.take_back(self._aside.depth)
        self.times_let_go += 1
        lock.take_back()
        self._lock = lock
        self._sound = self._seal.holds(LEDGER_FILE)
        self._seal.break_()

    def publish_if_due(self) -> None:
        """Within `writing()`, after a change: publish the dense index where enough is pending."""
        self._publish_if_due(PUBLISH_SHARE, PUBLISH_PASSAGES)

    def passages(self) -> int:
        """Number of passages."""
        return self.ledger.count()[1]

    def fault(self) -> str | None:
        """Why nothing can be read, or None; nothing in it is private."""
        try:
            self.ledger.count()
        except DataFolderError:
            return "The ledger cannot be read."
        if self._damage is not None:
            return "The ledger is damaged."
        try:
            self.check_server()
        except VectorStoreError:
            return "The Chroma server does not answer."
        return None

    def refuse_damaged(self) -> None:
        """Raise DataFolderError where a check found the ledger damaged."""
        if self._damage is not None:
            raise DataFolderError(self._damage)

    def check(self) -> None:
        """Check all that opening did not read; see `Collection.check`."""
        damage, words_are_sound = find_damage_apart(self.ledger.path)
        if damage is None and words_are_sound and self.dense.fault() is None:
            return
        with self.writing():
            self._sound = False
            try:
                self._check_ledger()
            except DataFolderError as exc:
                self._damage = str(exc)
                self._say(f"{exc} Until then no question is answered.")
                return
            self._mend()

    def check_model(self) -> None:
        """Raise ModelError where the passages were embedded with another model."""
        model, asked = self.ledger.settings.get("model"), self._model
        if model not in (None, asked) and self.passages():
            raise ModelError(
                f"The index in {self._data} was made with the embedding model '{model}', not '{asked}'. Give "
                f"--embedding-model {model}, or embed it again: python app.py index --reembed --embedding-model {asked}"
            )

    def check_server(self) -> None:
        """Raise VectorStoreError where the Chroma server, if there is one, does not answer."""
        if self._chroma_url is not None:
            # Imported here, as by the dense index: Chroma takes most of a second.
            from index.storage.vector_store import check_server

            check_server(self._chroma_url)

    def trust(self, sound: bool) -> None:
        """Note what a check of everything came to: only a sound index is opened without another one."""
        self._sound = sound

    def _publish_if_due(self, share: float, least: int) -> None:
        """Publish what is pending on a server at once, and embedded once it is `least` and this share of all."""
        pending = self.ledger.pending.state().pending
        changed = pending + self.ledger.pending.passages() if pending else 0
        if changed and (self._chroma_url is not None or changed >= max(least, share * self.passages())):
            self.dense.publish()

    def _give_back(self) -> None:
        # It is not held where others were let go first and it could not be had again.
        if self._lock is None:
            return
        try:
            self._end_writing()
        finally:
            self._lock.release()
            self._lock = None

    def _end_held(self) -> None:
        if self._lock is not None:
            self._end_writing()

    def _end_writing(self) -> None:
        """What cannot be published stays pending, and is found all the same; the next opening looks for the reason."""
        if self._mending:
            try:
                self._publish_if_due(PUBLISH_SHARE_AT_END, 1)
            except (VectorStoreError, DataFolderError) as exc:
                self._sound = False
                self._say(f"{exc} What it lacks is searched without it meanwhile.")
        self._close_files()

    def _close_files(self) -> None:
        """Seal the files, which nothing may change until the seal is broken."""
        if self._sound and self.ledger.maintenance.checkpoint():
            self._seal.set([self.ledger.path, *self.dense.files()])

    def _check_ledger(self) -> None:
        if not self._sound:
            if damage := find_damage(self.ledger):
                raise DataFolderError(
                    f"The ledger {self.ledger.path} is damaged: {damage}. `python app.py verify --repair` mends what "
                    f"can be made anew from the articles' texts. Where that is not enough: {MEND}"
                )
            self._mend_words()
        if lacks := self.ledger.maintenance.lacks:
            self._say(
                f"The ledger {self.ledger.path} lacks the last {lacks} changes that were made to it: its "
                "-wal file was cut or lost, or an older ledger is in its place. Index the same articles again."
            )
            self.ledger.maintenance.go_on()

    def _mend_words(self) -> None:
        if not self.ledger.full_text.is_sound():
            self._say("The word index is damaged; it is made anew.")
            self.ledger.full_text.rebuild()

    def _mend(self) -> None:
        """Bring the dense index in order, and seal what had to be checked."""
        fault = self.dense.quick_fault() if self._sound else self.dense.fault()
        if fault:
            self._say(f"Chroma is rebuilt from the ledger: {fault}.")
            self.dense.rebuild()
        self.dense.clear_away()
        if fault or not self._sound:
            self._sound = True
            self._seal.break_()
            self._end_writing()

    def _take_lock(self, *, needed: bool) -> DataLock | None:
        if needed:
            return DataLock(self._data, wait_seconds=self._wait_seconds, say=self._say)
        try:
            return DataLock(self._data)
        except LockedError:
            return None

    def _make_folder(self) -> None:
        try:
            make_private_folder(self._data)
        except OSError as exc:
            raise DataFolderError(
                f"The data folder {self._data} cannot be made: {exc.strerror}. Give another one with --data."
            ) from exc
