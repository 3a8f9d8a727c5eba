"""Fits the answerer's weights on the news collections that ship here, cross-validated leave-one-collection-out.

    python -m benchmarks.fit --work FOLDER

Writes `chatbot/extractive/weights.json`, and the weights that are fitted without one collection each to
`benchmarks/left_out.json`. What it prints for a collection comes from a fit that never saw it.
`python -m benchmarks.fit_thresholds` comes next.
"""

import argparse
import json
import pickle
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks import sets
from benchmarks.answers import ask
from benchmarks.measures import roc_area, share
from benchmarks.news_answers import LEFT_OUT, fitted_sets
from benchmarks.news_sets import NewsQuestion, NewsSet
from chatbot.answering.pipeline import Chain
from chatbot.extractive.features import ASKED, ASKED_TENSE, OF_TIME, RELATIVE
from chatbot.extractive.lexical_features import Candidate
from chatbot.extractive.ranker import READ_IN_CONTEXT, READ_TOGETHER, Ranked, Ranker
from chatbot.extractive.weights import Model, matrix, scaled
from chatbot.filters import EVERYWHERE
from chatbot.question.entity_linking import Named
from chatbot.settings import Settings
from index.claim import Claim

WEIGHTS = Path(__file__).parents[1] / "chatbot" / "extractive" / "weights.json"
PENALTY = 7.0
PROCESSES = 2
# More than the program reads together: what the models of the folds put first differs.
READ_FOR_FIT = 20
# Of the questions that the articles do not answer so many are to be abstained from, cross-validated. The threshold
# follows from it, at about one wrong answer in nine; the table that is printed shows what others would give.
ABSTAINED_SHARE = 0.864
# Of the questions that the articles answer so many have a sentence that a glance takes for relevant, cross-validated.
RELEVANT_SHARE = 0.975
# What is less likely at a glance than so much of the likeliest is not read: a tenth, and the ranking is as good.
LIKELY = 0.05
# Where `benchmarks.fit_thresholds` begins: it settles these anew, and the threshold of answering.
BEGUN_WITH = {"near": 0.4, "near_sure": 0.7, "unclaimed": -2.0, "rival": 0.8, "claim": 0.4, "same": 0.8}

Table = npt.NDArray[np.float64]


@dataclass
class Asked:
    """A question with the features of its candidate sentences and which of them answer. `answer` has those of the
    candidates that were read together with the question, by their places."""

    question: NewsQuestion
    unknown: bool
    glance: list[dict[str, float]] = field(default_factory=list)
    answer: dict[int, dict[str, float]] = field(default_factory=dict)
    gold: list[bool] = field(default_factory=list)


# The collection's name, the question, the scores of its best sentences, and which of these answer.
Result = tuple[str, Asked, list[float], list[bool]]


def asked(news: NewsSet, data: Path) -> list[Asked]:
    """The questions of a set with the features of a glance; the index is kept in `data`."""
    with _ranking(news, data) as ranking:
        results = []
        for question in news.questions:
            named, candidates, rows = ranking(question)
            gold = [question.is_gold(candidate.text) for candidate in candidates]
            glance = [row for row, _ in rows]
            results.append(Asked(question, bool(named.unknown), glance, gold=gold if rows else []))
        return results


def read_together(news: NewsSet, data: Path, questions: Sequence[Asked], glance: Model) -> None:
    """Add the features of the candidates that `glance` puts first."""
    with _ranking(news, data) as ranking:
        for asked in questions:
            if not asked.glance:
                continue
            named, candidates, rows = ranking(asked.question)
            best = [int(n) for n in np.argsort(-glance.scores(asked.glance))[:READ_FOR_FIT]]
            ranked = [Ranked(candidates[n], 0.0, rows[n][1], asked.glance[n]) for n in best]
            read = ranking.ranker.together(named.reading, ranked, in_context=len(ranked))
            asked.answer = dict(zip(best, read, strict=True))


class _ranking:  # noqa: N801
    """Gives a question's candidates as the program does, with the index of a set."""

    def __init__(self, news: NewsSet, data: Path) -> None:
        self._opening = sets.indexed([news.articles], data)
        self._data = data

    def __enter__(self) -> Self:
        self._collection = self._opening.__enter__()
        self._chain = Chain(self._collection, Settings(data=self._data))
        self.ranker = Ranker(self._collection)
        return self

    def __exit__(self, *_: object) -> None:
        self._opening.__exit__(None, None, None)

    def __call__(
        self, question: NewsQuestion
    ) -> tuple[Named, list[Candidate], list[tuple[dict[str, float], Claim | None]]]:
        """What the question is read as, its candidates, and the features of each with its claim."""
        *before, last = question.turns
        named = self._chain.understood(last, ask(self._chain, before))
        passages = self._chain.retrieve(named.reading, EVERYWHERE)
        candidates = self.ranker.candidates(named.reading, passages)
        return named, candidates, self.ranker.rows(named.reading, passages, candidates)


