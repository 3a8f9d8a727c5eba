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
from chatbot.citations import MarkFilter
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
        self._collection = collection
        self._quoting = quoting
        self._llm = LLMAnswerer(
            LanguageModel(settings), count=counter(settings.model), window_tokens=settings.window_tokens,
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
        fill = RunnableLambda(lambda _: Prompt(task.named.reading.standalone, shown, task.history), name="fill")
        parse = RunnableGenerator(partial(self._parse, task, shown), name="parse")
        return fill | self._llm.chain | parse

    def _shown(self, task: Task) -> Sequence[RetrievedPassage]:
        """The passages that the LLM is sent: as many as fit."""
        reading = task.named.reading
        # What would be quoted goes first, so that the newest report is never cut off by the window.
        choice = self._quoting.choice(reading, task.glanced)
        first = [*choice.lead, *choice.earlier] if choice else task.glanced[:MOST_SENTENCES]
        quotable = {one.candidate.passage.id for one in first}
        return self._llm.fit(
            reading.standalone, sorted(task.passages, key=lambda one: one.passage.id not in quotable)
        )

    def _parse(
        self, task: Task, shown: Sequence[RetrievedPassage], pieces: Iterable[str], config: RunnableConfig
    ) -> Iterator[str | Answer]:
        """The LLM's text as it comes, then its answer with every statement looked up in the passages; where the LLM
        fails, the built-in answer with a note, and what was streamed stays as its draft.

        The built-in answer is made only where it is needed: the LLM does not wait for it.
        """
        draft = ""
        written: list[str] = []
        notes = list(task.named.notes)
        try:
            for text in MarkFilter(shown).stream(_noted(pieces, written, notes)):
                draft += text
                yield text
        except LanguageModelError as exc:
            took_over = with_notes(self._quoting.answer(task), [f"{exc} {INSTEAD}"])
            yield replace(took_over, draft=draft.strip())
            return
        report("Looking up every statement", config)
        yield self._checked(task, self._verifier.verify("".join(written), shown), notes)

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
            reading.question, reading.standalone, verified.text.strip(), self.name,
            as_of=max((c.date for c in verified.citations if c.date), default=None),
            citations=verified.citations, notes=tuple(notes), statements=verified.statements,
        )


def _noted(pieces: Iterable[str], written: list[str], notes: list[str]) -> Iterator[str]:
    """`pieces`, each of which is added to `written` as it passes; that they were cut short is added to `notes`."""
    try:
        for piece in pieces:
            written.append(piece)
            yield piece
    except CutShortError as exc:
        notes.append(str(exc))


def _removed(marks: int) -> str:
    which = "1 mark was removed: the passage that it named does" if marks == 1 else (
        f"{marks} marks were removed: the passages that they named do"
    )
    return f"{which} not bear out the sentence."
