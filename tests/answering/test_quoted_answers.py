"""Answers that the built-in answerer quotes, over the sample articles."""

import datetime
import re
from contextlib import closing
from pathlib import Path

import pytest

from chatbot.answer import Answer, Step
from chatbot.answering.compose import NO_ARTICLES, no_answer_reason
from chatbot.answering.pipeline import Chain
from chatbot.answering.quoting import QUOTING
from chatbot.errors import QuestionError
from chatbot.filters import QuestionFilter
from chatbot.markdown import markdown
from chatbot.question.entity_linking import Named
from chatbot.question.parse import read
from chatbot.settings import Settings
from chatbot.web.languages.catalogue import speaking, translated
from chatbot.web.page import answer_html
from index.collection import Collection
from index.ingest.run import index_paths
from index.search.embedder import BUNDLED
from tests.support.chains import talk
from tests.support.corpus import write

NEWEST = datetime.date(2024, 12, 11)


def test_the_newest_report_leads_and_what_it_replaced_follows(sample_chain: Chain) -> None:
    answer = sample_chain.answer("Who controls Hama?")
    first, *_, last = answer.citations
    assert answer.text.startswith("As of 11 December 2024, Sample Desk:\n“") and answer.as_of == first.date == NEWEST
    assert re.search("opposition|coalition", first.sentence) and "Hama" in first.sentence
    assert "\nEarlier, on " in answer.text and "government" in last.sentence
    assert last.date is not None and last.date < datetime.date(2024, 12, 5)


def test_every_citation_stands_word_for_word_in_its_article(sample_chain: Chain, samples: Collection) -> None:
    for question in ("Who controls Aleppo?", "When did the offensive begin?", "Who controls Kherson?"):
        answer = sample_chain.answer(question)
        for cited in (*answer.citations, *answer.related):
            article = samples.article(cited.article_id)
            assert article.text[cited.start : cited.end] == cited.sentence
            assert cited.sentence in cited.passage in article.text
            assert (cited.title, cited.source, cited.date) == (article.title, article.source, article.date)


def test_a_name_that_no_article_mentions_is_told(sample_chain: Chain) -> None:
    answer = sample_chain.answer("Who controls Kherson?")
    assert answer.abstained and answer.reason == "No article mentions Kherson."
    assert answer.text.splitlines() == [
        "No article mentions Kherson.",
        "The collection holds 11 articles, from 27 November 2024 to 11 December 2024.",
    ]
    assert answer.citations == () and answer.as_of is None and [c.n for c in answer.related] == [1, 2, 3]


@pytest.mark.parametrize("question, reason", [
    ("What is the population of Aleppo?", "The articles mention Aleppo, but say nothing of that kind."),
    ("Who won the chess tournament in Hama?", "The articles mention Hama, but say nothing of that kind."),
    ("Why is the sky blue?", "The articles do not say."),
    ("Who held Hama in March 2019?",
     "The articles do not say: what is asked about lies before their first day, 27 November 2024."),
    ("Who won the chess tournament in Hama on 3 May 2025?",
     "The articles do not say: what is asked about lies after their last day, 11 December 2024."),
])  # fmt: skip
def test_where_the_articles_do_not_say_the_reason_is_given(sample_chain: Chain, question: str, reason: str) -> None:
    answer = sample_chain.answer(question)
    assert answer.abstained and answer.related
    assert answer.reason == answer.to_json()["reason"] == reason
    with speaking("de"):
        german = translated(answer.reason)
        assert german != reason and "The articles" not in german


@pytest.mark.parametrize("question, reason", [
    ("Who resigned in Hama on 3 May 2025?",
     "The articles do not say: what is asked about lies after their last day, 11 December 2024."),
    ("Who resigned in Hama before 5 June 2021?",
     "The articles do not say: what is asked about lies before their first day, 27 November 2024."),
    ("Who resigned in Hama on 30 November 2024?", "The articles mention Hama, but say nothing of that kind."),
    ("Who resigned in Hama and Homs?", "The articles mention Hama and Homs, but say nothing of that kind."),
])  # fmt: skip
def test_the_reason_names_days_that_the_articles_do_not_reach(samples: Collection, question: str, reason: str) -> None:
    reading = read(question, newest=samples.summary().last)
    assert no_answer_reason(Named(reading, (), ()), samples.summary()) == reason


