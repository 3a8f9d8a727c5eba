from collections.abc import Iterator
from contextlib import closing

import pytest

from chatbot.answer import Statement
from chatbot.verification.verifier import Verifier
from index.collection import Collection
from index.ingest.run import index_paths
from index.passage import RetrievedPassage
from index.search.embedder import BUNDLED
from tests.support.corpus import write

QUESTION = "Who runs the ferry to Elvaskar?"
TEXTS = {
    3: "Barlow Lines runs the ferry to Elvaskar. The ferry carries 40 lorries a day. Its crew is on strike.",
    20: "Norvik Shipping runs the ferry to Elvaskar, since it bought it from Barlow Lines. The strike ended on Friday.",
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Verifier, list[RetrievedPassage]]]:
    """A verifier with two passages, [1] of 3 May and [2] of 20 May."""
    folder = tmp_path_factory.mktemp("ferry")
    for day, text in TEXTS.items():
        write(folder / "articles", f"{day}.md", text, source="Desk", date=f"2023-05-{day:02}", title=f"Ferry, {day}")
    with closing(Collection(folder / "data", embedding_model=BUNDLED, writing=True)) as collection:
        index_paths(collection, [folder / "articles"])
        results = {passage.article.title: passage for passage in collection.search(QUESTION)}
        yield Verifier(collection), [results["Ferry, 3"], results["Ferry, 20"]]


def only(reports: tuple[Verifier, list[RetrievedPassage]], text: str) -> Statement:
    verifier, shown = reports
    [statement] = verifier.verify(text, shown, QUESTION).statements
    return statement


@pytest.mark.parametrize(
    "text",
    [
        "Barlow Lines still runs the ferry to Elvaskar. [1]",
        "The crew of the ferry to Elvaskar remains on strike. [1]",
        "To this day the crew of the ferry to Elvaskar is on strike. [1]",
    ],
)
def test_what_an_older_report_tells_is_not_taken_to_be_still_so(
    reports: tuple[Verifier, list[RetrievedPassage]], text: str
) -> None:
    statement = only(reports, text)
    assert statement.verdict == "unfound" and statement.missing


@pytest.mark.parametrize("text", ["Barlow Lines runs the ferry to Elvaskar. [1]", "The ferry's crew is on strike. [1]"])
def test_what_an_older_report_alone_tells_as_present_is_not_verified(
    reports: tuple[Verifier, list[RetrievedPassage]], text: str
) -> None:
    assert only(reports, text).verdict in ("cited", "unfound")


@pytest.mark.parametrize(
    "text",
    [
        "Norvik Shipping runs the ferry to Elvaskar. [2]",
        "As of 3 May 2023, Desk: Barlow Lines runs the ferry to Elvaskar. [1]",
        "Barlow Lines ran the ferry to Elvaskar. [1]",
        "The ferry carried 40 lorries a day. [1]",
    ],
)
def test_the_newest_report_and_what_is_dated_or_past_are_verified(
    reports: tuple[Verifier, list[RetrievedPassage]], text: str
) -> None:
    assert only(reports, text).verdict == "verified"
