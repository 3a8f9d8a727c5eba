"""Does the built-in answerer know when a paragraph holds no answer? SQuAD 2.0, each question on its own paragraph."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import sets
from benchmarks.measures import roc_area, share
from benchmarks.sets import QuestionRewrite
from chatbot.extractive.ranker import Ranker
from chatbot.extractive.weights import threshold as fitted_threshold
from chatbot.question.parse import read
from index.collection import Collection
from index.storage.filters import Filters

THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True)
class Result:
    """One question: the answerer's confidence (0 to 1), and whether its first sentence holds a gold answer."""

    answerable: bool
    confidence: float
    right: bool


@dataclass(frozen=True)
class Choice:
    """What a threshold gives: share of the answerable answered, share of the unanswerable abstained from, and the
    share of all answers given that are wrong: without a gold answer in the first sentence, or to the unanswerable."""

    threshold: float
    answered: float
    abstained: float
    wrong: float


def measure(bench: Path, work: Path) -> list[Result]:
    """The results on SQuAD 2.0's questions in `bench`. Works below `work`."""
    paragraphs, readings = sets.squad2(bench)
    sets.write_documents(paragraphs, work / "squad2" / "articles")
    with sets.indexed([work / "squad2" / "articles"], work / "squad2" / "data") as collection:
        ids = {name: ident for ident, name in sets.names(collection).items()}
        ranker = Ranker(collection)
        return [_result(collection, ranker, reading, ids[reading.paragraph]) for reading in readings]


def choose(results: Sequence[Result], threshold: float) -> Choice:
    """What answering from `threshold` on would have given."""
    given = [result for result in results if result.confidence >= threshold]
    return Choice(
        threshold,
        share([result.confidence >= threshold for result in results if result.answerable]),
        share([result.confidence < threshold for result in results if not result.answerable]),
        share([not outcome.right for outcome in given]),
    )


def report(results: Sequence[Result]) -> None:
    """Print the area under ROC, the first sentence's accuracy and the trade-off."""
    answerable = [result for result in results if result.answerable]
    unanswerable = [result.confidence for result in results if not result.answerable]
    area = roc_area([outcome.confidence for outcome in answerable], unanswerable)
    print(f"questions                          {len(answerable)} answerable, {len(unanswerable)} not")
    print(f"area under ROC                     {area:.3f}")
    right = share([outcome.right for outcome in answerable])
    print(f"first sentence holds the answer    {right:.3f} of the answerable")
    print("\nthreshold   answered, of answerable   abstained, of unanswerable   wrong, of answers given")
    used_threshold = fitted_threshold("answer")
    for threshold in sorted({*THRESHOLDS, used_threshold}):
        row = choose(results, threshold)
        used = "   <- used" if threshold == used_threshold else ""
        print(f"{threshold:9.2f}{row.answered:26.3f}{row.abstained:29.3f}{row.wrong:26.3f}{used}")


def _result(collection: Collection, ranker: Ranker, rewrite: QuestionRewrite, article_id: str) -> Result:
    passages = collection.search(rewrite.question, filters=Filters(articles=(article_id,)))
    ranked = ranker.rank(read(rewrite.question), passages)
    if not ranked:
        return Result(bool(rewrite.answers), 0.0, False)
    first = _plain(ranked[0].candidate.text)
    right = any(_plain(answer) in first for answer in rewrite.answers)
    return Result(bool(rewrite.answers), ranked[0].score, right)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
