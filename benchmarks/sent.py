"""What an LLM is sent for a question: is the passage that answers among it, and how many tokens is it? A scripted LLM
over HTTP is asked by the whole chain."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import sets
from benchmarks.measures import share
from benchmarks.news_sets import NewsSet
from benchmarks.support.prompts import passages_of
from benchmarks.support.scripted_llm import ScriptedLLM
from chatbot.answer import Answer
from chatbot.answering.pipeline import Chain
from chatbot.settings import Settings
from index.language.tokens import count_tokens


@dataclass(frozen=True)
class Sent:
    """What was sent for one question; `holds` is whether it holds a sentence that answers, None where none does."""

    set: str
    question: str
    asked: bool
    passages: int
    tokens: int
    holds: bool | None


def measure(news: NewsSet, work: Path) -> list[Sent]:
    """The last question of each conversation, asked after those before it, which are answered by quoting."""
    outcomes: list[Sent] = []
    with sets.indexed([news.articles], work) as collection, ScriptedLLM("fixed") as server:
        quoting = Chain(collection, Settings())
        writing = Chain(collection, Settings(model="openai:scripted", base_url=server.base_url))
        for question in news.questions:
            history: list[Answer] = []
            for turn in question.turns[:-1]:
                history.append(quoting.answer(turn, history))
            server.requests.clear()
            writing.answer(question.turns[-1], history)
            prompts = [server.prompt_of(request) for request in server.requests]
            sent = next((prompt for prompt in prompts if passages_of(prompt)), "")
            texts = [passage.text for passage in passages_of(sent)]
            holds = None if question.abstain else any(map(question.is_gold, texts))
            outcomes.append(Sent(news.name, question.turns[-1], bool(sent), len(texts), count_tokens(sent), holds))
    return outcomes


def report(outcomes: Sequence[Sent], *, verbose: bool = False) -> None:
    """Print the share of answerable questions whose answer is sent, and how much is sent."""
    answerable = [outcome for outcome in outcomes if outcome.holds is not None]
    if verbose:
        _report_missing(answerable)
    for name in dict.fromkeys(outcome.set for outcome in outcomes):
        own = [bool(outcome.holds) for outcome in answerable if outcome.set == name]
        print(f"  {name}: the answer is among what is sent for {sum(own)} of {len(own)} ({share(own):.3f})")
    _report_amounts([outcome for outcome in outcomes if outcome.asked])
    held = [bool(outcome.holds) for outcome in answerable]
    print(f"sent: the answering passage for {sum(held)} of {len(held)} ({share(held):.3f})")


def _report_missing(answerable: Sequence[Sent]) -> None:
    for outcome in answerable:
        if not outcome.holds:
            print(f"  ! {outcome.set}: {outcome.question} ({outcome.passages} passages sent)")


def _report_amounts(asked: Sequence[Sent]) -> None:
    if asked:
        passages = sorted(outcome.passages for outcome in asked)
        tokens = sorted(outcome.tokens for outcome in asked)
        half = len(asked) // 2
        print(f"  sent: {passages[half]} passages and {tokens[half]} tokens (medians), {tokens[-1]} tokens at most")
