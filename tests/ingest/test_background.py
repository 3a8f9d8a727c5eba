import logging
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.support.scripted_llm import ScriptedLLM
from chatbot.llm.claim_reader import ClaimReader
from chatbot.settings import Settings
from index.collection import Collection
from index.errors import LockedError, ModelError
from index.ingest.background import BackgroundWork
from index.ingest.run import index_paths
from index.ingest.second_reading import Reader, background_reading
from index.search.embedder import BUNDLED
from tests.support.corpus import write

PATIENCE_SECONDS = 60
THREADS = "ignore::pytest.PytestUnhandledThreadExceptionWarning"


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


class Work:
    """Work whose turns end as they are told, one after the other, and then wait."""

    def __init__(self, *turns: BaseException | float | None) -> None:
        self.turns = list(turns)
        self.messages: list[str] = []
        self.work = BackgroundWork("The work", self.turn, self.messages.append)

    def turn(self, stopped: Callable[[], bool]) -> float | None:
        following = self.turns.pop(0) if self.turns else 60.0
        if isinstance(following, BaseException):
            raise following
        return following


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Work]]:
    monkeypatch.setattr("index.ingest.background.FIRST_WAIT_SECONDS", 0.2)
    works: list[Work] = []

    def begin(*turns: BaseException | float | None) -> Work:
        works.append(Work(*turns))
        works[-1].work.start()
        return works[-1]

    yield begin
    for each in works:
        each.work.stop(PATIENCE_SECONDS)


def test_a_fault_with_a_name_is_said_once_and_tried_again(begun: Callable[..., Work]) -> None:
    done = begun(ModelError("No model."), ModelError("No model."))
    until(lambda: done.work.problem() is not None)
    assert done.work.problem() == "The work broke off: No model. It is tried again." and done.work.fault() is None
    until(lambda: len(done.messages) == 2)
    assert done.messages[1] == "The work goes on." and done.work.problem() is None


def test_a_fault_nobody_thought_of_is_logged_shown_and_begun_anew(
    begun: Callable[..., Work], caplog: pytest.LogCaptureFixture
) -> None:
    done = begun(0.01, KeyError("place"))
    until(lambda: done.work.fault() is not None)
    assert done.work.fault() == "The work broke off (KeyError: 'place'). It is begun anew." == done.work.problem()
    assert "Traceback" in caplog.text and caplog.records[0].levelno == logging.ERROR
    until(lambda: done.work.fault() is None)
    assert done.messages[1:] == ["The work goes on."]


@pytest.mark.filterwarnings(THREADS)
def test_a_thread_that_is_gone_is_begun_anew(begun: Callable[..., Work]) -> None:
    done = begun(SystemExit(), 0.01)
    until(lambda: done.work.fault() is not None)
    assert done.messages[0] == "The work ended (its thread is gone). It is begun anew."
    until(lambda: done.work.fault() is None and done.turns == [])


def test_work_that_is_done_is_not_begun_anew(begun: Callable[..., Work]) -> None:
    done = begun(0.01, None, 0.01)
    until(lambda: len(done.turns) == 1)
    time.sleep(0.3)
    assert done.work.fault() is None and done.turns == [0.01] and done.messages == []


def test_who_waits_for_another_writer_has_no_problem(begun: Callable[..., Work]) -> None:
    done = begun(LockedError("Another process writes."))
    until(lambda: done.turns == [])
    assert done.work.problem() is None


def test_the_second_reading_outlives_what_nobody_thought_of(tmp_path: Path) -> None:
    show = "The Lunar Guard runs the show in Pellan these days."
    write(tmp_path / "articles", "pellan.md", show, title="Pellan", date="2024-05-20")
    entry = f'{{"sentence": "{show}", "place": "Pellan", "controller": "Lunar Guard", "status": "holds"}}'
    faults: list[Exception] = [ValueError("nobody thought of it")]
    with (
        ScriptedLLM() as llm, closing(Collection(tmp_path / "data", embedding_model=BUNDLED)) as collection
    ):
        llm.claims = lambda sentences: f'{{"claims": [{entry}]}}'
        index_paths(collection, [tmp_path / "articles"])

        def make() -> Reader:
            if faults:
                raise faults.pop()
            return ClaimReader(Settings(model="openai:scripted", base_url=llm.base_url))

        messages: list[str] = []
        reading = background_reading(collection, make, messages.append)
        reading.start()
        try:
            until(lambda: reading.fault() is not None)
            assert "(ValueError: nobody thought of it). It is begun anew." in str(reading.fault())
            until(lambda: reading.fault() is None)
            assert [claim.place for _, claim in collection.claims()] == ["Pellan"] and len(messages) == 2
        finally:
            reading.stop(10)
