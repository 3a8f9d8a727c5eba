"""Shows how far an indexing run is: as a bar in a terminal, elsewhere, as in a log, as a line now and then."""

import os
import sys
import time
from collections.abc import Callable
from typing import NoReturn

from tqdm import tqdm

from chatbot.cli.output import printable

LONG_PASSAGES = 100
LOG_SECONDS = 30.0
# Taken for the size of a terminal that does not tell it: tqdm would draw nothing there.
COLUMNS, LINES = 80, 24


def file_progress(total: int) -> Callable[[int], None]:
    """What is told of the files done since: a bar with a rate and an end estimate, or a line each half minute."""
    return _progress(total, "file", "Indexing")


def reading_progress(total: int) -> Callable[[int], None]:
    """The same for articles that an LLM reads."""
    return _progress(total, "article", "Reading by LLM")


def _progress(total: int, unit: str, what: str) -> Callable[[int], None]:
    if not sys.stderr.isatty():
        return _Lines(total, f"{unit}s", what).update
    bar = _bar(total, unit, what)

    def update(done: int) -> None:
        bar.update(done)
        if bar.n >= total:
            bar.close()

    return update


def passage_progress() -> Callable[[str, int, int], None]:
    """The same for the passages of a long article, of which it is told the title, how many are done, and how many there
    are."""
    return _PassageBar().update if sys.stderr.isatty() else _PassageLines().update


class _Lines:
    def __init__(self, total: int, units: str, what: str) -> None:
        self._total, self._units, self._what = total, units, what
        self._done = 0
        self._shown_at = time.monotonic()

    def update(self, done: int) -> None:
        self._done += done
        if time.monotonic() - self._shown_at >= LOG_SECONDS and self._done < self._total:
            self._shown_at = time.monotonic()
            _print(f"{self._what}: {self._done:,} of {self._total:,} {self._units}.")


class _PassageLines:
    def __init__(self) -> None:
        self._title = ""
        self._shown_at = 0.0

    def update(self, title: str, done: int, total: int) -> None:
        if title != self._title:
            # Counted from the article's beginning: most are done sooner, and need no line.
            self._title, self._shown_at = title, time.monotonic()
        elif time.monotonic() - self._shown_at >= LOG_SECONDS:
            self._shown_at = time.monotonic()
            so_far = f"{done:,} of {total:,} passages." if total else "cut into passages."
            _print(f"Indexing “{printable(title)[:60]}”: {so_far}")


class _PassageBar:
    def __init__(self) -> None:
        self._bar: tqdm[NoReturn] | None = None

    def update(self, title: str, done: int, total: int) -> None:
        if self._bar is not None and (self._bar.total != total or done < self._bar.n):
            self._bar.close()
            self._bar = None
        if total == 0 or total > LONG_PASSAGES:
            if self._bar is None:
                # How many passages it has is not known before it is cut.
                shown = None if total else "{desc}: cut into passages [{elapsed}]"
                self._bar = _bar(total, "passage", printable(title)[:40], shown)
            self._bar.update(done - self._bar.n)
            self._bar.refresh()


def _bar(total: int, unit: str, what: str, shown: str | None = None) -> "tqdm[NoReturn]":
    # Without tqdm's monitor thread nothing is left running when the command ends.
    tqdm.monitor_interval = 0
    columns, lines = _terminal_size()
    return tqdm(total=total, unit=unit, desc=what, bar_format=shown, leave=False, ncols=columns - 1, nrows=lines)


def _terminal_size() -> tuple[int, int]:
    try:
        columns, lines = os.get_terminal_size(sys.stderr.fileno())
    except (OSError, ValueError):
        columns = lines = 0
    return columns or COLUMNS, lines or LINES


def _print(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
