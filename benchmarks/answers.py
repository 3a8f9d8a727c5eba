"""Does the chatbot answer rightly, and abstain rightly? Each question has expressions for its gold sentences."""

import datetime
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import sets
from benchmarks.measures import share
from chatbot.answer import Answer, Citation
from chatbot.answering.pipeline import Chain
from chatbot.settings import Settings

QUESTIONS = Path(__file__).parent / "questions"
HELD_OUT = "held-out"
UNANSWERABLE = "unanswerable"


@dataclass(frozen=True)
class Question:
    """A conversation's `turns`, the last of which is measured. `gold` are expressions that a sentence which answers
    matches; `answer_date` is the date that the first citation must have, where given."""

    id: str
    turns: tuple[str, ...]
    gold: tuple[str, ...]
    kind: str
    answer_date: datetime.date | None = None

    @property
    def answerable(self) -> bool:
        """Whether the articles hold an answer."""
        return self.kind != UNANSWERABLE


@dataclass(frozen=True)
class Outcome:
    """What became of a question: whether a cited sentence is gold, and whether the first one is."""

    question: Question
    answer: Answer

    @property
    def cited(self) -> bool:
        """Whether any cited sentence is gold."""
        return any(self._is_gold(citation) for citation in self.answer.citations)

    @property
    def first(self) -> bool:
        """Whether the first cited sentence is gold, and of the date that the question asks for."""
        citations, date = self.answer.citations, self.question.answer_date
        return bool(citations) and self._is_gold(citations[0]) and date in (None, citations[0].date)

    @property
    def passed(self) -> bool:
        """Whether the answer is as it should be: gold first, or an abstention."""
        return self.first if self.question.answerable else self.answer.abstained

    def _is_gold(self, citation: Citation) -> bool:
        return any(re.search(gold, citation.sentence, re.IGNORECASE | re.DOTALL) for gold in self.question.gold)


def read_questions(path: Path) -> list[Question]:
    """The questions in a file of `benchmarks/questions`."""
    return [
        Question(
            row["id"], tuple(row["turns"]), tuple(row["gold"]), row["kind"],
            datetime.date.fromisoformat(row["answer_date"]) if "answer_date" in row else None,
        )
        for row in json.loads(path.read_text(encoding="utf-8"))
    ]


def measure(questions: Sequence[Question], articles: Path, data: Path) -> list[Outcome]:
    """Ask `questions` of the articles at `articles`, a file or a folder, indexed in `data`."""
    with sets.indexed([articles], data) as collection:
        chain = Chain(collection, Settings(data=data))
        return [Outcome(question, ask(chain, question.turns)[-1]) for question in questions]


def ask(chain: Chain, turns: Sequence[str]) -> list[Answer]:
    """The answers to the turns of one conversation, in order."""
    history: list[Answer] = []
    for turn in turns:
        history.append(chain.answer(turn, tuple(history)))
    return history


def report(name: str, outcomes: Sequence[Outcome], *, verbose: bool = False) -> None:
    """Print the figures; if `verbose`, what went wrong too, save for a held-out set, which nobody is to tune on."""
    answerable = [outcome for outcome in outcomes if outcome.question.answerable]
    unanswerable = [outcome for outcome in outcomes if not outcome.question.answerable]
    print(
        f"{name:22}{len(answerable):4} answerable: gold cited {share([outcome.cited for outcome in answerable]):.3f}, "
        f"gold first {share([outcome.first for outcome in answerable]):.3f}"
        f"   {len(unanswerable):3} not: abstained {share([outcome.passed for outcome in unanswerable]):.3f}"
    )
    if verbose and HELD_OUT not in name:
        for outcome in outcomes:
            if not outcome.passed:
                _explain(outcome)


def _explain(outcome: Outcome) -> None:
    question, answer = outcome.question, outcome.answer
    wrong = "answered" if not question.answerable else "abstained" if answer.abstained else "missed"
    wrong = "not first" if outcome.cited else wrong
    print(f"  {question.id} {wrong}: {' | '.join(question.turns)}")
    if answer.standalone_question != question.turns[-1]:
        print(f"      read as: {answer.standalone_question}")
    if answer.abstained:
        print(f"      said: {answer.reason}")
    for citation in answer.citations or answer.related:
        print(f"      {'related' if answer.abstained else citation.n} ({citation.date}): {citation.sentence[:160]}")
