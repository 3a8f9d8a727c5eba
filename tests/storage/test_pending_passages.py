import datetime
import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

import index.storage.index_files
from index.article import Article
from index.collection import Collection
from index.passage import Vectors
from index.search.embedder import BUNDLED
from index.storage.filters import EVERYTHING, Filters
from index.storage.written import Written
from tests.support.corpus import entries_of

Open = Callable[..., Collection]
SENTENCES = 30


def written(number: int, version: int = 0) -> Written:
    text = "\n".join(f"Sentence {n} of report {number}." for n in range(SENTENCES))
    day = datetime.date(2024, 1, 1 + number % 28)
    article = Article(f"a{number}", text, f"R{number}", f"Source {number % 3}", date=day)
    return Written(article, f"{number} {version}", entries_of(article, seed=number * 1000 + version), set())


def similarities(vectors: dict[str, Vectors], vector: Vectors, limit: int) -> list[float]:
    return sorted((float(stored @ vector) for stored in vectors.values()), reverse=True)[:limit]


@pytest.mark.parametrize("seed", range(3))
def test_what_is_found_is_what_the_ledger_holds_whatever_is_published(
    open_collection: Open, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(index.storage.index_files, "PUBLISH_PASSAGES", 4 * SENTENCES)
    chance = random.Random(seed)
    stored: dict[str, Vectors] = {}
    writer, reader = open_collection(writing=True), open_collection(writing=False)
    for turn in range(30):
        number = chance.randrange(12)
        stored = {ident: vector for ident, vector in stored.items() if not ident.startswith(f"a{number}:")}
        if chance.random() < 0.3:
            writer.remove(f"a{number}")
        else:
            batch = written(number, turn)
            writer.put([batch])
            stored |= {entry.passage.id: entry.vector for entry in batch.entries}
        if not stored:
            continue
        question = stored[chance.choice(sorted(stored))]
        for collection in (writer, reader):
            with collection._files.dense.newest() as dense:
                result = dense.search(question, EVERYTHING, 8)
                assert all(ident in stored for ident, _ in result)
                assert [near for _, near in result] == pytest.approx(similarities(stored, question, 8), abs=1e-3)
    writer.rebuild()
    assert writer.dense_fault() is None


def test_filters_hold_for_pending_passages(open_collection: Open) -> None:
    opened = open_collection()
    opened.put([written(n) for n in range(6)])
    with opened._files.dense.newest() as dense:
        day = Filters(since=datetime.date(2024, 1, 2), until=datetime.date(2024, 1, 2))
        vector = written(1).entries[0].vector
        source, nothing = Filters(sources=("Source 0",)), Filters(articles=())
        for filters, expected in ((day, {"a1"}), (source, {"a0", "a3"}), (nothing, set())):
            assert {ident.split(":")[0] for ident, _ in dense.search(vector, filters, 100)} == expected


def test_outdated_passages_that_come_first_hide_none_behind_them(open_collection: Open) -> None:
    opened = open_collection(writing=False)
    opened.put([written(n) for n in range(40)])
    with opened.writing():
        for n in range(20):
            opened.remove(f"a{n}")
        with opened._files.dense.newest() as dense:
            result = dense.search(np.asarray(written(0).entries[0].vector), EVERYTHING, 60)
    assert len(result) == 60 and {int(ident[1:].split(":")[0]) for ident, _ in result} <= set(range(20, 40))


# Chroma writes its graph to files from its thousandth passage on.
@pytest.mark.parametrize("articles", [3, 50])
def test_a_reader_leaves_the_published_files_as_they_are(tmp_path: Path, articles: int) -> None:
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True)) as opened:
        opened.put([written(n) for n in range(articles)])
    files = sorted((tmp_path / "data" / "chroma-1").rglob("*.*"))
    before = {file: (file.stat().st_mtime_ns, file.read_bytes()) for file in files}
    for _ in range(3):
        with closing(Collection(tmp_path / "data", embedding_model=BUNDLED)) as reader:
            assert reader.search("Report 3") and reader.search("a calm day")
    assert any(file.name == "data_level0.bin" for file in files)
    assert {file: (file.stat().st_mtime_ns, file.read_bytes()) for file in files} == before
