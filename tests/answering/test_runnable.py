"""The chain as somebody sees it who knows LangChain: its graph, its runs, its stream."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import Runnable, RunnableLambda

from benchmarks.support.scripted_llm import ScriptedLLM, closed_address
from chatbot.answer import Answer, Step
from chatbot.answering.asked import Asked
from chatbot.answering.pipeline import Chain
from chatbot.answering.quoting import QUOTING
from chatbot.answering.retrieval import PASSAGES, Retrieval
from chatbot.answering.route import Route
from chatbot.answering.steps import STEP
from chatbot.filters import QuestionFilter
from chatbot.settings import Settings
from index.collection import Collection
from index.storage.filters import Filters

QUESTION = "Who mediated the truce in Manbij?"
QUOTING_STAGES = {
    "is_two_questions", "ask_halves", "understand", "what_is_asked", "small_talk", "list_articles", "retrieve", "rank",
    "quote", "try_alone", "outlets",
}
WRITING_STAGES = {"analyse", "may_write", "fill", "prompt", "model", "parse"}


class Runs(BaseCallbackHandler):
    """Remembers the names of the runs, the queries of the retriever with its documents' ids, and the steps."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.queries: list[str] = []
        self.documents: list[str | None] = []
        self.steps: list[tuple[str, list[str]]] = []

    def on_chain_start(self, *_: Any, name: str = "", **about: Any) -> None:  # noqa: ANN401
        self.names.append(name)

    def on_retriever_start(self, serialized: Any, query: str, **_: Any) -> None:  # noqa: ANN401
        self.queries.append(query)

    def on_retriever_end(self, documents: Any, **_: Any) -> None:  # noqa: ANN401
        self.documents += [document.id for document in documents]

    def on_custom_event(self, name: str, data: Any, **about: Any) -> None:  # noqa: ANN401
        if name == STEP:
            self.steps.append((data, about["tags"]))


def stages(runnable: Runnable[Any, Any]) -> set[str]:
    """The names of the stages of a chain, without what LangChain adds."""
    names = {node.name for node in runnable.get_graph().nodes.values()}
    return {name for name in names if name.replace("_", "").isalpha() and name.islower()} - {
        name for name in names if name.endswith(("_input", "_output"))
    }


def runs_of(chain: Chain, asked: Asked) -> tuple[Runs, list[str | Answer]]:
    """What the chain streams, and the runs that a callback handler sees meanwhile."""
    runs = Runs()
    return runs, list(chain.runnable.stream(asked, {"callbacks": [runs]}))


def test_the_graph_shows_every_stage_by_its_name(samples: Collection, sample_chain: Chain) -> None:
    assert stages(sample_chain.runnable) == QUOTING_STAGES
    with_llm = Chain(samples, Settings(model="openai:scripted", base_url=closed_address()))
    assert stages(with_llm.runnable) == QUOTING_STAGES | WRITING_STAGES


def test_the_graph_shows_which_stage_follows_which(sample_chain: Chain) -> None:
    graph = sample_chain.runnable.get_graph()
    names = {ident: node.name for ident, node in graph.nodes.items()}
    edges = {(names[edge.source], names[edge.target]) for edge in graph.edges}
    assert {("understand", "what_is_asked"), ("retrieve", "rank"), ("rank", "quote")} < edges
    choices = {names[edge.target] for edge in graph.edges if names[edge.source] == "what_is_asked"}
    assert choices == {"small_talk", "list_articles", "retrieve"}


def test_the_stages_that_run_are_those_of_the_graph(sample_chain: Chain) -> None:
    runs, [answer] = runs_of(sample_chain, Asked("Who controls Hama?"))
    ran = [name for name in runs.names if name in QUOTING_STAGES]
    assert ran == [
        "is_two_questions", "understand", "what_is_asked", "retrieve", "rank", "quote", "try_alone", "outlets",
    ]
    assert answer == sample_chain.answer("Who controls Hama?")


def test_the_passages_are_those_of_the_retriever(samples: Collection, sample_chain: Chain) -> None:
    runs, _ = runs_of(sample_chain, Asked(QUESTION))
    assert runs.queries == [QUESTION]
    assert runs.documents == [result.passage.id for result in samples.search(QUESTION, limit=PASSAGES)]
    dated = Asked.after((), "Who controlled Hama on 3 December?")
    assert len(runs_of(sample_chain, dated)[0].queries) > 1


