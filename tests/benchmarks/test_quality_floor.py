"""A floor of quality on collections that the built-in answerer was not written from: a town's harbour, and a war that
never was. What was measured when the floors were set stands beside them; they lie three points below."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from benchmarks.news_sets import NewsQuestion, news_sets
from chatbot.answer import Answer
from chatbot.answering.pipeline import Chain
from chatbot.settings import Settings
from index.collection import Collection
from index.ingest.run import index_paths
from index.search.embedder import BUNDLED

SLACK = 0.03


@dataclass(frozen=True)
class Shares:
    """Of the answerable questions those that cite a gold sentence, of the others those that are declined, and of all
    those that get a wrong answer: one that cites no gold sentence."""

    cited: float
    abstained: float
    wrong: float


MEASURED = {
    "harbour": Shares(cited=0.615, abstained=0.867, wrong=0.204),
    "velmar": Shares(cited=0.69, abstained=0.643, wrong=0.161),
}


def answers(name: str, collection: Collection) -> Iterator[tuple[NewsQuestion, Answer]]:
    """Each question of a set with the answer to its last turn."""
    [news] = news_sets(only=[name])
    index_paths(collection, [news.articles])
    chain = Chain(collection, Settings())
    for question in news.questions:
        history: list[Answer] = []
        for turn in question.turns:
            history.append(chain.answer(turn, history))
        yield question, history[-1]


def shares(asked: list[tuple[NewsQuestion, Answer]]) -> Shares:
    """What a set's answers come to."""
    gold = [any(q.is_gold(citation.sentence) for citation in answer.citations) for q, answer in asked]
    cited = [is_cited for (q, _), is_cited in zip(asked, gold, strict=True) if not q.abstain]
    declined = [answer.abstained for q, answer in asked if q.abstain]
    wrong = [
        not answer.abstained and (q.abstain or not is_cited) for (q, answer), is_cited in zip(asked, gold, strict=True)
    ]
    assert len(cited) >= 20 and len(declined) >= 5
    return Shares(*(sum(values) / len(values) for values in (cited, declined, wrong)))


@pytest.fixture(scope="module", params=sorted(MEASURED))
def measured(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Shares]:
    """The name of a set, and what it comes to now."""
    folder = tmp_path_factory.mktemp(request.param)
    with closing(Collection(folder, embedding_model=BUNDLED, writing=True)) as collection:
        return request.param, shares(list(answers(request.param, collection)))


def test_gold_sentences_are_cited(measured: tuple[str, Shares]) -> None:
    name, now = measured
    assert now.cited >= MEASURED[name].cited - SLACK, now


def test_what_the_articles_do_not_say_is_declined(measured: tuple[str, Shares]) -> None:
    name, now = measured
    assert now.abstained >= MEASURED[name].abstained - SLACK, now


def test_wrong_answers_stay_rare(measured: tuple[str, Shares]) -> None:
    name, now = measured
    assert now.wrong <= MEASURED[name].wrong + SLACK, now
