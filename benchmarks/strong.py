"""Are a strong LLM's statements marked, and its faults caught? Answers written by hand over news passages, in combined
and paraphrased sentences, each as it is and in versions with one subtle fault, go through the verifier."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks import sets
from benchmarks.measures import share
from chatbot.answer import Statement, Verdict
from chatbot.verification.verifier import Verifier
from index.article import Article
from index.collection import Collection
from index.language.sentences import sentence_spans
from index.passage import Passage, RetrievedPassage

_REFERENCE = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True)
class Fault:
    """An answer with one sentence changed: the answer, the kind of fault, and the place of the changed sentence."""

    text: str
    kind: str
    sentence: int


@dataclass(frozen=True)
class StrongAnswer:
    """An answer to a question, its sentences with whether they state something, and its faulty versions."""

    question: str
    collection: str
    passages: tuple[tuple[str, str], ...]
    text: str
    sentences: tuple[tuple[str, bool], ...]
    faults: tuple[Fault, ...]

    @cached_property
    def plain(self) -> list[str]:
        """The sentences without their marks."""
        return [_plain(text) for text, _ in self.sentences]


@dataclass(frozen=True)
class Checked:
    """What was made of one sentence: `kind` is that of its fault, empty for a true one."""

    collection: str
    kind: str
    text: str
    marked: bool
    verdicts: tuple[str, ...]
    reasons: tuple[str, ...]


def read_answers(folder: Path) -> list[StrongAnswer]:
    """The answers in `folder`/strong/answers.jsonl."""
    lines = (folder / "strong" / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    return [_answer(json.loads(line)) for line in lines if line.strip()]


def measure(folder: Path, work: Path, answers: Sequence[StrongAnswer]) -> list[Checked]:
    """Each answer and each of its faulty versions, verified over the passages that it was written from."""
    checked: list[Checked] = []
    for name in dict.fromkeys(answer.collection for answer in answers):
        with sets.indexed([folder / "news" / "collections" / name], work / name) as collection:
            verifier = Verifier(collection)
            for answer in (each for each in answers if each.collection == name):
                checked += _checked(answer, verifier, passages_of(answer, collection))
    return checked


def passages_of(answer: StrongAnswer, collection: Collection) -> list[RetrievedPassage]:
    """The passages that the answer numbers, found in the collection's articles. Raises ValueError where one is not."""
    articles = [collection.article(row.id) for row in collection.articles()]
    return [_retrieved(title, text, articles) for title, text in answer.passages]


def report(checked: Sequence[Checked], *, verbose: bool = False, judged: bool = False) -> None:
    """Print the shares of each collection, and as the last line those of all."""
    for one in checked if verbose else ():
        if one.marked is not bool(one.kind):
            print(f"  ! {one.collection}, {one.kind or 'true'}: {one.text} {list(one.verdicts)} {list(one.reasons)}")
    for name in dict.fromkeys(one.collection for one in checked):
        own = [one for one in checked if one.collection == name]
        true = [one.marked for one in own if not one.kind]
        caught = [one.marked for one in own if one.kind]
        print(f"  {name}: true marked {share(true):.3f}, faults caught {share(caught):.3f}")
    print(line(checked, judged=judged))


def line(checked: Sequence[Checked], *, judged: bool) -> str:
    """The line that sums up: how many true statements are marked, and how many faults caught, by kind."""
    true = [one for one in checked if not one.kind]
    faults = [one for one in checked if one.kind]
    kinds = Counter(one.kind for one in faults)
    caught = Counter(one.kind for one in faults if one.marked)
    by_kind = ", ".join(f"{kind} {caught[kind]} of {count}" for kind, count in sorted(kinds.items()))
    return (
        f"strong{' with a judge' if judged else ''}: true marked {sum(one.marked for one in true)} of {len(true)}, "
        f"faults caught {sum(caught.values())} of {len(faults)} ({by_kind})"
    )


def _checked(answer: StrongAnswer, verifier: Verifier, shown: Sequence[RetrievedPassage]) -> Iterator[Checked]:
    statements = verifier.verify(answer.text, shown).statements
    for (text, states), plain in zip(answer.sentences, answer.plain, strict=True):
        if states:
            yield _of(answer, "", text, [one for one in statements if _plain(one.text) in plain])
    for fault in answer.faults:
        others = [plain for n, plain in enumerate(answer.plain) if n != fault.sentence]
        own = [
            one
            for one in verifier.verify(fault.text, shown).statements
            if not any(_plain(one.text) in other for other in others)
        ]
        yield _of(answer, fault.kind, " ".join(one.text for one in own), own)


def _of(answer: StrongAnswer, kind: str, text: str, statements: Sequence[Statement]) -> Checked:
    return Checked(
        answer.collection, kind, text, any(one.verdict is Verdict.UNFOUND for one in statements),
        tuple(one.verdict.value for one in statements), tuple(one.missing for one in statements if one.missing),
    )


def _plain(text: str) -> str:
    return " ".join(_REFERENCE.sub("", text).split()).rstrip(".")


def _answer(row: dict[str, Any]) -> StrongAnswer:
    return StrongAnswer(
        row["question"], row["collection"],
        tuple((passage["title"], passage["text"]) for passage in sorted(row["passages"], key=lambda p: p["number"])),
        row["faithful"], tuple((one["text"], bool(one.get("supported"))) for one in row["sentences"]),
        tuple(Fault(one["text"], one["kind"], one["sentence"]) for one in row["faulty"]),
    )


def _retrieved(title: str, text: str, articles: Sequence[Article]) -> RetrievedPassage:
    for number, article in enumerate(articles):
        start = article.text.find(text) if article.title == title else -1
        if start >= 0:
            spans = tuple((start + a, start + b) for a, b in sentence_spans(text))
            passage = Passage(article.id, 1000 + start, start, start + len(text), text, spans)
            return RetrievedPassage(passage, article, 1.0 / (1 + number), 0.0)
    raise ValueError(f"No article of the collection is called '{title}' and holds its passage.")
