"""Runs turns of work in a thread that is restarted where it is gone, with pauses that grow while turns fail."""

import logging
from collections.abc import Callable
from threading import Event, Lock, Thread

log = logging.getLogger(__name__)


class GrowingPause:
    """Seconds to wait before another try: twice as many each time, up to the longest."""

    def __init__(self, first_seconds: float, longest_seconds: float) -> None:
        self._first, self._longest = first_seconds, longest_seconds
        self._seconds = first_seconds

    def reset(self) -> None:
        """Begin with the first pause again."""
        self._seconds = self._first

    def next(self) -> float:
        """The seconds to wait now."""
        seconds = self._seconds
        self._seconds = min(2 * seconds, self._longest)
        return seconds


class RestartedThread:
    """Takes turns until `stop` is called. `turn` gives the seconds until the next turn, or None after the last one."""

    def __init__(self, name: str, turn: Callable[[], float | None]) -> None:
        self.stopping = Event()
        self._name = name
        self._turn = turn
        self._starting = Lock()
        self._thread: Thread | None = None
        self._finished = False

    def start(self) -> None:
        """Begin, and return at once."""
        self._thread = Thread(target=self.run, name=self._name, daemon=True)
        self._thread.start()

    def run(self) -> None:
        """Take the turns in the thread that calls this."""
        pause: float | None = 0.0
        while pause is not None and not self.stopping.wait(pause):
            pause = self._turn()
        self._finished = True

    def stop(self, seconds: float) -> None:
        """Begin no other turn, and wait so long for the end of the one at hand."""
        self.stopping.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def restart_if_gone(self, note: Callable[[], str]) -> str | None:
        """Start the thread again where it ended before its work did. Gives what `note` says of that, or None."""
        with self._starting:
            if self._thread is None or self._thread.is_alive() or self._finished or self.stopping.is_set():
                return None
            log.error("The thread %s is gone and is begun anew", self._name)
            line = note()
            self.start()
            return line
