import datetime

import pytest

from chatbot.answering.overviews import Overview, overview_of
from chatbot.answering.pipeline import Chain
from chatbot.question.parse import read
from chatbot.question.query import query_of
from tests.support.reports import parser


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What is the latest news?", Overview.NEWS),
        ("Can you summarise this for me?", Overview.NEWS),
        ("Give me a timeline of Hama", Overview.TIMELINE),
        ("Who holds what?", Overview.HOLDINGS),
        ("Which towns does the SDF hold?", Overview.HOLDINGS),
        ("What does SDF stand for?", Overview.SHORT_NAME),
        ("What is HTS short for?", Overview.SHORT_NAME),
        ("What does the SDF stand for in this war?", None),
        ("Who controls Hama?", None),
        ("Why did the ministers resign?", None),
        ("When was the news agency founded?", None),
    ],
)
def test_an_overview_is_told_from_a_question_for_a_fact(question: str, kind: Overview | None) -> None:
    reading = read(question, newest=datetime.date(2024, 12, 11))
    assert overview_of(reading, query_of(parser().parse([reading.own])[0])) is kind


def test_the_latest_news_is_what_the_newest_articles_open_with(sample_chain: Chain) -> None:
    answer = sample_chain.answer("What is the latest news?")
    dates = [citation.date for citation in answer.citations]
    assert len(dates) > 2 and dates == sorted(dates, key=lambda day: day or datetime.date.min, reverse=True)


def test_a_timeline_goes_from_the_oldest_to_the_newest(sample_chain: Chain) -> None:
    answer = sample_chain.answer("timeline of Hama")
    assert len(answer.citations) > 2
    assert answer.citations[0].date is not None and answer.citations[-1].date is not None
    assert answer.citations[0].date < answer.citations[-1].date


def test_what_somebody_holds_is_told_place_by_place(sample_chain: Chain) -> None:
    answer = sample_chain.answer("Which cities does the opposition hold?")
    assert not answer.abstained and all("pposition" in citation.passage for citation in answer.citations)
