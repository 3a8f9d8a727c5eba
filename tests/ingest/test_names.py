"""What editors decide of the names of controllers: board, chat and export follow it, and all of it can be undone."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from chatbot.answering.pipeline import Chain
from chatbot.board.queries import BoardFilter, rows_of
from chatbot.settings import Settings
from index.article import Article
from index.collection import Collection
from index.errors import NameDecisionError
from index.ingest.export import export_articles, import_articles
from index.ingest.names import merge_names, sides_of, split_name, undo_decision
from index.ingest.run import index_articles
from index.readership import Readership
from index.search.embedder import BUNDLED

FRONT = "The Lunar Liberty Front (LLF) is an alliance. The LLF captured Vessby on Tuesday.\n\nIt met no resistance."
LATER = "The Lunar Liberty Front holds Vessby. The Kestrel Column holds Orlo, a town by the sea."


def article(ident: str, text: str, day: int, groups: tuple[str, ...] = ()) -> Article:
    return Article(ident * 16, text, f"Report {ident}", "Desk", None, date(2024, 12, day), groups=groups)


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    opened = Collection(tmp_path / "data", embedding_model=BUNDLED)
    index_articles(opened, [article("a", FRONT, 4), article("b", LATER, 9)])
    yield opened
    opened.close()


def names(collection: Collection) -> list[list[str]]:
    return [[name.name for name in side.names] for side in sides_of(collection)]


def held_by(collection: Collection, controller: str) -> list[str]:
    return [row.place for row in rows_of(collection, BoardFilter(controller=controller))]


def exported(collection: Collection, folder: Path) -> list[dict[str, object]]:
    """All decisions that were ever made, as an export has them."""
    export_articles(collection, folder / "all.jsonl")
    decisions: list[dict[str, object]] = json.loads((folder / "all.jsonl").read_text().splitlines()[-1])[
        "name_decisions"
    ]
    return decisions


def test_a_merge_is_followed_by_board_and_aliases_and_undone(
    collection: Collection, tmp_path: Path
) -> None:
    assert held_by(collection, "LLF") == ["Vessby"]
    merge_names(collection, "Kestrel Column", "LLF", "ada")
    assert sorted(held_by(collection, "LLF")) == sorted(held_by(collection, "Kestrel Column")) == ["Orlo", "Vessby"]
    assert ("LLF", "Kestrel Column") in collection.aliases()
    assert {"LLF", "Kestrel Column"} <= set(names(collection)[0])
    [decision] = collection.name_decisions()
    assert (decision.same, decision.changed_by) == (True, "ada")
    undo_decision(collection, "LLF", "the Kestrel Column", "eve")
    assert held_by(collection, "Kestrel Column") == ["Orlo"] and collection.name_decisions() == ()
    assert [each["changed_by"] for each in exported(collection, tmp_path)] == ["ada", "eve"]


def test_what_articles_merge_is_taken_apart_and_merged_again(collection: Collection) -> None:
    [front] = [side for side in names(collection) if "LLF" in side]
    assert len(front) == 2
    [row] = rows_of(collection, BoardFilter(place="Vessby"))
    assert (row.since, row.reports) == (date(2024, 12, 3), 1)
    split_name(collection, "LLF", "ada")
    assert [side for side in names(collection) if "LLF" in side] == [["LLF"]]
    [row] = rows_of(collection, BoardFilter(place="Vessby"))
    assert (row.controllers, row.since) == (("Lunar Liberty Front",), date(2024, 12, 9))
    assert not [pair for pair in collection.aliases() if pair[0] == "LLF"]
    merge_names(collection, "LLF", "Lunar Liberty Front", "eve")
    assert sorted(front) in [sorted(side) for side in names(collection)]


@pytest.mark.parametrize(
    ("name", "other", "reason"),
    [("LLF", "Lunar Liberty Front", "count as one already"), ("LLF", "Nobody Known", "No article names"),
     ("the", "LLF", "No article names"), ("LLF" * 100, "LLF", "No article names")],
)  # fmt: skip
def test_what_cannot_be_merged_is_refused_with_the_reason(
    collection: Collection, name: str, other: str, reason: str
) -> None:
    with pytest.raises(NameDecisionError, match=reason):
        merge_names(collection, name, other, "ada")
    assert collection.name_decisions() == ()


def test_what_is_alone_cannot_be_split_and_what_is_not_decided_not_undone(collection: Collection) -> None:
    with pytest.raises(NameDecisionError, match="counts as one with no other name"):
        split_name(collection, "Kestrel Column", "ada")
    with pytest.raises(NameDecisionError, match="Nothing is decided"):
        undo_decision(collection, "LLF", "Kestrel Column", "ada")


def test_decisions_outlive_their_articles_and_go_with_an_export(collection: Collection, tmp_path: Path) -> None:
    merge_names(collection, "Kestrel Column", "LLF", "ada")
    made = collection.name_decisions()
    export_articles(collection, tmp_path / "out.jsonl")
    collection.remove_all(["a" * 16, "b" * 16])
    assert collection.name_decisions() == made and sides_of(collection) == []
    other = Collection(tmp_path / "other", embedding_model=BUNDLED)
    try:
        for _ in range(2):
            assert import_articles(other, tmp_path / "out.jsonl").refused == []
        assert other.name_decisions() == made and len(exported(other, tmp_path)) == 1
        assert sorted(held_by(other, "LLF")) == ["Orlo", "Vessby"]
        (tmp_path / "bad.jsonl").write_text('{"name_decisions": [{"name": "LLF", "other": 7}]}\n')
        [refused] = import_articles(other, tmp_path / "bad.jsonl").refused
        assert "'other' of a decision about two names is 7" in refused.reason
    finally:
        other.close()


def test_a_reader_in_no_group_sees_no_name_of_a_closed_article(collection: Collection) -> None:
    merge_names(collection, "Kestrel Column", "LLF", "ada")
    Readership(collection).restrict(["b" * 16], ["staff"])
    view = Readership(collection).view([])
    try:
        assert names(view) == [["LLF"]]
    finally:
        view.close()


def test_the_chat_answers_by_merged_names_and_no_longer_after_the_undo(collection: Collection, tmp_path: Path) -> None:
    chain = Chain(collection, Settings(data=tmp_path / "data"))

    def quoted(question: str) -> set[str]:
        return {citation.sentence for citation in chain.answer(question).citations}

    vessby, orlo = "The Lunar Liberty Front holds Vessby.", "The Kestrel Column holds Orlo, a town by the sea."
    asked = "Which places does the Lunar Liberty Front hold?"
    apart = quoted(asked)
    assert vessby in apart and orlo not in apart
    merge_names(collection, "Kestrel Column", "LLF", "ada")
    assert {vessby, orlo} <= quoted(asked)
    undo_decision(collection, "Kestrel Column", "LLF", "ada")
    assert quoted(asked) == apart
