"""Fits the answerer's weights on the news collections that ship here, cross-validated leave-one-collection-out.

    python -m benchmarks.fit --work FOLDER

Writes `chatbot/extractive/weights.json`. What it prints for a collection comes from a fit that never saw it.
"""

import argparse
import datetime
import json
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks import sets
from benchmarks.answers import QUESTIONS, read_questions
from benchmarks.measures import roc_area, share
from benchmarks.news_sets import KEPT_APART, NewsQuestion, NewsSet, news_sets
from chatbot.answer import Understood
from chatbot.answering.pipeline import Chain
from chatbot.extractive.features import ASKED, OF_TIME, RELATIVE
from chatbot.extractive.ranker import READ_TOGETHER, Ranked, Ranker
from chatbot.extractive.weights import Model, matrix, scaled
from chatbot.filters import EVERYWHERE
from chatbot.question.entity_linking import settle
from chatbot.question.parse import read
from chatbot.question.query import query_of
from chatbot.question.refine import refined
from chatbot.settings import Settings
from index.collection import Collection

WEIGHTS = Path(__file__).parents[1] / "chatbot" / "extractive" / "weights.json"
PENALTY = 3.0
# Of the questions that the articles do not answer so many are to be abstained from, cross-validated. The threshold
# follows from it; the table that is printed shows what others would give.
ABSTAINED_SHARE = 0.8
FIXED = {"near": 0.45, "rival": 0.65, "same": 0.8, "claim": 0.4}

Table = npt.NDArray[np.float64]


@dataclass
class Asked:
    """A question with the features of its candidate sentences and which of them answer."""

    question: NewsQuestion
    unknown: bool
    glance: list[dict[str, float]] = field(default_factory=list)
    answer: list[dict[str, float]] = field(default_factory=list)
    gold: list[bool] = field(default_factory=list)


def asked(news: NewsSet, data: Path) -> list[Asked]:
    """The questions of a set with their features; the index is kept in `data`."""
    with sets.indexed([news.articles], data) as collection:
        chain = Chain(collection, Settings(data=data))
        return [_asked(question, chain, collection) for question in news.questions]


def _asked(question: NewsQuestion, chain: Chain, collection: Collection) -> Asked:
    year = (collection.summary().last or datetime.date.today()).year
    before: list[Understood] = []
    for turn in question.turns[:-1]:
        before.append(read(turn, before, year=year).understood)
    reading = read(question.turns[-1], before, year=year)
    named = settle(refined(reading, query_of(collection.parse(reading.own))), collection.vocabulary)
    ranker = Ranker(collection)
    passages = chain.retrieve(named.reading, EVERYWHERE)
    candidates = ranker.candidates(passages)
    rows = ranker.rows(named.reading, passages, candidates)
    result = Asked(question, bool(named.unknown))
    if rows:
        ranked = [Ranked(candidate, 0.0, claim, row) for candidate, (row, claim) in zip(candidates, rows, strict=True)]
        result.glance = [row for row, _ in rows]
        result.answer = ranker.together(named.reading, ranked)
        result.gold = [question.is_gold(candidate.text) for candidate in candidates]
    return result


def feature_names(row: Mapping[str, float], relative: Sequence[str]) -> list[str]:
    """The names of the features: each by itself where candidates differ in it, some relative to the best candidate's,
    and some by what is asked."""
    own = [name for name in row if not name.startswith(("asks_", "kind_", "gap_"))]
    of_time = [*OF_TIME, *(["reader"] if "reader" in row else [])]
    products = [f"{name}*{asked}" for asked in ASKED for name in of_time]
    by_kind = [f"typed*{name}" for name in row if name.startswith("kind_")]
    by_gap = [f"gap*{name}" for name in row if name.startswith("gap_")]
    return [*own, *(f"{name}_below" for name in relative), *products, *by_kind, *by_gap]


def fit(questions: Sequence[tuple[Sequence[Mapping[str, float]], Sequence[bool], bool]], names: Sequence[str]) -> Model:
    """The model under which the gold sentences, or "none" where there are none, are likeliest, with an L2 penalty.

    A question is its candidates' features, which of them are gold, and whether the articles do not say.
    """
    tables = [matrix(rows, names) for rows, _, _ in questions]
    every = np.vstack(tables)
    mean, spread = every.mean(axis=0), every.std(axis=0) + 1e-3
    tables = [scaled(table, mean, spread) for table in tables]
    golds = [np.asarray(gold, dtype=bool) for _, gold, _ in questions]

    def loss(theta: Table) -> tuple[float, Table]:
        weight, none = theta[:-1], theta[-1]
        total, slope = PENALTY * float(weight @ weight), np.append(2 * PENALTY * weight, 0.0)
        for table, gold, (_, _, abstain) in zip(tables, golds, questions, strict=True):
            utility = np.append(table @ weight, none)
            shares = np.exp(utility - utility.max())
            shares /= shares.sum()
            wanted = np.append(np.zeros(len(gold), dtype=bool), True) if abstain else np.append(gold, False)
            mass = shares[wanted].sum()
            total -= float(np.log(max(mass, 1e-12)))
            difference = shares - np.where(wanted, shares / max(mass, 1e-12), 0.0)
            slope[:-1] += table.T @ difference[:-1]
            slope[-1] += difference[-1]
        return total, slope

    best = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 400})
    return Model(tuple(names), mean, spread, best.x[:-1], float(best.x[-1]))


def exported(model: Model) -> dict[str, object]:
    """The model as `chatbot/extractive/weights.py` reads it."""
    rows = zip(model.features, model.mean, model.spread, model.weight, strict=True)
    return {
        "none": round(model.none, 5),
        "features": {name: [round(float(v), 5) for v in values] for name, *values in rows},
    }


