"""What the program adds to an LLM's own time before the first of its words is in the page's turn: until the LLM is
asked (reading, searching, the prompt), and from its first byte on; and when the quoted answer is there, which a reader
sees until then. The LLM is a scripted one with a fixed delay."""

import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from benchmarks import sets
from benchmarks.answers import ask, read_questions
from benchmarks.measures import percentile
from benchmarks.support.scripted_llm import ScriptedLLM
from chatbot.answering.pipeline import Chain
from chatbot.answering.turn import Stop, Turn, grow
from chatbot.filters import EVERYWHERE
from chatbot.settings import Settings

DELAY_SECONDS = 0.3
GOAL_MILLISECONDS = 60
QUOTED_GOAL_MILLISECONDS = 150


@dataclass(frozen=True)
class Delay:
    """Seconds that are not the LLM's: before it was asked, and after it began to answer; those from the question to the
    quoted answer, None where that abstains; and those that the same answer takes without an LLM."""

    before: float
    after: float
    quoted: float | None = None
    alone: float | None = None

    @property
    def whole(self) -> float:
        """Seconds added in all."""
        return self.before + self.after


def delays(articles: Path, questions: Path, data: Path) -> list[Delay]:
    """Of each first question in the file `questions` that the LLM is asked, once the chain is warm."""
    asked = [question.turns[0] for question in read_questions(questions) if question.answerable]
    with sets.indexed([articles], data) as collection, ScriptedLLM(delay_seconds=DELAY_SECONDS) as llm:
        chain = Chain(collection, Settings(data=data, model="openai:scripted", base_url=llm.base_url))
        quoting = Chain(collection, Settings(data=data))
        ask(chain, asked[:1])
        measured_delays = [(delay(chain, question, llm), alone(quoting, question)) for question in asked]
    return [replace(measured, alone=seconds) for measured, seconds in measured_delays if measured is not None]


def alone(chain: Chain, question: str) -> float:
    """Seconds to the answer of a chain without an LLM."""
    began = time.monotonic()
    ask(chain, [question])
    return time.monotonic() - began


def delay(chain: Chain, question: str, llm: ScriptedLLM) -> Delay | None:
    """Of one question; None where the LLM was not asked, as of names that no article holds."""
    before = len(llm.requests)
    began = time.monotonic()
    quoted = spoken = None
    with closing(cast("Generator[Turn]", grow(chain, question, [], EVERYWHERE, Stop()))) as growing:
        for turn in growing:
            if quoted is None and turn.preview is not None:
                quoted = time.monotonic() - began
            if spoken is None and turn.text and len(llm.requests) > before:
                spoken = time.monotonic()
            # Where nothing is quoted the turn ends without.
            if spoken is not None and quoted is not None:
                break
    return Delay(llm.requests[-1].time - began, spoken - llm.spoke, quoted) if spoken is not None else None


def report(measured: Sequence[Delay]) -> None:
    """Print the median and the 95th percentile of the whole and of its two parts."""
    rows = {
        "added before an LLM's first word": [row.whole for row in measured],
        "  until it is asked": [row.before for row in measured],
        "  from its first byte to the page": [row.after for row in measured],
    }
    _report_rows(rows, GOAL_MILLISECONDS)
    quoted = [row for row in measured if row.quoted is not None]
    rows = {
        "the quoted answer is in the turn": [row.quoted for row in quoted if row.quoted is not None],
        "  the same answer without an LLM": [row.alone for row in quoted if row.alone is not None],
    }
    _report_rows({name: seconds for name, seconds in rows.items() if seconds}, QUOTED_GOAL_MILLISECONDS)


def _report_rows(rows: Mapping[str, Sequence[float]], goal_milliseconds: int) -> None:
    for name, seconds in rows.items():
        p50, p95 = (percentile(seconds, percent) * 1000 for percent in (50, 95))
        goal = f" over {len(seconds)} questions (goal: p50 under {goal_milliseconds} ms)" * (not name.startswith(" "))
        print(f"{name:<32} p50 {p50:.0f} ms, p95 {p95:.0f} ms{goal}")
