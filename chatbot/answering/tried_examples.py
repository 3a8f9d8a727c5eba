"""Offers example questions that the articles answer: each is tried in the background before it is offered, once for
each state of the index."""

import gc
import logging
from collections.abc import Sequence
from threading import Lock, Thread

from chatbot.answer import Answer
from chatbot.answering.example_questions import example_questions
from chatbot.answering.turn import AnswerStreamer
from chatbot.errors import ChatbotError
from chatbot.filters import QuestionFilter
from index.collection import Collection
from index.errors import IndexingError

EXAMPLES_FROM = 40
MOST = 3
# So many are tried where those before them would abstain.
MOST_TRIED = 9
log = logging.getLogger(__name__)


class TriedExamples:
    """The examples of one collection. Called, it gives those of now: None while they are being tried for the first time
    since the index has changed. Safe between threads."""

    def __init__(self, chain: AnswerStreamer, collection: Collection) -> None:
        self._chain = chain
        self._collection = collection
        self._lock = Lock()
        self._state: object = None
        self._examples: Sequence[str] | None = ()

    def __call__(self) -> Sequence[str] | None:
        newest = self._collection.newest(EXAMPLES_FROM)
        places = self._collection.held_places()
        state = [*((row.id, row.added) for row in newest), *places]
        with self._lock:
            if state != self._state:
                self._state, self._examples = state, None if newest else ()
                if newest:
                    ids = [row.id for row in newest]
                    Thread(target=self._try, args=(state, ids, places), name="examples", daemon=True).start()
            return self._examples

    def _try(self, state: object, ids: Sequence[str], places: Sequence[str]) -> None:
        """Keep the first examples that are answered; after a fault the next call tries again."""
        try:
            examples = self._answered(ids, places)
        except (ChatbotError, IndexingError) as exc:
            log.info("The example questions could not be tried: %s", exc)
            examples = None
        except Exception:  # The outermost edge of this thread: the page goes on without examples.
            log.exception("Trying the example questions failed")
            examples = ()
        set_aside()
        with self._lock:
            if self._state == state:
                self._state, self._examples = (None if examples is None else state), examples

    def _answered(self, ids: Sequence[str], places: Sequence[str]) -> Sequence[str]:
        articles = [self._collection.article(ident) for ident in ids]
        candidates = [
            question
            for most in (MOST, MOST_TRIED)
            for question in example_questions(articles, most, sentences=self._collection.sentences, places=places)
        ]
        answered: list[str] = []
        for question in dict.fromkeys(candidates):
            *_, last = self._chain.stream(question, (), QuestionFilter(quoting=True))
            if isinstance(last, Answer) and last.citations and not last.abstained:
                answered.append(question)
            if len(answered) == MOST:
                break
        return tuple(answered)


def set_aside() -> None:
    """Have Python's collector leave out what is loaded by now, which lives as long as the process or this state of the
    index. It would look through all of it now and then while a question is answered: half a second at 38,000
    passages."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
