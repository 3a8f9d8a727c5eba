import datetime
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.support.prompts import follow_up_of
from benchmarks.support.scripted_llm import FAULTY, ScriptedLLM, closed_address, faithful
from chatbot.answer import NOT_FOUND, Answer, Step, Verdict
from chatbot.answering.notes import INSTEAD
from chatbot.answering.pipeline import Chain
from chatbot.answering.quoting import QUOTING
from chatbot.answering.retrieval import Retrieval
from chatbot.filters import QuestionFilter
from chatbot.question.parse import read
from chatbot.settings import Settings
from index.collection import Collection
from index.ingest.run import index_paths
from index.language.tokens import count_tokens
from index.search.embedder import BUNDLED
from tests.conftest import ROOT
from tests.support.chains import talk
from tests.support.corpus import write

NEWEST = datetime.date(2024, 12, 11)


@pytest.fixture
def llm() -> Iterator[ScriptedLLM]:
    with ScriptedLLM() as server:
        yield server


@pytest.fixture
def written(samples: Collection, llm: ScriptedLLM) -> Chain:
    """The chain whose answers the scripted LLM writes, from so many passages that every fault can be planted."""
    return Chain(samples, Settings(model="openai:scripted", base_url=llm.base_url, passage_tokens=3000))


def test_an_ordinary_question_costs_few_tokens(samples: Collection, llm: ScriptedLLM) -> None:
    chain = Chain(samples, Settings(model="openai:scripted", base_url=llm.base_url))
    chain.answer("Who controls Hama?")
    assert 500 < count_tokens(llm.prompt) <= 1300 and "Hama" in llm.prompt.partition("<passage-")[2]


def test_an_llm_is_sent_what_the_board_rests_on_where_places_are_asked_for(
    samples: Collection, llm: ScriptedLLM
) -> None:
    chain = Chain(samples, Settings(model="openai:scripted", base_url=llm.base_url))
    answer = chain.answer("Which cities does the opposition hold?")
    shown = llm.prompt.partition("<passage-")[2]
    assert answer.quoted is not None and answer.places == answer.quoted.places
    assert {"Daraa", "Homs"} <= set(answer.places)
    assert all(citation.sentence in shown for citation in answer.quoted.citations)


@pytest.mark.parametrize("question", ["Thanks", "What can you do?", "Which articles do you know?"])
def test_small_talk_is_answered_without_a_search_or_an_llm(written: Chain, llm: ScriptedLLM, question: str) -> None:
    step, text, answer = written.stream(question)
    assert isinstance(answer, Answer) and (step, text) == (Step("Reading the question"), answer.text)
    assert not answer.abstained and answer.citations == answer.related == () and answer.answered_by == QUOTING
    assert llm.requests == []


def test_an_llm_writes_an_answer_whose_marks_are_citations(
    written: Chain, samples: Collection, llm: ScriptedLLM
) -> None:
    *pieces, answer = written.stream("Who mediated the truce in Manbij?")
    assert Step("Waiting for openai:scripted") in pieces
    assert isinstance(answer, Answer) and "".join(p for p in pieces if isinstance(p, str)).strip() == answer.text
    [cited] = answer.citations
    assert answer.text.endswith("The United States mediated the truce in Manbij. [1]")
    assert cited.sentence == samples.article(cited.article_id).text[cited.start : cited.end]
    assert cited.sentence == "The United States mediated the truce in Manbij."
    assert (answer.as_of, answer.notes) == (NEWEST, ())
    assert answer.answered_by in written.answerer and "scripted" in answer.answered_by


def test_an_llm_that_cites_nothing_is_replaced_by_quotation(written: Chain, llm: ScriptedLLM) -> None:
    llm.behaviour, llm.text = "fixed", "It was surely somebody."
    answer = written.answer("Who mediated the truce in Manbij?")
    assert answer.answered_by == QUOTING and "United States" in answer.citations[0].sentence
    assert answer.notes == (f"The articles support nothing that openai:scripted wrote. {INSTEAD}",)


