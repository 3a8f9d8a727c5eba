import datetime
import re
import textwrap
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import anyio
import pytest
from langchain_core.documents import Document
from langchain_core.load import dumps
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda, RunnablePassthrough
from langchain_openai import ChatOpenAI
from pydantic import SecretStr, ValidationError

from benchmarks.support.scripted_llm import ScriptedLLM
from chatbot.answer import Answer
from index.collection import Collection
from index.errors import VectorStoreError
from index.passage import RetrievedPassage
from index.search.langchain_retriever import HybridRetriever, PassageDocument
from index.storage.filters import EVERYTHING, Filters

ROOT = Path(__file__).parents[2]


def test_it_gives_documents_that_say_where_they_are_from(samples: Collection) -> None:
    retriever = HybridRetriever(search=samples.search, k=4)
    documents = retriever.invoke("Who controls Hama?")
    assert isinstance(retriever, BaseRetriever) and len(documents) == 4
    for document in documents:
        article = samples.article(document.metadata["article_id"])
        metadata = document.metadata
        assert article.text[metadata["start"] : metadata["end"]] == document.page_content
        assert (metadata["title"], metadata["source"], metadata["url"]) == (article.title, article.source, article.url)
        assert metadata["date"] == (article.date.isoformat() if article.date else None)
    assert [document.id for document in documents] == [
        result.passage.id for result in samples.search("Who controls Hama?", limit=4)
    ]


def test_filters_narrow_what_is_found(samples: Collection) -> None:
    last = datetime.date(2024, 12, 5)
    documents = HybridRetriever(search=samples.search, filters=Filters(until=last)).invoke("Who controls Hama?")
    assert documents and all(document.metadata["date"] <= "2024-12-05" for document in documents)


@pytest.mark.parametrize("filters", [EVERYTHING, Filters(until=datetime.date(2024, 12, 5)), Filters(sources=())])
@pytest.mark.parametrize("k", [1, 4, 10])
def test_filters_and_a_number_may_be_given_with_a_call_and_change_nothing_else(
    samples: Collection, filters: Filters, k: int
) -> None:
    retriever = HybridRetriever(search=samples.search, k=3)
    before = retriever.invoke("Who controls Hama?")
    documents = cast("list[PassageDocument]", retriever.invoke("Who controls Hama?", filters=filters, k=k))
    assert [document.retrieved for document in documents] == samples.search(
        "Who controls Hama?", filters=filters, limit=k
    )
    assert [(d.page_content, d.metadata["score"], d.metadata["similarity"]) for d in documents] == [
        (d.retrieved.passage.text, d.retrieved.score, d.retrieved.similarity) for d in documents
    ]
    assert retriever.invoke("Who controls Hama?") == before and len(before) == 3


def test_a_document_is_saved_as_a_plain_one(samples: Collection) -> None:
    [document] = HybridRetriever(search=samples.search, k=1).invoke("Who controls Hama?")
    plain = Document(id=document.id, page_content=document.page_content, metadata=document.metadata)
    assert dumps(document) == dumps(plain) and "not_implemented" not in dumps(document)


def test_it_stands_in_a_chain_of_somebody_elses(samples: Collection) -> None:
    def joined(documents: Sequence[Document]) -> str:
        return "\n".join(document.page_content for document in documents)

    prompt = ChatPromptTemplate.from_messages([("system", "Context: {context}"), ("human", "{question}")])
    chain = (
        {"context": HybridRetriever(search=samples.search, k=2) | joined, "question": RunnablePassthrough()}
        | prompt
        | RunnableLambda(lambda value: value.to_string())
        | StrOutputParser()
    )
    text = chain.invoke("Who controls Hama?")
    assert text.endswith("Human: Who controls Hama?") and samples.search("Who controls Hama?")[0].passage.text in text


def test_it_can_be_awaited(samples: Collection) -> None:
    retriever = HybridRetriever(search=samples.search, k=3)
    # In a thread of its own: a browser of other tests may keep an event loop in this one.
    with ThreadPoolExecutor(1) as threads:
        assert len(threads.submit(lambda: anyio.run(retriever.ainvoke, "Who controls Hama?")).result()) == 3


def test_a_failed_search_is_raised() -> None:
    def failing(question: str, *, filters: Filters = EVERYTHING, limit: int = 8) -> list[RetrievedPassage]:
        raise VectorStoreError("Chroma could not be searched.")

    with pytest.raises(VectorStoreError):
        HybridRetriever(search=failing).invoke("Who controls Hama?")


def test_a_number_of_passages_below_one_is_refused(samples: Collection) -> None:
    with pytest.raises(ValidationError):
        HybridRetriever(search=samples.search, k=0)
    with pytest.raises(ValueError, match="Expected 1 or more"):
        HybridRetriever(search=samples.search).invoke("Who controls Hama?", k=0)


def test_an_llm_of_somebody_elses_answers_from_its_documents(samples: Collection) -> None:
    def joined(documents: Sequence[Document]) -> str:
        return "\n\n".join(f"{d.metadata['date']}, {d.metadata['source']}: {d.page_content}" for d in documents)

    retriever = HybridRetriever(search=samples.search, k=3)
    prompt = ChatPromptTemplate.from_template("Reports:\n{context}\n\nQuestion: {question}")
    with ScriptedLLM("fixed", text="The opposition.") as server:
        model = ChatOpenAI(model="any", base_url=server.base_url, api_key=SecretStr("none"))
        chain = {"context": retriever | joined, "question": RunnablePassthrough()} | prompt | model | StrOutputParser()
        assert chain.invoke("Who controls Hama?") == "The opposition."
        [request] = server.requests
    [message] = request.body["messages"]
    for document in retriever.invoke("Who controls Hama?"):
        assert document.page_content in message["content"] and document.metadata["date"] in message["content"]


def test_the_page_that_documents_it_runs(samples: Collection, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = re.findall(r"(?:^ {4}.*\n|^\n)+", (ROOT / "docs/langchain.md").read_text(encoding="utf-8"), re.MULTILINE)
    code = textwrap.dedent("".join(blocks)).replace('Path("data")', f"Path({str(samples.data)!r})")
    with ScriptedLLM("fixed", text="The opposition.") as server:
        names = {"model": ChatOpenAI(model="any", base_url=server.base_url, api_key=SecretStr("none"))}
        exec(code, names)  # noqa: S102
        retriever, chain = names["retriever"], names["chain"]
        assert isinstance(retriever, HybridRetriever) and isinstance(chain, Runnable)
        assert len(retriever.invoke("Who controls Hama?")) == 5 and chain.invoke("Who controls Hama?")
    earlier, answer, titles = names["earlier"], names["answer"], names["titles"]
    assert isinstance(earlier, list) and len(earlier) == 3
    assert isinstance(answer, Answer) and isinstance(titles, Runnable)
    assert titles.invoke("Who controls Hama?") == [citation.title for citation in answer.citations] != []
    follow_up = names["follow_up"]
    assert isinstance(follow_up, Answer) and follow_up.standalone_question == "Who controls Homs?"
    shown = capsys.readouterr().out
    assert follow_up.text in shown and "retrieve --> rank;" in shown
    assert str(titles.invoke("Who controls Hama?")) in shown
