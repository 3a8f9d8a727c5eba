import datetime
import sqlite3
import threading
import tracemalloc
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.article import Article
from index.errors import ArticleNotFoundError, DataFolderError
from index.passage import Passage
from index.storage.articles import Browsing
from index.storage.filters import Filters
from index.storage.ledger import Ledger
from index.storage.passages import Entry
from index.storage.schema import FORMAT
from tests.support.corpus import BRIDGE, HARBOUR, MARCH, MAY, UNDATED, entries_of, put


def test_what_is_put_comes_back_after_reopening(ledger: Ledger, tmp_path: Path) -> None:
    entries = put(ledger, MARCH)
    ledger.close()
    again = Ledger(tmp_path / "ledger.sqlite")
    assert again.articles.get("a1") == MARCH
    passage, article = again.passages.get(["a1:1"])["a1:1"]
    assert (passage, article) == (entries[1].passage, MARCH)
    outline, vector = again.passages.outlines(["a1:1"])["a1:1"]
    assert outline == replace(MARCH, text="") and vector == pytest.approx(entries[1].vector)
    assert again.passages.sentence_vectors(passage) == pytest.approx(entries[1].sentence_vectors, abs=1e-3)


def test_a_changed_article_replaces_all_that_hung_on_it(ledger: Ledger) -> None:
    ledger.put(MARCH, "1", entries_of(MARCH), [("NH", "Norvik Harbour")])
    shorter = Article("a1", "The quay is empty.", "Quay")
    ledger.put(shorter, "2", entries_of(shorter), [])
    assert (ledger.count(), ledger.articles.hashes(), ledger.aliases.all()) == ((1, 1), {"a1": "2"}, frozenset())
    assert ledger.full_text.search(["council"], Filters(), 9) == []
    assert ledger.full_text.search(["quay"], Filters(), 9) == ["a1:0"]


def test_removing_an_article_leaves_nothing_of_it(three: Ledger) -> None:
    assert three.remove("a1") and not three.remove("a1")
    assert three.full_text.search(["harbour"], Filters(), 9) == [] and three.full_text.frequency("harbour") == 0
    with pytest.raises(ArticleNotFoundError, match="No article has the id 'a1'"):
        three.articles.get("a1")


def test_a_transaction_is_written_whole_or_not_at_all(three: Ledger) -> None:
    before = three.count()
    with pytest.raises(KeyboardInterrupt), three.transaction():
        three.remove("a1")
        put(three, Article("d4", "New text.", "New"))
        raise KeyboardInterrupt
    assert three.count() == before and three.articles.get("a1") == MARCH


def test_a_transaction_that_fails_in_the_database_is_rolled_back(three: Ledger) -> None:
    entry = entries_of(UNDATED)[0]
    with pytest.raises(DataFolderError):
        three.put(Article("d4", "New.", "New"), "h", [entry, entry], [])
    assert three.articles.hashes().keys() == {"a1", "b2", "c3"}


def test_settings_are_kept_and_replaced(ledger: Ledger) -> None:
    ledger.settings.keep(model="a", dimension="3")
    ledger.settings.keep(model="b")
    assert [ledger.settings.get(name) for name in ("model", "dimension", "none")] == ["b", "3", None]


def test_articles_are_listed_newest_first_and_undated_last(three: Ledger) -> None:
    assert [row.id for row in three.articles.listed()] == ["b2", "a1", "c3"]
    assert [row.passages for row in three.articles.listed()] == [2, 3, 1]
    assert three.articles.date_range() == (MARCH.date, MAY.date)


def test_words_are_found_in_every_form_in_title_and_body(three: Ledger) -> None:
    assert three.full_text.search(["FERRIES"], Filters(), 9) == ["c3:0", "a1:1"]
    assert three.full_text.search(["bridges"], Filters(), 9)[0] == "b2:0"
    assert three.full_text.frequency("cancel") == 2
    assert three.full_text.terms("ferr") == ["ferri"] and three.full_text.terms("zz") == []


@pytest.mark.parametrize("filters, expected", [
    (Filters(), {"a1", "c3"}),
    (Filters(articles=("c3", "b2")), {"c3"}),
    (Filters(sources=("Desk",)), {"a1"}),
    (Filters(since=datetime.date(2021, 3, 3)), {"a1"}),
    (Filters(since=datetime.date(2021, 3, 4)), set()),
    (Filters(until=datetime.date(2021, 3, 3), sources=("Desk", "Courier")), {"a1"}),
    (Filters(articles=()), set()),
])
def test_filters_hold_for_words(three: Ledger, filters: Filters, expected: set[str]) -> None:
    assert {ident[:2] for ident in three.full_text.search(["cancelled"], filters, 9)} == expected


@pytest.mark.parametrize("word", ['"', 'a" OR "b', "NEAR(", "*", "-", "col:x", "'; DROP TABLE article; --", "ø" * 1000])
def test_no_word_can_become_query_syntax(three: Ledger, word: str) -> None:
    assert three.full_text.search([word], Filters(), 9) == [] and three.full_text.frequency(word) == 0
    assert three.count()[0] == 3


