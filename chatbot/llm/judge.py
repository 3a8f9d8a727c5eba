"""Lets an LLM judge statements by the passages that they cite, in one call: which are supported, by which words, which
are contradicted, and which are not stated. Whether its words stand in the passages is for others to look up."""

import json
from collections.abc import Callable, Sequence
from contextlib import closing

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from chatbot.answer import Judgement, Ruling
from chatbot.errors import LanguageModelError
from chatbot.llm.client import LanguageModel
from chatbot.llm.fencing import new_fence, single_line
from chatbot.llm.generator import fenced
from chatbot.llm.prompt_templates import load
from chatbot.settings import Settings
from index.passage import RetrievedPassage

MOST_TOKENS = 1200
_EXAMPLE = json.dumps(
    [
        {"statement": 1, "verdict": Ruling.SUPPORTED, "words": "words of a passage", "what": ""},
        {"statement": 2, "verdict": Ruling.CONTRADICTED, "words": "words of a passage", "what": "on Tuesday"},
        {"statement": 3, "verdict": Ruling.NOT_STATED, "words": "", "what": "with 300 men"},
    ]
)


class _Row(BaseModel):
    """One entry of the model's answer."""

    statement: int
    verdict: Ruling
    words: str = Field(default="", max_length=2000)
    what: str = Field(default="", max_length=500)


_ROWS = TypeAdapter(list[_Row])


class Judge:
    """Judges with the LLM that `settings.judge` names, "llm" being the one that writes."""

    def __init__(self, settings: Settings) -> None:
        """Raises LanguageModelError where the LLM cannot be used, and PromptError."""
        model = settings.model if settings.judge == "llm" else settings.judge
        update = {"model": model, "max_tokens": MOST_TOKENS, "temperature": 0.0, "retries": 0}
        self._model = LanguageModel(settings.model_copy(update=update))
        self.name = self._model.name
        self._template = load("judge", {"fence", "passages", "statements", "example"})

    def judge(
        self, statements: Sequence[str], passages: Sequence[RetrievedPassage],
        *, left: Callable[[], bool] = lambda: False,
    ) -> dict[int, Judgement]:
        """The judgements, by the statement's place from 0; of those that the LLM says nothing usable of there is none.

        Empty where it fails or writes no JSON: the statements then stay as they are.
        """
        fence = new_fence([*statements, *(passage.passage.text for passage in passages)])
        texts = "\n\n".join(fenced(n, passage, fence=fence) for n, passage in enumerate(passages, 1))
        listed = "\n".join(f"{n}. {single_line(statement)}" for n, statement in enumerate(statements, 1))
        messages = self._template.fill(fence=fence, passages=texts, statements=listed, example=_EXAMPLE)
        written = ""
        try:
            with closing(self._model.stream(messages)) as pieces:
                for piece in pieces:
                    if left():
                        return {}
                    written += piece
        except LanguageModelError:
            # An answer that was cut short may hold whole entries; without its end it is no JSON.
            return {}
        return read_judgements(written, len(statements))


def read_judgements(written: str, count: int) -> dict[int, Judgement]:
    """The judgements in what an LLM wrote, with whatever stands around its JSON."""
    start, end = written.find("["), written.rfind("]")
    try:
        rows = _ROWS.validate_json(written[start : end + 1])
    except ValidationError:
        return {}
    return {
        row.statement - 1: Judgement(row.verdict, row.words.strip(), row.what.strip())
        for row in rows
        if 1 <= row.statement <= count
    }
