"""Bounds what Gradio keeps of its sessions, and counts what waits in its queue.

To be imported after blocks.py has set Gradio's environment."""

from collections.abc import Callable

import gradio as gr
from gradio.routes import App
from gradio.state_holder import SessionState, StateHolder
from starlette.requests import HTTPConnection

MOST_CONVERSATIONS = 1000
# The name of the function that takes a question.
QUESTION = "ask"


class _PageSession(SessionState):
    """A conversation without what Gradio keeps beside its states: for each part of the page the value that it was last
    sent, and a new component for each update. Nothing here reads them."""

    def __init__(self, blocks: gr.Blocks) -> None:
        super().__init__(blocks)
        self.blocks_config, self.config_values = blocks.default_config, {}

    def __setitem__(self, key: int, value: object) -> None:
        if isinstance(self.blocks_config.blocks.get(key), gr.State):
            super().__setitem__(key, value)
            self.config_values.clear()

    def _update_config(self, key: int) -> None:
        pass

    def _update_value_in_config(self, key: int, value: object) -> None:
        pass


class _Sessions(StateHolder):
    """The conversations; the one that was not used for longest makes room for another."""

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = _PageSession(self.blocks)
        return super().__getitem__(session_id)


def bound_sessions(mounted: App, blocks: gr.Blocks) -> None:
    """Let `mounted`, the application that Gradio has made for the page, keep few sessions, and small ones.

    `blocks.app` is another application, which serves nothing.
    """
    blocks.state_session_capacity = MOST_CONVERSATIONS
    mounted.state_holder = _Sessions()  # type: ignore[no-untyped-call]
    mounted.state_holder.set_blocks(blocks)


def pending(blocks: gr.Blocks) -> Callable[[Callable[[HTTPConnection], bool]], tuple[int, int]]:
    """What counts, of the requests that a test picks out, the questions and all events that wait or are at work."""
    queue = blocks._queue

    def count(is_meant: Callable[[HTTPConnection], bool]) -> tuple[int, int]:
        queues = list(queue.event_queue_per_concurrency_id.values())
        waiting = [event for events in queues for event in list(events.queue)]
        at_work = [event for events in list(queue.active_jobs) if events for event in events]
        meant = [event for event in (*waiting, *at_work) if is_meant(event.request)]
        return sum(event.fn.name == QUESTION for event in meant), len(meant)

    return count


def is_question(blocks: gr.Blocks) -> Callable[[object], bool]:
    """What tells whether an event is a question by the number that is sent for it; whatever else is sent is taken for
    one."""
    others = {number for number, fn in blocks.fns.items() if fn.name != QUESTION}
    return lambda number: type(number) is not int or number not in others