def test_marks_that_bear_nothing_out_are_removed_and_counted(written: Chain, llm: ScriptedLLM) -> None:
    llm.behaviour = "fixed"
    llm.text = "The United States mediated the truce in Manbij. [1-10] [77] A harbour was opened in Latakia. [78]"
    answer = written.answer("Who mediated the truce in Manbij?")
    assert answer.text.endswith(f"in Manbij. [1] A harbour was opened in Latakia. {NOT_FOUND}")
    assert answer.verified == "1 of 2 statements verified" and len(answer.citations) == 1
    assert re.fullmatch(r"\d+ citations were removed: the passages .* do not support the sentence\.", answer.notes[0])


PROVABLE = (
    "When did the opposition cut the M5 motorway at Zarbah?",
    "Which day in November did fighters of the Syrian opposition enter the western districts?",
    "On which day of December was Tell Rifaat captured from Kurdish-led forces by the SNA?",
)


@pytest.mark.parametrize("question", PROVABLE)
def test_a_faithful_llm_is_not_marked(written: Chain, question: str) -> None:
    answer = written.answer(question)
    assert answer.answered_by == "openai:scripted" and answer.verified == "1 of 1 statement verified"
    assert NOT_FOUND not in answer.text and len(answer.citations) == 1


# Who took what from whom is told in the last alone, and by each passage that is sent for it.
PLANTED = [
    (fault, statement)
    for fault in FAULTY
    for statement in PROVABLE
    if (fault != "reversed_roles" or statement == PROVABLE[-1])
    and (fault != "wrong_passage" or statement != PROVABLE[-1])
]


@pytest.mark.parametrize(("fault", "question"), PLANTED)
def test_no_planted_fault_is_passed_off_as_proven(
    written: Chain, llm: ScriptedLLM, fault: str, question: str
) -> None:
    llm.behaviour = fault
    answer = written.answer(question)
    assert llm.written(llm.prompt) != faithful(llm.prompt)
    if fault == "wrong_passage" and answer.statements:
        # It is moved to a passage that supports it.
        llm.behaviour = "faithful"
        assert answer.citations[0].sentence == written.answer(question).citations[0].sentence
        assert [statement.verdict for statement in answer.statements] == [Verdict.MOVED]
    else:
        # Quoted instead, or told not to be checked.
        others = [statement for statement in answer.statements if statement.verdict is not Verdict.CITED]
        assert {(statement.verdict, statement.text) for statement in others} == set()


def test_an_llm_is_not_asked_about_what_no_passage_has_to_do_with(written: Chain, llm: ScriptedLLM) -> None:
    answer = written.answer("Why is the sky blue?")
    assert llm.requests == [] and answer.abstained and answer.reason == "The articles do not say."


def test_an_llm_is_not_asked_about_what_no_article_mentions(written: Chain, llm: ScriptedLLM) -> None:
    answer = written.answer("Who controls Kherson?")
    assert llm.requests == [] and answer.reason == "No article mentions Kherson."


def test_a_name_that_no_article_holds_keeps_no_question_from_an_llm_that_passages_fit(
    written: Chain, llm: ScriptedLLM
) -> None:
    answer = written.answer("What did Lindqvistson say about the truce in Manbij?")
    assert llm.requests and answer.answered_by == "openai:scripted"
    assert "No article mentions Lindqvistson." in answer.notes


def test_an_llm_is_sent_those_of_the_later_reports_that_speak_of_the_day_that_is_asked_about(
    tmp_path: Path, llm: ScriptedLLM
) -> None:
    view = {
        3: "The dam at Orlo was inspected on 3 May 2023. Nothing was found.",
        24: "The inquiry heard that the gates of the dam at Orlo were opened on 3 May 2023 by Vant.",
        25: "The spring fair near the dam at Orlo was visited by 300 people on 25 May 2023.",
    }
    for day, text in view.items():
        write(tmp_path / "articles", f"{day}.md", text, source="Desk", date=f"2023-05-{day:02}", title=f"Orlo, {day}")
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True)) as collection:
        index_paths(collection, [tmp_path / "articles"])
        reading = read("Who opened the gates of the dam at Orlo on 3 May 2023?", newest=datetime.date(2023, 5, 25))
        later = Retrieval(collection).later_reports(reading, QuestionFilter())
        assert [passage.article.title for passage in later] == ["Orlo, 24"]
        as_of = QuestionFilter(as_of=datetime.date(2023, 5, 10))
        assert Retrieval(collection).later_reports(reading, as_of) == []
        chain = Chain(collection, Settings(model="openai:scripted", base_url=llm.base_url))
        chain.answer("Who opened the gates of the dam at Orlo on 3 May 2023?")
    assert "were opened on 3 May 2023 by Vant" in llm.prompt


