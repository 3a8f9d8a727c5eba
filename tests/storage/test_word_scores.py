import datetime
import random
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from index.article import Article
from index.storage.connection import Connection
from index.storage.filters import Filters
from index.storage.full_text import FullText
from index.storage.ledger import Ledger
from index.storage.word_scores import COST_OF_A_WORD, WordScores
from tests.support.corpus import put

NOUNS = "harbour ferry council bridge lorry pilot strike mayor budget storm quay Łódź Kjærgård".split()
QUERIES = (["harbour"], ["ferry", "council", "harbour"], ["storms", "storm"], ["Łódź", "quay"], ["nothing", "pilot"])
FILTERS = (
    Filters(),
    Filters(sources=("Desk",)),
    Filters(since=datetime.date(2021, 1, 10), until=datetime.date(2021, 1, 20)),
    Filters(until=datetime.date(2021, 1, 20)),
    Filters(since=datetime.date(2021, 1, 10), sources=("Desk",)),
    Filters(articles=("a03", "a17", "gone")),
)


def article(number: int, seed: int = 0) -> Article:
    """An article of random sentences, in which some words are far more frequent than others."""
    draw = random.Random(number + 1000 * seed)
    weights = [1 / (place + 1) for place in range(len(NOUNS))]
    sentences = [f"The {' '.join(draw.choices(NOUNS, weights, k=draw.randint(2, 9)))} closed." for _ in range(6)]
    date = datetime.date(2021, 1, 1 + number % 28) if number % 5 else None
    source = draw.choice(["Desk", "Courier"])
    return Article(f"a{number:02}", " ".join(sentences), draw.choice(NOUNS), source, date=date)


@pytest.fixture
def forty(ledger: Ledger) -> Ledger:
    for number in range(40):
        put(ledger, article(number))
    return ledger


def sqlite_scores(path: Path, query: list[str], filters: Filters, limit: int) -> dict[str, float]:
    """What SQLite's own bm25() gives for the whole query in one statement."""
    match = " OR ".join(f'"{form}"' for word in query for form in dict.fromkeys([word, plain(word)]))
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute(
            "SELECT article_id || ':' || number, -bm25(words), article.id, source, date FROM words JOIN passage "
            "ON serial = words.rowid JOIN article ON article.id = article_id WHERE words MATCH ? "
            "ORDER BY bm25(words), date DESC, article_id, number", [match],
        ).fetchall()
    admitted = [
        (ident, score) for ident, score, *known in rows
        if filters.admit(Article(known[0], "", "", known[1], date=known[2] and datetime.date.fromisoformat(known[2])))
    ]  # fmt: skip
    return dict(admitted[:limit])


def plain(word: str) -> str:
    return word.replace("Łódź", "Lodz").replace("Kjærgård", "Kjaergard")


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("query", QUERIES)
def test_scores_and_their_order_are_those_of_sqlite(forty: Ledger, query: list[str], filters: Filters) -> None:
    for limit in (1, 7, 500):
        expected = sqlite_scores(forty.path, query, filters, limit)
        for _ in ("read", "known"):
            scores = forty.full_text.scores(query, filters, limit)
            assert list(scores.items()) == list(expected.items())


@pytest.mark.parametrize("query", [*QUERIES, ["harbour", "storm"]])
def test_among_many_passages_a_word_of_half_of_them_changes_nothing_but_ties(forty: Ledger, query: list[str]) -> None:
    with closing(Connection(forty.path)) as connection:
        many = FullText(connection, many=10)
        for limit in (3, 500):
            scores = many.scores(query, Filters(), limit)
            expected = sqlite_scores(forty.path, query, Filters(), limit)
            assert len(scores) == len(expected)
            assert list(scores.values()) == pytest.approx([*expected.values()], abs=1e-5)


def test_scores_follow_each_change(forty: Ledger) -> None:
    def check() -> None:
        for query in QUERIES:
            scores = forty.full_text.scores(query, Filters(), 30)
            assert list(scores.items()) == list(sqlite_scores(forty.path, query, Filters(), 30).items())

    check()
    put(forty, article(7, seed=1))
    check()
    forty.remove("a05")
    check()
    # The freed serials at the end are given again, to other words.
    forty.remove("a39")
    put(forty, article(50))
    check()
    with closing(Ledger(forty.path)) as other:
        put(other, article(51))
    check()


def test_a_transaction_sees_its_own_changes_and_leaves_none_behind(forty: Ledger) -> None:
    before = forty.full_text.scores(["harbour"], Filters(), 9)
    with pytest.raises(KeyboardInterrupt), forty.transaction():
        for ident in {ident.split(":")[0] for ident in before}:
            forty.remove(ident)
        assert not before.keys() & forty.full_text.scores(["harbour"], Filters(), 9).keys()
        raise KeyboardInterrupt
    assert forty.full_text.scores(["harbour"], Filters(), 9) == before


def test_questions_beside_a_writer_are_answered_and_none_of_an_older_state_stays(forty: Ledger) -> None:
    stop, wrong = threading.Event(), []

    def ask() -> None:
        while not stop.is_set():
            scores = forty.full_text.scores(["harbour", "ferry"], Filters(), 20)
            # What was removed since the words were read is left out.
            if len(scores) < 8 or list(scores.values()) != sorted(scores.values(), reverse=True):
                wrong.append(scores)

    readers = [threading.Thread(target=ask) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(60, 80):
        put(forty, article(number))
        forty.remove(f"a{number - 30:02}")
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    expected = sqlite_scores(forty.path, ["harbour", "ferry"], Filters(), 20)
    assert list(forty.full_text.scores(["harbour", "ferry"], Filters(), 20).items()) == list(expected.items())


def test_the_words_asked_for_longest_ago_are_read_again() -> None:
    reads: list[str] = []

    def read(word: str) -> list[tuple[int, float]]:
        reads.append(word)
        return [(serial, 1.0) for serial in range(10)]

    known = WordScores([(serial, None) for serial in range(10)], most=2 * (10 + COST_OF_A_WORD))
    for word in ("a", "b", "a", "c", "a", "b"):
        known.best([word], read, None, 3)
    assert reads == ["a", "b", "c", "b"]


def test_a_passage_that_came_after_the_others_were_listed_waits_for_the_next_state() -> None:
    known = WordScores([(5, None), (3, None)])
    rows = {"late": [(3, 0.5), (4, 9.0), (6, 9.0)], "none": []}
    assert known.best(["late", "none"], rows.__getitem__, None, 9) == [(3, 0.5)]
    assert WordScores([]).best(["late"], rows.__getitem__, None, 9) == []