def feature_names(row: Mapping[str, float], relative: Sequence[str]) -> list[str]:
    """The names of the features: each by itself, some relative to the best candidate's, and some by what is asked. In
    what is asked the candidates do not differ: it tells how likely "none of these" is. The tense that is asked in
    counts only where sentences were read: at a glance it would lift whatever is new."""
    own = [name for name in row if not name.startswith("gap_") and ("reader" in row or name not in ASKED_TENSE)]
    by_kind = [f"typed*{name}" for name in row if name.startswith("kind_")]
    by_gap = [f"gap*{name}" for name in row if name.startswith("gap_")]
    products = _products(OF_TIME, ASKED)
    if "reader" in row:
        products += _products(OF_TIME, ASKED_TENSE)
        # How late a report is matters most where it answers.
        products += _products(["reader"], [*ASKED, *ASKED_TENSE, "recency", "recency_story"])
    return [*own, *(f"{name}_below" for name in relative), *products, *by_kind, *by_gap]


def _products(names: Sequence[str], others: Sequence[str]) -> list[str]:
    """The names of the products of two features."""
    return [f"{name}*{other}" for other in others for name in names]


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
        usable = _usable(questions)
        self.glance = fit_glance(usable)
        read = [(*self._best(asked), asked.question.abstain) for asked in usable]
        names = feature_names(read[0][0][0], [*RELATIVE, "reader"])
        self.answer = fit([row for row in read if row[2] or any(row[1])], names)

    def scores(self, asked: Asked) -> tuple[list[float], list[bool]]:
        """The scores of the candidates that are read together, best first, and which of them are gold."""
        if not asked.glance:
            return [0.0], [False]
        rows, gold = self._best(asked)
        scores = self.answer.scores(rows)
        order = np.argsort(-scores)
        return [float(scores[n]) for n in order], [gold[n] for n in order]

    def _best(self, asked: Asked) -> tuple[list[dict[str, float]], list[bool]]:
        order = np.argsort(-self.glance.scores(asked.glance))
        best = [int(n) for n in order if int(n) in asked.answer][:READ_TOGETHER]
        return _as_read([asked.answer[n] for n in best]), [asked.gold[n] for n in best]


