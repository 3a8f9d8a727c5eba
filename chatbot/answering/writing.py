"""Lets an LLM answer from the passages: prompt, model and the parser of its text, each a Runnable."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig, RunnableGenerator, RunnableLambda

from chatbot.answer import INSTEAD, Answer, with_notes
from chatbot.answering.compose import abstained
from chatbot.answering.quoting import THE_ARTICLES_DO_NOT_SAY, QuotingAnswerer, Task
from chatbot.answering.steps import report
from chatbot.errors import CutShortError, LanguageModelError
from chatbot.extractive.selection import MOST_SENTENCES
from chatbot.llm.client import LanguageModel
from chatbot.llm.generator import LLMAnswerer, Prompt
from chatbot.settings import Settings
from chatbot.verification.verifier import Verified, Verifier
from index.collection import Collection
from index.language.tokens import counter
from index.passage import RetrievedPassage


class WritingAnswerer:
    """Answers with the LLM of `settings`; where it fails, by quoting, with a note that says why."""

    def __init__(self, collection: Collection, settings: Settings, quoting: QuotingAnswerer) -> None:
        """Raises LanguageModelError where the LLM cannot be used."""
        model = LanguageModel(settings)
        self._collection = collection
        self._quoting = quoting
        self._llm = LLMAnswerer(
            model, count=counter(model.name), window_tokens=settings.window_tokens,
            answer_tokens=settings.max_tokens,
        )
        self._verifier = Verifier(collection)

    @property
    def name(self) -> str:
        """The LLM's name."""
        return self._llm.name

    def chain(self, task: Task) -> Runnable[Any, str | Answer]:
        """The chain that answers one question: it streams the text as it is written, and ends with the Answer."""
        shown = self._shown(task)
        prompt = Prompt(task.named.reading.standalone, shown, task.history)
        fill: Runnable[Any, Prompt] = RunnableLambda(lambda _: prompt, name="fill")
        parse = RunnableGenerator(partial(self._parse, task, shown), name="parse")
        return fill | self._llm.chain | parse

    def _shown(self, task: Task) -> Sequence[RetrievedPassage]:
        """The passages that the LLM is sent: as many as fit."""
        reading = task.named.reading
        # What would be quoted goes first, so that the newest report is never cut off by the window.
        choice = self._quoting.choice(reading, task.glanced)
        first = [*choice.lead, *choice.earlier] if choice else task.glanced[:MOST_SENTENCES]
        quotable = {sentence.candidate.passage.id for sentence in first}
        return self._llm.fit(
            reading.standalone, sorted(task.passages, key=lambda passage: passage.passage.id not in quotable)
        )

    def _parse(
        self, task: Task, shown: Sequence[RetrievedPassage], pieces: Iterable[str], config: RunnableConfig
    ) -> Iterator[str | Answer]:
        """The LLM's text as it comes, every statement looked up once it is whole, then its answer; where the LLM fails,
        the built-in answer with a note, and what was streamed stays as its draft.

        The built-in answer is made only where it is needed: the LLM does not wait for it.
        """
        notes = list(task.named.notes)
        verification = self._verifier.start(shown)
        try:
            for piece in _noted(pieces, notes):
                yield verification.feed(piece)
        except LanguageModelError as exc:
            yield verification.finish()
            took_over = with_notes(self._quoting.answer(task), [f"{exc} {INSTEAD}"])
            yield replace(took_over, draft=verification.written)
            return
        report("Looking up every statement", config)
        yield verification.finish()
        yield self._checked(task, verification.verified, notes)

    def _checked(self, task: Task, verified: Verified, notes: list[str]) -> Answer:
        """The LLM's answer with its verdicts; the built-in one where the articles support nothing of it."""
        reading = task.named.reading
        if not verified.statements:
            return abstained(
                reading, THE_ARTICLES_DO_NOT_SAY, task.passages, self._collection.summary(), answered_by=self.name,
                notes=notes,
            )
        if not verified.citations:
            notes.append(f"The articles bear out nothing that {self.name} wrote. {INSTEAD}")
            return with_notes(self._quoting.answer(task), notes)
        if verified.removed:
            notes.append(_removed(verified.removed))
        return Answer(
            reading.question, reading.understood, verified.blocks, self.name,
            as_of=max((c.date for c in verified.citations if c.date), default=None),
            citations=verified.citations, notes=tuple(notes),
        )


def _noted(pieces: Iterable[str], notes: list[str]) -> Iterator[str]:
    """`pieces`; that they were cut short is added to `notes`."""
    try:
        yield from pieces
    except CutShortError as exc:
        notes.append(str(exc))


def _removed(count: int) -> str:
    which = "1 mark was removed: the passage that it named does" if count == 1 else (
        f"{count} marks were removed: the passages that they named do"
    )
    return f"{which} not bear out the sentence."
