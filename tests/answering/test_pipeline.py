import datetime
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.support.prompts import follow_up_of
from benchmarks.support.scripted_llm import FAULTY, ScriptedLLM, closed_address, faithful
from chatbot.answer import INSTEAD, NOT_FOUND, Answer, Step, Verdict
from chatbot.answering.compose import not_said
from chatbot.answering.pipeline import Chain
from chatbot.answering.quoting import QUOTING
from chatbot.answering.retrieval import Retrieval
from chatbot.errors import QuestionError
from chatbot.filters import QuestionFilter
from chatbot.markdown import markdown
from chatbot.question.entity_linking import Named
from chatbot.question.parse import read
from chatbot.settings import Settings
from chatbot.web.languages.catalogue import speaking
from chatbot.web.languages.phrases import phrase
from chatbot.web.page import answer_html
from index.collection import Collection
from index.ingest.run import index_paths
from index.language.tokens import count_tokens
from index.search.embedder import BUNDLED
from tests.conftest import ROOT
from tests.support.corpus import write

NEWEST = datetime.date(2024, 12, 11)


def talk(chain: Chain, *questions: str) -> list[Answer]:
    """The answers of one conversation."""
    answers: list[Answer] = []
    for question in questions:
        answers.append(chain.answer(question, answers))
    return answers


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
        assert phrase(reason) != reason and "The articles" not in phrase(reason)


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
    assert not_said(Named(reading, (), ()), samples.summary()) == reason


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
    assert (answer.abstained, answer.reason) == (True, reason)
    with speaking("de"):
        assert phrase(reason) != reason and "articles" not in phrase(reason)


@pytest.mark.parametrize("question", ["Is that so, then?", "What else?", "((a))"])
def test_what_turns_on_nothing_is_not_answered(sample_chain: Chain, question: str) -> None:
    assert sample_chain.answer(question).abstained


@pytest.mark.parametrize("question", ["Thanks", "What can you do?", "Which articles do you know?"])
def test_small_talk_is_answered_without_a_search_or_an_llm(written: Chain, llm: ScriptedLLM, question: str) -> None:
    step, text, answer = written.stream(question)
    assert isinstance(answer, Answer) and (step, text) == (Step("Reading the question"), answer.text)
    assert not answer.abstained and answer.citations == answer.related == () and answer.answered_by == QUOTING
    assert llm.requests == []


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
    assert answer.abstained and "There are no articles yet" in answer.text


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
    assert re.fullmatch(r"\d+ marks were removed: the passages .* do not support the sentence\.", answer.notes[0])


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
        # It is moved to a passage that does bear it out.
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
    assert len(answer.citations) == 1 and answer.notes[0].startswith("2 marks were removed")


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
