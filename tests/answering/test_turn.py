import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from benchmarks.support.scripted_llm import ScriptedLLM
from chatbot.answer import Answer, Note, Preview, Step, Understood
from chatbot.answering.notes import INSTEAD
from chatbot.answering.pipeline import Chain
from chatbot.answering.turn import BROKEN_OFF, QUOTED_INSTEAD, UNFORESEEN, Stop, Turn, grow
from chatbot.errors import UNREADABLE, LanguageModelError
from chatbot.filters import EVERYWHERE, QuestionFilter
from chatbot.settings import Settings
from index.collection import Collection
from index.errors import VectorStoreError

QUOTED = Answer("?", Understood("?"), (Note("“It rains.”"),), "answers by quoting")
WHOLE = Answer("?", Understood("?"), (Note("It is so."),), "answers by quoting")


class Script:
    """A chain that plays what it is given: pieces are sent, exceptions raised, events waited for."""

    answerer = "a script"
    writer = None

    def __init__(self, *steps: object) -> None:
        self.steps = steps
        self.left = threading.Event()

    def stream(
        self, question: str, history: Sequence[Answer], scope: QuestionFilter
    ) -> Iterator[str | Step | Preview | Answer]:
        try:
            for step in self.steps:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, threading.Event):
                    step.wait(10)
                elif isinstance(step, str | Step | Preview | Answer):
                    yield step
        finally:
            self.left.set()


def turns(*steps: object) -> list[Turn]:
    return list(grow(Script(*steps), "?", [], EVERYWHERE, Stop()))


def soon(times: int = 1) -> threading.Event:
    """An event that comes after the turn has been drawn so many `times`."""
    event = threading.Event()
    threading.Timer(0.3 * times, event.set).start()
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
    ("raised", "message"),
    [
        (LanguageModelError("The model is away."), "The model is away."),
        (VectorStoreError("The index in /srv/data is broken."), UNREADABLE),
        (ZeroDivisionError("a secret"), UNFORESEEN),
    ],
)
def test_a_failure_is_said_and_what_was_streamed_is_kept(raised: Exception, message: str) -> None:
    last = turns("Half", raised)[-1]
    assert (last.text, last.error, last.answer) == ("Half", message, None)


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


def written(chain: Chain, question: str) -> list[Turn]:
    return list(grow(chain, question, [], EVERYWHERE, Stop()))


def test_the_quoted_answer_is_shown_until_the_llm_has_a_verified_sentence() -> None:
    more = [" so. [1]", Preview(None), soon(3), " More.", soon(4), WHOLE]
    seen = turns(Preview(QUOTED), soon(), "It is", soon(2), *more)
    shown = [(turn.shown, turn.text) for turn in seen]
    assert (QUOTED, "") in shown and (QUOTED, "It is") in shown
    assert (None, "It is so. [1]") in shown and (None, "It is so. [1] More.") in shown
    assert seen[-1].shown == WHOLE and seen[-1].may_keep is False  # Both are of the built-in answerer here.


def test_the_quoted_answer_does_not_push_text_away_that_is_already_read() -> None:
    assert all(turn.shown is None for turn in turns("It is", soon(), Preview(QUOTED), soon(2), WHOLE)[:-1])


@pytest.mark.parametrize("failure", [LanguageModelError("The model is away."), ZeroDivisionError("a secret")])
def test_where_the_chain_fails_the_quoted_answer_stays_with_a_line(failure: Exception) -> None:
    last = turns(Preview(QUOTED), soon(), "Half [1]", Preview(None), soon(2), failure)[-1]
    assert last.answer is not None and last.error is None
    assert (last.answer.blocks, last.answer.draft) == (QUOTED.blocks, "Half")
    assert last.answer.notes[-1].endswith(INSTEAD) and "secret" not in last.answer.notes[-1]


def test_a_stop_keeps_the_quoted_answer_that_is_shown_and_only_that() -> None:
    for pieces, keeps_quoted in ((Preview(QUOTED),), True), ((Preview(QUOTED), "Half", Preview(None)), False):
        silence, stop = threading.Event(), Stop()
        growing = grow(Script(*pieces, silence, WHOLE), "?", [], EVERYWHERE, stop)
        next(turn for turn in growing if turn.preview and turn.replaced is not keeps_quoted)
        stop.asked.set()
        last = list(growing)[-1]
        assert last.stopped and not last.busy
        assert (last.answer is not None and last.answer.notes == (QUOTED_INSTEAD,)) is keeps_quoted
        silence.set()


def test_a_reader_may_keep_the_quoted_answer_at_any_time() -> None:
    for pieces in ((Preview(QUOTED),), (Preview(QUOTED), "Half", Preview(None))):
        silence, stop = threading.Event(), Stop()
        growing = grow(Script(*pieces, silence, WHOLE), "?", [], EVERYWHERE, stop)
        next(turn for turn in growing if turn.preview and turn.replaced is (len(pieces) > 1))
        stop.keep()
        answer = list(growing)[-1].answer
        assert answer is not None and (answer.blocks, answer.notes) == (QUOTED.blocks, (QUOTED_INSTEAD,))
        silence.set()


def test_an_llm_that_is_silent_leaves_a_reader_with_quotations_of_the_articles(samples: Collection) -> None:
    with ScriptedLLM("silent") as llm:
        chain = Chain(samples, Settings(model="openai:scripted", base_url=llm.base_url, timeout_seconds=3, retries=0))
        seen = written(chain, "Who controls Homs?")
    first = next(turn for turn in seen if turn.shown)
    assert first.busy and first.shown is not None and first.shown.citations
    assert first.steps[-1] == "Waiting for openai:scripted"
    last = seen[-1].answer
    assert last is not None and last.blocks == first.shown.blocks and "did not answer for 3 seconds" in last.notes[-1]


def test_the_llms_answer_goes_with_the_quoted_one(samples: Collection) -> None:
    # The quoted answer is there before the first word, on a busy machine too.
    with ScriptedLLM("fixed", text="The opposition took the city of Hama. [1][2][3]", delay_seconds=0.6) as llm:
        chain = Chain(samples, Settings(model="openai:scripted", base_url=llm.base_url))
        seen = written(chain, "Who controls Hama?")
    answer = seen[-1].answer
    assert answer is not None and answer.answered_by == "openai:scripted" and answer.quoted is not None
    assert answer.quoted == seen[-1].preview and seen[-1].may_keep
    assert answer.to_json()["quoted"] == answer.quoted.to_json() and "quoted" not in answer.quoted.to_json()
    assert all("[1]" in turn.text for turn in seen if turn.preview and turn.shown is None)
    chosen = seen[-1].keep("Chosen.").answer
    assert chosen is not None and chosen.blocks == answer.quoted.blocks
