import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from benchmarks.support.scripted_llm import ScriptedLLM
from chatbot.answer import Answer, Note, Step, Understood
from chatbot.answering.pipeline import Chain
from chatbot.answering.turn import BROKEN_OFF, UNFORESEEN, Stop, Turn, grow
from chatbot.errors import LanguageModelError
from chatbot.filters import EVERYWHERE, QuestionFilter
from chatbot.settings import Settings
from index.collection import Collection
from index.errors import VectorStoreError

WHOLE = Answer("?", Understood("?"), (Note("It is so."),), "answers by quoting")


class Script:
    """A chain that plays what it is given: pieces are sent, exceptions raised, events waited for."""

    answerer = "a script"
    writer = None

    def __init__(self, *steps: object) -> None:
        self.steps = steps
        self.left = threading.Event()

    def recall(self, questions: Sequence[str]) -> list[Answer]:
        return [Answer(question, Understood(question), (), self.answerer) for question in questions]

    def stream(self, question: str, history: Sequence[Answer], scope: QuestionFilter) -> Iterator[str | Step | Answer]:
        try:
            for step in self.steps:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, threading.Event):
                    step.wait(10)
                elif isinstance(step, str | Step | Answer):
                    yield step
        finally:
            self.left.set()


def turns(*steps: object) -> list[Turn]:
    return list(grow(Script(*steps), "?", [], EVERYWHERE, Stop()))


def soon() -> threading.Event:
    """An event that comes after the turn has been drawn."""
    event = threading.Event()
    threading.Timer(0.3, event.set).start()
    return event


def test_a_turn_is_shown_at_once_and_ends_with_the_whole_answer() -> None:
    seen = turns("It ", "is so.", WHOLE)
    assert seen[0] == Turn("?") and seen[0].busy
    assert seen[-1].answer == WHOLE and not seen[-1].busy


def test_a_turn_says_what_the_chain_is_doing() -> None:
    turns_seen = turns(Step("Searching the articles"), soon(), WHOLE)
    assert ("Reading the question", "Searching the articles") in [turn.steps for turn in turns_seen]


def test_writing_is_the_step_while_text_comes_and_checking_may_follow() -> None:
    seen = turns("It ", "is so.", soon(), Step("Checking 1 statement"), soon(), WHOLE)
    shown = [turn.steps[1:] for turn in seen]
    assert ("Writing",) in shown and ("Writing", "Checking 1 statement") in shown


def test_thousands_of_pieces_are_drawn_a_few_times() -> None:
    seen = turns(*["so "] * 5000, WHOLE)
    assert seen[-1].text == "so " * 5000 and len(seen) < 50


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (LanguageModelError("The model is away."), "The model is away."),
        (VectorStoreError("The index is broken."), "The index is broken."),
        (ZeroDivisionError("a secret"), UNFORESEEN),
    ],
)
def test_a_failure_is_said_and_what_was_streamed_is_kept(raised: Exception, said: str) -> None:
    last = turns("Half", raised)[-1]
    assert (last.text, last.error, last.answer) == ("Half", said, None)


def test_a_stream_that_ends_without_an_answer_broke_off() -> None:
    assert turns("Half")[-1].error == BROKEN_OFF


def test_what_was_said_is_drawn_though_the_chain_falls_silent() -> None:
    silence, stop = threading.Event(), Stop()
    growing = grow(Script("a", "b", "c", silence, WHOLE), "?", [], EVERYWHERE, stop)
    assert any(turn.text == "abc" for turn in growing)
    growing.close()  # type: ignore[attr-defined]
    silence.set()


def test_a_stop_takes_effect_while_the_chain_waits() -> None:
    silence, stop = threading.Event(), Stop()
    growing = grow(Script("Half", silence, WHOLE), "?", [], EVERYWHERE, stop)
    next(growing)
    threading.Timer(0.3, stop.asked.set).start()
    began = time.monotonic()
    last = list(growing)[-1]
    assert last.stopped and last.text == "Half" and time.monotonic() - began < 1
    silence.set()


def test_a_chain_that_nobody_listens_to_any_more_is_left() -> None:
    silence = threading.Event()
    script = Script("a", silence, "b", WHOLE)
    growing = grow(script, "?", [], EVERYWHERE, Stop())
    next(growing)
    growing.close()  # type: ignore[attr-defined]
    silence.set()
    assert script.left.wait(2)


@pytest.mark.parametrize("behaviour", ["silent", "stall", "endless"])
@pytest.mark.parametrize("leaving", ["stop", "close"])
def test_a_stop_cancels_what_the_llm_is_asked(samples: Collection, behaviour: str, leaving: str) -> None:
    with ScriptedLLM(behaviour, delay_seconds=0.01) as llm:
        settings = Settings(model="openai:scripted", base_url=llm.base_url, max_tokens=9000, window_tokens=20_000)
        stop = Stop()
        growing = grow(Chain(samples, settings), "Who controls Homs?", [], EVERYWHERE, stop)
        next(turn for turn in growing if any(step.startswith("Waiting for") for step in turn.steps))
        while not llm.requests:
            time.sleep(0.01)
        if leaving == "stop":
            stop.asked.set()
            assert list(growing)[-1].stopped
        else:
            growing.close()  # type: ignore[attr-defined]
        assert llm.abandoned.wait(2)


def test_the_numbers_of_an_answer_do_not_change_when_it_ends(samples: Collection) -> None:
    written = (
        "The opposition took the city of Hama. [3][9] The United States mediated the truce in Manbij. [2] It cost 812 "
        "men. [1] The SNA captured Tell Rifaat on 1 December. [77]"
    )
    with ScriptedLLM("fixed", text=written, delay_seconds=0.02) as llm:
        chain = Chain(samples, Settings(model="openai:scripted", base_url=llm.base_url))
        seen = list(grow(chain, "Who mediated the truce in Manbij?", [], EVERYWHERE, Stop()))
    answer = seen[-1].answer
    assert answer is not None and answer.answered_by == "openai:scripted" and len(answer.citations) > 1
    shown = [turn.text for turn in seen if turn.text]
    assert len(shown) > 5 and all(answer.text.startswith(text) for text in shown)
    assert sum("[1]" in text for text in shown) > 2


def test_a_stop_cancels_the_rewriting_of_a_question(samples: Collection) -> None:
    with ScriptedLLM("silent") as llm:
        chain, stop = Chain(samples, Settings(model="openai:scripted", base_url=llm.base_url)), Stop()
        before = replace(WHOLE, question="Who controls Hama?", understood=Understood("Who controls Hama?"))
        growing = grow(chain, "And Homs?", [before], EVERYWHERE, stop)
        next(growing)
        while not llm.requests:
            time.sleep(0.01)
        stop.asked.set()
        assert list(growing)[-1].stopped and llm.abandoned.wait(2)


def test_waiting_for_an_llm_is_not_drawn() -> None:
    seen = turns(*[""] * 50, WHOLE)
    assert len(seen) == 2
