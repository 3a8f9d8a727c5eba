"""Runs work beside a server in a thread of its own: new articles are looked for again and again, a fault is said and
tried again, and a thread that is gone is begun anew."""

import logging
from collections.abc import Callable

from index.errors import IndexingError, LockedError
from index.ingest.restarted_thread import GrowingPause, RestartedThread

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
        self._thread = RestartedThread(what, self._take_turn)
        self._wait = GrowingPause(FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS)
        self._pause = GrowingPause(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        self._problem: str | None = None
        self._is_fault = False

    def start(self) -> None:
        """Begin, and return at once."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Begin no other turn, end the one at hand early, and wait so long for that."""
        self._thread.stop(seconds)

    def fault(self) -> str | None:
        """Why the work broke off, if it did in a way that nobody thought of. A thread that is gone is begun anew."""
        if line := self._thread.restart_if_gone(self._note_gone):
            return line
        return self._problem if self._is_fault else None

    def problem(self) -> str | None:
        """Why no work is done at the moment, whatever the reason, or None."""
        return self.fault() or self._problem

    def _take_turn(self) -> float | None:
        try:
            following = self._turn(self._thread.stopping.is_set)
        except LockedError:
            return LOCKED_SECONDS
        except IndexingError as exc:
            self._note(f"{self._what} broke off: {exc} It is tried again.", is_fault=False)
            return self._wait.next()
        except Exception as exc:
            # Whatever it is, the work goes on.
            log.exception("%s broke off", self._what)
            self._note(f"{self._what} broke off ({type(exc).__name__}: {exc}). It is begun anew.", is_fault=True)
            return self._pause.next()
        self._go_on()
        self._wait.reset()
        self._pause.reset()
        return following

    def _note_gone(self) -> str:
        line = f"{self._what} ended (its thread is gone). It is begun anew."
        self._note(line, is_fault=True)
        return line

    def _note(self, line: str, *, is_fault: bool) -> None:
        """Say what is wrong, unless something was wrong before."""
        if self._problem is None:
            self._say(line)
        self._problem, self._is_fault = line, is_fault

    def _go_on(self) -> None:
        if self._problem is not None and not self._thread.stopping.is_set():
            self._say(f"{self._what} goes on.")
            self._problem, self._is_fault = None, False
