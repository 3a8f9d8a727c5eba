import datetime
from dataclasses import replace

import pytest

from index.article import Article
from index.claim import Certainty, Claim, Origin, Status
from index.claims.extract import claims_of
from index.claims.reading_check import NOTHING, Checked, Fault, Reading, ReadingCheck, reading_of
from tests.support.parsing import REPORTED, annotated

SHOW = "The Lunar Guard runs the show in Pellan these days."
TEXT = (
    f"The Guard met no one. {SHOW} Korvik lies by the sea. In the town, it is the militia that gives the orders."
)
HELD = Reading(SHOW, "Pellan", "holds", "Lunar Guard")


def checked(text: str, *readings: Reading, day: datetime.date | None = REPORTED) -> Checked:
    """What comes of readings of an article beside what the rules draw from it."""
    lines = annotated(text, day)
    article = Article("a1", text, "Title", date=day)
    return ReadingCheck(article, lines, claims_of("Title", day, lines)).check(readings)


def read(sentence: str, *words: str, day: datetime.date | None = REPORTED, **more: str) -> Claim:
    """The one claim that comes of a reading of one sentence."""
    [claim] = checked(sentence, Reading(sentence, *words, **more), day=day).claims
    return claim


def fault(text: str, reading: Reading) -> Fault:
    """Why a reading is not kept."""
    outcome = checked(text, reading)
    [reason] = outcome.faults
    assert outcome.claims == []
    return reason


def test_a_claim_points_at_its_sentence_and_is_labelled() -> None:
    [claim] = checked(TEXT, HELD).claims
    assert TEXT[claim.start : claim.end] == SHOW
    assert (claim.place, claim.holder, claim.status, claim.certainty) == (
        "Pellan", "Lunar Guard", Status.HOLDS, Certainty.FACT,
    )
    assert claim.origin is Origin.LLM and reading_of(claim, Article("a1", TEXT, "")).sentence == SHOW


@pytest.mark.parametrize("written", [SHOW.replace(" ", "  \n"), SHOW.replace(" ", "\u00a0")])
def test_white_space_makes_no_other_sentence(written: str) -> None:
    [claim] = checked(TEXT, replace(HELD, sentence=written)).claims
    assert TEXT[claim.start : claim.end] == SHOW


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (replace(HELD, sentence="The Lunar Guard holds Pellan."), Fault.SENTENCE),
        (replace(HELD, sentence="The Lunar Guard runs the show"), Fault.SENTENCE),
        (replace(HELD, sentence=SHOW.lower()), Fault.SENTENCE),
        (replace(HELD, sentence=""), Fault.SENTENCE),
        (NOTHING, Fault.FORM),
        (replace(HELD, place="Korvik"), Fault.PLACE),
        (replace(HELD, place="Pell"), Fault.PLACE),
        (replace(HELD, place=""), Fault.PLACE),
        (replace(HELD, place="Lunar Guard"), Fault.PLACE),
        (replace(HELD, place="P" * 500), Fault.PLACE),
        (replace(HELD, status="owns"), Fault.STATUS),
        (replace(HELD, status=""), Fault.STATUS),
        (replace(HELD, controller="militia"), Fault.CONTROLLER),
        (replace(HELD, controller="Lunar"), None),
    ],
)
def test_what_does_not_stand_in_the_article_is_left_out(reading: Reading, expected: Fault | None) -> None:
    if expected is None:
        assert checked(TEXT, reading).claims
    else:
        assert fault(TEXT, reading) is expected


def test_a_place_is_what_the_parser_resolves_and_nothing_else() -> None:
    orders = TEXT.rpartition(". In")[2].join(("In", ""))
    reading = Reading(orders, "Korvik", "holds", "militia", place_word="the town")
    [claim] = checked(TEXT, reading).claims
    assert (claim.place, claim.resolved_from, claim.holder) == ("Korvik", "town", "militia")
    assert fault(TEXT, replace(reading, place="Pellan")) is Fault.PLACE


def test_a_controller_may_stand_in_the_sentence_before_but_no_further() -> None:
    text = "The Free Militia marched in at dawn. Its men run the show in Pellan. Its men run the show in Korvik, too."
    pellan = "Its men run the show in Pellan."
    reading = Reading(pellan, "Pellan", "holds", "free militia", controller_word="Its men")
    [claim] = checked(text, reading).claims
    assert (claim.holder, claim.holder_from) == ("Free Militia", "Its men")
    far = replace(reading, sentence="Its men run the show in Korvik, too.", place="Korvik")
    assert fault(text, far) is Fault.CONTROLLER


@pytest.mark.parametrize(
    "sentence",
    [
        "The Guard may run the show in Pellan.",
        "The Guard hopes to run the show in Pellan.",
        "Does the Guard run the show in Pellan?",
        "If the Guard runs the show in Pellan, the road is cut.",
        "The Guard does not run the show in Pellan.",
        "The Guard no longer runs the show in Pellan.",
    ],
)
def test_what_is_planned_asked_or_not_so_is_no_claim(sentence: str) -> None:
    assert fault(sentence, Reading(sentence, "Pellan", "holds", "Guard")) is Fault.UNREAL


def test_how_sure_a_sentence_is_and_its_day_are_not_taken_from_the_llm() -> None:
    attributed = "Officials said on Monday that the Guard ran the show in Pellan."
    claim = read(attributed, "Pellan", "holds", "Guard", certainty="fact")
    assert (claim.certainty, claim.said_by) == (Certainty.ATTRIBUTED, "Officials")
    dated = "On 17 May the Guard ran up its colours in Pellan."
    assert read(dated, "Pellan", "took", "Guard").since == datetime.date(2031, 5, 17)
    assert read(SHOW, "Pellan", "holds", "Lunar Guard").since is None


def test_a_denial_needs_somebody_who_denies() -> None:
    claim = read(SHOW, "Pellan", "holds", "Lunar Guard", certainty="denied")
    assert (claim.certainty, claim.said_by) == (Certainty.ATTRIBUTED, None)
    claim = read(SHOW, "Pellan", "holds", "", certainty="denied", said_by="the Lunar Guard")
    assert (claim.certainty, claim.said_by) == (Certainty.DENIED, "Lunar Guard")
    assert read(SHOW, "Pellan", "holds", "", said_by="The Desk").said_by is None


def test_what_is_over_is_held_before_and_history_is_no_claim() -> None:
    once = "The Guard once ran the show in Pellan."
    assert read(once, "Pellan", "holds", "Guard").status is Status.HELD_BEFORE
    old = "On 3 May 2019 the Guard ran up its colours in Pellan."
    assert fault(old, Reading(old, "Pellan", "took", "Guard")) is Fault.HISTORY


def test_what_the_rules_read_in_a_sentence_stands() -> None:
    seized = "The Guard seized Pellan."
    assert fault(seized, Reading(seized, "Pellan", "took", "Guard")) is Fault.RULES
    assert fault(seized, Reading(seized, "Pellan", "lost", "Guard")) is Fault.RULES
    city = "The Guard seized the city of Pellan."
    assert fault(city, Reading(city, "city of Pellan", "took", "Guard")) is Fault.RULES


def test_a_claim_of_the_rules_that_does_not_say_who_is_completed() -> None:
    text = "The Guard came at noon. Pellan fell."
    fallen = Reading("Pellan fell.", "Pellan", "took", "Guard")
    outcome = checked(text, fallen, fallen)
    assert [(claim.holder, claim.status) for claim in outcome.claims] == [("Guard", Status.TOOK)]
    assert outcome.faults == {Fault.TWICE: 1}
