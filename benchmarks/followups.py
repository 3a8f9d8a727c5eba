"""Does a follow-up question, as it is understood, hold the words that it left out? TREC CAsT has each question as it
was typed and as people wrote it out: the measure is the recall of the words that only the latter has."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import sets
from benchmarks.measures import mean
from chatbot.answer import Answer, Understood
from chatbot.question.parse import read
from index.language.words import STOPWORDS, stem, words

YEARS = (2019, 2020)

Condense = Callable[[str, Sequence[Answer]], str | None]
Understand = Callable[[Sequence[str]], list[str]]


@dataclass(frozen=True)
class Recalls:
    """Mean recall of the lacking words over `questions` follow-ups, by the name of who read them."""

    name: str
    questions: int
    recalls: dict[str, float]


def measure(bench: Path, condense: Condense | None = None) -> list[Recalls]:
    """The recall of the questions as typed, of the built-in reading and, if `condense` is given, of the LLM's."""
    readers: dict[str, Understand] = {"as typed": list, "built-in reading": built_in}
    if condense is not None:
        readers["LLM"] = lambda turns: condensed(turns, condense)
    return [
        _measured(f"CAsT {year}", list(sets.conversations(bench / f"cast{year}.json.gz")), readers) for year in YEARS
    ]


def built_in(turns: Sequence[str]) -> list[str]:
    """The questions of a conversation as the built-in reading understands them."""
    return condensed(turns, lambda question, history: None)


def condensed(turns: Sequence[str], condense: Condense) -> list[str]:
    """The questions of a conversation as the chain understands them, with no answer to look at."""
    history: list[Answer] = []
    for turn in turns:
        reading = read(turn, [answer.understood for answer in history])
        condensed = condense(turn, history) if reading.needs_context else None
        history.append(Answer(turn, Understood(condensed) if condensed else reading.understood, (), ""))
    return [answer.standalone_question for answer in history]


def recall(understood: str, typed: str, written_out: str) -> float | None:
    """The share of the words of `written_out` that `typed` lacks which `understood` has, inflected or not; None where
    it lacks none."""
    lacking = {stem(word) for word in _content_words(written_out) - _content_words(typed)}
    return len(lacking & {stem(word) for word in _content_words(understood)}) / len(lacking) if lacking else None


def report(measured: Sequence[Recalls]) -> None:
    """Print a line for each set."""
    for measurement in measured:
        figures = ", ".join(f"{name} {value:.3f}" for name, value in measurement.recalls.items())
        print(f"{measurement.name:12}{measurement.questions:4} follow-ups, recall of the words left out: {figures}")


def _measured(name: str, conversations: list[list[sets.Turn]], readers: dict[str, Understand]) -> Recalls:
    recalls = {reader: list(_recalls(conversations, understand)) for reader, understand in readers.items()}
    return Recalls(name, len(recalls["as typed"]), {reader: mean(values) for reader, values in recalls.items()})


def _recalls(conversations: list[list[sets.Turn]], understand: Understand) -> Iterator[float]:
    for turns in conversations:
        for turn, understood in zip(turns, understand([turn.typed for turn in turns]), strict=True):
            value = recall(understood, turn.typed, turn.written_out)
            if value is not None:
                yield value


def _content_words(text: str) -> set[str]:
    return {word.lower() for word in words(text)} - STOPWORDS