@pytest.mark.parametrize("scope, reason", [
    (QuestionFilter(since=datetime.date(2025, 1, 1)),
     "The articles do not say: the days that are chosen lie after their last day, 11 December 2024."),
    (QuestionFilter(as_of=datetime.date(2023, 1, 1)),
     "The articles do not say: the days that are chosen lie before their first day, 27 November 2024."),
    (QuestionFilter(source="Harbour Desk"), "No article fits the filters that are chosen."),
    (QuestionFilter(until=datetime.date(2024, 11, 28)), "The articles that are chosen say nothing of that kind."),
])  # fmt: skip
def test_the_reason_tells_of_what_the_reader_has_chosen(
    sample_chain: Chain, scope: QuestionFilter, reason: str
) -> None:
    # In all articles there is an answer.
    answer = sample_chain.answer("Who attacked Manbij?", scope=scope)
    assert answer.abstained and answer.reason and answer.reason == reason
    with speaking("de"):
        german = translated(answer.reason)
        assert german != reason and "articles" not in german


@pytest.mark.parametrize("question", ["Is that so, then?", "What else?", "((a))"])
def test_what_turns_on_nothing_is_not_answered(sample_chain: Chain, question: str) -> None:
    assert sample_chain.answer(question).abstained


def test_small_talk_is_no_context_for_what_follows(sample_chain: Chain) -> None:
    answers = talk(sample_chain, "Who controls Aleppo?", "Thanks", "What can you do?", "And Homs?")
    assert [answer.standalone_question for answer in answers[1:]] == ["", "", "Who controls Homs?"]


@pytest.mark.parametrize(
    ("question", "sentences"),
    [
        ("What happened on 8 December?", ["Opposition fighters entered Damascus", "The opposition captured Homs"]),
        ("What happened in 2016?", [".*December 2016, .*government forces regain|In December 2016 government forces"]),
    ],
)
def test_what_happened_is_told_by_the_articles_of_the_day(
    sample_chain: Chain, question: str, sentences: list[str]
) -> None:
    quoted = [citation.sentence for citation in sample_chain.answer(question).citations]
    assert len(quoted) == len(sentences) and all(map(re.match, sorted(sentences), sorted(quoted)))


def test_follow_ups_are_read_with_the_questions_before(sample_chain: Chain) -> None:
    answers = talk(sample_chain, "Who controls Aleppo?", "And Homs?", "Who controls Kherson?", "What about Daraa?")
    understood = [answer.standalone_question for answer in answers]
    assert understood == [f"Who controls {name}?" for name in ("Aleppo", "Homs", "Kherson", "Daraa")]
    assert "Homs" in answers[1].citations[0].sentence
    assert answers[2].abstained and "southern" in answers[3].citations[0].sentence


@pytest.mark.parametrize(
    ("question", "holder", "date"),
    [
        ("Who controlled Hama on 1 December?", "government", datetime.date(2024, 12, 1)),
        ("Who controlled Hama on 3 December?", "government", datetime.date(2024, 12, 1)),
        ("Who controlled Hama before 5 December?", "government", datetime.date(2024, 12, 1)),
        pytest.param(
            "Who controlled Hama on 7 December?",
            "HTS|coalition|opposition",
            datetime.date(2024, 12, 7),
        ),
    ],
)
def test_a_date_asks_for_the_last_report_up_to_it(
    sample_chain: Chain, question: str, holder: str, date: datetime.date
) -> None:
    answer = sample_chain.answer(question)
    assert re.search(holder, answer.citations[0].sentence) and answer.as_of == answer.citations[0].date == date


