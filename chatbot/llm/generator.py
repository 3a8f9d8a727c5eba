"""Lets the LLM write the answer to a question from passages: fits passages and history to the model's window and fences
the passages, which are data. The numbers in brackets in its text are those of the passages, and become citations in
`chatbot.citations`; whether to ask the LLM at all is the chain's decision."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from langchain_core.runnables import Runnable, RunnableLambda

from chatbot.answer import Answer, long_date
from chatbot.llm.client import LanguageModel
from chatbot.llm.fencing import harmless, new_fence, single_line
from chatbot.llm.prompt_templates import PromptMessage, load
from index.passage import RetrievedPassage

WINDOW_TOKENS = 4096
ANSWER_TOKENS = 1000
HISTORY_TOKENS = 400
TOKENIZER_MARGIN = 0.9


@dataclass(frozen=True)
class Prompt:
    """What the LLM is asked: a question, the passages that its answer may cite, and the answers before, oldest first.

    Of the passages as many are sent as fit; of `history` the newest turns that fit, each without what of its answer no
    passage supports.
    """

    question: str
    passages: Sequence[RetrievedPassage]
    history: Sequence[Answer] = ()


class LLMAnswerer:
    """Lets `model` answer from passages.

    `chain` is its prompt and the model. It streams the text, whose citation [n] is the n-th of the passages that fit,
    and raises LanguageModelError. `count` gives a text's tokens; the prompt and `answer_tokens` together stay below
    nine tenths of `window_tokens`, since the model's tokenizer may count more.
    """

    def __init__(
        self,
        model: LanguageModel,
        *,
        count: Callable[[str], int],
        window_tokens: int = WINDOW_TOKENS,
        answer_tokens: int = ANSWER_TOKENS,
        history_tokens: int = HISTORY_TOKENS,
    ) -> None:
        self.name = model.name
        self.chain: Runnable[Prompt, str] = RunnableLambda(self.messages, name="prompt") | model.runnable()
        self._count = count
        self._template = load("answer", {"fence", "passages", "question"})
        self._prompt_tokens = int(window_tokens * TOKENIZER_MARGIN) - answer_tokens - history_tokens
        self._history_tokens = history_tokens

    def fit(
        self, question: str, passages: Sequence[RetrievedPassage], *, most_tokens: int | None = None
    ) -> tuple[RetrievedPassage, ...]:
        """As many of `passages`, best first, as go whole into the prompt and are `most_tokens` together, at least one;
        in the order in which they stand there, the newest last.

        These are what the answer's citations number: pass them to the prompt and to who checks the text.
        """
        left = self._prompt_tokens - self._tokens(self._template.fill(fence="0" * 8, passages="", question=question))
        left = left if most_tokens is None else min(left, most_tokens)
        fitted: list[RetrievedPassage] = []
        for passage in passages:
            # Whatever its number will be: the order must not change what fits.
            left -= self._count(fenced(99, passage, fence="0" * 8))
            if left < 0 and fitted:
                break
            fitted.append(passage)
        # A model heeds the ends of its prompt most (Liu et al., Lost in the Middle, 2023), so the newest report stands
        # next to the question; in the order of their days, reports show what replaced what and which of a day disagree.
        return tuple(sorted(fitted, key=lambda passage: passage.article.date or datetime.date.min))

    def messages(self, prompt: Prompt) -> list[PromptMessage]:
        """The prompt as (role, text): instructions, the turns before, then the fenced passages and the question."""
        fitted = self.fit(prompt.question, prompt.passages)
        fence = new_fence(fenced(number, passage, fence="") for number, passage in enumerate(fitted, start=1))
        passages = "\n\n".join(fenced(number, passage, fence=fence) for number, passage in enumerate(fitted, start=1))
        first, *rest = self._template.fill(fence=fence, passages=passages, question=" ".join(prompt.question.split()))
        return [first, *self._turns(prompt.history), *rest]

    def _turns(self, history: Sequence[Answer]) -> list[PromptMessage]:
        turns: list[PromptMessage] = []
        left = self._history_tokens
        for answer in reversed(history):
            turn = [("human", harmless(answer.question)), ("ai", harmless(answer.proven))]
            left -= self._tokens(turn)
            if left < 0:
                break
            turns = turn + turns
        return turns

    def _tokens(self, messages: Sequence[PromptMessage]) -> int:
        return sum(self._count(text) for _, text in messages)


def fenced(number: int, retrieved: RetrievedPassage, *, fence: str) -> str:
    """One passage as the LLM reads it, between lines that its text cannot hold."""
    article = retrieved.article
    return (
        f"<passage-{fence}>\n"
        f"number: {number}\n"
        f"title: {single_line(article.title)}\n"
        f"source: {single_line(article.source or 'unknown')}\n"
        f"date: {long_date(article.date)}\n"
        f"text:\n{harmless(retrieved.passage.text)}\n"
        f"</passage-{fence}>"
    )
