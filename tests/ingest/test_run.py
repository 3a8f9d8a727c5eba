import json
import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from index.collection import Collection
from index.errors import ModelError, ReadError
from index.ingest.run import Progress, index_paths
from index.language.tokens import count_tokens
from index.search.embedder import BUNDLED
from tests.support.corpus import BRIDGE, HARBOUR, first, write
from tests.support.ledgers import ledger_in
from tests.support.program import Program

Open = Callable[..., Collection]
ROOT = Path(__file__).parents[2]


class Bar:
    """Counts what a progress bar would be told."""

    def __init__(self) -> None:
        self.totals: list[int] = []
        self.done = 0

    def start(self, total: int) -> Progress:
        self.totals.append(total)
        return self.step

    def step(self, done: int) -> None:
        self.done += done


def test_a_renamed_folder_takes_its_articles_along_when_pruning(open_collection: Open, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    write(old, "harbour.md", HARBOUR, title="Harbour")
    opened = open_collection()
    index_paths(opened, [old])
    old.rename(new)
    assert len(index_paths(opened, [new]).duplicates) == 1
    report = index_paths(opened, [new], prune=True)
    assert (report.updated, report.removed, report.duplicates) == (["Harbour"], [], [])
    assert [row.path for row in opened.articles()] == [str(new / "harbour.md")]
    assert len(opened.search("harbour")) == 1
    report = index_paths(opened, [new], prune=True)
    assert (report.unchanged, report.removed) == (["Harbour"], [])


def test_every_passage_is_a_piece_of_its_article(open_collection: Open, articles: Path) -> None:
    write(articles, "long.md", "The ferry sailed to Elvaskar, the captain said on Monday. " * 60, title="Long")
    opened = open_collection()
    bar = Bar()
    report = index_paths(opened, [articles], start=bar.start)
    with ledger_in(opened.data) as ledger:
        ids = [passage.id for rows in ledger.passages.vectors() for passage, _, _ in rows]
        passages = ledger.passages.get(ids)
    assert report.passages == len(passages) > 5 and bar.totals == [bar.done] == [3]
    for passage, article in passages.values():
        assert article.text[passage.start : passage.end] == passage.text
        assert count_tokens(passage.text) <= 200
        assert len(opened.sentence_vectors(passage)) == len(passage.sentences)


def test_a_second_run_embeds_nothing(open_collection: Open, articles: Path) -> None:
    opened = open_collection()
    assert sorted(index_paths(opened, [articles]).added) == ["Bridge", "Harbour"]
    bar = Bar()
    report = index_paths(opened, [articles], start=bar.start)
    assert (sorted(report.unchanged), report.added, report.updated) == (["Bridge", "Harbour"], [], [])
    assert (bar.totals, bar.done) == ([], 0)


def test_a_changed_article_replaces_its_passages(open_collection: Open, articles: Path) -> None:
    opened = open_collection()
    index_paths(opened, [articles])
    write(articles, "harbour.md", "Tomatoes were planted on the quay.", title="Garden")
    report = index_paths(opened, [articles])
    assert (report.updated, report.passages) == (["Garden"], 1)
    assert first(opened, "Who planted tomatoes?") == "Garden"
    assert "Harbour" not in {result.article.title for result in opened.search("Who took over the harbour?")}
    opened.close()
    messages: list[str] = []
    open_collection(say=messages.append)
    assert messages == []


def test_a_changed_source_alone_is_an_update(open_collection: Open, articles: Path) -> None:
    opened = open_collection()
    index_paths(opened, [articles])
    write(articles, "harbour.md", HARBOUR, title="Harbour", source="Agency")
    assert index_paths(opened, [articles]).updated == ["Harbour"]
    assert {row.source for row in opened.articles()} == {"Agency", "Courier"}


def test_pruning_removes_what_is_gone_below_the_paths(open_collection: Open, articles: Path, tmp_path: Path) -> None:
    elsewhere = write(tmp_path / "elsewhere", "ferry.md", "The ferry is old.", title="Ferry")
    opened = open_collection()
    index_paths(opened, [articles, elsewhere.parent])
    (articles / "harbour.md").unlink()
    elsewhere.unlink()
    assert index_paths(opened, [articles]).removed == []
    assert index_paths(opened, [articles], prune=True).removed == ["Harbour"]
    assert {row.title for row in opened.articles()} == {"Bridge", "Ferry"}
    assert {result.article.title for result in opened.search("harbour council ferry")} == {"Bridge", "Ferry"}


def test_embedding_anew_with_another_model(open_collection: Open, articles: Path, other_model: Path) -> None:
    opened = open_collection()
    index_paths(opened, [articles])
    opened.close()
    (articles / "bridge.md").unlink()
    other = open_collection(embedding_model=str(other_model), reembedding=True)
    with pytest.raises(ModelError):
        other.search("harbour")
    assert index_paths(other, [articles], reembed=True).passages == other.summary().passages == 2
    assert first(other, "Who took over the harbour?") == "Harbour"
    other.close()
    with pytest.raises(ModelError, match="--embedding-model"):
        open_collection()
    messages: list[str] = []
    again = open_collection(embedding_model=str(other_model), say=messages.append)
    assert first(again, "What broke?") and messages == []


def test_embedding_anew_with_nothing_to_embed(open_collection: Open, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    opened = open_collection(reembedding=True)
    report = index_paths(opened, [tmp_path / "none"], reembed=True)
    assert not report.passages and not any(report.outcomes().values())


def test_one_bad_file_does_not_stop_a_run(open_collection: Open, articles: Path) -> None:
    (articles / "empty.md").write_text("")
    (articles / "binary.txt").write_bytes(bytes(range(256)))
    (articles / "bytes.txt").write_bytes(b"caf\x81\x8d and \x9d\x8f tea")
    (articles / "front.md").write_text("---\ntitle: a: b\n---\nText.")
    report = index_paths(open_collection(), [articles])
    assert len(report.added) == 2
    assert [Path(refusal.name).name for refusal in report.refused] == [
        "binary.txt", "bytes.txt", "empty.md", "front.md"
    ]
    assert report.line() == "2 added, 0 updated, 0 unchanged, 0 duplicates, 0 removed, 4 refused"


def test_a_file_that_turns_bad_loses_nothing(open_collection: Open, articles: Path) -> None:
    opened = open_collection()
    index_paths(opened, [articles])
    (articles / "harbour.md").write_bytes(b"")
    assert len(index_paths(opened, [articles], prune=True).refused) == 1
    assert first(opened, "Who took over the harbour?") == "Harbour"


def test_identical_text_under_another_name_is_a_duplicate_and_named(open_collection: Open, articles: Path) -> None:
    copy = write(articles, "zz.md", HARBOUR, title="Copy")
    opened = open_collection()
    for _ in range(2):
        report = index_paths(opened, [articles])
        [duplicate] = report.duplicates
        assert duplicate.name == str(copy) and "'Harbour' (harbour.md)" in duplicate.reason
    assert opened.summary().articles == 2 and report.refused == []


def test_a_moved_file_is_taken_under_its_new_name_when_pruning(open_collection: Open, articles: Path) -> None:
    opened = open_collection()
    index_paths(opened, [articles])
    (articles / "harbour.md").rename(articles / "moved.md")
    assert len(index_paths(opened, [articles]).duplicates) == 1
    report = index_paths(opened, [articles], prune=True)
    assert (report.updated, report.removed, report.duplicates) == (["Harbour"], [], [])


def test_a_text_that_has_changed_is_no_original_any_more(open_collection: Open, articles: Path) -> None:
    opened = open_collection()
    index_paths(opened, [articles])
    write(articles, "harbour.md", "Tomatoes were planted on the quay.", title="Garden")
    write(articles, "zz.md", HARBOUR, title="Again")
    report = index_paths(opened, [articles])
    assert (report.updated, report.added, report.duplicates) == (["Garden"], ["Again"], [])


def test_what_a_file_no_longer_holds_is_pruned(open_collection: Open, tmp_path: Path) -> None:
    records = [{"text": HARBOUR, "title": "Harbour"}, {"text": BRIDGE, "title": "Bridge"}]
    path = tmp_path / "all.json"
    path.write_text(json.dumps(records))
    opened = open_collection()
    assert index_paths(opened, [path]).added == ["Harbour", "Bridge"]
    path.write_text(json.dumps(records[:1]))
    assert index_paths(opened, [path], prune=True).removed == ["Bridge"]
    path.write_text("[")
    assert index_paths(opened, [path], prune=True).removed == [] and opened.summary().articles == 1


def test_the_report_is_one_object(open_collection: Open, articles: Path) -> None:
    (articles / "bad.md").write_text("")
    report = json.loads(json.dumps(index_paths(open_collection(), [articles]).to_json()))
    assert sorted(report["added"]) == ["Bridge", "Harbour"] and report["passages"] == 2
    assert report["refused"] == [{"name": str(articles / "bad.md"), "reason": "the file has no text."}]


def test_a_missing_folder_stops_the_run_before_anything_is_written(open_collection: Open, articles: Path) -> None:
    opened = open_collection()
    with pytest.raises(ReadError, match="there is no such file or folder"):
        index_paths(opened, [articles, articles / "missing"])
    assert opened.articles() == []


def test_a_file_named_twice_is_read_once_and_two_with_one_url_are_told_apart(articles: Path, tmp_path: Path) -> None:
    write(articles, "one.md", "One.", title="One", url="https://news.example/1")
    write(articles, "two.md", "Two.", title="Two", url="https://news.example/1")
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED)) as opened:
        report = index_paths(opened, [articles, articles / "bridge.md", Path(os.path.relpath(articles / "harbour.md"))])
    assert sorted(report.added) == ["Bridge", "Harbour", "One"]
    assert len(report.refused) == 1 and "has the same URL as" in report.refused[0].reason