def _as_read(rows: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """The features of sentences that were all read in context, as the program has them, which reads only the likeliest
    so."""
    likeliest = set(sorted(range(len(rows)), key=lambda n: -rows[n]["reader"])[:READ_IN_CONTEXT])
    return [dict(row) if n in likeliest else {**row, "reader_context": row["reader"]} for n, row in enumerate(rows)]


def _usable(questions: Sequence[Asked]) -> list[Asked]:
    """Those that have candidates, and among them an answer where the articles hold one."""
    return [asked for asked in questions if asked.glance and (asked.question.abstain or any(asked.gold))]


def fit_glance(questions: Sequence[Asked]) -> Model:
    """The model of a glance."""
    rows = [(asked.glance, asked.gold, asked.question.abstain) for asked in questions]
    return fit(rows, feature_names(questions[0].glance[0], RELATIVE))


def written(fitted: Fitted, enough: float, relevant: float) -> dict[str, object]:
    """Weights as `chatbot/extractive/weights.py` reads them; `enough` is the threshold of answering, `relevant` that of
    a glance."""
    return {
        "models": {"glance": exported(fitted.glance), "answer": exported(fitted.answer)},
        "thresholds": {**BEGUN_WITH, "likely": LIKELY, "answer": round(enough, 2), "relevant": round(relevant, 3)},
    }


def left_out(folds: Mapping[str, Sequence[Asked]]) -> dict[str, Fitted]:
    """For each collection the models fitted on all others."""
    others = [[asked for other, rows in folds.items() if other != name for asked in rows] for name in folds]
    with ProcessPoolExecutor(PROCESSES) as pool:
        return dict(zip(folds, pool.map(Fitted, others), strict=True))


def report(results: Sequence[Result], enough: float) -> None:
    """Print the figures of each collection, and of all."""
    for name in [*dict.fromkeys(row[0] for row in results), "all"]:
        able, unable = _by_answerable([row for row in results if name in (row[0], "all")])
        answered, refused = list(map(_best, able)), list(map(_best, unable))
        print(
            f"{name:12}{len(able):4} answerable: first {share([row[3][0] for row in able]):.3f}, among three "
            f"{share([any(row[3][:3]) for row in able]):.3f}, "
            f"answered {share([score >= enough for score in answered]):.3f}"
            f"   {len(unable):3} not: abstained {share([score < enough for score in refused]):.3f}"
            f"   area {roc_area(answered, refused):.3f}"
        )


def _by_answerable(results: Sequence[Result]) -> tuple[list[Result], list[Result]]:
    """The questions that the articles answer, and those that they do not."""
    return (
        [row for row in results if not row[1].question.abstain], [row for row in results if row[1].question.abstain]
    )


def _best(row: Result) -> float:
    """The score of the best sentence; 0 where the question asks of a name that no article holds."""
    return 0.0 if row[1].unknown else row[2][0]


def settled(results: Sequence[Result]) -> float:
    """The lowest threshold at which enough of the unanswerable questions are abstained from."""
    best = list(map(_best, _by_answerable(results)[1]))
    for enough in np.arange(0.05, 0.95, 0.01):
        if share([score < enough for score in best]) >= ABSTAINED_SHARE:
            return float(enough)
    return 0.95


def settled_relevant(folds: Mapping[str, Sequence[Asked]], without: Mapping[str, Fitted]) -> float:
    """The score of a glance that the best sentence reaches for enough of the questions that the articles answer."""
    best = [
        float(without[name].glance.scores(asked.glance).max())
        for name, rows in folds.items()
        for asked in rows
        if asked.glance and not asked.question.abstain
    ]
    return float(np.quantile(best, 1 - RELEVANT_SHARE))


def trade_off(results: Sequence[Result]) -> None:
    """Print what each threshold would give, cross-validated."""
    able, unable = _by_answerable(results)
    for enough in np.arange(0.3, 0.91, 0.1):
        right = [_best(row) >= enough and any(row[3][:3]) for row in able]
        wrong = [_best(row) >= enough and not any(row[3][:3]) for row in able]
        answered = [_best(row) >= enough for row in unable]
        print(
            f"threshold {enough:.1f}: cited {share(right):.3f} of the answerable, wrong "
            f"{share([*wrong, *answered]):.3f} of all, abstained {share([not each for each in answered]):.3f}"
        )


def _glanced(name: str, work: Path, *, refresh: bool) -> list[Asked]:
    [news] = [news for news in fitted_sets() if news.name == name]
    features = work / f"{name}.glance.pickle"
    if refresh or not features.exists():
        features.write_bytes(pickle.dumps(asked(news, work / name)))
    rows: list[Asked] = pickle.loads(features.read_bytes())
    return rows


def _read(name: str, questions: list[Asked], work: Path, glance: Model, *, refresh: bool) -> list[Asked]:
    [news] = [news for news in fitted_sets() if news.name == name]
    features = work / f"{name}.answer.pickle"
    if refresh or not features.exists():
        read_together(news, work / name, questions, glance)
        features.write_bytes(pickle.dumps([asked.answer for asked in questions]))
    for question, answer in zip(questions, pickle.loads(features.read_bytes()), strict=True):
        question.answer = answer
    return questions


def main() -> None:
    """Fit, cross-validate, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="where indexes and features are kept between runs")
    parser.add_argument("--refresh", action="store_true", help="make the features anew")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    names = [news.name for news in fitted_sets()]
    with ProcessPoolExecutor(PROCESSES) as pool:
        glanced = partial(_glanced, work=options.work, refresh=options.refresh)
        folds = dict(zip(names, pool.map(glanced, names), strict=True))
        glance = fit_glance(_usable([asked for rows in folds.values() for asked in rows]))
        read = partial(_read, work=options.work, refresh=options.refresh, glance=glance)
        folds = dict(zip(names, pool.map(read, names, folds.values()), strict=True))
    without = left_out(folds)
    results = [(name, asked, *without[name].scores(asked)) for name, rows in folds.items() for asked in rows]
    enough = settled(results)
    report(results, enough)
    trade_off(results)
    fitted = Fitted([question for rows in folds.values() for question in rows])
    relevant = settled_relevant(folds, without)
    WEIGHTS.write_text(json.dumps(written(fitted, enough, relevant), separators=(",", ":")))
    others = {name: written(fold, enough, relevant) for name, fold in without.items()}
    LEFT_OUT.write_text(json.dumps(others, separators=(",", ":")))
    print(f"threshold {enough:.2f}, relevant {relevant:.3f}; {WEIGHTS.stat().st_size} bytes in {WEIGHTS.name}")


if __name__ == "__main__":
    main()
