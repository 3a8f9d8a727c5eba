"""What editors set right about an article: search, claims and dates follow, and a later reading keeps it."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from index.article import Article
from index.collection import Collection
from index.errors import ArticleNotFoundError, CorrectionError
from index.ingest.corrections import correct_article
from index.ingest.export import export_articles, import_articles
from index.ingest.run import index_articles, index_paths
from index.search.embedder import BUNDLED
from index.storage.corrections import Correction
from index.storage.filters import Filters
from index.storage.ledger import Ledger
from tests.support.corpus import BRIDGE, HARBOUR, write

TEXT = "Marine units took the port of Vessby on Tuesday. The port had been closed since spring."
VESSBY = Article("c" * 16, TEXT, "Wire", "Desk", None, date(2024, 12, 5), "https://c.example/1", date_from="page")


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    opened = Collection(tmp_path / "data", embedding_model=BUNDLED)
    index_articles(opened, [VESSBY, Article("b" * 16, BRIDGE, "Bridge", "Courier", url="https://b.example/1")])
    yield opened
    opened.close()


def _vectors(folder: Path) -> list[float]:
    with closing(Ledger(folder / "data" / "ledger.sqlite")) as ledger:
        vectors: list[float] = ledger.passages.vectors_of(VESSBY.id)[0][2].tolist()
    return vectors


def _corrections(folder: Path, name: str = "data") -> list[Correction]:
    with closing(Ledger(folder / name / "ledger.sqlite")) as ledger:
        return ledger.corrections.of(VESSBY.id)


def test_search_claims_and_days_follow_and_nothing_is_embedded(collection: Collection, tmp_path: Path) -> None:
    [before] = [each for each in collection.reported_claims() if "Vessby" in each.claim.place]
    vectors = _vectors(tmp_path)
    assert before.claim.since == date(2024, 12, 3) and collection.mentions("Kestrel") == []
    collection.annotations(VESSBY)
    after = correct_article(
        collection, VESSBY.id, {"title": " The Kestrel  report ", "source": "Gazette", "date": "2024-12-20"}, "ada"
    )
    assert (after.title, after.source, after.date, after.date_from) == (
        "The Kestrel report", "Gazette", date(2024, 12, 20), "editor",
    )  # fmt: skip
    assert collection.article(VESSBY.id) == after
    [now] = [each for each in collection.reported_claims() if "Vessby" in each.claim.place]
    assert (now.claim.since, now.reported, now.source) == (date(2024, 12, 17), date(2024, 12, 20), "Gazette")
    assert [mention.article.id for mention in collection.mentions("Kestrel")] == [VESSBY.id]
    for filters, there in ((Filters(sources=("Gazette",)), True), (Filters(sources=("Desk",)), False)):
        passages = collection.search("Who took the port of Vessby?", filters=filters)
        assert (VESSBY.id in {each.article.id for each in passages}) is there
    assert str(collection.annotations(after)) != str(collection.annotations(VESSBY))
    assert _vectors(tmp_path) == vectors


def test_what_was_found_and_who_changed_it_are_kept_and_can_be_put_back(collection: Collection, tmp_path: Path) -> None:
    correct_article(collection, VESSBY.id, {"date": "2024-12-20", "author": "A. Aune"}, "ada")
    correct_article(collection, VESSBY.id, {"date": ""}, "bob")
    changes = _corrections(tmp_path)
    assert [(each.field, each.found, each.value, each.changed_by) for each in changes] == [
        ("date", "2024-12-05", "2024-12-20", "ada"), ("author", None, "A. Aune", "ada"),
        ("date", "2024-12-05", None, "bob"),
    ]  # fmt: skip
    assert collection.article(VESSBY.id).date is None
    assert correct_article(collection, VESSBY.id, {}, "ada", restore=["date"]).date == VESSBY.date
    assert _corrections(tmp_path)[-1].restored
    collection.remove(VESSBY.id)
    assert _corrections(tmp_path) == []


def test_a_later_reading_keeps_what_was_set_right(collection: Collection, tmp_path: Path) -> None:
    file = write(tmp_path / "in", "harbour.md", HARBOUR, title="Harbor", source="Desk")
    index_paths(collection, [file])
    [row] = [row for row in collection.articles() if row.title == "Harbor"]
    correct_article(collection, row.id, {"title": "Harbour"}, "ada")
    assert index_paths(collection, [file]).unchanged == ["Harbour"]
    write(tmp_path / "in", "harbour.md", f"{HARBOUR} It rained.", title="Harbor news", source="Desk")
    assert index_paths(collection, [file]).updated == ["Harbour"]
    assert collection.article(row.id).text.endswith("It rained.")
    correct_article(collection, row.id, {}, "ada", restore=["title"])
    assert collection.article(row.id).title == "Harbor news"


def test_an_export_takes_the_changes_along(collection: Collection, tmp_path: Path) -> None:
    correct_article(collection, VESSBY.id, {"date": "2024-12-20"}, "ada")
    export_articles(collection, tmp_path / "out.jsonl")
    other = Collection(tmp_path / "other", embedding_model=BUNDLED)
    assert import_articles(other, tmp_path / "out.jsonl").refused == []
    assert _corrections(tmp_path, "other") == _corrections(tmp_path)
    assert index_articles(other, [VESSBY]).unchanged == ["Wire"]
    other.close()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"title": "  "}, "The title is empty"), ({"text": "x"}, "There is no field 'text'"),
        ({"date": "5 December"}, "such as 2024-12-05"), ({"date": "2999-01-01"}, "still to come"),
        ({"url": "javascript:alert(1)"}, "no web address"), ({"url": "https://b.example/1"}, "'Bridge' has the URL"),
        ({"source": ["x"]}, "no text"), ({"author": "x" * 201}, "201 characters"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_changes_nothing(
    collection: Collection, values: dict[str, object], reason: str
, tmp_path: Path) -> None:
    with pytest.raises(CorrectionError, match=reason):
        correct_article(collection, VESSBY.id, {"author": "A. Aune", **values}, "ada")
    assert collection.article(VESSBY.id) == VESSBY and _corrections(tmp_path) == []


def test_an_article_that_is_gone_is_not_changed(collection: Collection) -> None:
    with pytest.raises(ArticleNotFoundError):
        correct_article(collection, "f" * 16, {"title": "x"}, "ada")


def test_several_are_removed_at_once(collection: Collection) -> None:
    assert collection.remove_all([VESSBY.id, "b" * 16, "b" * 16, "none"]) == 2
    assert collection.articles() == [] and collection.search("Who took the port of Vessby?") == []
