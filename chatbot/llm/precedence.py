"""Lets questions go first where articles are read in the background by the LLM that answers them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition

TURN_SECONDS = 0.2


class Precedence:
    """Counts the requests for questions. Safe between threads."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._questions = 0

    @contextmanager
    def question(self) -> Iterator[None]:
        """While the LLM is asked for a question."""
        with self._changed:
            self._questions += 1
        try:
            yield
        finally:
            with self._changed:
                self._questions -= 1
                self._changed.notify_all()

    @property
    def is_taken(self) -> bool:
        """Whether the LLM is asked for a question now."""
        return self._questions > 0

    def wait(self, stopped: Callable[[], bool]) -> None:
        """Return once no question is asked, or `stopped` says so."""
        with self._changed:
            while self._questions and not stopped():
                self._changed.wait(TURN_SECONDS)


# All requests of this process, to whatever LLM: most have one server.
QUESTIONS = Precedence()
