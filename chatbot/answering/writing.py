"""Lets an LLM answer from the passages, by a chain of Runnables: fill | prompt | model | parse."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

from langchain_core.runnables import (
    Runnable,
    RunnableConfig,
    RunnableGenerator,
    RunnableLambda,
    RunnablePassthrough,
    RunnablePick,
)

from chatbot.answer import Answer, Verdict
from chatbot.answering.asked import Asked
from chatbot.answering.compose import abstained, no_answer_reason, unknown_names
from chatbot.answering.quoted import Quoted
from chatbot.answering.quoting import QuotingAnswerer, Task
from chatbot.answering.steps import report
from chatbot.errors import CutShortError, LanguageModelError
from chatbot.llm.client import LanguageModel, left_of
from chatbot.llm.echo_filter import EchoFilter
from chatbot.llm.generator import LLMAnswerer, Prompt
from chatbot.llm.judge import Judge
from chatbot.llm.pace import Pace
from chatbot.settings import Settings
from chatbot.verification.judging import judged
from chatbot.verification.verifier import Verified, Verifier
from index.collection import Collection
from index.language.tokens import counter
from index.message import Message, message_of
from index.passage import RetrievedPassage

_COMPARES = re.compile(
    r"\b(?:compare[ds]?|comparison|differ\w*|versus|vs|each of|timeline|overview|summar\w+"
    r"|how (?:has|have|did) .{1,80} chang\w+)\b",
    re.IGNORECASE,
)
# An answer of which a larger share is not supported, or says the same again, is replaced.
LEAST_SUPPORTED = 0.5


def waiting_for(model: str) -> Message:
    """The step while an LLM has not begun to answer."""
    return Message("Waiting for %(model)s", model=model)


@dataclass(frozen=True)
class Writing:
    """What is written: the task, the passages that the LLM is `shown`, the tokens that are `sent`, and the `quoted`
    answer, whose place the LLM's takes once a sentence of it is verified."""

    task: Task
    shown: Sequence[RetrievedPassage]
    sent: int
    quoted: Quoted


