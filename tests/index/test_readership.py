"""A reader's view of a collection holds nothing of an article that his groups may not read, whatever it is asked."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chatbot.answering.pipeline import Chain
from chatbot.settings import Settings
from index.collection import Collection
from index.errors import ArticleNotFoundError, DataFolderError, GroupError
from index.groups import LONGEST_CHARACTERS, read_groups, usable_groups
from index.ingest.export import export_articles, import_articles
from index.ingest.run import index_paths
from index.readership import Readership, ReaderView
from index.search.embedder import BUNDLED
from index.storage.articles import Browsing
from index.storage.filters import Filters
from tests.support.corpus import write

OPEN = """The Orsa Lake Council (OLC) met on Monday. Mayor Nils Aro opened the new footbridge in Orsa on Monday.
The footbridge had been closed since March. Orsa remains in the hands of the Lake Alliance."""
BOARD = """The Velden Steel Works (VSW) will close its furnace in Tarnby. Director Ylva Quist told the board of it in
Tarnby on Tuesday. Tarnby remains in the hands of the Quarry Front. The furnace employs forty people in Tarnby."""
STAFF = "The canteen of Velden moves to the second floor in May. Chef Odo Brandt will cook there from May on."


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three articles: for everybody, for the board, and for the board and the staff; with their files."""
    folder = tmp_path_factory.mktemp("readership")
    with closing(Collection(folder / "data", embedding_model=BUNDLED, writing=True)) as opened:
        for name, text, groups in (
            ("open", OPEN, None), ("board", BOARD, ["Board"]), ("staff", STAFF, ["staff", "BOARD"]),
        ):
            stated = {"title": f"The {name} piece", "source": f"{name} desk", "date": f"2024-12-0{len(name)}"}
            index_paths(opened, [write(folder / name, f"{name}.md", text, **stated)], groups=groups)
    return folder


@pytest.fixture
def collection(indexed: Path, tmp_path: Path) -> Iterator[Collection]:
    """A copy of them. The files stay where they are."""
    shutil.copytree(indexed / "data", tmp_path / "data")
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True)) as opened:
        yield opened


@pytest.fixture
def views(collection: Collection) -> Iterator[Callable[..., ReaderView]]:
    opened: list[ReaderView] = []

    def view(*groups: str) -> ReaderView:
        opened.append(Readership(collection).view(groups))
        return opened[-1]

    yield view
    for each in opened:
        each.close()


def titles(collection: Collection) -> list[str]:
    return sorted(row.title for row in collection.articles())


def ident(collection: Collection, name: str) -> str:
    [row] = [row for row in collection.articles() if row.title == f"The {name} piece"]
    return row.id


def test_a_view_has_the_articles_of_its_groups_and_those_of_everybody(
    collection: Collection, views: Callable[..., ReaderView]
) -> None:
    every = ["The board piece", "The open piece", "The staff piece"]
    assert titles(collection) == every
    assert titles(views()) == ["The open piece"]
    assert titles(views("staff")) == ["The open piece", "The staff piece"]
    assert titles(views("board")) == titles(views("board", "staff")) == every
    assert Readership(collection).groups() == {"board", "staff"}


def test_nothing_that_can_be_asked_of_a_view_tells_of_a_hidden_article(
    collection: Collection, views: Callable[..., ReaderView]
) -> None:
    view, hidden = views(), ident(collection, "board")
    assert collection.vocabulary.frequency("furnace") and collection.vocabulary.terms("furn")
    assert ("VSW", "Velden Steel Works") in collection.vocabulary.aliases()
    assert collection.claims("Tarnby")
    assert view.summary().articles == view.vocabulary.passages() == 1
    assert (view.summary().first, view.summary().last) == (collection.article(ident(collection, "open")).date,) * 2
    assert view.vocabulary.frequency("furnace") == 0 and view.vocabulary.terms("furn") == []
    assert view.vocabulary.frequency("footbridge") and view.vocabulary.terms("footb")
    assert view.vocabulary.aliases() == view.aliases() == {("OLC", "Orsa Lake Council")}
    assert view.sources() == [("open desk", 1)]
    assert not any((view.claims("Tarnby"), view.claiming("Tarnby"), view.mentions("Tarnby")))
    assert {claim.article_id for claim in view.reported_claims()} == {ident(collection, "open")}
    assert "Tarnby" not in view.held_places(100) and view.outlets([hidden]) == {}
    assert view.browse(Browsing(words="furnace"), most=10) == ([], 0)
    assert view.superseded() == [] and len(view.openings(10)) == len(view.newest(10)) == 1
    with pytest.raises(ArticleNotFoundError) as hidden_error:
        view.article(hidden)
    with pytest.raises(ArticleNotFoundError) as unknown_error:
        view.article("0" * 16)
    assert str(hidden_error.value).replace(hidden, "0" * 16) == str(unknown_error.value)


@pytest.mark.parametrize("dense", ["pending", "published", "exact", "server"])
def test_a_search_finds_only_what_may_be_read_and_finds_that_behind_any_number_of_others(
    indexed: Path, tmp_path: Path, dense: str, request: pytest.FixtureRequest
) -> None:
    shutil.copytree(indexed / "data", tmp_path / "data")
    for number in range(130):
        write(tmp_path / "crowd", f"{number}.txt", f"The footbridge in Orsa was opened on day {number} of the secret.")
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED)) as whole:
        index_paths(whole, [tmp_path / "crowd"], groups=["board"])
        if dense == "published":
            whole.rebuild()
    url = request.getfixturevalue("chroma_url") if dense == "server" else None
    with (
        closing(Collection(
            tmp_path / "data", embedding_model=BUNDLED, chroma_url=url, questions_only=dense == "exact"
        )) as whole,
        closing(Readership(whole).view([])) as everybody, closing(Readership(whole).view(["staff"])) as staff,
    ):
        for question in ("Who opened the footbridge in Orsa?", "secret day"):
            assert {hit.article.title for hit in everybody.search(question, limit=10)} == {"The open piece"}
            filters = Filters(sources=("open desk",))
            assert {hit.article.title for hit in staff.search(question, filters=filters)} == {"The open piece"}
        assert len(whole.search("secret day", limit=10)) == 10


