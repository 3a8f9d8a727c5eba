"""Questions that readers of such programs reported as answered wrongly, and others of each kind."""

import datetime
from collections.abc import Iterator
from contextlib import closing

import pytest

from chatbot.answer import Answer, Quotation
from chatbot.answering.both_halves import halves
from chatbot.answering.pipeline import Chain
from chatbot.settings import Settings
from index.collection import Collection
from index.ingest.run import index_paths
from index.search.embedder import BUNDLED
from tests.support.corpus import write

POST, HERALD, WEEKLY = "Marlow Post", "County Herald", "Tech Weekly"
ARTICLES = [
    ("Harbour bridge shut", "2026-11-25", POST, (
        "The harbour bridge in Marlow was shut to all traffic on Wednesday evening.\n\nMayor Inés Calder said the "
        "repairs would cost 14 million euros.\n\nTarn Steelworks won the contract after Veldt Marine withdrew its bid."
    )),
    ("Tram drivers end strike", "2026-11-26", POST, (
        "Tram drivers in Marlow ended their strike on Thursday after eleven days.\n\nThe union accepted a pay rise of "
        "4.5 percent.\n\nIts leader, Seán O’Brien, called it a fair deal."
    )),
    ("Calder wins second term", "2026-11-18", HERALD, (
        "Inés Calder won a second term as mayor of Marlow with 52 percent of the vote.\n\nHer rival Tom Marsh of the "
        "Harbour Party got 41 percent."
    )),
    ("Łódź signs twin city pact", "2026-11-06", HERALD, (
        "The mayor of Łódź, Hanna Zdanowska-Król, signed a twin city pact with Marlow.\n\nNovak Đoković played an "
        "exhibition match in the Sana’a Arena.\n\nThe delegation also met Søren Kjærgård from Tromsø and Jürgen Weiß "
        "from Straßburg."
    )),
    ("Two schools to merge", "2026-11-21", POST, (
        "Hillside School and Quay School will merge next summer, the county said.\n\nHillside has 420 pupils and Quay "
        "School has 310."
    )),
    ("City tests chatbot", "2026-11-24", WEEKLY, (
        "Marlow is testing a chatbot that answers questions about rubbish collection.\n\nThe bot, called “Gull”, cost "
        "90,000 euros."
    )),
    ("Five gadgets", "2024-03-09", WEEKLY, (
        "These are the gadgets of the year:\n\n- Orlo Watch, 199 euros\n- Brim Lamp, 59 euros\n\nAll of them are on "
        "sale at Hadley's on Quay Street."
    )),
]  # fmt: skip


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    folder = tmp_path_factory.mktemp("reported")
    for n, (title, date, source, text) in enumerate(ARTICLES):
        write(folder / "articles", f"{n}.md", text, title=title, date=datetime.date.fromisoformat(date), source=source)
    with closing(Collection(folder / "data", embedding_model=BUNDLED, writing=True)) as collection:
        index_paths(collection, [folder / "articles"])
        yield Chain(collection, Settings())


def first(answer: Answer) -> str:
    """The sentence that the answer quotes first."""
    assert not answer.abstained, answer.text
    return answer.citations[0].sentence


@pytest.mark.parametrize("question, titles", [
    ("What happened yesterday?", {"Harbour bridge shut"}),
    ("What happened today?", {"Tram drivers end strike"}),
    ("What happened last week?", {"Two schools to merge", "Calder wins second term"}),
    ("What happened this week?", {"Tram drivers end strike", "Harbour bridge shut", "City tests chatbot"}),
    ("What happened on 25 November?", {"Harbour bridge shut"}),
    ("What happened on Wednesday?", {"Harbour bridge shut"}),
    ("What happened two days ago?", {"City tests chatbot"}),
    ("What happened on 18 November 2026?", {"Calder wins second term"}),
])  # fmt: skip
def test_days_are_counted_from_the_newest_article(chain: Chain, question: str, titles: set[str]) -> None:
    assert {citation.title for citation in chain.answer(question).citations} == titles


@pytest.mark.parametrize("question", ["What is the latest news?", "Latest news", "What's new in Marlow?", "Any news?"])
def test_news_begin_with_the_newest(chain: Chain, question: str) -> None:
    dates = [citation.date for citation in chain.answer(question).citations if citation.date]
    assert dates[0] == datetime.date(2026, 11, 26) and dates == sorted(dates, reverse=True)


@pytest.mark.parametrize("question, words", [
    ("Who is the mayor of Lodz?", "mayor of Łódź"), ("Who is the mayor of Łódź?", "mayor of Łódź"),
    ("Where did Djokovic play?", "Novak Đoković played"), ("Who came from Tromso?", "Søren Kjærgård from Tromsø"),
    ("Who is Soren Kjaergard?", "Søren Kjærgård from Tromsø"), ("Who came from Strassburg?", "from Straßburg"),
    ("Who is Sean O'Brien?", "Seán O’Brien"), ("What did Lodz sign?", "The mayor of Łódź"),
    ("Who met Jurgen Weiss?", "Jürgen Weiß"),
])  # fmt: skip
def test_names_are_known_without_their_letters(chain: Chain, question: str, words: str) -> None:
    assert words in first(chain.answer(question))


