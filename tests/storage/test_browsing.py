import datetime

import pytest

from index.article import Article
from index.storage.articles import Browsing, Order
from index.storage.ledger import Ledger
from tests.support.corpus import BRIDGE, HARBOUR, put


@pytest.fixture
def shelf(ledger: Ledger) -> Ledger:
    """Three articles, of which one has neither source nor date."""
    put(ledger, Article("1", HARBOUR, "norvik 100%", "Desk", date=datetime.date(2024, 12, 1)))
    put(ledger, Article("2", BRIDGE, "Éclair_bridge", "Courier", date=datetime.date(2024, 12, 3)))
    put(ledger, Article("3", "Nothing is known of this text but what it says.", "Zero"))
    return ledger


def titles(shelf: Ledger, **wanted: object) -> list[str]:
    return [row.title for row in shelf.articles.browse(Browsing(**wanted), most=10)[0]]  # type: ignore[arg-type]


def test_articles_are_sorted_with_the_unknown_last(shelf: Ledger) -> None:
    assert titles(shelf) == ["Éclair_bridge", "norvik 100%", "Zero"]
    assert titles(shelf, order=Order.DATE, descending=False) == ["norvik 100%", "Éclair_bridge", "Zero"]
    assert titles(shelf, order=Order.SOURCE, descending=True) == ["norvik 100%", "Éclair_bridge", "Zero"]
    assert titles(shelf, order=Order.TITLE, descending=False) == ["norvik 100%", "Zero", "Éclair_bridge"]
    for order in Order:
        assert len(titles(shelf, order=order)) == 3
    rows, total = shelf.articles.browse(Browsing(), most=1, after=1)
    assert ([row.title for row in rows], total) == (["norvik 100%"], 3)


@pytest.mark.parametrize(
    ("words", "expected"),
    [("100%", ["norvik 100%"]), ("e", ["Éclair_bridge", "norvik 100%", "Zero"]), ("lorr", ["Éclair_bridge"])]
    + [("DESK ferries", ["norvik 100%"]), ("desk lorries", []), ("eclair", ["Éclair_bridge"])]
    + [("r_b", ["Éclair_bridge"]), ("\0", ["Éclair_bridge", "norvik 100%", "Zero"])]
    + [('"', []), ("*", []), ("' OR 1=1 --", [])],
)
def test_articles_are_searched_in_title_source_and_text(shelf: Ledger, words: str, expected: list[str]) -> None:
    assert titles(shelf, words=words) == expected


def test_articles_are_narrowed_to_a_source_or_to_none(shelf: Ledger) -> None:
    assert titles(shelf, source="Desk") == ["norvik 100%"]
    assert titles(shelf, source="") == ["Zero"]
    assert titles(shelf, source="Nobody") == []
