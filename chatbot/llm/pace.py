"""Measures how fast an LLM's server reads, and says how many tokens of passages it may be sent."""

import time
from collections.abc import Iterable, Iterator
from threading import Lock

FEWEST_TOKENS = 250
# What is sent beside the passages: instructions and question.
INSTRUCTION_TOKENS = 520
# A newer measurement counts so much.
WEIGHT = 0.5


class Pace:
    """The reading speed of one LLM, from the time between a prompt and its first word. Safe between threads.

    `usual_tokens` of passages answer most questions; one that compares or asks for an overview is sent what fits.
    """

    def __init__(self, first_word_seconds: float, usual_tokens: int) -> None:
        self._first_word_seconds = first_word_seconds
        self._usual_tokens = usual_tokens
        self._tokens_a_second: float | None = None
        self._lock = Lock()

    @property
    def tokens_a_second(self) -> float | None:
        """Tokens of a prompt that are read in a second; None before the first answer."""
        return self._tokens_a_second

    def passage_tokens(self, *, wide: bool) -> int | None:
        """How many tokens of passages the next prompt may hold; None for as many as the window takes."""
        usual = None if wide else self._usual_tokens
        if self._tokens_a_second is None:
            return usual
        in_time = max(int(self._tokens_a_second * self._first_word_seconds) - INSTRUCTION_TOKENS, FEWEST_TOKENS)
        return in_time if usual is None else min(usual, in_time)

    def timed(self, pieces: Iterable[str], sent: int) -> Iterator[str]:
        """`pieces` as they come; the first that says something tells how long `sent` tokens were read."""
        began, heard = time.monotonic(), False
        for piece in pieces:
            if piece and not heard:
                heard = True
                self._note(sent / max(time.monotonic() - began, 0.001))
            yield piece

    def _note(self, speed: float) -> None:
        with self._lock:
            before = self._tokens_a_second
            self._tokens_a_second = speed if before is None else WEIGHT * speed + (1 - WEIGHT) * before
