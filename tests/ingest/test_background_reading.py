import json
import signal
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from benchmarks.support.scripted_llm import ScriptedLLM
from chatbot.llm.claim_reader import ClaimReader
from chatbot.settings import Settings
from index.claim import Origin
from index.claims.reading_check import Reading
from index.collection import Collection
from index.ingest.integrity import audit
from index.ingest.second_reading import Excerpt, SecondReport, background_reading, read_articles
from index.search.embedder import BUNDLED
from tests.support.corpus import write
from tests.support.program import Program
from tests.support.second_reading import FILLER, PATIENCE_SECONDS, SHOW, claims, honest, reader, until


class Breaking(ClaimReader):
    """Fails, once the LLM has answered, as no reader should."""

    def read(self, excerpt: Excerpt, stopped: Callable[[], bool]) -> Sequence[Reading] | None:
        readings = super().read(excerpt, stopped)
        if excerpt.article.title == "Pellan":
            raise ZeroDivisionError("nobody thought of it")
        return readings


def test_what_nobody_thought_of_is_the_fault_of_one_article(
    opened: Collection, server: ScriptedLLM, caplog: pytest.LogCaptureFixture
) -> None:
    reason = "'Pellan': reading it broke off (ZeroDivisionError: nobody thought of it)."
    breaking = Breaking(Settings(model="openai:scripted", base_url=server.base_url))
    report = SecondReport()
    read_articles(opened, breaking, report=report)
    assert report.unreadable == [reason] and [each.place for each in claims(opened)] == ["Korvik"]
    messages: list[str] = []
    background = background_reading(opened, lambda: breaking, messages.append)
    background.start()
    try:
        until(lambda: len(messages) == 1)
        assert messages == [f"Not read for claims by the LLM until the next start: {reason}"]
        assert background.problem() is None and "Traceback" in caplog.text
    finally:
        background.stop(10)


def test_a_run_that_is_killed_goes_on_where_it_was_and_two_share_the_work(
    server: ScriptedLLM, tmp_path: Path
) -> None:
    count = 6
    for n in range(count):
        lines = [f"{FILLER[:-1]} of day {n} {line}." for line in range(14)]
        write(tmp_path / "articles", f"{n}.md", " ".join([*lines, SHOW]), title=f"R{n}", date="2024-05-20")
    asked: list[str] = []
    hold = Event()

    def slow(sentences: list[str]) -> str:
        asked.append(sentences[0])
        if len(asked) == 4:
            hold.wait(PATIENCE_SECONDS)
        return honest(sentences)

    server.claims = slow
    command = ["app.py", "index", tmp_path / "articles", "--claims-by-llm", "--json", "--data", tmp_path / "data"]
    llm = ["--model", "openai:scripted", "--base-url", server.base_url]
    with Program(*command, *llm) as first:
        # In the middle of the second article.
        until(lambda: len(asked) == 4)
        first.send_signal(signal.SIGKILL)
        hold.set()
        first.communicate()
    done = set(asked[:3])
    server.delay_seconds = 0.0
    again = [Program(*command, *llm) for _ in range(2)]
    reports = [json.loads(program.communicate(PATIENCE_SECONDS)[0])["claims_by_llm"] for program in again]
    assert sum(report["articles"] for report in reports) == count - 1
    # What was kept before the kill was not asked for again, and nothing was asked for twice after it.
    assert len(asked) == len(set(asked)) + 1 and not done & set(asked[4:])
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True, loading=False)) as collection:
        assert [each.origin for each in claims(collection)] == [Origin.LLM] * count and audit(collection).faults == []


def test_new_articles_are_read_in_the_background_and_questions_go_first(
    opened: Collection, server: ScriptedLLM, tmp_path: Path
) -> None:
    from chatbot.llm.client import LanguageModel

    messages: list[str] = []
    server.claims = None
    background = background_reading(opened, lambda: reader(server.base_url), messages.append)
    background.start()
    try:
        until(lambda: len(server.readings) == 1)
        asks = LanguageModel(Settings(model="openai:scripted", base_url=server.base_url))
        server.behaviour = "fixed"
        answer = asks.stream([("human", "Question: Who?")])
        next(answer)
        # The reading is broken off while the question is answered, and made again afterwards.
        assert server.abandoned.wait(PATIENCE_SECONDS)
        count, server.claims = len(server.readings), honest
        assert "".join(answer).strip() and count == 1
        until(lambda: opened.claim_store.unread() == ())
        assert len(claims(opened)) == 2 and messages == []
    finally:
        background.stop(10)


def test_the_background_says_once_that_the_llm_is_away(opened: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.ingest.background.FIRST_WAIT_SECONDS", 0.05)
    messages: list[str] = []
    with ScriptedLLM("500") as server:
        server.claims = honest
        background = background_reading(opened, lambda: reader(server.base_url, retries=0), messages.append)
        background.start()
        try:
            until(lambda: len(server.requests) >= 6)
            assert len(messages) == 1 and "failed (500)" in messages[0] and messages[0].endswith("It is tried again.")
            assert background.problem() == messages[0] and background.fault() is None
            server.behaviour = "fixed"
            until(lambda: len(messages) == 2)
            assert messages[1] == "The reading of articles for claims by the LLM goes on." and len(claims(opened)) == 2
            assert background.problem() is None
        finally:
            background.stop(10)