@pytest.mark.parametrize("filters", [
    Filters(), Filters(until=datetime.date(2024, 12, 5)), Filters(sources=("No Such Desk",)),
])  # fmt: skip
def test_passages_and_scores_are_those_of_the_search(samples: Collection, filters: Filters) -> None:
    for question in (QUESTION, "Who controls Hama?", "Why is the sky blue?"):
        assert Retrieval(samples).search(question, filters) == samples.search(
            question, filters=filters, limit=PASSAGES
        )


def test_halves_of_a_question_run_in_the_chain_and_their_steps_are_not_those_of_the_question(
    sample_chain: Chain,
) -> None:
    question = "Who controls Hama and who mediated the truce in Manbij?"
    runs, [answer] = runs_of(sample_chain, Asked(question))
    assert runs.names.count("understand") == 2 and len(runs.queries) >= 2
    assert runs.steps and all("part" in tags for _, tags in runs.steps)
    *pieces, last = sample_chain.stream(question)
    assert last == answer and not [piece for piece in pieces if isinstance(piece, Step)]


def test_a_question_neither_of_whose_halves_is_answered_is_asked_as_a_whole(sample_chain: Chain) -> None:
    runs, [answer] = runs_of(sample_chain, Asked("Who painted the ferry and when was the ferry painted?"))
    assert runs.names.count("understand") == 3 and {"part" in tags for _, tags in runs.steps} == {True, False}
    assert isinstance(answer, Answer) and answer.question.startswith("Who painted the ferry and when")


@pytest.mark.parametrize("before, question, is_answered", [
    ("Who held Holmen on 10 March?", "Who negotiated the truce?", True), ("And Kherson?", "What was written?", False),
])  # fmt: skip
def test_what_may_be_no_follow_up_is_asked_alone_in_the_chain(
    sample_chain: Chain, before: str, question: str, is_answered: bool
) -> None:
    runs, [answer] = runs_of(sample_chain, Asked.after([sample_chain.answer(before)], question))
    assert runs.names.count("try_alone") == runs.names.count("understand") == 2
    assert {"part" in tags for _, tags in runs.steps} == {True, False}
    assert isinstance(answer, Answer) and bool(answer.citations) == is_answered
    # An answer to the question alone takes the place of the other; where there is none, that stays.
    assert bool(answer.understood.context) != is_answered


def test_the_text_streams_while_the_llm_writes(samples: Collection) -> None:
    text = "The United States mediated the truce in Manbij. [1] Then"
    with ScriptedLLM("stall", text=text) as llm:
        chain = Chain(samples, Settings(model="openai:scripted", base_url=llm.base_url))
        stream = chain.stream(QUESTION)
        assert "United" in next(piece for piece in stream if isinstance(piece, str) and "United" in piece)
        assert not llm.abandoned.is_set()
        stream.close()  # type: ignore[attr-defined]
        assert llm.abandoned.wait(5)


def test_the_chain_of_a_written_answer_serves_many_questions(samples: Collection) -> None:
    with ScriptedLLM() as llm:
        chain = Chain(samples, Settings(model="openai:scripted", base_url=llm.base_url))
        asked = [QUESTION, "When did the opposition cut the M5 motorway at Zarbah?"]
        first, second, again = (chain.answer(question) for question in (*asked, asked[0]))
    assert first == again != second and {first.answered_by, second.answered_by} == {"openai:scripted"}
    assert "United States" in first.text and "Zarbah" in second.text


def test_a_reader_who_wants_quotations_is_not_written_to(samples: Collection) -> None:
    chain = Chain(samples, Settings(model="openai:scripted", base_url=closed_address()))
    runs, [answer] = runs_of(chain, Asked(QUESTION, scope=QuestionFilter(quoting=True)))
    assert isinstance(answer, Answer) and answer.answered_by == QUOTING and "fill" not in runs.names


@pytest.mark.parametrize("number, expected", [(1, "low"), (5, "middle"), (9, "high")])
def test_a_route_takes_the_first_branch_that_fits_and_shows_all(number: int, expected: str) -> None:
    def stage(name: str) -> Runnable[int, str]:
        write: Callable[[int], str] = lambda _: name  # noqa: E731
        return RunnableLambda(write, name=name)

    inner = Route("is_middle", (lambda n: n < 7, stage("middle")), stage("high"))
    route = Route("is_low", (lambda n: n < 3, stage("low")), inner)
    assert route.invoke(number) == expected and list(route.stream(number)) == [expected]
    assert stages(route) == {"is_low", "is_middle", "low", "middle", "high"}
