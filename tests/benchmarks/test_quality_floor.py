"""A floor of quality on collections that the built-in answerer was not written from: a strike in a port, a town's
harbour, and a war that never was. They are asked with weights that were fitted on all others. What was measured when
the floors were set stands beside them; they lie three points below."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from benchmarks.measures import share
from benchmarks.news_answers import Outcome, measure
from benchmarks.news_sets import news_sets

pytestmark = pytest.mark.slow_first
SLACK = 0.03


@dataclass(frozen=True)
class Shares:
    """Of the answerable questions those that cite a gold sentence, of the others those that are declined, and of all
    those that get a wrong answer: one that cites no gold sentence."""

    cited: float
    abstained: float
    wrong: float


MEASURED = {
    "docks": Shares(cited=0.643, abstained=0.917, wrong=0.148),
    "harbour": Shares(cited=0.641, abstained=0.933, wrong=0.111),
    "velmar": Shares(cited=0.571, abstained=0.786, wrong=0.196),
}


def shares(outcomes: Sequence[Outcome]) -> Shares:
    """What a set's answers come to."""
    cited = [outcome.cited for outcome in outcomes if not outcome.question.abstain]
    declined = [outcome.answer.abstained for outcome in outcomes if outcome.question.abstain]
    assert len(cited) >= 20 and len(declined) >= 5
    return Shares(share(cited), share(declined), share([outcome.wrong for outcome in outcomes]))


@pytest.fixture(scope="module", params=sorted(MEASURED))
def measured(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Shares]:
    """The name of a set, and what it comes to now."""
    [news] = news_sets(only=[request.param])
    return request.param, shares(measure(news, tmp_path_factory.mktemp(request.param)))


def test_gold_sentences_are_cited(measured: tuple[str, Shares]) -> None:
    name, now = measured
    assert now.cited >= MEASURED[name].cited - SLACK, now


def test_what_the_articles_do_not_say_is_declined(measured: tuple[str, Shares]) -> None:
    name, now = measured
    assert now.abstained >= MEASURED[name].abstained - SLACK, now


def test_wrong_answers_stay_rare(measured: tuple[str, Shares]) -> None:
    name, now = measured
    assert now.wrong <= MEASURED[name].wrong + SLACK, now
