"""What the tagger reads beside the rules: where both agree, where one doubts the other, and where it alone reads."""

import pytest

from index.claim import Certainty, Claim, Status
from index.claims.extract import claims_of
from index.claims.tagged_offices import with_offices
from index.claims.tagged_places import with_places
from index.claims.tagger import ImpliedTag, OfficeTag, PlaceTag, Span, Tags
from tests.support.parsing import REPORTED, annotated, held, parsed


def span(text: str, words: str) -> Span:
    start = text.index(words)
    return start, start + len(words)


def place(text: str, words: str, kind: str, holder: str | None = None, sure: float = 0.9) -> PlaceTag:
    return PlaceTag(span(text, words), kind, holder and span(text, holder) or None, sure)


def drawn(text: str, *tags: PlaceTag | OfficeTag) -> list[Claim]:
    """The claims of one sentence with these tags."""
    places = tuple(tag for tag in tags if isinstance(tag, PlaceTag))
    offices = tuple(tag for tag in tags if isinstance(tag, OfficeTag))
    [line] = annotated(text)
    return claims_of("A report", REPORTED, [line], [Tags(places, offices)])


STRANGE = "Pellan sleeps behind the rifles of the Lunar Guard."


def test_what_only_the_tagger_reads_is_a_claim() -> None:
    assert held(drawn(STRANGE)) == []
    assert held(drawn(STRANGE, place(STRANGE, "Pellan", "holds", "the Lunar Guard"))) == [
        ("Pellan", "Lunar Guard", "holds")
    ]


def test_what_it_is_not_sure_of_is_none() -> None:
    assert drawn(STRANGE, place(STRANGE, "Pellan", "holds", "the Lunar Guard", sure=0.3)) == []
    assert drawn(STRANGE, place(STRANGE, "Pellan", "other", "the Lunar Guard")) == []


def test_what_both_read_is_one_claim_and_what_rules_alone_read_stays() -> None:
    text = "The Lunar Guard took Pellan on Monday."
    expected = [("Pellan", "Lunar Guard", "took")]
    assert held(drawn(text, place(text, "Pellan", "took", "The Lunar Guard"))) == held(drawn(text)) == expected
    assert held(drawn(text, place(text, "Pellan", "holds", "The Lunar Guard"))) == expected


def test_of_two_tags_that_contradict_each_other_the_surer_counts() -> None:
    tags = [place(STRANGE, "Pellan", kind, "the Lunar Guard", sure) for kind, sure in (("lost", 0.85), ("holds", 0.95))]
    assert held(drawn(STRANGE, *tags)) == [("Pellan", "Lunar Guard", "holds")]


def test_what_a_side_claims_is_told_by_it_and_a_denial_is_left_to_the_rules() -> None:
    text = "The Lunar Guard boasts of having Pellan in its pocket."
    [own] = drawn(text, place(text, "Pellan", "claims", "The Lunar Guard"))
    assert (own.status, own.certainty, own.said_by) == (Status.HOLDS, Certainty.ATTRIBUTED, "The Lunar Guard")
    assert drawn(STRANGE, place(STRANGE, "Pellan", "denies", "the Lunar Guard")) == []


def test_who_left_a_place_does_not_hold_it_by_the_same_sentence() -> None:
    text = "The Lunar Guard withdrew from Pellan, weeks after the rebels had claimed the place."
    assert held(drawn(text, place(text, "the place", "holds", "The Lunar Guard"))) == held(drawn(text)) != []
    other = "The Lunar Guard withdrew from Pellan and sleeps in Bray."
    assert ("Bray", "Lunar Guard", "holds") in held(drawn(other, place(other, "Bray", "holds", "The Lunar Guard")))


def test_a_town_holds_nothing() -> None:
    text = "The town of Lindby sleeps behind the hills of Velmar."
    assert drawn(text, place(text, "Velmar", "holds", "Lindby")) == []


@pytest.mark.parametrize("kind", ["besieged", "contested"])
def test_a_siege_and_a_fight_have_no_holder(kind: str) -> None:
    assert held(drawn(STRANGE, place(STRANGE, "Pellan", kind, "the Lunar Guard"))) == [("Pellan", None, kind)]


def test_a_word_that_stands_for_a_town_is_resolved() -> None:
    text = "Fighting reached the town of Pellan on Monday.\nThe town sleeps behind the rifles of the Lunar Guard."
    lines = annotated(text)
    tag = place(lines[1].parsed.text, "The town", "holds", "the Lunar Guard")
    [claim] = claims_of("A report", REPORTED, lines, [Tags(), Tags((tag,))])
    assert (claim.place, claim.resolved_from) == ("Pellan", "town")


GONE = "Lunar Guard soldiers hold the town of Pellan.\nBy nightfall not one soldier of the Lunar Guard was to be seen."


def after_pellan(text: str, *, sure: float = 0.95, kind: str = "left", holder: str = "the Lunar Guard") -> list[Claim]:
    """The claims of the second sentence, whose words say that a place is held or left."""
    lines = annotated(text)
    sentence = lines[1].parsed.text
    tag = ImpliedTag(span(sentence, "was to be seen"), kind, span(sentence, holder), sure)
    claims = claims_of("A report", REPORTED, lines, [Tags(), Tags(implied=(tag,))])
    return [claim for claim in claims if claim.start == lines[1].start]


def test_a_place_that_a_sentence_does_not_mention_is_that_spoken_of_last() -> None:
    [claim] = after_pellan(GONE)
    assert (claim.place, claim.holder, claim.status) == ("Pellan", "Lunar Guard", Status.LEFT)
    assert claim.resolved_from == "there"
    assert after_pellan(GONE, sure=0.5) == after_pellan(GONE, kind="other") == []


def test_a_sentence_that_tells_of_a_place_tells_of_no_other() -> None:
    [claim] = after_pellan(GONE.replace("was to be seen", "was to be seen when the Corvan army took Bray"))
    assert (claim.place, claim.holder) == ("Bray", "Corvan army")


def office(text: str, holder: str, role: str, body: str | None, kind: str = "holds", sure: float = 0.9) -> OfficeTag:
    return OfficeTag(span(text, holder), kind, span(text, role), body and span(text, body) or None, sure)


BOSS = "Norvik has found its mayor at last in the person of Ada Lund."


def test_an_office_that_only_the_tagger_reads_is_a_claim() -> None:
    assert drawn(BOSS) == []
    [claim] = drawn(BOSS, office(BOSS, "Ada Lund", "mayor", "Norvik", "took"))
    assert (claim.place, claim.holder, claim.role, claim.status) == ("Norvik", "Ada Lund", "mayor", Status.TOOK)
    assert drawn(BOSS, office(BOSS, "Ada Lund", "mayor", "Norvik", "took", sure=0.2)) == []


def test_an_office_that_both_read_is_one_and_one_without_its_body_is_left_to_the_rules() -> None:
    text = "Ada Lund is mayor of Norvik."
    assert drawn(text, office(text, "Ada Lund", "mayor", "Norvik")) == drawn(text) != []
    assert drawn(BOSS, office(BOSS, "Ada Lund", "mayor", None, "took")) == []


def test_words_that_name_no_office_make_no_claim() -> None:
    sentence = parsed("Ada Lund follows Peter Holm.")
    tag = office(sentence.text, "Ada Lund", "follows", None)
    assert with_offices(sentence, [], Tags(offices=(tag,))) == []
    nothing = PlaceTag((3, 3), "holds", None, 0.9)
    assert with_places(sentence, [], Tags((nothing,))) == []
