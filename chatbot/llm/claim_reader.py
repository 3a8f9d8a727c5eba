"""Lets an LLM read sentences of an article for what they claim of who holds which place. Whether what it says stands in
the article is for others to look up."""

import json
from collections.abc import Callable, Sequence
from threading import Event

from pydantic import BaseModel, Field, JsonValue, ValidationError

from chatbot.answer import long_date
from chatbot.errors import CutShortError, LanguageModelError
from chatbot.llm.client import LanguageModel
from chatbot.llm.fencing import new_fence, single_line
from chatbot.llm.precedence import QUESTIONS
from chatbot.llm.prompt_templates import PromptMessage, load
from chatbot.settings import Settings
from index.claim import Certainty, Status
from index.claims.reading_check import NOTHING, Reading
from index.errors import SecondReadingError
from index.ingest.second_reading import Excerpt
from index.language.tokens import count_tokens

MOST_SENTENCES = 12
TOKENIZER_MARGIN = 0.9
# Beside the longest silence: a token takes at most so long to be written.
LONGEST_TOKEN_SECONDS = 1
SHOWN_CHARACTERS = 80
_STATUSES: list[JsonValue] = [status.value for status in Status]
_CERTAINTIES: list[JsonValue] = [certainty.value for certainty in Certainty]


class _Claim(BaseModel):
    """One claim, as the model writes it."""

    sentence: str
    place: str
    place_word: str = ""
    status: str = Field(json_schema_extra={"enum": _STATUSES})
    controller: str = ""
    controller_word: str = ""
    certainty: str = Field(default="fact", json_schema_extra={"enum": _CERTAINTIES})
    said_by: str = ""


class ClaimsRead(BaseModel):
    """What some sentences claim of who holds which place."""

    claims: list[_Claim] = Field(default_factory=list)


_NOTHING = json.dumps({"claims": []})
_EXAMPLE = json.dumps(
    ClaimsRead(
        claims=[
            _Claim(
                sentence="Officials said that the guard had taken the town on Monday.", place="Norvik",
                place_word="the town", status=Status.TOOK.value, controller="guard",
                certainty=Certainty.ATTRIBUTED.value, said_by="Officials",
            )
        ]
    ).model_dump(mode="json"),
    ensure_ascii=False,
)  # fmt: skip


class ClaimReader:
    """Reads with the LLM of `settings`, after all questions of this process."""

    def __init__(self, settings: Settings) -> None:
        """Raises LanguageModelError where the LLM cannot be used, SettingsError where none is set, and PromptError."""
        self._model = LanguageModel(settings, background=True)
        self.name = self._model.name
        self._seconds = settings.timeout_seconds + settings.max_tokens * LONGEST_TOKEN_SECONDS
        self._tokens = int(settings.window_tokens * TOKENIZER_MARGIN) - settings.max_tokens
        variables = {"example", "statuses", "nothing", "fence", "title", "date", "before", "sentences"}
        self._template = load("read_claims", variables)

    def fitting(self, excerpt: Excerpt) -> int:
        """How many of the first sentences fit into one call; 0 where the first is too long."""
        left = self._tokens - _count(self._messages(Excerpt(excerpt.article, (), excerpt.before)))
        for number, sentence in enumerate(excerpt.sentences[:MOST_SENTENCES]):
            left -= count_tokens(single_line(sentence)) + 1
            if left < 0:
                return number
        return min(len(excerpt.sentences), MOST_SENTENCES)

    def read(self, excerpt: Excerpt, stopped: Callable[[], bool]) -> Sequence[Reading] | None:
        """What the sentences claim; None once `stopped` says so. Raises SecondReadingError where the LLM cannot be
        reached, refuses, takes too long, or writes what cannot be read."""
        written = self._written(self._messages(excerpt), stopped)
        if written is None:
            return None
        readings = read_claims(written)
        if readings is None:
            shown = " ".join(written.split())[:SHOWN_CHARACTERS]
            raise SecondReadingError(
                f"The LLM {self.name} wrote no list of claims, but: “{shown}”. "
                "Use a larger model, or raise --max-tokens.",
                answered=True,
            )
        return readings

    def _written(self, messages: list[PromptMessage], stopped: Callable[[], bool]) -> str | None:
        """The answer, None once it was stopped. A question breaks it off, and it is asked for again afterwards."""
        while not stopped():
            QUESTIONS.wait(stopped)
            gave_way = Event()

            def left(gave_way: Event = gave_way) -> bool:
                if QUESTIONS.is_taken:
                    gave_way.set()
                return gave_way.is_set() or stopped()

            try:
                written = self._model.written_as(ClaimsRead, messages, seconds=self._seconds, left=left)
            except CutShortError as exc:
                raise SecondReadingError(f"{exc} Raise --max-tokens.", answered=True) from exc
            except LanguageModelError as exc:
                if gave_way.is_set():
                    continue
                raise SecondReadingError(str(exc)) from exc
            if written:
                return written
            if not left():
                raise SecondReadingError(f"The LLM {self.name} took longer than {self._seconds:g} seconds.")
        return None

    def _messages(self, excerpt: Excerpt) -> list[PromptMessage]:
        article = excerpt.article
        texts = [article.title, *excerpt.before, *excerpt.sentences]
        return self._template.fill(
            fence=new_fence(texts), title=single_line(article.title), date=long_date(article.date),
            before="\n".join(map(single_line, excerpt.before)),
            sentences="\n".join(map(single_line, excerpt.sentences)),
            example=_EXAMPLE, statuses=", ".join(f'"{status}"' for status in _STATUSES), nothing=_NOTHING,
        )  # fmt: skip


def read_claims(written: str) -> list[Reading] | None:
    """The claims in what an LLM wrote, with whatever stands around its JSON; None where there is no list of claims. An
    entry that is not as it was asked for is NOTHING."""
    start, end = written.find("{"), written.rfind("}")
    try:
        given = json.loads(written[start : end + 1])
    except (ValueError, RecursionError):
        return None
    listed = given.get("claims") if isinstance(given, dict) else None
    return [_reading(entry) for entry in listed] if isinstance(listed, list) else None


def _reading(entry: object) -> Reading:
    try:
        return Reading(**_Claim.model_validate(entry).model_dump())
    except ValidationError:
        return NOTHING


def _count(messages: Sequence[PromptMessage]) -> int:
    return sum(count_tokens(text) for _, text in messages)
