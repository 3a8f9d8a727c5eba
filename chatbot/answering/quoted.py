"""Makes the built-in answer beside the LLM's, to show until the LLM has a verified sentence, and in its place where it
fails."""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from langchain_core.runnables import RunnableConfig

from chatbot.answer import Answer
from chatbot.answering.notes import quoted_instead
from chatbot.answering.steps import preview

log = logging.getLogger(__name__)


class Quoted:
    """The built-in answer to a question that an LLM answers, made in a thread of its own: the LLM does not wait for it.

    It is given to who listens to the chain as soon as it is there, unless it abstains.
    """

    def __init__(self, make: Callable[[], Answer], config: RunnableConfig) -> None:
        self._config = config
        self._made: Future[Answer] = Future()
        self._ended = False
        self._lock = threading.Lock()
        threading.Thread(target=self._run, args=(make,), daemon=True).start()

    def end(self) -> None:
        """The LLM's text takes its place, from now on."""
        with self._lock:
            if not self._ended:
                preview(None, self._config)
            self._ended = True

    def instead(self, reason: str, notes: Sequence[str]) -> Answer:
        """It in place of the LLM's answer, with a line that says why. Raises what making it raised."""
        return quoted_instead(self._made.result(), reason, notes)

    def beside(self, answer: Answer) -> Answer | None:
        """It, to go with the LLM's `answer`; None where it abstains, failed, or is that answer."""
        if self._made.exception() is not None:
            return None
        quoted = self._made.result()
        return None if quoted.abstained or quoted.answered_by == answer.answered_by else quoted

    def _run(self, make: Callable[[], Answer]) -> None:
        try:
            answer = make()
        except Exception as exc:
            # Who needs it raises it again; the LLM's answer does not need it.
            log.warning("The quoted answer could not be made beside the LLM's", exc_info=True)
            self._made.set_exception(exc)
            return
        with self._lock:
            if not self._ended and not answer.abstained:
                preview(answer, self._config)
        self._made.set_result(answer)
