import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.article import Article
from index.collection import Collection
from index.errors import DataFolderError, ReadError
from index.ingest.export import export_articles, import_articles
from index.ingest.run import index_articles
from index.search.embedder import BUNDLED
from tests.support.corpus import BRIDGE, HARBOUR, first
from tests.support.ledgers import change, ledger_in

ARTICLES = [
    Article("a" * 16, HARBOUR, "Harbour", "Desk", "A. Aune", date(2024, 12, 1), "https://a.example/1", "/x/1.md",
            "front matter", "en", (0, 60)),
    Article("b" * 16, BRIDGE + "\u2028\r\n\x00 “Ünï” \U0001f600", "Bridge\u202e", None),
]


def test_an_index_comes_back_from_its_file_exactly(open_collection: Callable[..., Collection], tmp_path: Path) -> None:
    with_all = open_collection()
    index_articles(with_all, ARTICLES)
    change(with_all.data, "UPDATE article SET added = ? WHERE id = ?", "2024-12-02T08:00:00+00:00", "a" * 16)
    assert export_articles(with_all, tmp_path / "out.jsonl") == 2
    # From either Chroma to the embedded one.
    other = Collection(tmp_path / "other", embedding_model=BUNDLED)
    report = import_articles(other, tmp_path / "out.jsonl")
    assert report.refused == [] and [other.article(article.id) for article in ARTICLES] == ARTICLES
    assert other.articles() == with_all.articles()
    assert first(other, "Who took over the harbour?") == "Harbour"
    other.close()


def test_stories_outlets_and_earlier_versions_come_along(tmp_path: Path) -> None:
    retold = Article("c" * 16, f"{HARBOUR} It rained.", "Harbour, too", "Courier", url="https://c.example/1")
    copied = replace(ARTICLES[0], id="d" * 16, source="Gazette", url="https://d.example/1")
    here = Collection(tmp_path / "here", embedding_model=BUNDLED, writing=True)
    for articles in (ARTICLES, [retold, copied], [replace(retold, text=f"{HARBOUR} It snowed.")]):
        index_articles(here, articles)
    change(here.data, "UPDATE likeness SET story = 'one'")
    export_articles(here, tmp_path / "out.jsonl")
    there = Collection(tmp_path / "there", embedding_model=BUNDLED, writing=True)
    assert import_articles(there, tmp_path / "out.jsonl").refused == []
    assert there.superseded() == here.superseded() != []
    for collection in (here, there):
        with ledger_in(collection.data) as ledger:
            assert ledger.stories.outlets("c" * 16) == ("one", ["Courier", "Desk", "Gazette"])
    export_articles(there, tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_text() == (tmp_path / "out.jsonl").read_text()
    import_articles(there, tmp_path / "out.jsonl")
    assert there.superseded() == here.superseded()
    here.close()
    there.close()


def test_lines_that_are_no_articles_are_refused_by_number(tmp_path: Path) -> None:
    good = '{"id": "i", "text": "A day.", "title": "C"}'
    bad = [f'{good[:-1]}, "{name}": [1]}}' for name in ("superseded", "carried", "story")]
    lines = ["{}", "no", "[]", '{"id": 1, "text": "x", "title": "x"}', *bad, good]
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    opened = Collection(tmp_path / "data", embedding_model=BUNDLED)
    report = import_articles(opened, tmp_path / "in.jsonl")
    assert [refusal.name[-14:] for refusal in report.refused] == [f".jsonl, line {n}" for n in range(1, 8)]
    assert report.added == ["C"]
    with pytest.raises(ReadError, match="gone cannot be read: No such file"):
        import_articles(opened, tmp_path / "gone")
    with pytest.raises(DataFolderError, match="cannot be written: Is a directory"):
        export_articles(opened, tmp_path)
    opened.close()


def test_a_line_holds_what_is_known_and_no_more(tmp_path: Path) -> None:
    opened = Collection(tmp_path / "data", embedding_model=BUNDLED)
    index_articles(opened, [replace(ARTICLES[1], text=BRIDGE, title="Bridge")])
    export_articles(opened, tmp_path / "out.jsonl")
    [line] = (tmp_path / "out.jsonl").read_text().splitlines()
    assert list(json.loads(line)) == ["id", "text", "title", "added"]
    opened.close()
