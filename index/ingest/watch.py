"""Folders and web addresses in; whatever changes there is indexed until it is told to stop. What goes wrong is said,
and tried again: a folder that is away for an hour ends nothing."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import TypeVar

import watchfiles

from index.errors import IndexingError, ReadError
from index.ingest.run import Report

LOOK_SECONDS = 1.0

T = TypeVar("T")


@dataclass
class Watch:
    """What is watched, and how it is indexed. `said` is told of each run that did something, `failed` of each fault.

    Folders are looked through when a file in them changes; feeds, and folders too, every `every_seconds`: changes on a
    network drive are told of by nobody.
    """

    folders: Sequence[Path]
    urls: Sequence[str]
    index_folders: Callable[[Sequence[Path]], Report]
    index_urls: Callable[[Sequence[str]], Report]
    every_seconds: float
    said: Callable[[Report], None]
    failed: Callable[[str], None]
    _refused: dict[str, set[str]] = field(default_factory=dict)
    _seen: list[int | None] = field(default_factory=list)

    def check(self) -> None:
        """Raises ReadError for a folder that is not there."""
        for folder in self.folders:
            if not folder.exists():
                raise ReadError(f"{folder}: there is no such file or folder.")

    def run(self, stop: Event) -> None:
        """Watch until `stop` is set."""
        due = time.monotonic()
        while not stop.is_set():
            for changed in self._changes(stop):
                if time.monotonic() >= due:
                    self._try("folders", self.index_folders, self.folders)
                    self._try("urls", self.index_urls, self.urls)
                    due = time.monotonic() + self.every_seconds
                elif changed:
                    self._try("folders", self.index_folders, self.folders)
                if stop.is_set():
                    return

    def _changes(self, stop: Event) -> Iterator[bool]:
        """Whether files changed, about once a second; it ends where a folder goes, to be begun anew."""
        began_with = self._marks()
        yield began_with != self._seen
        self._seen = began_with
        try:
            if not self.folders:
                while not stop.wait(LOOK_SECONDS):
                    yield False
                return
            for changes in watchfiles.watch(
                *self.folders, stop_event=stop, rust_timeout=int(LOOK_SECONDS * 1000), yield_on_timeout=True
            ):
                yield bool(changes)
                # A folder that was moved away and made anew is another one, of which nothing would be told.
                if self._marks() != began_with:
                    return
        except (OSError, RuntimeError) as exc:
            self._fault("watching", f"The folders cannot be watched: {exc}. They are looked at again.")
            stop.wait(LOOK_SECONDS)

    def _marks(self) -> list[int | None]:
        return [folder.stat().st_ino if folder.exists() else None for folder in self.folders]

    def _try(self, what: str, index: Callable[[Sequence[T]], Report], given: Sequence[T]) -> None:
        if not given:
            return
        try:
            report = index(given)
        except (IndexingError, OSError) as exc:
            self._fault(what, str(exc))
            return
        refused = {str(one) for one in report.refused}
        # A file that cannot be read is refused at every look, and told of once.
        report.refused = [one for one in report.refused if str(one) not in self._refused.get(what, ())]
        self._refused[what] = refused
        if report.added or report.updated or report.removed or report.refused:
            self.said(report)

    def _fault(self, what: str, line: str) -> None:
        if self._refused.get(what) != {line}:
            self.failed(line)
        self._refused[what] = {line}
