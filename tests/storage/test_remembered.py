"""What each question asks of the ledger is read once, and anew after a change."""

from collections.abc import Callable

import pytest

from index.claim import Certainty, Claim, Status
from index.storage.ledger import Ledger
from tests.support.corpus import MARCH, UNDATED, put

HOLDS = Claim("Port of Lindby", "the guild", Status.HOLDS, Certainty.FACT, 0, 5)
CHAIRS = Claim("guild", "Ada Holm", Status.HOLDS, Certainty.FACT, 0, 5, role="chair")

ASKED: dict[str, Callable[[Ledger], object]] = {
    "how many passages hold a word": lambda ledger: ledger.full_text.frequency("ferries"),
    "the days of the articles": lambda ledger: ledger.articles.date_range(),
    "the claims of each sentence": lambda ledger: ledger.annotations.by_sentence(),
    "the claims of offices": lambda ledger: ledger.annotations.of_offices(),
    "a name that no place holds": lambda ledger: ledger.annotations.claims_naming("Osterby"),
}


def statements(ledger: Ledger, ask: Callable[[Ledger], object]) -> int:
    """How many statements `ask` runs, but for those that look whether the ledger has changed."""
    run: list[str] = []
    ledger._connection._db.set_trace_callback(run.append)
    ask(ledger)
    ledger._connection._db.set_trace_callback(None)
    return sum("'changes'" not in statement for statement in run)


@pytest.mark.parametrize("what", ASKED)
def test_what_was_asked_is_not_read_again_until_the_ledger_changes(three: Ledger, what: str) -> None:
    assert statements(three, ASKED[what]) > 0
    assert statements(three, ASKED[what]) == 0
    put(three, UNDATED)
    assert statements(three, ASKED[what]) > 0


def test_what_is_remembered_is_what_the_ledger_has(three: Ledger) -> None:
    held, days = three.full_text.frequency("ferries"), three.articles.date_range()
    three.remove(UNDATED.id)
    assert three.full_text.frequency("ferries") < held and three.articles.date_range() == days
    three.remove(MARCH.id)
    assert three.articles.date_range() == (days[1], days[1])


def test_claims_about_what_a_place_has_are_given_for_the_place(three: Ledger) -> None:
    assert three.annotations.claims_naming("Lindby") == [] and three.annotations.of_offices() == {}
    three.annotations.put(MARCH.id, "1", b"", [HOLDS, CHAIRS])
    assert three.annotations.claims_naming("Lindby") == [(MARCH.id, HOLDS)]
    assert three.annotations.claims_naming("guild") == []
    [(body, [(_, claim)])] = three.annotations.of_offices()["chair"].items()
    assert (body, claim) == ("guild", CHAIRS)


def test_claims_are_given_by_the_sentence_that_makes_them(three: Ledger) -> None:
    assert three.annotations.by_sentence() == {}
    later = Claim("Osterby", "the guild", Status.LEFT, Certainty.FACT, 9, 20)
    three.annotations.put(MARCH.id, "1", b"", [HOLDS, CHAIRS, later])
    assert three.annotations.by_sentence() == {(MARCH.id, 0): [HOLDS, CHAIRS], (MARCH.id, 9): [later]}
