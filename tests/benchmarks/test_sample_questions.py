"""The questions on the sample articles, asked of the real chain. The floors are below what it reaches: they hold that
nothing breaks while something else is tuned; `make bench` prints the figures."""

import pytest

from benchmarks.answers import QUESTIONS, Outcome, ask, read_questions
from chatbot.answering.pipeline import Chain
from index.collection import Collection

CITED_AT_LEAST = 0.85
ABSTAINED_AT_LEAST = 0.8


@pytest.fixture(scope="module")
def outcomes(sample_chain: Chain) -> list[Outcome]:
    questions = read_questions(QUESTIONS / "sample.json")
    return [Outcome(question, ask(sample_chain, question.turns)[-1]) for question in questions]


def test_most_of_the_answerable_cite_a_gold_sentence(outcomes: list[Outcome]) -> None:
    answerable = [outcome for outcome in outcomes if outcome.question.answerable]
    missed = [outcome.question.turns for outcome in answerable if not outcome.cited]
    assert len(answerable) >= 25 and len(missed) <= (1 - CITED_AT_LEAST) * len(answerable), missed


def test_most_of_the_unanswerable_abstain(outcomes: list[Outcome]) -> None:
    unanswerable = [outcome for outcome in outcomes if not outcome.question.answerable]
    answered = [outcome.question.turns for outcome in unanswerable if not outcome.answer.abstained]
    assert len(unanswerable) >= 8 and 1 - len(answered) / len(unanswerable) >= ABSTAINED_AT_LEAST, answered


def test_follow_ups_are_among_the_questions(outcomes: list[Outcome]) -> None:
    assert sum(len(outcome.question.turns) > 1 for outcome in outcomes) >= 5


def test_every_citation_is_word_for_word_in_its_article(outcomes: list[Outcome], samples: Collection) -> None:
    cited = [citation for outcome in outcomes for citation in (*outcome.answer.citations, *outcome.answer.related)]
    assert len(cited) > 40
    for citation in cited:
        text = samples.article(citation.article_id).text
        assert text[citation.start : citation.end] == citation.sentence and citation.passage in text


def test_an_answer_cites_and_an_abstention_does_not(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        answer = outcome.answer
        assert bool(answer.citations) is not answer.abstained and bool(answer.reason) is answer.abstained
        assert all(f"[{citation.n}]" in answer.text for citation in answer.citations)
