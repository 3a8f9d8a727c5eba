import datetime
from dataclasses import replace

from index.claim import Certainty, Claim, Origin, Status
from index.storage.ledger import Ledger
from index.storage.readings import ReadingState
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


def test_the_origin_of_a_claim_is_kept_and_more_come_behind(three: Ledger) -> None:
    read = replace(KORVIK, origin=Origin.LLM)
    three.annotations.put("a1", "1", b"parsed", [PELLAN])
    three.annotations.add_claims("a1", [read])
    three.annotations.add_claims("b2", [KORVIK])
    assert three.annotations.claims_of("a1") == [PELLAN, read] and three.annotations.claims_of("b2") == [KORVIK]
    assert [reported.claim.origin for reported in three.annotations.reported()] == [
        Origin.RULES, Origin.LLM, Origin.RULES,
    ]


def test_how_far_an_article_was_read_goes_with_it(three: Ledger) -> None:
    assert set(three.readings.unread()) == {"a1", "b2", "c3"}
    three.readings.put("a1", ReadingState("openai:x", 2, finished=False))
    three.readings.put("b2", ReadingState("openai:x", 4, finished=True))
    assert three.readings.unread() == ("a1", "c3") and three.readings.get("c3") is None
    assert three.readings.get("a1") == ReadingState("openai:x", 2, finished=False)
    three.remove("b2")
    assert three.readings.get("b2") is None


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
