"""Runs work beside a server in a thread of its own: new articles are looked for again and again, a fault is said and
tried again, and a thread that is gone is begun anew."""

import logging
from collections.abc import Callable
from threading import Event, Lock, Thread

from index.errors import IndexingError, LockedError

LOCKED_SECONDS = 60.0
# After a fault that has a name, such as a server that does not answer.
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 60.0, 900.0
# After one that nobody thought of.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 60.0

log = logging.getLogger(__name__)

# Does some of the work, and ends early once what it is given says so. Gives the seconds until the next turn, or None
# where no work is left and none will come.
Turn = Callable[[Callable[[], bool]], float | None]


class BackgroundWork:
    """Takes turns until none is left, or until it is stopped.

    `what` names the work in words, such as "The annotation of articles". `say` is told once why it broke off, and when
    it goes on.
    """

    def __init__(self, what: str, turn: Turn, say: Callable[[str], None]) -> None:
        self._what = what
        self._turn = turn
        self._say = say
        self._stop = Event()
        self._starting = Lock()
        self._thread: Thread | None = None
        self._finished = False
        self._problem: str | None = None
        self._is_fault = False

    def start(self) -> None:
        """Begin, and return at once."""
        self._thread = Thread(target=self._run, name=self._what, daemon=True)
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Begin no other turn, end the one at hand early, and wait so long for that."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def fault(self) -> str | None:
        """Why the work broke off, if it did in a way that nobody thought of. A thread that is gone is begun anew."""
        with self._starting:
            if self._is_gone():
                log.error("The thread of %s is gone and is begun anew", self._what)
                line = f"{self._what} ended (its thread is gone). It is begun anew."
                self._note(line, is_fault=True)
                self.start()
                return line
        return self._problem if self._is_fault else None

    def problem(self) -> str | None:
        """Why no work is done at the moment, whatever the reason, or None."""
        return self.fault() or self._problem

    def _is_gone(self) -> bool:
        ended = self._thread is not None and not self._thread.is_alive()
        return ended and not self._finished and not self._stop.is_set()

    def _run(self) -> None:
        pause, wait, again = 0.0, FIRST_WAIT_SECONDS, FIRST_PAUSE_SECONDS
        while not self._stop.wait(pause):
            try:
                following = self._turn(self._stop.is_set)
            except LockedError:
                pause = LOCKED_SECONDS
            except IndexingError as exc:
                self._note(f"{self._what} broke off: {exc} It is tried again.", is_fault=False)
                pause, wait = wait, min(2 * wait, LONGEST_WAIT_SECONDS)
            except Exception as exc:
                # Whatever it is, the work goes on.
                log.exception("%s broke off", self._what)
                self._note(f"{self._what} broke off ({type(exc).__name__}: {exc}). It is begun anew.", is_fault=True)
                pause, again = again, min(2 * again, LONGEST_PAUSE_SECONDS)
            else:
                self._go_on()
                if following is None:
                    self._finished = True
                    return
                pause, wait, again = following, FIRST_WAIT_SECONDS, FIRST_PAUSE_SECONDS

    def _note(self, line: str, *, is_fault: bool) -> None:
        """Say what is wrong, unless something was wrong before."""
        if self._problem is None:
            self._say(line)
        self._problem, self._is_fault = line, is_fault

    def _go_on(self) -> None:
        if self._problem is not None and not self._stop.is_set():
            self._say(f"{self._what} goes on.")
            self._problem, self._is_fault = None, False
