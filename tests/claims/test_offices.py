"""Who holds, takes and leaves an office, read from single sentences with invented names."""

import datetime

import pytest

from index.claim import Claim, Status
from index.claims.extract import annotate, claims_of
from index.claims.places import body_of
from index.claims.tenure import Tenure
from index.language.coreference import Discourse
from index.language.parser import Parser
from index.language.sentences import sentence_spans
from tests.support.parsing import claims, parsed

DAY = datetime.date(2031, 3, 12)


def offices(text: str, parser: Parser) -> list[Claim]:
    """The claims about offices that a text makes."""
    claims = claims_of("Title", DAY, annotate(text, DAY, sentence_spans(text), parser))
    return [claim for claim in claims if claim.role]


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser()


@pytest.mark.parametrize(
    ("text", "place", "role", "holder", "status"),
    [
        ("Ada Lund, chief executive of Norvik, opened the fair.", "Norvik", "chief executive", "Ada Lund", "holds"),
        ("Norvik's chief executive, Ada Lund, opened the fair.", "Norvik", "chief executive", "Ada Lund", "holds"),
        ("The mayor of Lindby, Ada Lund-Berg, opened the fair.", "Lindby", "mayor", "Ada Lund-Berg", "holds"),
        ("The council elected Ada Lund mayor of Lindby.", "Lindby", "mayor", "Ada Lund", "took"),
        ("Ada Lund is the mayor of Lindby.", "Lindby", "mayor", "Ada Lund", "holds"),
        ("Ada Lund was elected mayor of Lindby with 54 per cent of the vote.", "Lindby", "mayor", "Ada Lund", "took"),
        ("Ada Lund replaced Peter Holm as leader of the council.", "council", "leader", "Ada Lund", "took"),
        ("Ada Lund replaced Peter Holm as leader of the council.", "council", "leader", "Peter Holm", "lost"),
        ("The party has a new leader in Ada Lund.", "party", "leader", "Ada Lund", "took"),
        ("Ada Lund is no longer leader of the council.", "council", "leader", "Ada Lund", "lost"),
        ("The club sacked Peter Holm as head coach on Monday.", "club", "head coach", "Peter Holm", "lost"),
        ("Ada Lund leads Norvik.", "Norvik", "leader", "Ada Lund", "holds"),
        ("The board is chaired by Ada Lund.", "board", "chair", "Ada Lund", "holds"),
    ],
)
def test_an_office_is_read_with_its_body_and_holder(
    text: str, place: str, role: str, holder: str, status: str, parser: Parser
) -> None:
    read = {(claim.place.lower().removeprefix("the "), claim.role, claim.holder, claim.status)
             for claim in offices(text, parser)}  # fmt: skip
    assert (place.lower(), role, holder, Status(status)) in read


@pytest.mark.parametrize(
    "text",
    [
        "Ada Lund may become mayor of Lindby.",
        "Ada Lund wants to be mayor of Lindby.",
        "If Ada Lund is elected mayor of Lindby, the bridge will be built.",
        "Who is the mayor of Lindby?",
    ],
)
def test_what_may_come_is_no_claim(text: str, parser: Parser) -> None:
    assert not [claim for claim in offices(text, parser) if claim.holder == "Ada Lund"]


def test_its_stands_for_the_body_named_before(parser: Parser) -> None:
    text = "Norvik has sold its yard. Ada Lund, its chief executive, said that no job would go."
    assert [(claim.place, claim.resolved_from) for claim in offices(text, parser)] == [("Norvik", "its")]


def test_who_had_an_office_is_told_apart(parser: Parser) -> None:
    [claim] = offices("Peter Holm, a former mayor of Lindby, has died.", parser)
    assert claim.status is Status.HELD_BEFORE


def test_a_side_without_an_office_has_no_body_and_is_no_fault() -> None:
    sentence = parsed("Expelling rebels followed a long campaign.")
    tenure = Tenure(Status.TOOK, "", None, "rebels", None, 0.4)
    assert body_of(0, sentence, tenure, Discourse()) == ("", "")


@pytest.mark.parametrize("text", ["The mayor of Albany, New York, said so.", "The mayor of Lindby, Oregon, said so."])
def test_the_state_behind_a_town_is_no_mayor(text: str, parser: Parser) -> None:
    assert offices(text, parser) == []


