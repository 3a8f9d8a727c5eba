import pytest

from chatbot.answering.next_questions import next_questions
from chatbot.answering.pipeline import Chain
from chatbot.filters import EVERYWHERE, QuestionFilter
from index.collection import Collection

QUESTIONS = ["Who controls Hama?", "What happened in Homs?", "What is the latest news?", "Who controls Manbij?"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_question_is_answered_with_something_new(sample_chain: Chain, samples: Collection, question: str) -> None:
    answer = sample_chain.answer(question)
    cited = {(citation.article_id, citation.start) for citation in answer.citations}
    following = next_questions(sample_chain, samples, answer, EVERYWHERE)
    assert 2 <= len(following) <= 3 and question not in following
    for asked in following:
        next_answer = sample_chain.answer(asked)
        assert not next_answer.abstained, asked
        assert not {(citation.article_id, citation.start) for citation in next_answer.citations} <= cited, asked


@pytest.mark.parametrize("question", ["Who controls Kherson?", "What did the mayor of Paris say about the harvest?"])
def test_after_an_abstention_what_is_offered_is_answered(
    sample_chain: Chain, samples: Collection, question: str
) -> None:
    abstained = sample_chain.answer(question)
    assert abstained.abstained
    offered = next_questions(sample_chain, samples, abstained, EVERYWHERE)
    assert offered or not abstained.related
    for asked in offered:
        assert not sample_chain.answer(asked).abstained, asked


def test_after_small_talk_there_is_none(sample_chain: Chain, samples: Collection) -> None:
    for question in ("Thanks", "What can you do?"):
        assert next_questions(sample_chain, samples, sample_chain.answer(question), EVERYWHERE) == []


def test_they_keep_to_what_is_asked_about(sample_chain: Chain, samples: Collection) -> None:
    whole = sample_chain.answer("Who controls Hama?")
    scope = QuestionFilter(article=whole.citations[0].article_id)
    answer = sample_chain.answer("Who controls Hama?", scope=scope)
    for asked in next_questions(sample_chain, samples, answer, scope):
        cited = sample_chain.answer(asked, scope=scope).citations
        assert {citation.article_id for citation in cited} == {scope.article}, asked
