"""Questions about a source, about which articles mention something, and about a topic or some days as a whole."""

import datetime
from collections.abc import Iterator
from contextlib import closing

import pytest

from chatbot.answer import Answer
from chatbot.answering.pipeline import Chain
from chatbot.filters import QuestionFilter
from chatbot.question.sources import named_source
from chatbot.settings import Settings
from index.collection import Collection
from index.ingest.run import index_paths
from index.search.embedder import BUNDLED
from tests.support.corpus import write

ARTICLES = {
    "dike.md": ("Dike at Vessel breaks", "2025-03-12", "Coast Gazette", (
        "The dike at Vessel broke on Tuesday night. Engineer Ruta Balciunas said that the pumps would run for a week. "
        "Forty houses are under water."
    )),
    "dike2.md": ("Repairs of the dike", "2025-03-14", "The Inland Times", (
        "The province will pay 9 million crowns for the dike at Vessel. Work begins in April."
    )),
    "museum.md": ("Museum strike ends", "2025-03-15", "Coast Gazette", (
        "Guards of the Ormond museum ended their strike after nine days. The director promised them shorter nights. "
        "The gallery opens again on Sunday."
    )),
    "opera.md": ("New conductor", "2025-03-05", "The Inland Times", (
        "The opera of Kalnas has chosen Ilse Varga as conductor. She begins in autumn."
    )),
    "harvest.md": ("Plums fail", "2025-02-20", "Coast Gazette", (
        "Growers near Kalnas lost most of their plums to frost."
    )),
}  # fmt: skip


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    folder = tmp_path_factory.mktemp("asked")
    for name, (title, date, source, text) in ARTICLES.items():
        write(folder / "articles", name, text, title=title, date=datetime.date.fromisoformat(date), source=source)
    with closing(Collection(folder / "data", embedding_model=BUNDLED, writing=True)) as collection:
        index_paths(collection, [folder / "articles"])
        yield Chain(collection, Settings())


def titles(answer: Answer) -> list[str]:
    return [citation.title for citation in answer.citations]


@pytest.mark.parametrize("question, source, rest", [
    ("What does the Coast Gazette say about the dike?", "Coast Gazette", "Tell me about the dike."),
    ("What did The Inland Times write of the opera?", "The Inland Times", "Tell me about the opera."),
    ("what has inland times reported?", "The Inland Times", "What is the latest news?"),
    ("According to the Inland Times, who is the conductor?", "The Inland Times", "Who is the conductor?"),
    ("How many houses are flooded, according to the Coast Gazette?", "Coast Gazette", "How many houses are flooded?"),
    ("Does the Coast Gazette say that the strike ended?", "Coast Gazette", "The strike ended?"),
    ("What is the latest news from the Coast Gazette?", "Coast Gazette", "What is the latest news?"),
])  # fmt: skip
def test_a_source_is_told_from_what_is_asked(question: str, source: str, rest: str) -> None:
    named = named_source(question, lambda: ["Coast Gazette", "The Inland Times", None, "Gazette"])
    assert named is not None and (named.source, named.question) == (source, rest)


@pytest.mark.parametrize("question", [
    "Who owns the Coast Gazette?", "What does the Coast Gazettes say about it?", "What did the minister say?",
    "Who reported the theft at the Coast Gazette?",
])  # fmt: skip
def test_a_question_about_a_source_or_another_is_left_as_it_is(question: str) -> None:
    assert named_source(question, lambda: ["Coast Gazette", "Inland Times"]) is None


def test_a_source_that_is_named_narrows_to_its_articles(chain: Chain) -> None:
    gazette = chain.answer("What does the Coast Gazette say about the dike at Vessel?")
    assert set(titles(gazette)) == {"Dike at Vessel breaks"}
    assert "Only articles of Coast Gazette were asked." in gazette.notes
    assert gazette.question == "What does the Coast Gazette say about the dike at Vessel?"
    assert titles(chain.answer("What did the Inland Times report?")) == ["Repairs of the dike", "New conductor"]
    assert titles(chain.answer("According to the Inland Times, who is the conductor?"))[:1] == ["New conductor"]
    assert chain.answer("According to the Coast Gazette, who is the conductor?").abstained


@pytest.mark.parametrize("question, count, first", [
    ("Which articles mention Vessel?", "2 articles mention Vessel, the newest first:", "Repairs of the dike"),
    ("How many reports are about the dike?", "2 articles mention dike, the newest first:", "Repairs of the dike"),
    ("Can you list all articles that mention Kalnas?", "2 articles mention Kalnas, the newest first:", "New conductor"),
    ("What articles mention “Ruta Balciunas”?", "1 article mentions Ruta Balciunas:", "Dike at Vessel breaks"),
    ("Show me the articles about the museum strike", "1 article mentions museum strike:", "Museum strike ends"),
    ("Which stories deal with guards of a museum", "1 article mentions guards of a museum:", "Museum strike ends"),
])  # fmt: skip
def test_the_articles_that_mention_a_thing_are_listed_from_the_index(
    chain: Chain, question: str, count: str, first: str
) -> None:
    lines = chain.answer(question).text.splitlines()
    assert lines[0] == count and lines[1].startswith(f"• {first} (")


def test_a_list_of_articles_keeps_to_the_readers_filters(chain: Chain) -> None:
    answer = chain.answer("How many articles mention the dike?", scope=QuestionFilter(source="Coast Gazette"))
    assert answer.text.splitlines()[0] == "1 article mentions dike:"
    [line, covered] = chain.answer("Which articles mention Erlangen?").text.splitlines()
    assert line == "No article mentions Erlangen." and "5 articles" in covered


@pytest.mark.parametrize("question, expected", [
    ("Summarise the museum strike", {"Museum strike ends"}),
    ("Any news about the dike?", {"Dike at Vessel breaks", "Repairs of the dike"}),
    ("Give me a summary of the plums", {"Plums fail"}),
    ("What is the latest news?", {title for title, *_ in ARTICLES.values()}),
])  # fmt: skip
def test_an_overview_keeps_to_its_topic(chain: Chain, question: str, expected: set[str]) -> None:
    assert set(titles(chain.answer(question))) == expected


def test_an_overview_of_what_no_article_tells_is_none(chain: Chain) -> None:
    assert "Repairs of the dike" not in titles(chain.answer("Summarise the quarrel over the opera budget cuts"))


def test_an_overview_keeps_to_the_readers_filters(chain: Chain) -> None:
    as_of = QuestionFilter(as_of=datetime.date(2025, 3, 13))
    assert titles(chain.answer("What is the latest news?", scope=as_of))[0] == "Dike at Vessel breaks"
    gazette = chain.answer("What is the latest news?", scope=QuestionFilter(source="Coast Gazette"))
    assert set(titles(gazette)) == {"Museum strike ends", "Dike at Vessel breaks", "Plums fail"}


def test_what_happened_last_week_is_what_was_reported_then(chain: Chain) -> None:
    # The newest article is of Saturday, 15 March.
    assert titles(chain.answer("What happened last week?")) == ["New conductor"]
    assert titles(chain.answer("What happened in February?")) == ["Plums fail"]
    assert chain.answer("What happened in January?").abstained
