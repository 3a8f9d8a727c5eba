import datetime
import json
import time
from collections.abc import Iterator

import pytest

from benchmarks.support.scripted_llm import ScriptedLLM, closed_address
from chatbot.answering.pipeline import Chain
from chatbot.filters import QuestionFilter
from chatbot.llm.question_analysis import AskedKind, QuestionAnalyst, read_analysis
from chatbot.settings import Settings
from index.collection import Collection

QUESTION = "What did the militia of Lindqvistson say about the truce?"
DAYS = datetime.date(2024, 11, 27), datetime.date(2024, 12, 11)
ANALYSIS = {
    "question": QUESTION, "names": [{"name": "Lindqvistson", "variants": ["Lindby", "Manbij"]}], "kind": "timeline",
    "first_day": "2024-12-09", "last_day": "2024-12-10", "queries": ["truce in Manbij", "", "x" * 300, "a", "b", "c"],
}


@pytest.fixture
def server() -> Iterator[ScriptedLLM]:
    with ScriptedLLM("fixed", text="The United States mediated the truce in Manbij. [1][2][3]") as llm:
        llm.analysis = json.dumps(ANALYSIS)
        yield llm


def analyst(address: str, *, seconds: float = 60) -> QuestionAnalyst:
    return QuestionAnalyst(Settings(model="openai:scripted", base_url=address, timeout_seconds=seconds))


def chain(samples: Collection, server: ScriptedLLM, **more: object) -> Chain:
    return Chain(samples, Settings(model="openai:scripted", base_url=server.base_url, **more))  # type: ignore[arg-type]


def test_an_analysis_is_asked_for_by_a_schema(server: ScriptedLLM) -> None:
    analysis = analyst(server.base_url).analyse(QUESTION, DAYS)
    assert analysis is not None and analysis.kind is AskedKind.TIMELINE and analysis.is_wide
    assert analysis.first_day == datetime.date(2024, 12, 9) and analysis.searches == ["truce in Manbij", "a", "b"]
    [request] = server.analyses
    assert "queries" in json.dumps(request.body["response_format"]) and "2024-11-27" in json.dumps(request.body)


def test_a_server_that_knows_no_schemas_is_asked_plainly_and_then_only_so(server: ScriptedLLM) -> None:
    server.knows_schemas = False
    server.analysis = f"Sure! Here it is:\n```json\n{json.dumps(ANALYSIS)}\n```"
    reader = analyst(server.base_url)
    for _ in range(2):
        analysis = reader.analyse(QUESTION, DAYS)
        assert analysis is not None and analysis.names[0].variants == ["Lindby", "Manbij"]
    assert ["response_format" in request.body for request in server.analyses] == [True, False, False]


@pytest.mark.parametrize("written", ["", "Manbij.", "{", '{"kind": "poem"}', '{"first_day": "soon"}', "[]", "} {"])
def test_what_cannot_be_read_is_no_analysis(written: str) -> None:
    assert read_analysis(written) is None


def test_an_llm_that_cannot_be_reached_or_dawdles_is_not_waited_for(server: ScriptedLLM) -> None:
    assert analyst(closed_address()).analyse(QUESTION, DAYS) is None
    server.analysis = None
    began = time.monotonic()
    assert analyst(server.base_url, seconds=0.5).analyse(QUESTION, DAYS) is None
    assert time.monotonic() - began < 3


def test_a_question_that_the_parser_is_sure_of_is_not_analysed(samples: Collection, server: ScriptedLLM) -> None:
    chain(samples, server).answer("Who mediated the truce in Manbij?")
    chain(samples, server).answer(QUESTION, scope=QuestionFilter(quoting=True))
    assert server.analyses == [] and len(server.requests) == 1


def test_an_analysis_gives_an_unknown_name_that_articles_spell_otherwise(
    samples: Collection, server: ScriptedLLM
) -> None:
    answer = chain(samples, server).answer("Who mediated the truce in Lindqvistson?")
    assert answer.notes[0] == "Read “Lindqvistson” as “Manbij”." and answer.answered_by == "openai:scripted"
    assert "\nQuestion: Who mediated the truce in Manbij?\n" in f"{server.prompt}\n"


def test_its_searches_find_what_the_question_does_not(samples: Collection, server: ScriptedLLM) -> None:
    question = "Which country were the go-betweens of the intruders from?"
    server.analysis = json.dumps({**ANALYSIS, "names": [], "queries": ["United States mediated the truce in Manbij"]})
    pieces = list(chain(samples, server).stream(question))
    assert server.analyses and "truce in Manbij" in server.prompt and pieces


@pytest.mark.parametrize("analysis", ["", "no JSON", json.dumps({"names": [{"name": "Hama", "variants": ["Homs"]}]})])
def test_an_analysis_that_says_nothing_changes_nothing(
    samples: Collection, server: ScriptedLLM, analysis: str
) -> None:
    question = "Where was the motorway from Damascus to Aleppo cut?"
    prompts = []
    for server.analysis in ("{}", analysis):
        chain(samples, server).answer(question)
        prompts.append(server.prompt.partition("text:")[2].splitlines()[1])
    assert len(server.analyses) >= 2 and prompts[0] == prompts[1]


def test_what_is_quoted_does_not_wait_for_an_analysis(samples: Collection, server: ScriptedLLM) -> None:
    server.analysis = None
    began, quoted = time.monotonic(), 0.0
    for piece in chain(samples, server).stream("Where was the motorway from Damascus to Aleppo cut?"):
        if type(piece).__name__ == "Preview" and not quoted:
            quoted = time.monotonic() - began
    whole = time.monotonic() - began
    assert server.analyses and 0 < quoted < whole - 1