def test_hostile_texts_are_indexed_and_found(articles: Path, tmp_path: Path) -> None:
    for name, text in (("x", "x" * 5000), ("emoji", "a" + "😀" * 1000), ("chinese", "反对派武装进入阿勒颇市" * 60)):
        write(articles, f"{name}.txt", text)
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED)) as opened:
        assert index_paths(opened, [articles]).refused == []
        assert first(opened, "Who took over the harbour?") == "Harbour"
        assert all(result.article for result in opened.search("\x00\ud800 NEAR( \" OR * \u202e 😀"))


def test_a_killed_run_is_made_good_by_the_next(tmp_path: Path) -> None:
    for n in range(90):
        write(tmp_path / "articles", f"{n}.md", f"Report {n} of the bridge.", title=f"Report {n}")
    code = (
        "import sys; from pathlib import Path; from index.collection import Collection; from index.ingest.run import *;"
        f"c = Collection(Path(sys.argv[1]), embedding_model='{BUNDLED}');"
        "index_paths(c, [Path(sys.argv[2])], start=lambda total: lambda done: print(done, flush=True))"
    )
    with Program("-c", code, tmp_path / "data", tmp_path / "articles") as run:
        assert run.stdout.readline()
        run.kill()
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED)) as opened:
        before = opened.summary().articles
        report = index_paths(opened, [tmp_path / "articles"])
        assert 0 < before == len(report.unchanged) < 90 == before + len(report.added)
        assert len(opened.search("bridge")) == 8
