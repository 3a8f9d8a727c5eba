"""Watches folders and web addresses: what changes there is indexed until it is told to stop. What goes wrong is said,
and tried again: a folder that is away for an hour ends nothing."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import TypeVar

import watchfiles

from index.errors import IndexingError, ReadError
from index.ingest.report import Report
from index.ingest.restarted_thread import GrowingPause, RestartedThread
from index.message import Message, joined, message_of

LOOK_SECONDS = 1.0
# What broke off in a way that nobody thought of is tried again so much later.
AGAIN_SECONDS = 60.0
FIRST_PAUSE_SECONDS = 1.0

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass
class Watch:
    """What is watched, and how it is indexed. `reported` gets each run that did something, `failed` each fault.

    Folders are looked through when a file in them changes; feeds, and folders too, every `every_seconds`: changes on a
    network drive are told of by nobody.
    """

    folders: Sequence[Path]
    urls: Sequence[str]
    index_folders: Callable[[Sequence[Path]], Report]
    index_urls: Callable[[Sequence[str]], Report]
    every_seconds: float
    reported: Callable[[Report], None]
    failed: Callable[[str], None]
    _refused: dict[str, set[str]] = field(default_factory=dict)
    _seen: list[int | None] = field(default_factory=list)
    _broken: dict[str, str] = field(default_factory=dict)
    looks: int = 0

    def check(self) -> None:
        """Raises ReadError for a folder that is not there."""
        for folder in self.folders:
            if not folder.exists():
                raise ReadError(Message("there is no such file or folder."), name=str(folder))

    def run(self, stop: Event) -> None:
        """Watch until `stop` is set."""
        due = time.monotonic()
        while not stop.is_set():
            for changed in self._changes(stop):
                if time.monotonic() >= due:
                    self._try("folders", self.index_folders, self.folders)
                    self._try("urls", self.index_urls, self.urls)
                    wait = min(self.every_seconds, AGAIN_SECONDS) if self._broken else self.every_seconds
                    due = time.monotonic() + wait
                    self.looks += 1
                elif changed:
                    self._try("folders", self.index_folders, self.folders)
                if stop.is_set():
                    return

    def fault(self) -> str | None:
        """Why the last look broke off, if it did in a way that nobody thought of."""
        return joined(*self._broken.values()) or None

    def _changes(self, stop: Event) -> Iterator[bool]:
        """Whether files changed, about once a second; it ends where a folder goes, to be begun anew. Folders are
        watched from before the first look at them: what changes during that look is noticed."""
        if not self.folders:
            yield False
            while not stop.wait(LOOK_SECONDS):
                yield False
            return
        began_with = self._inodes()
        other, self._seen = began_with != self._seen, began_with
        try:
            for changes in watchfiles.watch(
                *self.folders, stop_event=stop, rust_timeout=int(LOOK_SECONDS * 1000), yield_on_timeout=True
            ):
                yield bool(changes) or other
                other = False
                # A folder that was moved away and made anew is another one, of which nothing would be told.
                if self._inodes() != began_with:
                    return
        except (OSError, RuntimeError) as exc:
            # A folder that is made anew may get the number of the one that went.
            self._seen = self._inodes()
            self._fault("watching", Message(
                "The folders cannot be watched: %(reason)s. They are looked at again.", reason=str(exc)
            ))
            yield other
            stop.wait(LOOK_SECONDS)

    def _inodes(self) -> list[int | None]:
        return [folder.stat().st_ino if folder.exists() else None for folder in self.folders]

    def _try(self, what: str, index: Callable[[Sequence[T]], Report], given: Sequence[T]) -> None:
        if not given:
            return
        try:
            report = index(given)
        except (IndexingError, OSError) as exc:
            self._broken.pop(what, None)
            self._fault(what, message_of(exc))
            return
        except Exception as exc:
            # Whatever it is, what else is watched goes on.
            log.exception("A look at what is watched broke off")
            self._broken[what] = Message(
                "The look at the watched %(what)s broke off (%(error)s).",
                what=what, error=f"{type(exc).__name__}: {exc}",
            )
            self._fault(what, joined(self._broken[what], Message("It is tried again.")))
            return
        self._broken.pop(what, None)
        refused = {str(refusal) for refusal in report.refused}
        # A file that cannot be read is refused at every look, and told of once.
        report.refused = [refusal for refusal in report.refused if str(refusal) not in self._refused.get(what, ())]
        self._refused[what] = refused
        if report.added or report.updated or report.removed or report.refused:
            self.reported(report)

    def _fault(self, what: str, line: str) -> None:
        if self._refused.get(what) != {line}:
            self.failed(line)
        self._refused[what] = {line}


class Watcher:
    """Runs a watch in a thread of its own, and begins it anew, after a growing pause, where it ends by itself."""

    def __init__(self, watch: Watch, *, first_pause_seconds: float = FIRST_PAUSE_SECONDS) -> None:
        self._watch = watch
        self._pause = GrowingPause(first_pause_seconds, AGAIN_SECONDS)
        self._thread = RestartedThread("watcher", self._turn)
        self._ended: tuple[str, int] | None = None

    def start(self) -> None:
        """Watch from now on."""
        self._thread.start()

    def run(self) -> None:
        """Watch in this thread, until `stop`."""
        self._thread.run()

    def stop(self, seconds: float) -> None:
        """Watch no longer, and give what it is at so long to come to its end."""
        self._thread.stop(seconds)

    def fault(self) -> str | None:
        """Why nothing is watched at the moment, or None. A thread that is gone is begun anew."""
        if line := self._thread.restart_if_gone(lambda: self._note("its thread is gone")):
            return line
        if self._ended is not None and self._watch.looks > self._ended[1]:
            self._ended = None
        return self._ended[0] if self._ended else self._watch.fault()

    def _turn(self) -> float:
        looks = self._watch.looks
        try:
            self._watch.run(self._thread.stopping)
        except Exception as exc:
            log.exception("The watcher ended")
            self._note(f"{type(exc).__name__}: {exc}")
        if self._watch.looks > looks:
            self._pause.reset()
        return self._pause.next()

    def _note(self, reason: str) -> str:
        line = Message("Watching for changed articles ended (%(error)s). It is begun anew.", error=reason)
        self._ended = line, self._watch.looks
        self._watch.failed(line)
        return line
