import datetime

from index.claim import Certainty, Claim, Status
from index.storage.ledger import Ledger
from tests.support.corpus import MARCH, put

DAY = datetime.date(2021, 3, 2)
PELLAN = Claim("Pellan", "Guard", Status.TOOK, Certainty.FACT, 0, 9, DAY, said_by="Desk", weight=0.8)
KORVIK = Claim("Korvik", None, Status.BESIEGED, Certainty.DENIED, 10, 19, resolved_from="the town")


def test_annotations_and_claims_are_kept_and_found_by_place(three: Ledger) -> None:
    three.annotations.put("a1", "1", b"parsed", [PELLAN, KORVIK])
    three.annotations.put("b2", "1", b"other", [])
    assert three.annotations.get("a1", "1") == b"parsed" and three.annotations.get("c3", "1") is None
    assert three.annotations.claims() == [("a1", PELLAN), ("a1", KORVIK)]
    assert three.annotations.claims("pellan") == [("a1", PELLAN)] and three.annotations.claims("Norvik") == []
    assert three.annotations.missing("1", 10) == ["c3"]


def test_another_version_of_annotations_is_made_anew(three: Ledger) -> None:
    three.annotations.put("a1", "1", b"parsed", [PELLAN])
    assert three.annotations.get("a1", "2") is None and set(three.annotations.missing("2", 10)) == {"a1", "b2", "c3"}
    three.annotations.put("a1", "2", b"again", [KORVIK])
    assert three.annotations.get("a1", "2") == b"again" and three.annotations.claims() == [("a1", KORVIK)]


def test_annotations_and_claims_go_when_their_article_is_replaced_or_removed(three: Ledger) -> None:
    three.annotations.put("a1", "1", b"parsed", [PELLAN])
    put(three, MARCH)
    assert three.annotations.get("a1", "1") is None and three.annotations.claims() == []
    three.annotations.put("a1", "1", b"parsed", [PELLAN])
    three.remove("a1")
    assert three.annotations.get("a1", "1") is None and three.annotations.claims() == []


def test_of_an_article_that_is_gone_nothing_is_kept(three: Ledger) -> None:
    three.annotations.put("zz", "1", b"parsed", [PELLAN])
    assert three.annotations.get("zz", "1") is None and three.annotations.claims() == []
