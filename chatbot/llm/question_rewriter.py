"""Lets the LLM rewrite a follow-up question so that it can be understood without the conversation before it. Gives
None where the LLM fails, is slow or writes what cannot be relied on; the built-in reading is used then."""

import re
import time
from collections.abc import Callable, Sequence
from contextlib import closing

from chatbot.answer import Answer
from chatbot.errors import LanguageModelError
from chatbot.llm.client import LanguageModel
from chatbot.llm.fencing import new_fence, single_line
from chatbot.llm.prompt_templates import PromptMessage, load
from chatbot.settings import Settings
from index.language.lexicon import concept
from index.language.tokens import is_common_word
from index.language.words import STOPWORDS, stem, stems, words

MOST_TURNS = 4
HISTORY_TOKENS = 600
LONGEST_ANSWER_CHARACTERS = 400
LONGEST_CHARACTERS = 300
MOST_TOKENS = 100
PATIENCE_SECONDS = 10.0

_LABEL = re.compile(r"^(?:[a-z]+ ){0,3}question: *", re.IGNORECASE)
_ASKING = frozenset(
    """who whom whose what which when where why how is are was were do does did has have had can could will would should
    may""".split()
)
_ORDERS = frozenset("tell give list name show describe explain compare summarise summarize".split())
_NUMBERS = frozenset(
    """three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety dozen hundred thousand million billion""".split()
)


class Condenser:
    """Lets the LLM of `settings` rewrite follow-up questions, briefly; `count` gives a text's tokens."""

    def __init__(self, settings: Settings, *, count: Callable[[str], int]) -> None:
        """Raises LanguageModelError where the LLM cannot be used, and PromptError."""
        seconds = min(settings.timeout_seconds, PATIENCE_SECONDS)
        brief = {"max_tokens": MOST_TOKENS, "timeout_seconds": seconds, "retries": 0}
        self._model = LanguageModel(settings.model_copy(update=brief))
        self._seconds = seconds
        self._count = count
        self._template = load("rewrite_question", {"fence", "history", "question"})

    def condense(
        self, question: str, history: Sequence[Answer], *, left: Callable[[], bool] = lambda: False
    ) -> str | None:
        """`question`, which needs `history` (oldest first), as one that stands alone, or None; it gives up once `left`
        says that nobody waits for it."""
        turns = self._newest_turns(history)
        written = self._written(self._messages(question, turns), left)
        condensed = _LABEL.sub("", written.strip()).strip("\"'“”‘’`* ")
        return condensed if is_usable(condensed, question, turns) else None

    def _messages(self, question: str, turns: str) -> list[PromptMessage]:
        question = single_line(question)
        return self._template.fill(fence=new_fence([turns, question]), history=turns, question=question)

    def _newest_turns(self, history: Sequence[Answer]) -> str:
        """The newest turns that fit, oldest first; always one."""
        turns: list[str] = []
        left = HISTORY_TOKENS
        for answer in reversed(history[-MOST_TURNS:]):
            turn = f"Question: {single_line(answer.standalone_question)}\nAnswer: {_shortened(answer.proven)}"
            left -= self._count(turn)
            if left < 0 and turns:
                break
            turns.insert(0, turn)
        return "\n".join(turns)

    def _written(self, messages: list[PromptMessage], left: Callable[[], bool]) -> str:
        """What the LLM writes, and nothing where it fails, writes too much or does not come to an end in time."""
        text, ends = "", time.monotonic() + self._seconds
        try:
            with closing(self._model.stream(messages)) as pieces:
                for piece in pieces:
                    text += piece
                    if left() or time.monotonic() > ends:
                        return ""
        except LanguageModelError:
            return ""
        return text


def is_usable(condensed: str, question: str, turns: str) -> bool:
    """Whether `condensed` is one short question that says more than `question`, and names and counts nothing which
    neither `question` nor the conversation `turns` holds."""
    if not condensed or len(condensed) > LONGEST_CHARACTERS or "\n" in condensed:
        return False
    says_more = not set(stems(condensed)) <= set(stems(question))
    return says_more and _asks(condensed) and not _invents(condensed, f"{question} {turns}")


def _asks(text: str) -> bool:
    asked = [word.lower() for word in words(text)]
    if not asked or asked[0] in _ORDERS:
        return bool(asked)
    if text.endswith("?"):
        return not _ASKING.isdisjoint(asked)
    return asked[0] in _ASKING and text[-1] not in ".!…:"


def _invents(text: str, known: str) -> bool:
    """Whether `text` holds a name, a number or a rare word that `known` does not."""
    held = {form for word in words(known) for form in (concept(word), stem(word))}
    return any(
        _tells(word, opens=position == 0) and concept(word) not in held and stem(word) not in held
        for position, word in enumerate(words(text))
    )


def _tells(word: str, *, opens: bool) -> bool:
    """Whether a word is one that has to come from somewhere; any word has a capital where it opens the sentence."""
    if word.lower() in STOPWORDS | _ORDERS:
        return False
    if any(map(str.isdigit, word)) or word.lower() in _NUMBERS:
        return True
    return (word[0].isupper() and not opens) or not (is_common_word(word) or is_common_word(stem(word)))


def _shortened(text: str) -> str:
    line = single_line(text)
    return line if len(line) <= LONGEST_ANSWER_CHARACTERS else f"{line[:LONGEST_ANSWER_CHARACTERS].rsplit(' ', 1)[0]} …"