class WritingAnswerer:
    """Answers with the LLM of `settings`; where it fails, by quoting, with a note that says why.

    `chain` answers a question that passages were found for: it streams the text as it is written, and ends with the
    Answer. What `fill` makes flows through it as a dict: the model's `text` is added to it piece by piece.
    """

    def __init__(self, collection: Collection, settings: Settings, quoting: QuotingAnswerer) -> None:
        """Raises LanguageModelError where the LLM cannot be used."""
        model = LanguageModel(settings)
        self._collection = collection
        self._quoting = quoting
        self._count = counter(model.name)
        self._llm = LLMAnswerer(
            model, count=self._count, window_tokens=settings.window_tokens,
            answer_tokens=settings.max_tokens,
        )
        self._pace = Pace(settings.first_word_seconds, settings.passage_tokens)
        self._verifier = Verifier(collection)
        self._judge = Judge(settings) if settings.judge != "none" else None
        fill = RunnableLambda(self._fill, name="fill")
        write = RunnablePick("prompt") | self._llm.chain
        # Its types leave out that the function may be given the configuration.
        parse = RunnableGenerator(cast("Callable[..., Iterator[str | Answer]]", self._parse), name="parse")
        self.chain: Runnable[Asked, str | Answer] = fill | RunnablePassthrough.assign(text=write) | parse

    @property
    def name(self) -> str:
        """The LLM's name."""
        return self._llm.name

    def reads_in(self, seconds: float, tokens: int) -> bool:
        """Whether the LLM's server reads a prompt of so many tokens in time, as far as is known."""
        speed = self._pace.tokens_a_second
        return speed is None or speed * seconds >= tokens

    def quoted(self, task: Task, config: RunnableConfig) -> Quoted:
        """The quoted answer, begun: it is given to who listens to the chain that runs with `config`."""
        return Quoted(partial(self._quoting.answer, task), config)

    def _fill(self, asked: Asked, config: RunnableConfig) -> dict[str, object]:
        """The `prompt` of a question, and the `writing` that it goes with."""
        report(waiting_for(self.name), config)
        task = asked.task
        shown = self._shown(task)
        prompt = Prompt(task.named.reading.standalone, shown, task.history)
        sent = sum(self._count(text) for _, text in self._llm.messages(prompt))
        # Begun last: it takes both cores of a small machine, and the LLM is to be asked first.
        quoted = asked.quoted or self.quoted(task, config)
        return {"prompt": prompt, "writing": Writing(task, shown, sent, quoted)}

    def _shown(self, task: Task) -> Sequence[RetrievedPassage]:
        """The passages that the LLM is sent: those that answer by their sentences first, as many as are worth their
        tokens."""
        reading = task.named.reading
        # What would be quoted goes first, so that the newest report is never cut off by the window.
        choice = self._quoting.overview(task) or self._quoting.choice(reading, task.glanced)
        first = [sentence.candidate for sentence in (*choice.lead, *choice.earlier)] if choice else []
        ranked = [candidate.passage.id for candidate in (*first, *(sentence.candidate for sentence in task.glanced))]
        order = {ident: rank for rank, ident in reversed(list(enumerate(ranked)))}
        known = {each.passage.id: each for each in task.passages}
        quoted = {each.passage.id: RetrievedPassage(each.passage, each.article, 0.0, 0.0) for each in first}
        passages = sorted((quoted | known).values(), key=lambda passage: order.get(passage.passage.id, len(ranked)))
        wide = task.is_wide or self._quoting.is_overview(reading) or bool(_COMPARES.search(reading.own))
        tokens = self._pace.passage_tokens(wide=wide)
        return self._llm.fit(reading.standalone, passages, most_tokens=tokens)

    def _parse(self, chunks: Iterator[Mapping[str, Any]], config: RunnableConfig) -> Iterator[str | Answer]:
        """The LLM's text as it comes, every statement looked up once it is whole, then its answer; where the LLM fails,
        the built-in answer with a note, and what was streamed stays as its draft."""
        writing: Writing = next(chunk["writing"] for chunk in chunks if "writing" in chunk)
        task, shown, quoted = writing.task, writing.shown, writing.quoted
        pieces = (chunk["text"] for chunk in chunks if "text" in chunk)
        notes = list(task.named.notes)
        echo = EchoFilter()
        verification = self._verifier.start(shown, task.named.reading.standalone)
        try:
            for piece in echo.through(self._pace.timed(_noted(pieces, notes), writing.sent)):
                yield verification.feed(piece)
                if verification.has_proven:
                    quoted.end()
        except LanguageModelError as exc:
            yield verification.finish()
            yield replace(quoted.instead(message_of(exc), []), draft=verification.written)
            return
        report(Message("Looking up every statement"), config)
        yield verification.finish()
        if echo.echoed:
            yield quoted.instead(Message("%(model)s repeated what it was given.", model=self.name), notes)
            return
        answer = self._checked(task, self._judged(verification.verified, shown, config), quoted, notes)
        beside = quoted.beside(answer)
        yield replace(answer, quoted=beside, places=beside.places if beside else answer.places)

    def _judged(self, verified: Verified, shown: Sequence[RetrievedPassage], config: RunnableConfig) -> Verified:
        """What a judge makes of it, where there is one."""
        if self._judge is None or not verified.statements:
            return verified
        report(Message("%(judge)s looks every statement through", judge=self._judge.name), config)
        texts = [statement.text for statement in verified.statements]
        return judged(verified, self._judge.judge(texts, shown, left=left_of(config)), shown)

    def _checked(self, task: Task, verified: Verified, quoted: Quoted, notes: list[str]) -> Answer:
        """The LLM's answer with its verdicts; the built-in one where the articles support nothing of it."""
        reading = task.named.reading
        if task.named.unknown:
            notes.append(unknown_names(task.named.unknown))
        if not verified.statements:
            summary = self._collection.summary()
            reason = no_answer_reason(task.named, summary, task.scope, searched=bool(task.passages))
            return abstained(reading, reason, task.passages, summary, answered_by=self.name, notes=notes)
        if not verified.citations:
            return quoted.instead(Message("The articles support nothing that %(model)s wrote.", model=self.name), notes)
        if _unfound(verified) > LEAST_SUPPORTED:
            reason = Message("The articles support less than half of what %(model)s wrote.", model=self.name)
            return quoted.instead(reason, notes)
        if _repeated(verified) > LEAST_SUPPORTED:
            return quoted.instead(Message("%(model)s wrote the same again and again.", model=self.name), notes)
        if verified.removed:
            notes.append(_removed(verified.removed))
        return Answer(
            reading.question, reading.understood, verified.blocks, self.name,
            as_of=max((c.date for c in verified.citations if c.date), default=None),
            citations=verified.citations, notes=tuple(notes),
        )


def _unfound(verified: Verified) -> float:
    """The share of the statements that the articles do not support."""
    return sum(statement.verdict is Verdict.UNFOUND for statement in verified.statements) / len(verified.statements)


def _repeated(verified: Verified) -> float:
    """The share of the statements that stand there already."""
    texts = [" ".join(statement.text.lower().split()) for statement in verified.statements]
    return 1 - len(set(texts)) / len(texts)


def _noted(pieces: Iterable[str], notes: list[str]) -> Iterator[str]:
    """`pieces`; that they were cut short is added to `notes`."""
    try:
        yield from pieces
    except CutShortError as exc:
        notes.append(message_of(exc))


def _removed(count: int) -> Message:
    if count == 1:
        return Message("1 citation was removed: the passage that it named does not support the sentence.")
    return Message(
        "%(count)s citations were removed: the passages that they named do not support the sentence.", count=str(count)
    )