@pytest.mark.parametrize("question, source, words", [
    ("According to the Marlow Post, who won the contract?", POST, "Tarn Steelworks won the contract"),
    ("What did the County Herald say about the vote?", HERALD, "won a second term"),
    ("What did Tech Weekly write about the chatbot?", WEEKLY, "chatbot"),
    ("What does the Marlow Post say about the schools?", POST, "Quay School"),
    ("How much did the bot cost, according to Tech Weekly?", WEEKLY, "90,000 euros"),
])  # fmt: skip
def test_a_source_that_is_named_is_the_one_that_answers(
    chain: Chain, question: str, source: str, words: str
) -> None:
    answer = chain.answer(question)
    assert words in first(answer) and {citation.source for citation in answer.citations} == {source}


@pytest.mark.parametrize("question, expected", [
    ("Which articles mention Calder?", "2 articles mention Calder"),
    ("How many articles mention Calder?", "2 articles mention Calder"),
    ("Which articles mention Djokovic?", "1 article mentions Djokovic"),
    ("How many articles mention the gadgets?", "1 article mentions"),
    ("What is the newest article?", "Tram drivers end strike"),
])  # fmt: skip
def test_articles_are_listed_from_the_index(chain: Chain, question: str, expected: str) -> None:
    assert expected in chain.answer(question).text


@pytest.mark.parametrize("question, words", [
    ("Summarise the tram strike", ["ended their strike", "a pay rise", "a fair deal"]),
    ("Compare Hillside School and Quay School", ["420 pupils and Quay School has 310"]),
    ("List the gadgets", ["Orlo Watch", "Brim Lamp"]),
    ("summary of the school merger", ["will merge next summer", "420 pupils"]),
    ("Summarise the article about the bridge", ["was shut to all traffic", "14 million euros"]),
])  # fmt: skip
def test_a_topic_as_a_whole_is_told_from_its_article(chain: Chain, question: str, words: list[str]) -> None:
    answer = chain.answer(question)
    assert all(each in answer.text for each in words) and len({each.article_id for each in answer.citations}) == 1


@pytest.mark.parametrize("question", [
    "What is the mascot of Marlow?", "How many votes did Fritz get?", "How many cracks were found?",
    "Who is the mayor of Quay Street?", "How many rooms does the Brim hotel have?",
])  # fmt: skip
def test_what_no_article_tells_is_not_answered(chain: Chain, question: str) -> None:
    assert chain.answer(question).abstained


@pytest.mark.parametrize("question, words", [
    # It is not sure enough (.64) that what "would cost" so much did.
    pytest.param(
        "How much did the repairs cost and who won the contract?", ["14 million euros", "Tarn Steelworks won"],
        marks=pytest.mark.xfail(strict=True),
    ),
    ("How many pupils does Quay School have, and who is the mayor of Lodz?", ["has 310", "Zdanowska"]),
    ("Who won a second term and how much did the bot cost?", ["won a second term", "90,000 euros"]),
    ("How much did the bot cost and what is it called?", ["90,000 euros", "called “Gull”"]),
])  # fmt: skip
def test_both_halves_of_a_question_are_answered(chain: Chain, question: str, words: list[str]) -> None:
    answer = chain.answer(question)
    assert all(each in answer.text for each in words) and answer.question == question
    assert [citation.n for citation in answer.citations] == [*range(1, len(answer.citations) + 1)]
    for block in answer.blocks:
        if isinstance(block, Quotation):
            assert [answer.citations[n - 1].sentence for n in block.citations] == [block.text]


def test_a_half_that_is_not_answered_is_told_of(chain: Chain) -> None:
    answer = chain.answer("How much did the bot cost and how many cracks were found?")
    assert "90,000 euros" in answer.text and "How many cracks were found? The articles do not say." in answer.text
    assert chain.answer("How many cracks were found and who is Quentin Farrow?").abstained


@pytest.mark.parametrize("question, expected", [
    ("When was the mill built and what did it house?", ["When was the mill built?", "What did it house?"]),
    ("Who won, and why did Marsh lose?", []),
    ("What happened and why?", []), ("Who are Ann and what?", []), ("Who won the cup and the shield?", []),
    ("Tell me who won and what it cost", []),
])  # fmt: skip
def test_a_question_of_two_is_told_from_a_question(question: str, expected: list[str]) -> None:
    assert halves(question) == expected


@pytest.mark.parametrize("question, words", [
    ("What did the county say?", "will merge next summer"),
    ("What did Inés Calder say?", "14 million euros"),
    ("What did Calder say about the repairs?", "14 million euros"),
])  # fmt: skip
def test_what_somebody_said_is_told_by_a_sentence_that_she_speaks(chain: Chain, question: str, words: str) -> None:
    answer = chain.answer(question)
    assert words in first(answer) and len(answer.citations) == 1


def test_who_won_a_term_as_mayor_is_no_question_of_who_is_mayor(chain: Chain) -> None:
    assert "won a second term" in first(chain.answer("Who won a second term as mayor?"))


@pytest.mark.parametrize("question", ["Who didn't win a second term?", "Who lost the election?"])
def test_who_won_or_lost_something_else_is_no_answer(chain: Chain, question: str) -> None:
    assert chain.answer(question).abstained


def test_whom_nobody_named_nobody_else_answers_for(chain: Chain) -> None:
    mayor = chain.answer("Who is the mayor of Oakhurst?")
    assert mayor.abstained and chain.answer("What else did she say?", [mayor]).abstained


def test_she_is_whom_the_answer_before_names(chain: Chain) -> None:
    mayor = chain.answer("Who is the mayor of Marlow?")
    answer = chain.answer("What else did she say?", [mayor])
    assert answer.standalone_question == "What else did Inés Calder say?"
    assert "the repairs would cost 14 million euros" in first(answer)