def test_words_are_scored_best_first_and_the_newest_of_equals_first(three: Ledger) -> None:
    query = ["cancelled", "ferries"]
    every = three.full_text.scores(query, Filters(), 9)
    assert list(every.values()) == sorted(every.values(), reverse=True) and min(every.values()) > 0
    assert list(three.full_text.scores(query, Filters(), 1)) == list(every)[:1]
    for ident, date in (("e5", datetime.date(2020, 1, 1)), ("d4", None), ("f6", datetime.date(2020, 1, 2))):
        put(three, Article(ident, "A gull sat there.", "Gull", "Courier", date=date))
    assert list(three.full_text.scores(["gull"], Filters(), 9)) == ["f6:0", "e5:0", "d4:0"]
    assert list(three.full_text.scores(["gull"], Filters(), 2)) == ["f6:0", "e5:0"]
    assert list(three.full_text.scores(["gull"], Filters(until=datetime.date(2020, 1, 1)), 2)) == ["e5:0"]
    assert list(three.full_text.scores(["gull"], Filters(sources=("Desk",)), 2)) == []


def test_passages_are_counted_by_article(three: Ledger) -> None:
    assert three.passages.counts(["a1", "gone"]) == {"a1": len(entries_of(MARCH))}


def test_thousands_of_query_words_are_searched(three: Ledger) -> None:
    assert three.full_text.search([f"w{n}" for n in range(12_000)] + ["council"], Filters(), 9) == ["a1:0"]


def test_all_vectors_come_in_batches(three: Ledger) -> None:
    batches = list(three.passages.vectors(batch=4))
    assert [len(batch) for batch in batches] == [4, 2]
    assert batches[1][1][0].id == "c3:0" and batches[1][1][1].id == "c3"


def test_a_passage_that_is_gone_is_an_error(three: Ledger) -> None:
    with pytest.raises(ArticleNotFoundError, match="no longer in the index"):
        three.passages.sentence_vectors(Passage("a1", 99, 0, 1, "x", ((0, 1),)))
    assert three.passages.get(["a1:99", "zz:0"]) == {}


def test_the_passages_of_a_long_article_cost_one_reading_of_it(ledger: Ledger) -> None:
    text = "The council of Évora met on Monday to speak of ferries.\n" * 70_000
    article = Article("long", text, "Long")
    spans = [(at, at + 55) for at in range(0, 60 * 560, 560)]
    vector = np.ones(8, dtype=np.float32)
    ledger.put(article, "1", [
        Entry(Passage("long", n, *span, text[slice(*span)], (span,)), vector, vector.reshape(1, -1))
        for n, span in enumerate(spans)
    ], [])
    tracemalloc.start()
    result = ledger.passages.get(f"long:{n}" for n in range(60))
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [passage.text for passage, _ in result.values()] == [text[slice(*span)] for span in spans]
    assert most_bytes < 4 * len(text)
    tracemalloc.start()
    assert len(ledger.passages.outlines(result)) == 60
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most_bytes < len(text) / 10


def test_counts_and_aliases_are_read_once_and_follow_each_change(ledger: Ledger, tmp_path: Path) -> None:
    ledger.put(MARCH, "1", entries_of(MARCH), [("NH", "Norvik Harbour")])
    read: list[str] = []
    ledger._connection._db.set_trace_callback(read.append)
    for _ in range(5):
        assert ledger.count()[0] == 1
        assert ledger.aliases.all() is ledger.aliases.all() and ledger.aliases.all() == {("NH", "Norvik Harbour")}
    assert sum("FROM alias" in sql for sql in read) == sum("count(*)" in sql for sql in read) == 1
    with closing(Ledger(tmp_path / "ledger.sqlite")) as other:
        other.put(MAY, "1", entries_of(MAY), [("EU", "European Union")])
        assert ledger.count()[0] == other.count()[0] == 2 and len(ledger.aliases.all()) == 2
        with pytest.raises(RuntimeError), ledger.transaction():
            ledger.remove("a1")
            assert ledger.count()[0] == 1 and len(ledger.aliases.all()) == 1
            raise RuntimeError
        assert ledger.count()[0] == 2 and len(ledger.aliases.all()) == 2
        other.remove("a1")
        assert ledger.count()[0] == 1 and ledger.aliases.all() == {("EU", "European Union")}


