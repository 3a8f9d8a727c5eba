"""Libraries that fail on one article: it is refused, and the run goes on."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from pytest import MonkeyPatch
from sentence_transformers import SentenceTransformer

from index.collection import Collection
from index.errors import ModelError, ReadError
from index.ingest.annotate import background_annotation
from index.ingest.run import index_paths
from index.language import annotations
from index.search.embedder import BUNDLED
from tests.support.corpus import write
from tests.support.ledgers import ledger_in

Break = Callable[[Collection, MonkeyPatch, Exception], None]
GULL = "A gull sat on the pier. Nobody fed the gull."


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True)) as opened:
        yield opened


@pytest.fixture
def files(articles: Path) -> Path:
    """Two articles, and one about a gull."""
    write(articles, "gull.md", GULL, title="Gull")
    return articles


def break_parser(collection: Collection, monkeypatch: MonkeyPatch, error: Exception) -> None:
    """Let spaCy fail on every text with a gull in it."""
    nlp = collection._annotator.parser._nlp
    pipe = nlp.pipe

    def failing(texts: Sequence[str], **options: object) -> object:
        if any("gull" in text for text in texts):
            raise error
        return pipe(texts, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(nlp, "pipe", failing)


def break_model(collection: Collection, monkeypatch: MonkeyPatch, error: Exception) -> None:
    """Let sentence-transformers fail on every batch with a gull in it."""
    preprocess = SentenceTransformer.preprocess

    def failing(model: SentenceTransformer, texts: Sequence[str], **options: object) -> object:
        if any("gull" in text for text in texts):
            raise error
        return preprocess(model, texts, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(SentenceTransformer, "preprocess", failing)


@pytest.mark.parametrize("break_it", [break_parser, break_model])
@pytest.mark.parametrize("error", [RuntimeError("no tree"), RecursionError("too deep"), IndexError("out of range")])
def test_an_article_that_a_library_fails_on_is_refused_alone(
    collection: Collection, files: Path, monkeypatch: MonkeyPatch, break_it: Break, error: Exception
) -> None:
    break_it(collection, monkeypatch, error)
    report = index_paths(collection, [files])
    assert sorted(report.added) == ["Bridge", "Harbour"] and report.passages == 2
    [refused] = report.refused
    assert refused.name.endswith("gull.md") and f"cannot be indexed ({type(error).__name__}: {error})" in refused.reason
    assert sorted(row.title for row in collection.articles()) == ["Bridge", "Harbour"]
    monkeypatch.undo()
    again = index_paths(collection, [files], prune=True)
    assert (again.added, again.removed, len(again.unchanged)) == (["Gull"], [], 2)


def test_an_article_that_is_refused_keeps_what_was_there_before(
    collection: Collection, files: Path, monkeypatch: MonkeyPatch
) -> None:
    write(files, "gull.md", "The pier was empty.", title="Pier")
    index_paths(collection, [files])
    write(files, "gull.md", GULL, title="Gull")
    break_parser(collection, monkeypatch, ValueError("no tree"))
    report = index_paths(collection, [files], prune=True)
    assert (report.updated, report.removed, len(report.refused)) == ([], [], 1)
    assert sorted(row.title for row in collection.articles()) == ["Bridge", "Harbour", "Pier"]


@pytest.mark.parametrize("error", [ModelError("closed"), OSError(28, "No space left on device"), MemoryError()])
def test_errors_of_the_model_and_of_the_machine_end_the_run(
    collection: Collection, files: Path, monkeypatch: MonkeyPatch, error: Exception
) -> None:
    break_model(collection, monkeypatch, error)
    with pytest.raises(type(error)):
        index_paths(collection, [files])
    assert collection.articles() == []


def test_what_is_told_of_passages_ends_the_run_whatever_it_raises(collection: Collection, files: Path) -> None:
    def passages(title: str, done: int, total: int) -> None:
        raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        index_paths(collection, [files], passages=passages)


def test_embedding_anew_is_all_or_nothing_and_names_what_it_fails_on(
    collection: Collection, files: Path, monkeypatch: MonkeyPatch
) -> None:
    index_paths(collection, [files])
    before = [(row.title, row.passages) for row in collection.articles()]
    break_model(collection, monkeypatch, RuntimeError("no vector"))
    with pytest.raises(ReadError, match="'Gull': it cannot be indexed .RuntimeError: no vector.*Remove it"):
        index_paths(collection, [], reembed=True)
    assert [(row.title, row.passages) for row in collection.articles()] == before
    assert collection.search("Who fed it?")


def test_an_article_of_before_that_the_parser_fails_on_is_tried_once(
    collection: Collection, files: Path, monkeypatch: MonkeyPatch
) -> None:
    index_paths(collection, [files])
    rows = {row.title: row.id for row in collection.articles()}
    with collection.writing(), ledger_in(collection.data) as ledger:
        for ident in rows.values():
            ledger.annotations.put(ident, "before", b"", [])
    break_parser(collection, monkeypatch, RuntimeError("no tree"))
    messages: list[str] = []
    annotation = background_annotation(collection, messages.append)
    annotation.start()
    end = time.monotonic() + 60
    with ledger_in(collection.data) as ledger:
        while ledger.annotations.missing(annotations.VERSION, 9):
            assert time.monotonic() < end, "it did not come to an end"
            time.sleep(0.05)
    annotation.stop(60)
    assert messages == []
    read = {title: collection.annotations(collection.article(ident)) for title, ident in rows.items()}
    assert {title: annotated.at(0) is not None for title, annotated in read.items()} == {
        "Bridge": True, "Gull": False, "Harbour": True,
    }