class Fitted:
    """Both models, fitted on some questions: one for a glance at all candidates, one for those read together."""

    def __init__(self, questions: Sequence[Asked]) -> None:
        usable = [asked for asked in questions if asked.glance and (asked.question.abstain or any(asked.gold))]
        self.glance = fit(
            [(asked.glance, asked.gold, asked.question.abstain) for asked in usable],
            feature_names(usable[0].glance[0], RELATIVE),
        )
        read = [(*self._best(asked), asked.question.abstain) for asked in usable]
        self.answer = fit(
            [row for row in read if row[2] or any(row[1])], feature_names(usable[0].answer[0], [*RELATIVE, "reader"])
        )

    def scores(self, asked: Asked) -> tuple[list[float], list[bool]]:
        """The scores of the candidates that are read together, best first, and which of them are gold."""
        if not asked.glance:
            return [0.0], [False]
        rows, gold = self._best(asked)
        scores = self.answer.scores(rows)
        order = np.argsort(-scores)
        return [float(scores[n]) for n in order], [gold[n] for n in order]

    def _best(self, asked: Asked) -> tuple[list[dict[str, float]], list[bool]]:
        order = np.argsort(-self.glance.scores(asked.glance))[:READ_TOGETHER]
        return [asked.answer[n] for n in order], [asked.gold[n] for n in order]


def cross_validated(folds: Mapping[str, Sequence[Asked]]) -> list[tuple[str, Asked, list[float], list[bool]]]:
    """For each question the scores that a fit on all other collections gives."""
    results = []
    for name in folds:
        fitted = Fitted([asked for other, rows in folds.items() if other != name for asked in rows])
        results += [(name, asked, *fitted.scores(asked)) for asked in folds[name]]
    return results


def report(results: Sequence[tuple[str, Asked, list[float], list[bool]]], enough: float) -> None:
    """Print the figures of each collection, and of all."""
    for name in [*dict.fromkeys(row[0] for row in results), "all"]:
        rows = [row for row in results if name in (row[0], "all")]
        able = [row for row in rows if not row[1].question.abstain]
        unable = [row for row in rows if row[1].question.abstain]
        best = {id(row): 0.0 if row[1].unknown else row[2][0] for row in rows}
        print(
            f"{name:12}{len(able):4} answerable: first {share([row[3][0] for row in able]):.3f}, among three "
            f"{share([any(row[3][:3]) for row in able]):.3f}, "
            f"answered {share([best[id(row)] >= enough for row in able]):.3f}"
            f"   {len(unable):3} not: abstained {share([best[id(row)] < enough for row in unable]):.3f}"
            f"   area {roc_area([best[id(row)] for row in able], [best[id(row)] for row in unable]):.3f}"
        )


def settled(results: Sequence[tuple[str, Asked, list[float], list[bool]]]) -> float:
    """The lowest threshold at which enough of the unanswerable questions are abstained from."""
    best = [0.0 if row[1].unknown else row[2][0] for row in results if row[1].question.abstain]
    for enough in np.arange(0.05, 0.95, 0.01):
        if share([score < enough for score in best]) >= ABSTAINED_SHARE:
            return float(enough)
    return 0.95


def trade_off(results: Sequence[tuple[str, Asked, list[float], list[bool]]]) -> None:
    """Print what each threshold would give, cross-validated."""
    for enough in np.arange(0.3, 0.91, 0.1):
        given = [(row, not row[1].unknown and row[2][0] >= enough) for row in results]
        able = [(row, answered) for row, answered in given if not row[1].question.abstain]
        right = [answered and any(row[3][:3]) for row, answered in able]
        wrong = [answered and (row[1].question.abstain or not any(row[3][:3])) for row, answered in given]
        print(
            f"threshold {enough:.1f}: cited {share(right):.3f} of the answerable, wrong {share(wrong):.3f} of all, "
            f"abstained {share([not answered for row, answered in given if row[1].question.abstain]):.3f}"
        )


def _own_questions(name: str, articles: Path) -> NewsSet:
    rows = [
        NewsQuestion(
            question.id, question.kind, question.turns, not question.answerable,
            "|".join(f"(?:{gold})" for gold in question.gold), "", (),
        )
        for question in read_questions(QUESTIONS / f"{name}.json")
    ]
    return NewsSet(name, articles, tuple(rows))


def main() -> None:
    """Fit, cross-validate, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="where indexes and features are kept between runs")
    parser.add_argument("--refresh", action="store_true", help="make the features anew")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    root = Path(__file__).parents[1]
    folds: dict[str, list[Asked]] = {}
    for news in [*news_sets(), _own_questions("sample", root / "articles")]:
        if news.name in KEPT_APART:
            continue
        features = options.work / f"{news.name}.pickle"
        if options.refresh or not features.exists():
            features.write_bytes(pickle.dumps(asked(news, options.work / news.name)))
        folds[news.name] = pickle.loads(features.read_bytes())
    results = cross_validated(folds)
    enough = settled(results)
    report(results, enough)
    trade_off(results)
    fitted = Fitted([question for rows in folds.values() for question in rows])
    WEIGHTS.write_text(
        json.dumps(
            {
                "models": {"glance": exported(fitted.glance), "answer": exported(fitted.answer)},
                "thresholds": {**FIXED, "answer": round(enough, 2), "relevant": 0.1},
            },
            separators=(",", ":"),
        )
    )
    print(f"threshold {enough:.2f}; {WEIGHTS.stat().st_size} bytes in {WEIGHTS.name}")


if __name__ == "__main__":
    main()