def test_an_llm_gets_the_question_as_it_is_understood(written: Chain, llm: ScriptedLLM) -> None:
    talk(written, "Who controls Aleppo?", "And Homs?")
    assert "\nQuestion: Who controls Homs?\n" in f"{llm.prompt}\n"


def test_an_llm_condenses_a_follow_up_question(written: Chain, llm: ScriptedLLM) -> None:
    llm.condensed = "Who mediated the truce in Manbij?"
    first, second = talk(written, "Is there a truce in Manbij?", "Who mediated it?")
    assert (second.question, second.standalone_question) == ("Who mediated it?", llm.condensed)
    assert "\nQuestion: Who mediated the truce in Manbij?\n" in f"{llm.prompt}\n" and "United States" in second.text
    assert [follow_up_of("\n".join(m["content"] for m in r.body["messages"])) for r in llm.requests] == [
        None, "Who mediated it?", None,
    ]


@pytest.mark.parametrize("nonsense", ["", "The United States.", "Who controls Kherson?", "And Homs?\nHoms."])
def test_the_built_in_reading_does_where_the_llm_condenses_nothing(
    written: Chain, llm: ScriptedLLM, nonsense: str
) -> None:
    llm.condensed = nonsense
    assert talk(written, "Who controls Aleppo?", "And Homs?")[1].standalone_question == "Who controls Homs?"


def test_what_stands_alone_is_not_condensed(written: Chain, llm: ScriptedLLM) -> None:
    talk(written, "Who controls Aleppo?", "And who controls Homs?", "When did Hama change hands?")
    assert len(llm.requests) == 3


def test_a_reader_who_wants_quotations_has_no_question_condensed(written: Chain, llm: ScriptedLLM) -> None:
    answers = [written.answer("Who controls Aleppo?", scope=QuestionFilter(quoting=True))]
    assert (
        written.answer("And Homs?", answers, QuestionFilter(quoting=True)).standalone_question == "Who controls Homs?"
    )
    assert llm.requests == []


def test_the_built_in_answer_takes_over_from_an_llm_that_cannot_be_reached(samples: Collection) -> None:
    address = closed_address()
    answer = Chain(samples, Settings(model="openai:scripted", base_url=address)).answer("Who controls Homs?")
    assert answer.answered_by == QUOTING and "Homs" in answer.citations[0].sentence and answer.draft == ""
    [note] = answer.notes
    assert f"{address.removesuffix('/v1')} cannot be reached" in note
    assert note.endswith("The answer is quoted from the articles instead.")


def test_what_an_llm_wrote_before_it_broke_off_stays(written: Chain, llm: ScriptedLLM) -> None:
    llm.behaviour, llm.text = "cut", "The SDF left the town. [1] Then"
    *pieces, answer = written.stream("Who mediated the truce in Manbij?")
    assert isinstance(answer, Answer) and answer.answered_by == QUOTING and "United States" in answer.text
    shown = "".join(p for p in pieces if isinstance(p, str))
    assert answer.draft == "The SDF left the town. Then" == re.sub(r" \[[^]]+\]", "", shown)
    assert "broke off" in answer.notes[0]