@pytest.mark.parametrize(
    ("text", "role", "heir"),
    [
        (
            "Defence Minister Anton Dragov was sacked. Dragov was replaced by Ilya Merov.",
            "defence minister", "Ilya Merov",
        ),
        (
            "Transport Minister Petra Dahl said she had resigned. Premier Per Moe named Ida Rask to succeed her.",
            "transport minister", "Ida Rask",
        ),
        ("Norvik's chairman, Stig Dahl, stepped down. Ida Rask took over from him.", "chairman", "Ida Rask"),
        (
            "Petra Dahl, the managing director, resigned. Her deputy, Ivar Rask, has taken her place.",
            "managing director", "Ivar Rask",
        ),
    ],
)  # fmt: skip
def test_who_takes_anothers_place_has_his_office(text: str, role: str, heir: str, parser: Parser) -> None:
    assert (role, heir, Status.TOOK) in {(claim.role, claim.holder, claim.status) for claim in offices(text, parser)}


def test_who_follows_somebody_without_an_office_has_none(parser: Parser) -> None:
    text = "Stig Dahl laughed. Ida Rask replaced him."
    drawn = claims_of("Title", DAY, annotate(text, DAY, sentence_spans(text), parser))
    assert [claim for claim in drawn if claim.status is Status.TOOK] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Norvik said trains would run. The company's new chief executive, Ida Holm, took up the post on June 1.",
            ("Norvik", "Ida Holm", "chief executive", "holds"),
        ),
        (
            "Parliament voted to dismiss Ida Holm as governor of the Central Bank of Velmar.",
            ("Central Bank of Velmar", "Ida Holm", "governor", "lost"),
        ),
        (
            "The Central Bank of Velmar kept its rate. Deputy Governor Stefan Arlo was sworn in as acting governor.",
            ("Central Bank of Velmar", "Stefan Arlo", "governor", "took"),
        ),
        (
            "Norvik Shipping appointed Tone Berge chief executive.",
            ("Norvik Shipping", "Tone Berge", "chief executive", "took"),
        ),
        ("Norvik named Lise Aune to replace Stig Aas as chairman.", ("Norvik", "Lise Aune", "chairman", "took")),
        ("Orsa Mayor Ingrid Moen opened the bridge.", ("Orsa", "Ingrid Moen", "mayor", "holds")),
        ("Prime Minister Jonas Ilic of Velmar resigned.", ("Velmar", "Jonas Ilic", "prime minister", "left")),
        ("Ada Marsh, mayor of Orsa, opened the bridge.", ("Orsa", "Ada Marsh", "mayor", "holds")),
        ("Stig Aas, chairman of Norvik since 2011, died on Sunday.", ("Norvik", "Stig Aas", "chairman", "held before")),
        ("Former Norvik chairman Stig Aas was charged with fraud.", ("Norvik", "Stig Aas", "chairman", "held before")),
        (
            "The president dismissed the army's chief of staff, General Per Holm.",
            ("army", "Per Holm", "chief of staff", "lost"),
        ),
        ("The fund, which owns 60 percent of Sundlink, said no.", ("Sundlink", "fund", "owner", "holds")),
        ("Per Holm sold his 82% stake in Sundlink to Ida Moen.", ("Sundlink", "Ida Moen", "", "took")),
    ],
)
def test_who_has_an_office_or_a_company_is_read(text: str, expected: tuple[str, str, str, str]) -> None:
    drawn = [(claim.place, claim.holder, claim.role, claim.status.value) for claim in claims(text)]
    assert expected in drawn


@pytest.mark.parametrize(
    "text", ["Former Norvik chairman Stig Aas was charged with fraud.", "The fund owns 15 percent of Sundlink."]
)
def test_neither_a_charge_nor_a_small_stake_gives_a_thing_to_anybody(text: str) -> None:
    assert not [claim for claim in claims(text) if claim.status.value in ("took", "holds")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mayor Ada Lund spoke first. She also chairs Harmon Steel.", ("Harmon Steel", "Ada Lund", "She")),
        ("Norvik's chairman is Bo Ek. He also leads Harmon Steel.", ("Harmon Steel", "Bo Ek", "He")),
        ("It rained. She also chairs Harmon Steel.", ("Harmon Steel", None, "She")),
    ],
)
def test_who_a_pronoun_stands_for_has_the_office_and_nobody_where_that_is_not_clear(
    text: str, expected: tuple[str, str | None, str]
) -> None:
    assert expected in [(claim.place, claim.holder, claim.holder_from) for claim in claims(text) if claim.role]