@pytest.mark.xfail(reason="that fighting goes on is no account of who holds a place", strict=True)
def test_both_accounts_of_a_day_are_quoted(sample_chain: Chain) -> None:
    answer = sample_chain.answer("Who held Manbij on 9 December?")
    quoted = " ".join(citation.sentence for citation in answer.citations)
    assert "SNA" in quoted and "SDF say" in quoted
    assert {citation.date for citation in answer.citations} == {datetime.date(2024, 12, 9)}


def test_another_spelling_is_read_and_noted(sample_chain: Chain) -> None:
    answer = sample_chain.answer("When did the ceasefire between Israel and Hizbullah take effect?")
    assert answer.notes == ("Read “Hizbullah” as “Hezbollah”.",) and "Hezbollah" in answer.citations[0].sentence


def test_the_built_in_answer_streams_its_text_and_then_itself(sample_chain: Chain) -> None:
    *pieces, last = sample_chain.stream("Who controls Aleppo?")
    steps = [piece.text for piece in pieces if isinstance(piece, Step)]
    assert steps[:2] == ["Reading the question", "Searching the articles"]
    assert re.fullmatch(r"Reading \d+ passages", steps[2])
    assert isinstance(last, Answer) and "".join(piece for piece in pieces if isinstance(piece, str)) == last.text
    assert last.answered_by == sample_chain.answerer == QUOTING


@pytest.mark.parametrize("question", ["", " \x00\n", "a" * 100_000])
def test_a_question_that_cannot_be_read_is_refused(sample_chain: Chain, question: str) -> None:
    with pytest.raises(QuestionError):
        sample_chain.answer(question)


@pytest.mark.parametrize("question", ["\x00Who\x1b[2J controls Homs?", "Who controls Homs? " * 100, "🙂 " * 900, "((("])
def test_odd_questions_are_answered_or_refused_in_words(sample_chain: Chain, question: str) -> None:
    try:
        assert sample_chain.answer(question).text
    except QuestionError as exc:
        assert str(exc).startswith("The question ")


def test_an_empty_collection_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    collection = Collection(tmp_path_factory.mktemp("empty"), embedding_model=BUNDLED)
    answer = Chain(collection, Settings()).answer("Who controls Aleppo?")
    collection.close()
    assert answer.abstained and answer.text == answer.reason == NO_ARTICLES


def test_outlets_that_carry_one_report_are_not_counted_as_confirmations(tmp_path: Path) -> None:
    wire = "Rebels took the town of Hama on Thursday. " + " ".join(f"Convoy {n} left by road {n}." for n in range(9))
    for source in ("Agency", "Courier", "Gazette"):
        text = wire if source == "Agency" else f"{wire} Read more in the {source}."
        write(tmp_path / "articles", f"{source}.md", text, source=source, date="2024-12-05", title="Hama")
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True)) as collection:
        index_paths(collection, [tmp_path / "articles"])
        answer = Chain(collection, Settings()).answer("Who took Hama?")
    assert not answer.abstained and len(answer.citations) == 1
    assert "3 outlets carry this report: Agency, Courier, Gazette." in answer.notes


def test_a_number_in_brackets_in_an_article_is_no_citation(tmp_path: Path) -> None:
    sentence = "The council of Norvik [2] closed the harbour [1] on Monday."
    text = f"{sentence} Snow fell."
    write(tmp_path / "articles", "a.md", text, source="Desk [3]", date="2024-12-05", title="Harbour")
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True)) as collection:
        index_paths(collection, [tmp_path / "articles"])
        chain = Chain(collection, Settings())
        answers = talk(chain, "Who closed the harbour of Norvik?", "When?")
    assert all(answer.citations for answer in answers)
    for answer in answers:
        record = answer.to_json()
        assert re.findall(r"\[(\d+)\]", answer.text) == re.findall(r"\[(\d+)\]", str(record["answer"])) == ["1"]
        assert answer.citations[0].sentence == sentence and sentence in str(record["blocks"])
        assert re.findall(r'data-cite="(\d+)"', answer_html.answered(answer, 0)) == ["1"]
        assert re.findall(r"\[(\d+)\\\]", markdown(answer).partition("**Sources**")[0]) == ["1"]
