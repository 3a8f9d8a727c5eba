"""Are news questions answered rightly, and declined rightly? Whole answers, as a reader gets them.

A collection that the answerer is fitted on is asked with weights that were fitted on all others.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self

from benchmarks import sets
from benchmarks.answers import QUESTIONS, ask, read_questions
from benchmarks.measures import share
from benchmarks.news_sets import SEPARATE_SETS, NewsQuestion, NewsSet, news_sets
from chatbot.answer import Answer
from chatbot.answering.pipeline import Chain
from chatbot.extractive.weights import Weights, read_weights, using
from chatbot.settings import Settings

ARTICLES = Path(__file__).parents[1] / "articles"
LEFT_OUT = Path(__file__).parent / "left_out.json"


@dataclass(frozen=True)
class Outcome:
    """What became of a question."""

    question: NewsQuestion
    answer: Answer

    @property
    def first(self) -> bool:
        """Whether the first sentence cited is a right one to come first."""
        wanted, cited = self.question.first or self.question.any, self.answer.citations
        return not self.answer.abstained and bool(cited) and _matches(wanted, cited[0].sentence)

    @property
    def cited(self) -> bool:
        """Whether a sentence that answers is cited."""
        wanted = self.question.any or self.question.first
        return not self.answer.abstained and any(_matches(wanted, each.sentence) for each in self.answer.citations)

    @property
    def wrong(self) -> bool:
        """Whether an answer is given that is none."""
        return not self.answer.abstained and (self.question.abstain or not (self.cited or self.first))

    @property
    def needless(self) -> int:
        """How many sentences stand behind a right one that do not answer."""
        wanted = self.question.any or self.question.first
        rest = self.answer.citations[1:] if self.first else ()
        return sum(not _matches(wanted, each.sentence) for each in rest)

    @property
    def is_dated_right(self) -> bool:
        """Whether the answer stands as of a day that is right."""
        day = self.answer.as_of
        return not self.answer.abstained and day is not None and day.isoformat() in self.question.as_of


def _matches(wanted: str, sentence: str) -> bool:
    return re.search(wanted, sentence, re.I | re.S) is not None


def fitted_sets() -> Iterator[NewsSet]:
    """The collections that the answerer is fitted on: those that ship here and were looked at, and the samples."""
    for news in news_sets():
        if news.name not in SEPARATE_SETS:
            yield news
    questions = [
        NewsQuestion(
            question.id, question.kind, question.turns, not question.answerable,
            "|".join(f"(?:{gold})" for gold in question.gold), "", (),
        )
        for question in read_questions(QUESTIONS / "sample.json")
    ]
    yield NewsSet("sample", ARTICLES, tuple(questions))


@lru_cache(maxsize=1)
def left_out() -> Mapping[str, Weights]:
    """By a collection's name the weights that were fitted without it."""
    return {name: read_weights(written) for name, written in json.loads(LEFT_OUT.read_text()).items()}


def measure(news: NewsSet, data: Path) -> list[Outcome]:
    """Ask the questions of a set, indexed in `data`; with the weights that were fitted without it, if it was fitted
    on."""
    weights = left_out().get(news.name)
    with Asking(news, data) as asking, using(weights) if weights else nullcontext():
        return asking.outcomes()


class Asking:
    """A set's index and chain, open, for one or several rounds of its questions."""

    def __init__(self, news: NewsSet, data: Path) -> None:
        self._news, self._data = news, data
        self._opening = sets.indexed([news.articles], data)

    def __enter__(self) -> Self:
        self._chain = Chain(self._opening.__enter__(), Settings(data=self._data))
        return self

    def __exit__(self, *_: object) -> None:
        self._opening.__exit__(None, None, None)

    def outcomes(self) -> list[Outcome]:
        """What becomes of each question."""
        return [Outcome(question, ask(self._chain, question.turns)[-1]) for question in self._news.questions]


def report(name: str, outcomes: Sequence[Outcome]) -> None:
    """Print a line of figures."""
    able = [outcome for outcome in outcomes if not outcome.question.abstain]
    declined = [outcome.answer.abstained for outcome in outcomes if outcome.question.abstain]
    dated = [outcome.is_dated_right for outcome in able if outcome.question.as_of]
    print(
        f"{name:34}{len(able):4} answerable: gold first {share([outcome.first for outcome in able]):.3f}, cited "
        f"{share([outcome.cited for outcome in able]):.3f}   {len(declined):3} not: abstained {share(declined):.3f}   "
        f"wrong of all {share([outcome.wrong for outcome in outcomes]):.3f}   "
        f"as of {share(dated):.3f} of {len(dated)}"
    )