def test_threads_share_it(ledger: Ledger) -> None:
    def write(letter: str) -> None:
        for n in range(10):
            put(ledger, Article(f"{letter}{n}", "One. Two.", "T"))

    threads = [threading.Thread(target=write, args=[letter]) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.count() == (40, 80)


def test_another_connection_reads_meanwhile(three: Ledger, tmp_path: Path) -> None:
    with three.transaction():
        three.remove("a1")
        assert Ledger(tmp_path / "ledger.sqlite").count()[0] == 3
    assert Ledger(tmp_path / "ledger.sqlite").count()[0] == 2


def test_a_file_that_is_no_ledger_is_named(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(DataFolderError, match="is damaged or no ledger.*index the articles again"):
        Ledger(tmp_path / "ledger.sqlite")


@pytest.mark.parametrize("folder", ["missing", "file"])
def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataFolderError, match="cannot be used.*--data"):
        Ledger(tmp_path / folder / "ledger.sqlite")


def test_a_ledger_of_another_format_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    ledger.settings.keep(format="99")
    with pytest.raises(DataFolderError, match=f"has format 99, this program reads format {FORMAT}"):
        Ledger(tmp_path / "ledger.sqlite")


def test_sentence_vectors_keep_their_shape(ledger: Ledger) -> None:
    passage = Passage("a1", 0, 0, 9, HARBOUR[:9], ((0, 4), (5, 9)))
    ledger.put(MARCH, "h", [Entry(passage, np.ones(3, np.float32), np.eye(2, 3, dtype=np.float32))], [])
    assert ledger.passages.sentence_vectors(passage).tolist() == [[1, 0, 0], [0, 1, 0]]


def test_the_newest_articles_and_the_sources_are_counted(three: Ledger) -> None:
    put(three, Article("d4", "The quay is empty.", "Quay", "Courier", date=datetime.date(2020, 1, 1)))
    assert [row.id for row in three.articles.listed(3)] == ["b2", "a1", "d4"] and len(three.articles.listed()) == 4
    assert three.articles.sources() == [("Courier", 2), (None, 1), ("Desk", 1)]


def test_the_sentences_of_an_article_are_those_that_were_indexed(three: Ledger) -> None:
    assert [BRIDGE[start:end] for start, end in three.passages.sentences("b2")] == [
        "The bridge at Tolmin was closed to lorries.", "Engineers from the ministry found cracks in two pillars.",
    ]
    assert three.passages.sentences("zz") == []


def test_a_ledger_of_the_first_format_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
            "INSERT INTO setting VALUES ('format', '1');"
            "CREATE TABLE article (id TEXT PRIMARY KEY, text TEXT NOT NULL, title TEXT NOT NULL, source TEXT,"
            " author TEXT, date TEXT, url TEXT, path TEXT, hash TEXT NOT NULL, added TEXT NOT NULL);"
            "INSERT INTO article VALUES ('a', 'Text.', 'Old', NULL, NULL, '2024-12-05', NULL, NULL, 'h', '2024-12-06');"
        )
    for _ in range(2):
        with closing(Ledger(path)) as ledger:
            assert ledger.articles.get("a") == Article("a", "Text.", "Old", date=datetime.date(2024, 12, 5))
            assert (same := ledger.articles.same_text("Text.")) and same.title == "Old"
            assert ledger.settings.get("format") == str(FORMAT)


def test_how_a_date_was_found_and_where_pages_begin_is_kept(ledger: Ledger) -> None:
    article = Article("a", "One. Two.", "Title", date_from="text", language="en", pages=(0, 5))
    put(ledger, article)
    assert ledger.articles.get("a") == article
    assert [article.page(offset) for offset in (0, 4, 5, 8)] == [1, 1, 2, 2]
    assert ledger.articles.listed()[0].date_from == "text" and ledger.articles.same_text("One.") is None


def test_many_may_open_a_new_ledger_at_once(tmp_path: Path) -> None:
    def opened(path: Path) -> None:
        start.wait()
        try:
            Ledger(path).close()
        except DataFolderError as exc:
            refused.append(str(exc))

    refused: list[str] = []
    for n in range(20):
        start = threading.Barrier(6)
        threads = [threading.Thread(target=opened, args=(tmp_path / f"{n}.sqlite",)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert refused == []


@pytest.mark.parametrize("written, typed", [
    ("Łódź", "Lodz"), ("Đoković", "Djokovic"), ("Kjærgård", "Kjaergard"), ("Straßburg", "Strassburg"), ("Bodø", "Bodo"),
    ("Đinh", "Dinh"),
])
def test_letters_of_other_alphabets_are_found_as_they_are_typed_without_them(
    ledger: Ledger, written: str, typed: str
) -> None:
    put(ledger, Article("a1", f"The mayor of {written} left.", "Mayor"))
    for word in (written, typed, written.upper()):
        assert ledger.full_text.mentions(word, Filters(), 9) == ["a1:0"] and ledger.full_text.frequency(word) == 1
        assert [row.id for row in ledger.articles.browse(Browsing(words=word), most=9)[0]] == ["a1"]


def test_an_index_of_the_version_before_keeps_such_words_as_they_were(ledger: Ledger) -> None:
    put(ledger, Article("a1", "The mayor of Łódź left.", "Mayor"))
    ledger._connection.execute("UPDATE words SET body = 'The mayor of Łódź left.'")
    assert ledger.full_text.search(["Łódź"], Filters(), 9) == ["a1:0"]
