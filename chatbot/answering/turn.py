"""Answers one question step by step, so that a reader sees the turn grow. The chain runs in a thread of its own: a stop
takes effect at once, even while the chain waits for a model. Whatever goes wrong is said in the turn."""

import logging
import queue
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from chatbot.answer import Answer, Preview, Step, without_references
from chatbot.answering.notes import quoted_instead, with_notes
from chatbot.answering.steps import READING
from chatbot.errors import OF_THE_SERVER, ChatbotError, reader_message
from chatbot.filters import EVERYWHERE, QuestionFilter
from index.errors import IndexingError
from index.message import Message

REDRAW_SECONDS = 0.06
WRITING = Message("Writing")
BROKEN_OFF = Message("The answer broke off before it was complete. Please ask again.")
QUOTED_INSTEAD = Message("The quoted answer was kept, and the LLM was stopped.")
UNFORESEEN = Message(
    "Something went wrong inside the chatbot while it answered; its log says what. Please ask again."
)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Turn:
    """One question and what came of it so far: the `steps` up to the one at work, streamed `text`, then an `answer`, an
    `error`, or a stop.

    Where an LLM writes, `preview` is the quoted answer, which is shown until it is `replaced` by the LLM's text.
    `groups` are the groups of readers whose articles its reader could read; None where that was not kept.
    """

    question: str
    steps: tuple[str, ...] = (READING,)
    text: str = ""
    answer: Answer | None = None
    error: str | None = None
    stopped: bool = False
    scope: QuestionFilter = EVERYWHERE
    preview: Answer | None = None
    replaced: bool = False
    asked: datetime = field(default_factory=lambda: datetime.now().astimezone(), compare=False)
    id: str = field(default_factory=lambda: uuid.uuid4().hex, compare=False)
    groups: tuple[str, ...] | None = field(default=None, compare=False)

    @property
    def article_ids(self) -> set[str]:
        """The ids of all articles that it shows something of."""
        answers = [answer for answer in (self.answer, self.preview) if answer]
        answers += [answer.quoted for answer in answers if answer.quoted]
        cited = {citation.article_id for answer in answers for citation in (*answer.citations, *answer.related)}
        return cited | ({self.scope.article} if self.scope.article else set())

    @property
    def quotes_alone(self) -> bool:
        """Whether all that it says is quoted from the articles that it cites."""
        answer = self.answer
        if answer is None or answer.abstained or answer.notes or answer.draft or answer.quoted:
            return False
        return not answer.statements and bool(answer.citations)

    @property
    def busy(self) -> bool:
        """Whether the answer is still being written."""
        return self.answer is None and self.error is None and not self.stopped

    @property
    def shown(self) -> Answer | None:
        """The answer to show now: the whole one, or the quoted one until another takes its place."""
        return self.answer or (None if self.replaced else self.preview)

    @property
    def may_keep(self) -> bool:
        """Whether a reader may still prefer the quoted answer."""
        if self.preview is None:
            return False
        return self.answer is None or self.answer.answered_by != self.preview.answered_by

    def stop(self) -> "Turn":
        """The turn once it is left: with the quoted answer, where that is what is shown."""
        return replace(self if self.shown is None else self.keep(), stopped=True)

    def keep(self, note: str = QUOTED_INSTEAD) -> "Turn":
        """The turn with the quoted answer for its own, and a `note` that says why; itself where there is none."""
        if self.preview is None:
            return self
        return replace(self, answer=with_notes(self.preview, [note]), error=None, replaced=False)


class AnswerStreamer(Protocol):
    """What answers. `stream` yields steps, pieces of text as they come, "" while it waits, the quoted answer as a
    Preview where an LLM writes and, last, the whole Answer; `writer` is the LLM's name, if there is one."""

    @property
    def answerer(self) -> str: ...
    @property
    def writer(self) -> str | None: ...
    def stream(
        self, question: str, history: Sequence[Answer], scope: QuestionFilter
    ) -> Iterator[str | Step | Preview | Answer]: ...


class Stop:
    """How others end a turn that is growing; once `keeps_quoted` is set, with its quoted answer."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.keeps_quoted = False

    def keep(self) -> None:
        """End it with its quoted answer."""
        self.keeps_quoted = True
        self.asked.set()


@dataclass(frozen=True)
class _Failure:
    """What to say to the reader instead of an answer."""

    reason: str


Piece = str | Step | Preview | Answer | _Failure


def grow(
    chain: AnswerStreamer, question: str, history: Sequence[Answer], scope: QuestionFilter, stop: Stop
) -> Iterator[Turn]:
    """The turn each time there is more to see of it, no oftener than the eye needs; the last one is not busy."""
    pieces: queue.SimpleQueue[Piece] = queue.SimpleQueue()
    threading.Thread(target=_run, args=(chain, question, history, scope, pieces, stop), daemon=True).start()
    turn = shown = Turn(question, scope=scope)
    drawn = time.monotonic()
    try:
        yield turn
        while turn.busy:
            turn = _left(turn, stop) if stop.asked.is_set() else _grown(turn, pieces)
            # The first word does not wait for its turn to be drawn.
            due = not shown.text or turn.shown is not shown.shown or time.monotonic() - drawn >= REDRAW_SECONDS
            if not turn.busy or (turn is not shown and due):
                yield turn
                shown, drawn = turn, time.monotonic()
    finally:
        stop.asked.set()


def _left(turn: Turn, stop: Stop) -> Turn:
    return (turn.keep() if stop.keeps_quoted else turn).stop()


def _grown(turn: Turn, pieces: queue.SimpleQueue[Piece]) -> Turn:
    """The turn with the next piece, or as it was when none came in time."""
    try:
        piece = pieces.get(timeout=REDRAW_SECONDS)
    except queue.Empty:
        return turn
    if isinstance(piece, Answer):
        return replace(turn, answer=piece)
    if isinstance(piece, Step):
        return _at_work(turn, piece.text)
    if isinstance(piece, Preview):
        return _previewed(turn, piece.answer)
    if isinstance(piece, _Failure):
        return _failed(turn, piece.reason)
    return replace(_at_work(turn, WRITING), text=turn.text + piece)


def _previewed(turn: Turn, answer: Answer | None) -> Turn:
    """With the quoted answer, which is not put in the place of text that is there already."""
    if answer is None:
        return replace(turn, replaced=True)
    return replace(turn, preview=answer, replaced=turn.replaced or turn.text != "")


def _failed(turn: Turn, reason: str) -> Turn:
    if turn.preview is None:
        return replace(turn, error=reason)
    answer = replace(quoted_instead(turn.preview, reason), draft=without_references(turn.text))
    return replace(turn, answer=answer, replaced=False)


def _at_work(turn: Turn, step: str) -> Turn:
    return turn if turn.steps[-1:] == (step,) else replace(turn, steps=(*turn.steps, step))


def _run(
    chain: AnswerStreamer,
    question: str,
    history: Sequence[Answer],
    scope: QuestionFilter,
    pieces: queue.SimpleQueue[Piece],
    stop: Stop,
) -> None:
    try:
        for piece in chain.stream(question, history, scope):
            if stop.asked.is_set():
                return
            if piece != "":
                pieces.put(piece)
        pieces.put(_Failure(BROKEN_OFF))
    except (ChatbotError, IndexingError) as exc:
        if isinstance(exc, OF_THE_SERVER):
            log.exception("Answering failed")
        pieces.put(_Failure(reader_message(exc)))
    except Exception:  # The outermost edge of this thread: beyond it the reader would wait for ever.
        log.exception("Answering failed")
        pieces.put(_Failure(UNFORESEEN))
