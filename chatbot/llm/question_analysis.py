"""Lets an LLM say what a question asks: names with other spellings, days, kind, and what to search for. It is brief: an
LLM that fails, dawdles or writes what cannot be read changes nothing."""

import datetime
import json
from collections.abc import Callable
from enum import StrEnum

from pydantic import BaseModel, Field, ValidationError

from chatbot.errors import LanguageModelError
from chatbot.llm.client import LanguageModel
from chatbot.llm.fencing import new_fence, single_line
from chatbot.llm.prompt_templates import load
from chatbot.settings import Settings

MOST_TOKENS = 300
# The instructions and an ordinary question.
PROMPT_TOKENS = 400
PATIENCE_SECONDS = 3.0
MOST_QUERIES = 3
LONGEST_CHARACTERS = 200


class AskedKind(StrEnum):
    """What kind of answer a question wants."""

    FACT = "fact"
    COMPARISON = "comparison"
    TIMELINE = "timeline"
    OVERVIEW = "overview"


class NameAsked(BaseModel):
    """A name as the question writes it, with other names for the same."""

    name: str
    variants: list[str] = Field(default_factory=list)


class QuestionAnalysis(BaseModel):
    """What a question about news articles asks."""

    question: str = ""
    names: list[NameAsked] = Field(default_factory=list)
    first_day: datetime.date | None = None
    last_day: datetime.date | None = None
    kind: AskedKind = AskedKind.FACT
    queries: list[str] = Field(default_factory=list)

    @property
    def searches(self) -> list[str]:
        """At most three searches, each one short line."""
        lines = [single_line(query) for query in self.queries]
        return [line for line in lines if line and len(line) <= LONGEST_CHARACTERS][:MOST_QUERIES]

    @property
    def is_wide(self) -> bool:
        """Whether many passages answer it."""
        return self.kind is not AskedKind.FACT


_EXAMPLE = QuestionAnalysis(
    question="Did Bonn's mayor resign in the spring after the flood?",
    names=[NameAsked(name="Bonn", variants=["City of Bonn"])],
    first_day=datetime.date(2022, 3, 1),
    last_day=datetime.date(2022, 5, 31),
    queries=["mayor of Bonn resigns", "Bonn city council flood resignation"],
)


class QuestionAnalyst:
    """Analyses questions with the LLM of `settings`."""

    def __init__(self, settings: Settings) -> None:
        """Raises LanguageModelError where the LLM cannot be used, and PromptError."""
        self._seconds = min(settings.timeout_seconds, PATIENCE_SECONDS)
        brief = {"max_tokens": MOST_TOKENS, "timeout_seconds": self._seconds, "retries": 0, "temperature": 0.0}
        self._model = LanguageModel(settings.model_copy(update=brief))
        self._template = load("analyse_question", {"fence", "question", "first", "last", "example"})

    def analyse(
        self, question: str, days: tuple[datetime.date | None, datetime.date | None],
        *, left: Callable[[], bool] = lambda: False,
    ) -> QuestionAnalysis | None:
        """What `question` asks of articles of `days`, the first and the last; None where the LLM does not say. It gives
        up once `left` says that nobody waits for it."""
        question = single_line(question)
        first, last = (day.isoformat() if day else "an unknown day" for day in days)
        messages = self._template.fill(
            fence=new_fence([question]), question=question, first=first, last=last,
            example=json.dumps(_EXAMPLE.model_dump(mode="json")),
        )
        try:
            written = self._model.written_as(QuestionAnalysis, messages, seconds=self._seconds, left=left)
        except LanguageModelError:
            return None
        return read_analysis(written)


def read_analysis(written: str) -> QuestionAnalysis | None:
    """The analysis in what an LLM wrote, with whatever stands around its JSON; None where there is none."""
    start, end = written.find("{"), written.rfind("}")
    try:
        return QuestionAnalysis.model_validate_json(written[start : end + 1])
    except ValidationError:
        return None
