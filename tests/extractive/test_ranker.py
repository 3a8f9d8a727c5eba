import datetime

import pytest
from chatbot.extractive.place_control import Tense

from chatbot.extractive.ranker import Quoter, Ranked, allows
from chatbot.question.entity_linking import settle
from index.collection import Collection
from tests.support.reports import candidates, day, reading, report


def rank(samples: Collection, question: str) -> list[Ranked]:
    asked = settle(reading(question), samples.ledger).reading
    return Quoter(samples).rank(asked, samples.search(asked.standalone, limit=10))


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("Where did Assad go?", "Assad left for Russia"),
        ("Who mediated the truce in Manbij?", "United States mediated"),
        ("When did the offensive begin?", "27 November"),
        ("Where was the M5 cut?", "at Zarbah"),
        ("Who controls Daraa?", "southern"),
    ],
)
def test_the_sentence_that_answers_ranks_first(samples: Collection, question: str, gold: str) -> None:
    best = rank(samples, question)[0]
    assert gold in best.candidate.text and best.score > 0.5


def test_what_answers_scores_above_what_does_not(samples: Collection) -> None:
    answered, unanswered = rank(samples, "Who mediated the truce?"), rank(samples, "Who won the chess tournament?")
    assert answered[0].score > max(one.score for one in unanswered)


def test_each_sentence_is_ranked_once_and_stands_in_its_article(samples: Collection) -> None:
    ranked = [one.candidate for one in rank(samples, "Who controls Aleppo?")]
    places = [(one.article.id, one.start) for one in ranked]
    assert len(places) == len(set(places)) > 20
    assert all(one.passage.start <= one.start < one.end <= one.passage.end for one in ranked)


def test_the_best_comes_first_and_scores_are_probabilities(samples: Collection) -> None:
    ranked = rank(samples, "Who controls Aleppo?")
    assert ranked[0].merit == max(one.merit for one in ranked)
    assert all(0 <= one.score <= 1 for one in ranked)


def test_the_past_ranks_higher_where_it_is_asked_for(samples: Collection) -> None:
    now, before = (
        [one.tense for one in rank(samples, question)].index(Tense.PAST)
        for question in ("Who controls Hama?", "Who controlled Hama before the offensive?")
    )
    assert before < now


def test_nothing_found_is_nothing_ranked(samples: Collection) -> None:
    assert Quoter(samples).rank(reading("Who controls Aleppo?"), []) == []


def allowed(question: str, text: str, date: datetime.date | None) -> bool:
    [candidate] = candidates(report(text, date))
    return allows(reading(question), candidate)


@pytest.mark.parametrize(
    ("question", "text", "date", "expected"),
    [
        ("Who holds Hama?", "The army holds Hama.", day(5), True),
        ("Who holds Hama?", "The army holds Hama.", None, True),
        ("What happened on 5 December?", "A bridge fell.", day(5), True),
        ("What happened on 5 December?", "A bridge fell.", day(6), False),
        ("What happened on 5 December?", "A bridge fell.", day(4), False),
        ("What happened on 5 December?", "A bridge fell.", None, False),
        ("What happened on 5 December?", "A bridge fell on 5 December.", day(9), True),
        ("What happened on 5 December?", "A bridge fell on 5 December 2024.", None, True),
        ("What happened on 5 December?", "A bridge fell on 5 December 2019.", day(9), False),
        ("What happened in 2016?", "In December 2016 a bridge fell.", day(9), True),
        ("Who held Hama on 5 December?", "The army holds Hama.", day(4), True),
        ("Who held Hama on 5 December?", "The army holds Hama.", day(6), False),
        ("Who held Hama before 5 December?", "The army holds Hama.", day(5), False),
        ("Who has held Hama since 5 December?", "The army holds Hama.", day(7), True),
        ("Who held Hama in 2016?", "The army holds Hama.", day(5), False),
        ("Who held Hama in 2016?", "The army regained Hama in December 2016.", day(5), True),
        ("Who held Hama on 5 December?", "The army regained Hama in December 2016.", day(4), False),
    ],
)
def test_a_date_in_the_question_says_what_may_answer(
    question: str, text: str, date: datetime.date | None, expected: bool
) -> None:
    assert allowed(question, text, date) is expected
