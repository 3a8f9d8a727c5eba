import pytest

from chatbot.question.query import query_of
from index.language.parser import Sentence
from index.language.questions import parse_question
from tests.support.parsing import parsed


@pytest.mark.parametrize(
    ("question", "predicate", "agent"),
    [
        ("When will the railway to Ostrava Bassa reopen?", "reopen", "the railway"),
        ("When will the Haldane bridge open?", "open", "the Haldane bridge"),
        ("When does the truce end?", "end", "the truce"),
        ("Did the talks in Velmar fail?", "fail", "the talks"),
    ],
)
def test_a_question_that_ends_in_its_verb_is_read_as_a_statement(question: str, predicate: str, agent: str) -> None:
    clause = query_of(parse_question(question, parsed)).clause
    assert clause is not None and clause.predicate == predicate
    assert [argument.text for argument in clause.of("agent")] == [agent]


@pytest.mark.parametrize(
    "question", ["When will the railway to Ostrava Bassa reopen?", "will fares rise", "why did it fail?"]
)
def test_its_words_stand_where_they_are_asked(question: str) -> None:
    sentence = parse_question(question, parsed)
    assert all(question[token.start : token.end] == token.text for token in sentence.tokens)
    assert all(token.i == n and token.head < len(sentence.tokens) for n, token in enumerate(sentence.tokens))


def test_other_questions_are_parsed_once() -> None:
    texts: list[str] = []

    def parse(text: str) -> Sentence:
        texts.append(text)
        return parsed(text)

    parse_question("Who controls Lindby?", parse)
    assert texts == ["Who controls Lindby?"]
