"""Runs a chain in a thread of its own and gives what it streams as it comes, with the steps that its stages report and
the answer that is shown first.

A stage reports both as custom events of LangChain, which any callback handler may listen to.
"""

import queue
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler, dispatch_custom_event
from langchain_core.runnables import Runnable, RunnableConfig

from chatbot.answer import Answer, Preview, Step
from index.message import Message

STEP = "step"
PREVIEW = "preview"
# Tags the runs that answer a part of a question, or the question anew: their steps are not those of the question.
PART = "part"
WAIT_SECONDS = 0.2
READING = Message("Reading the question")


def report(step: str, config: RunnableConfig) -> None:
    """Tell who listens to the chain that runs with `config` what it is doing."""
    dispatch_custom_event(STEP, step, config=config)


def preview(answer: Answer | None, config: RunnableConfig) -> None:
    """Give who listens the answer to show until another takes its place, and then None."""
    dispatch_custom_event(PREVIEW, answer, config=config)


def streamed(chain: Runnable[Any, Any], asked: object) -> Iterator[Any]:
    """What `chain` streams when it is given `asked`, its steps in between, and "" five times a second while it waits.

    Raises what the chain raises. Closing the iterator sets the Event that the chain's `left_of` looks at, and does not
    wait for the chain to end.
    """
    pieces: queue.SimpleQueue[object] = queue.SimpleQueue()
    left = threading.Event()
    ended: Future[None] = Future()
    ended.add_done_callback(lambda _: pieces.put(ended))
    config = RunnableConfig(callbacks=[_Listener(pieces)], configurable={"left": left})
    threading.Thread(target=_run, args=(chain, asked, config, pieces, left, ended), daemon=True).start()
    try:
        while (piece := _next(pieces)) is not ended:
            yield piece
    finally:
        left.set()
    ended.result()


class _Listener(BaseCallbackHandler):
    """Puts the steps, and the answer that is shown first, among the pieces."""

    def __init__(self, pieces: queue.SimpleQueue[object]) -> None:
        self._pieces = pieces

    def on_custom_event(self, name: str, data: Any, **about: Any) -> None:  # noqa: ANN401
        if PART in (about.get("tags") or ()):
            return
        if name == STEP:
            self._pieces.put(Step(data))
        elif name == PREVIEW:
            self._pieces.put(Preview(data))


def _run(
    chain: Runnable[Any, Any], asked: object, config: RunnableConfig, pieces: queue.SimpleQueue[object],
    left: threading.Event, ended: "Future[None]",
) -> None:
    try:
        for piece in chain.stream(asked, config):
            if left.is_set():
                break
            pieces.put(piece)
    except BaseException as exc:  # noqa: BLE001
        # It is raised again in the thread that listens.
        ended.set_exception(exc)
    else:
        ended.set_result(None)


def _next(pieces: queue.SimpleQueue[object]) -> object:
    try:
        return pieces.get(timeout=WAIT_SECONDS)
    except queue.Empty:
        return ""
