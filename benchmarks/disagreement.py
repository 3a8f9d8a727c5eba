"""Does an answer show every right answer where documents disagree, and no wrong one? RAMDocs (Wang et al., 2025): each
question on documents of its own, of which some hold a right answer, some a wrong one, and some none."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import sets
from chatbot.answering.pipeline import Chain
from chatbot.filters import QuestionFilter
from chatbot.settings import Settings
from index.language.words import STOPWORDS, stem, words

ALL_RIGHT, SOME_RIGHT, MIXED, WRONG_ALONE, NEITHER, ABSTAINED = (
    "every right answer, no wrong one", "some right answers, no wrong one", "right and wrong answers",
    "a wrong answer alone", "neither", "abstained",
)  # fmt: skip
OUTCOMES = (ALL_RIGHT, SOME_RIGHT, MIXED, WRONG_ALONE, NEITHER, ABSTAINED)


def measure(bench: Path, work: Path) -> Counter[str]:
    """How many of the questions in `bench` come out how. Works below `work`."""
    rows = json.loads(gzip.decompress((bench / "ramdocs.json.gz").read_bytes()))
    sets.write_documents(list(_documents(rows)), work / "articles")
    with sets.indexed([work / "articles"], work / "data") as collection:
        chain = Chain(collection, Settings(data=work / "data"))
        return Counter(_outcome(chain, number, row) for number, row in enumerate(rows))


def _documents(rows: Sequence[Mapping[str, Any]]) -> Iterator[sets.Document]:
    for number, row in enumerate(rows):
        for place, document in enumerate(row["documents"]):
            title = f"Document {place + 1} on question {number + 1}"
            yield sets.Document(
                f"{number:03}-{place}", document["text"], {"title": title, "source": _source(number)}
            )


def _source(number: int) -> str:
    return f"Question {number + 1}"


def _outcome(chain: Chain, number: int, row: Mapping[str, Any]) -> str:
    answer = chain.answer(row["question"], scope=QuestionFilter(source=_source(number)))
    if answer.abstained:
        return ABSTAINED
    shown = [citation.sentence for citation in answer.citations]
    right = [_is_shown(text, shown) for text in row["gold_answers"]]
    wrong = any(_is_shown(text, shown) for text in row["wrong_answers"])
    if any(right):
        return MIXED if wrong else ALL_RIGHT if all(right) else SOME_RIGHT
    return WRONG_ALONE if wrong else NEITHER


def _is_shown(answer: str, sentences: Sequence[str]) -> bool:
    """Whether one sentence holds all words of an answer that mean something."""
    own = {stem(word) for word in words(answer) if word.lower() not in STOPWORDS}
    return any(own <= {stem(word) for word in words(sentence)} for sentence in sentences)


def report(outcomes: Counter[str]) -> None:
    """Print the share of each outcome."""
    print(f"questions {outcomes.total()}")
    for outcome in OUTCOMES:
        print(f"  {outcome:36}{outcomes[outcome]:5}{outcomes[outcome] / outcomes.total():8.3f}")