@pytest.mark.parametrize(
    ("behaviour", "shown"),
    [
        ("silent", "did not answer for 0.4 seconds (setting"),
        ("stall", "stopped in the middle of its answer"),
        ("cut", "broke off"),
        ("cut_quietly", "broke off"),
        ("401", "refused the key (401)"),
        ("404", "has no model 'scripted' (404)"),
        ("429", "is busy, or the quota is used up (429). It asks to wait 60 seconds."),
        ("500", "failed (500)"),
        ("invalid_json", "sent what cannot be read"),
        ("web_page", "sent what cannot be read"),
        ("empty", "sent an empty answer"),
        ("spent", "used up its 60 tokens"),
        ("endless", "did not stop writing"),
        ("endless_blank", "did not stop writing"),
        ("endless_empty", "did not stop writing"),
    ],
)
def test_every_fault_of_an_llm_ends_in_the_built_in_answer_and_a_line(
    samples: Collection, llm: ScriptedLLM, behaviour: str, shown: str
) -> None:
    llm.behaviour, llm.retry_after = behaviour, "60"
    # On a busy machine what is only slow must not look like what is silent.
    seconds = 0.4 if behaviour in ("stall", "silent") else 10
    settings = Settings(
        model="openai:scripted", base_url=llm.base_url, timeout_seconds=seconds, retries=1, max_tokens=60
    )
    answer = Chain(samples, settings).answer("Who mediated the truce in Manbij?")
    assert answer.answered_by == QUOTING and "United States" in answer.citations[0].sentence
    [note] = answer.notes
    assert shown in note and note.endswith(". The answer is quoted from the articles instead.")


def test_an_answer_that_stopped_at_its_limit_says_so(written: Chain, llm: ScriptedLLM) -> None:
    llm.behaviour, llm.text = "cut_short", "The United States mediated the truce in Manbij. [1] The army of"
    answer = written.answer("Who mediated the truce in Manbij?")
    assert answer.answered_by == "openai:scripted" and answer.verified == "1 of 2 statements verified"
    assert "stopped at its limit of 1000 tokens (CHATBOT_MAX_TOKENS)." in answer.notes[0]


def test_a_busy_llm_is_waited_for(written: Chain, llm: ScriptedLLM) -> None:
    llm.behaviour, llm.times, llm.retry_after = "429", 1, "1"
    llm.text = "The United States mediated the truce in Manbij. [1]"
    answer = written.answer("Who mediated the truce in Manbij?")
    assert answer.answered_by == written.answerer.removeprefix("answers written by ") and answer.text == llm.text


def test_odd_forms_of_mark_become_citations(written: Chain, llm: ScriptedLLM) -> None:
    llm.behaviour = "bad_marks"
    answer = written.answer("Who mediated the truce in Manbij?")
    assert answer.text == f"The United States mediated the truce in Manbij. [1] Said again. {NOT_FOUND}"
    assert len(answer.citations) == 1 and answer.notes[0].startswith("2 citations were removed")


def test_a_scope_narrows_what_may_answer(sample_chain: Chain) -> None:
    then = sample_chain.answer("Who controls Hama?", scope=QuestionFilter(as_of=datetime.date(2024, 12, 1)))
    assert then.as_of == datetime.date(2024, 12, 1) and "government" in then.citations[0].sentence
    assert (
        sample_chain.answer("Who controls Hama?", scope=QuestionFilter(since=datetime.date(2025, 1, 1))).citations == ()
    )
    assert sample_chain.answer("Who controls Hama?", scope=QuestionFilter(source="No Such Desk")).citations == ()


def test_a_reader_may_have_the_quotation_although_there_is_an_llm(written: Chain, llm: ScriptedLLM) -> None:
    assert written.answer("Who controls Hama?", scope=QuestionFilter(quoting=True)).answered_by == QUOTING
    assert llm.requests == []


def test_the_sample_articles_are_those_of_the_project(samples: Collection) -> None:
    assert samples.summary().articles == len(list((ROOT / "articles").glob("*.md"))) == 11


def test_an_answer_about_one_article_rests_on_it_alone(sample_chain: Chain) -> None:
    whole = sample_chain.answer("Who controls Hama?")
    for cited in whole.citations:
        scope = QuestionFilter(article=cited.article_id, title=cited.title)
        answer = sample_chain.answer("Who controls Hama?", scope=scope)
        assert {citation.article_id for citation in (*answer.citations, *answer.related)} == {cited.article_id}