def test_answers_tell_nothing_of_what_a_reader_may_not_read(
    collection: Collection, views: Callable[..., ReaderView]
) -> None:
    board, everybody = Chain(views("board"), Settings()), Chain(views(), Settings())
    asked = "Who will close the furnace in Tarnby?"
    assert not board.answer(asked).abstained
    answer = everybody.answer(asked)
    assert answer.abstained and "holds 1 article" in answer.text
    assert not any(hidden in str(answer.to_json()) for hidden in ("Quist", "VSW", "Velden", "board desk", "staff"))


def test_a_view_follows_each_change_at_once(collection: Collection, views: Callable[..., ReaderView]) -> None:
    view, readership = views(), Readership(collection)
    readership.restrict([ident(collection, "open")], ["board"])
    assert view.articles() == [] and view.search("Who opened the footbridge?") == []
    assert view.vocabulary.aliases() == frozenset() and view.reported_claims() == ()
    readership.restrict([ident(collection, "board")], [])
    assert titles(view) == ["The board piece"]
    assert [hit.article.title for hit in view.search("Who told the board of the furnace?")] == ["The board piece"]
    with pytest.raises(ArticleNotFoundError):
        readership.restrict(["0" * 16], ["board"])


def test_what_is_indexed_again_stays_with_its_readers_until_others_are_named(
    collection: Collection, indexed: Path, tmp_path: Path
) -> None:
    path = tmp_path / "board.md"
    shutil.copy(indexed / "board" / "board.md", path)
    collection.remove(ident(collection, "board"))
    index_paths(collection, [path], groups=["board"])
    assert index_paths(collection, [path]).unchanged == ["The board piece"]
    path.write_text(path.read_text() + " Nothing more was told.")
    assert index_paths(collection, [path]).updated == ["The board piece"]
    assert collection.article(ident(collection, "board")).groups == ("board",)
    collection.remove(ident(collection, "board"))
    index_paths(collection, [path])
    assert collection.article(ident(collection, "board")).groups == ("board",)
    assert index_paths(collection, [path], groups=["staff"]).updated == ["The board piece"]
    assert collection.article(ident(collection, "board")).groups == ("staff",)
    assert index_paths(collection, [path], groups=[]).updated == ["The board piece"]
    assert collection.article(ident(collection, "board")).groups == ()


def test_the_same_text_for_other_readers_is_another_article(
    collection: Collection, indexed: Path, tmp_path: Path
) -> None:
    copied = tmp_path / "copy.md"
    shutil.copy(indexed / "board" / "board.md", copied)
    assert len(index_paths(collection, [copied], groups=["board"]).duplicates) == 1
    assert len(index_paths(collection, [copied]).duplicates) == 1
    assert index_paths(collection, [copied], groups=[]).added == ["The board piece"]


def test_a_file_that_is_renamed_stays_with_its_readers(collection: Collection, tmp_path: Path) -> None:
    minutes = write(tmp_path / "minutes", "may.md", "Rower Ines Falk told the crew of Lindby of the boat in May.")
    index_paths(collection, [minutes])
    [row] = [row for row in collection.articles() if row.path == str(minutes)]
    Readership(collection).restrict([row.id], ["crew"])
    minutes.rename(minutes.with_name("june.md"))
    index_paths(collection, [minutes.parent], prune=True)
    [row] = [row for row in collection.articles() if row.path and row.path.endswith("june.md")]
    assert row.groups == ("crew",)


def test_an_export_keeps_who_may_read(collection: Collection, tmp_path: Path) -> None:
    export_articles(collection, tmp_path / "all.jsonl")
    with closing(Collection(tmp_path / "other", embedding_model=BUNDLED, writing=True)) as other:
        import_articles(other, tmp_path / "all.jsonl")
        assert {row.title: row.groups for row in other.articles()} == {
            row.title: row.groups for row in collection.articles()
        }
        assert other.article(ident(other, "staff")).groups == ("board", "staff")


def test_what_was_removed_stays_closed_to_others(collection: Collection) -> None:
    readership, removed = Readership(collection), ident(collection, "board")
    collection.remove(removed)
    assert readership.closed([removed], ["staff"]) and not readership.closed([removed], ["board"])
    assert not readership.closed([ident(collection, "open"), "0" * 16], [])


def test_a_view_changes_nothing(views: Callable[..., ReaderView]) -> None:
    view = views("board")
    with pytest.raises(DataFolderError, match="readonly"):
        view.remove(view.newest(1)[0].id)
    assert len(view.articles()) == 3


def test_groups_have_one_spelling() -> None:
    assert read_groups(["Staff ", "staff", "Vorst\u0061\u0308nde"]) == ("staff", "vorst\u00e4nde")
    assert usable_groups(["/a", "x,y", "", "B"]) == ("/a", "b")
    for name in ("", " ", "a,b", "a\nb", "x" * (LONGEST_CHARACTERS + 1)):
        with pytest.raises(GroupError, match="cannot be the name of a group"):
            read_groups([name])
