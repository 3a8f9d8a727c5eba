"""Offices and owners that a sentence tells by an idiom, and names that are common words or those of generals."""

import pytest

from index.claim import Claim, Status
from index.claims.listing import LIGHTEST
from index.language.predicates import is_force, is_office
from tests.support.parsing import claims, held


def shown(text: str) -> list[Claim]:
    """What a text claims directly enough to be shown."""
    return [claim for claim in claims(text) if claim.weight >= LIGHTEST]


def held_as(text: str) -> list[tuple[str, str, str | None, str]]:
    """Body, office, holder and status of each claim that is shown."""
    return [(claim.place, claim.role, claim.holder, claim.status.value) for claim in shown(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Elena Brandt is at the helm of Norvik.", ("Norvik", "leader", "Elena Brandt", "holds")),
        ("Elena Brandt took the helm of Norvik in May.", ("Norvik", "leader", "Elena Brandt", "took")),
        ("Elena Brandt took command of the Third Brigade.", ("Third Brigade", "commander", "Elena Brandt", "took")),
        ("Elena Brandt commands the Third Brigade.", ("Third Brigade", "commander", "Elena Brandt", "holds")),
        ("Elena Brandt coaches Norvik United.", ("Norvik United", "coach", "Elena Brandt", "holds")),
        ("The Norvik Museum is directed by Elena Brandt.", ("Norvik Museum", "director", "Elena Brandt", "holds")),
        ("Elena Brandt was chosen to lead the Green Party.", ("Green Party", "leader", "Elena Brandt", "took")),
        ("Elena Brandt succeeded Mark Orr at the top of Norvik.", ("Norvik", "leader", "Elena Brandt", "took")),
        ("Elena Brandt was chosen to succeed Mark Orr at the top of Norvik.", (
            "Norvik", "leader", "Elena Brandt", "took"
        )),
        ("Elena Brandt won the election for mayor of Pellan.", ("Pellan", "mayor", "Elena Brandt", "took")),
        ("Elena Brandt was re-elected as president of Pellan.", ("Pellan", "president", "Elena Brandt", "took")),
        ("Voters in Pellan elected Elena Brandt as mayor.", ("Pellan", "mayor", "Elena Brandt", "took")),
    ],
)
def test_who_gets_or_has_an_office_by_an_idiom(text: str, expected: tuple[str, str, str, str]) -> None:
    assert expected in held_as(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Norvik is part of the Lund Group.", ("Norvik", "Lund Group", "holds")),
        ("Norvik is a subsidiary of the Lund Group.", ("Norvik", "Lund Group", "holds")),
        ("The sale of Norvik to the Lund Group closed on Friday.", ("Norvik", "Lund Group", "took")),
        ("The Lund Group's takeover of Norvik was completed on Friday.", ("Norvik", "Lund Group", "took")),
    ],
)
def test_who_owns_a_company_by_a_noun(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in held(shown(text))


@pytest.mark.parametrize("name", "Lee Martin Green Warren Smith Jones Harris Clark Washington".split())
def test_a_name_that_generals_and_officials_had_is_a_name(name: str) -> None:
    assert not is_office(name.lower())
    assert name == "Washington" or not is_force(name.lower())
    text = f"The mayor of Pellan, Ada {name}, promised lower taxes."
    assert held_as(text) == [("Pellan", "mayor", f"Ada {name}", "holds")]


def test_an_heir_is_no_body_whose_office_another_loses() -> None:
    assert not any(claim.place for claim in claims("Elena Brandt has replaced Mark Orr."))


@pytest.mark.parametrize("name", ["Twitter", "Apple", "Signal"])
def test_a_company_that_is_called_by_a_common_word_is_one(name: str) -> None:
    assert (name, "Lund Group", "took") in held(shown(f"The Lund Group bought {name} on Thursday."))
    text = f"Trade in shares of {name} was halted. {name} belongs to its workers."
    assert (name, "workers", "holds") in held(shown(text))


def test_a_common_word_with_the_capital_of_its_sentence_is_no_name() -> None:
    assert shown("Samples were taken on Thursday. A laboratory has the samples.") == []


@pytest.mark.parametrize("text", [
    "Ada Lund, prime minister for six years, opened the bridge.",
    "By decree of the President of 24 January, Ada Lund is appointed prime minister.",
])  # fmt: skip
def test_neither_a_time_nor_an_office_is_a_body(text: str) -> None:
    offices = [claim for claim in claims(text) if claim.role == "prime minister"]
    assert [(claim.place, claim.holder) for claim in offices] == [("", "Ada Lund")]


@pytest.mark.parametrize("name", ["Helen King", "Elif Bishop", "Tomas Duke"])
def test_a_title_that_ends_a_name_is_a_surname(name: str) -> None:
    assert held_as(f"The mayor of Pellan, {name}, promised lower taxes.") == [("Pellan", "mayor", name, "holds")]


def test_a_bishop_with_his_name_behind_is_a_bishop() -> None:
    assert ("Norvik", "bishop", "Ada Lund", "holds") in held_as("The bishop of Norvik, Ada Lund, promised bread.")


@pytest.mark.parametrize(
    ("text", "holder", "status"),
    [
        ("Norvik's mayor, Ada Lund, resigned on Monday. Her successor is Peter Holm.", "Peter Holm", Status.TOOK),
        ("Norvik's mayor, Ada Lund, resigned. Her successor, Peter Holm, is 40.", "Peter Holm", Status.TOOK),
        ("Norvik's mayor, Ada Lund, resigned. Peter Holm was named as her successor.", "Peter Holm", Status.TOOK),
        ("Ada Lund is mayor of Norvik. Her predecessor, Peter Holm, left in May.", "Peter Holm", Status.HELD_BEFORE),
        # Who is succeeded had the office that his heir is told to have.
        ("Ada Lund was elected mayor of Norvik. She succeeds Peter Holm.", "Peter Holm", Status.LOST),
    ],
)
def test_who_follows_or_went_before_has_the_office_of_the_other(text: str, holder: str, status: Status) -> None:
    assert ("Norvik", "mayor", holder, status) in {(c.place, c.role, c.holder, c.status) for c in claims(text)}


def test_who_may_follow_has_nothing_yet() -> None:
    text = "Norvik's mayor, Ada Lund, resigned on Monday. Her successor may be Peter Holm."
    assert "Peter Holm" not in {claim.holder for claim in claims(text)}


@pytest.mark.parametrize(
    ("text", "place", "role"),
    [
        ("Ada Lund, the headmaster of Norvik School, opened the fair.", "Norvik School", "headmaster"),
        ("Norvik's treasurer, Ada Lund, opened the fair.", "Norvik", "treasurer"),
        ("Ada Lund, curator of the Norvik Museum, opened the fair.", "Norvik Museum", "curator"),
    ],
)
def test_offices_of_schools_and_museums_are_read(text: str, place: str, role: str) -> None:
    assert (place, role, "Ada Lund") in {(claim.place, claim.role, claim.holder) for claim in claims(text)}


def test_what_a_candidate_stands_for_is_no_body() -> None:
    assert "mayor" not in {claim.place for claim in claims("Ada Lund is a candidate for mayor of Norvik.")}


def test_what_is_nationalised_is_taken_over() -> None:
    read = {(claim.status, claim.place, claim.holder) for claim in claims("The government nationalised Norvik in May.")}
    assert read == {(Status.TOOK, "Norvik", "government")}


@pytest.mark.parametrize(
    ("text", "place", "holder", "status"),
    [
        ("Ada Lund will remain coach of Norvik Town for two years.", "Norvik Town", "Ada Lund", Status.HOLDS),
        ("Norvik Town sacked coach Ada Lund. Her deputy, Peter Holm, takes over.", "Norvik Town", "Peter Holm",
         Status.TOOK),
        ("The town of Norvik was cut off. Mayor Ada Lund asked for help.", "Norvik", "Ada Lund", Status.HOLDS),
    ],
)  # fmt: skip
def test_what_goes_on_and_who_steps_in_is_read(text: str, place: str, holder: str, status: Status) -> None:
    assert (place, holder, status) in {(claim.place, claim.holder, claim.status) for claim in claims(text)}


@pytest.mark.parametrize(
    "text", ["Ada Lund will not remain coach of Norvik Town.", "Ada Lund may remain coach of Norvik Town."]
)
def test_who_may_go_holds_nothing_by_that(text: str) -> None:
    assert Status.HOLDS not in {claim.status for claim in claims(text)}


def test_what_belongs_to_somebody_may_be_a_company() -> None:
    text = "Orvane employs 900 people. It belongs to the Tesk family, which has run it for years."
    assert {(c.place, c.holder, c.status) for c in claims(text)} == {("Orvane", "Tesk family", Status.HOLDS)}
