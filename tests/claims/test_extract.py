import datetime

import pytest

from index.claim import Certainty
from tests.support.parsing import claims, held

THIRD, SEVENTEENTH, NINETEENTH = (datetime.date(2031, 5, day) for day in (3, 17, 19))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Lunar Guard seized Pellan.", ("Pellan", "Lunar Guard", "took")),
        ("Pellan was conquered by the militia.", ("Pellan", "militia", "took")),
        ("The rebels conquered the town of Pellan.", ("Pellan", "rebels", "took")),
        ("Pellan fell to the Guard.", ("Pellan", "Guard", "took")),
        ("The Guard took control of Pellan.", ("Pellan", "Guard", "took")),
        ("Pellan is governed by the militia.", ("Pellan", "militia", "holds")),
        ("Pellan is in the hands of the militia.", ("Pellan", "militia", "holds")),
        ("Pellan remains under militia control.", ("Pellan", "militia", "holds")),
        ("The militia withdrew from Pellan.", ("Pellan", "militia", "left")),
        ("The militia no longer controls Pellan.", ("Pellan", "militia", "lost")),
        ("The army has lost Pellan.", ("Pellan", "army", "lost")),
        ("Pellan is besieged.", ("Pellan", None, "besieged")),
        ("The flag of the Guard flies over Pellan.", ("Pellan", "Guard", "took")),
        ("Pellan has been in rebel hands since May.", ("Pellan", "rebel", "holds")),
        ("Pellan fell into the hands of the Guard.", ("Pellan", "Guard", "took")),
        ("Pellan was returned to the Guard.", ("Pellan", "Guard", "took")),
        ("Pellan surrendered to the Guard on Friday.", ("Pellan", "Guard", "took")),
        ("Pellan belongs to the Guard again.", ("Pellan", "Guard", "holds")),
        ("The militia still clings to Pellan.", ("Pellan", "militia", "holds")),
        ("The militia has consolidated its control over Pellan.", ("Pellan", "militia", "holds")),
        ("The militia established control of Pellan.", ("Pellan", "militia", "took")),
        ("The town of Pellan slipped from the militia's control.", ("Pellan", "militia", "lost")),
        ("After the capture of Pellan by the militia, people danced.", ("Pellan", "militia", "took")),
        ("With the fall of Pellan to the militia, the road is cut.", ("Pellan", "militia", "took")),
        ("The town of Pellan is held by a local militia, the River Guards.", ("Pellan", "River Guards", "holds")),
    ],
)
def test_who_holds_a_place_is_read_in_many_ways(text: str, expected: tuple[str, str | None, str]) -> None:
    assert held(claims(text)) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pellan was taken by the army, Quist by the rebels.", {("Pellan", "army"), ("Quist", "rebels")}),
        (
            "Pellan is held by the army, Quist by the rebels and Orlo by Danish troops.",
            {("Pellan", "army"), ("Quist", "rebels"), ("Orlo", "Danish troops")},
        ),
        ("Pellan stays with the army, as do Quist and Orlo.", {(each, "army") for each in ("Pellan", "Quist", "Orlo")}),
        (
            "In the north, the capital, Pellan, remains under Danish control, and so does Quist.",
            {("Pellan", "Danish"), ("Quist", "Danish")},
        ),
        ("The army has yielded Pellan to the Guard.", {("Pellan", "Guard"), ("Pellan", "army")}),
    ],
)
def test_each_place_of_a_sentence_has_its_own_holder(text: str, expected: set[tuple[str, str]]) -> None:
    assert {(place, holder) for place, holder, _ in held(claims(text))} == expected


@pytest.mark.parametrize(
    "text",
    [
        "The Guard plans to capture Pellan.",
        "The Guard threatened to take Pellan.",
        "The militia was told to leave Pellan, and the Guard is expected to take it.",
        "She returned to Pellan on Monday.",
        "The Guard hopes to take Pellan by June.",
        "The Guard would seize Pellan if talks failed.",
        "If the Guard captures Pellan, the road is cut.",
        "Unless help comes, Pellan will fall to the Guard.",
        "Pellan could fall to the Guard within days.",
        "The Guard may have captured Pellan.",
        "The general said his troops will take Pellan on Monday.",
        "Has the Guard captured Pellan?",
        "The Guard failed to take Pellan.",
        "The Guard captured 400 tonnes of grain.",
        "The pianist took a train to Pellan.",
        "Petra Holm lost 20 percent of her shares.",
    ],
)
def test_plans_conditions_and_questions_claim_nothing(text: str) -> None:
    assert [claim for claim in held(claims(text)) if claim[2] in ("took", "lost", "left")] == []


@pytest.mark.parametrize(
    ("text", "certainty", "speaker"),
    [
        ("The Guard captured Pellan.", Certainty.FACT, None),
        ("A spokesman said the Guard had captured Pellan.", Certainty.ATTRIBUTED, "A spokesman"),
        ("The militia denied that the Guard had captured Pellan.", Certainty.DENIED, "The militia"),
        ("The militia claims to have captured Pellan.", Certainty.ATTRIBUTED, "The militia"),
        ("The militia is said to hold Pellan.", Certainty.ATTRIBUTED, "said"),
    ],
)
def test_how_sure_a_claim_is(text: str, certainty: Certainty, speaker: str | None) -> None:
    [claim] = claims(text)
    assert (claim.certainty, claim.said_by) == (certainty, speaker)


@pytest.mark.parametrize(
    "text", ["The Guard ruled Pellan in 1987.", "The militia captured Pellan in 1999.", "Pellan fell to them in 2011."]
)
def test_history_claims_nothing_of_today(text: str) -> None:
    assert [claim for claim in held(claims(text)) if claim[2] in ("holds", "took", "lost", "left")] == []


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("The militia had held Pellan until then.", "held before"),
        ("Pellan once was in the hands of the militia.", "held before"),
    ],
)
def test_who_held_a_place_before_is_told_apart(text: str, status: str) -> None:
    assert [claim[2] for claim in held(claims(text))] == [status]


@pytest.mark.parametrize(
    ("text", "since", "until", "dated"),
    [
        ("On 3 May the Guard seized Pellan.", THIRD, THIRD, "relative"),
        ("The Guard seized Pellan on 3 May 2031.", THIRD, THIRD, "named"),
        ("The Guard seized Pellan on Saturday.", SEVENTEENTH, SEVENTEENTH, "relative"),
        ("The Guard seized Pellan two weeks ago.", THIRD, datetime.date(2031, 5, 9), "relative"),
        ("The Guard seized Pellan.", None, None, ""),
    ],
)
def test_the_day_of_the_event_is_worked_out(
    text: str, since: datetime.date | None, until: datetime.date | None, dated: str
) -> None:
    [claim] = claims(text)
    assert (claim.since, claim.until, claim.dated) == (since, until, dated)


def test_headings_of_a_live_blog_date_what_is_below_them() -> None:
    stated = claims("19 May 2031\nThe Guard captured Pellan.\n\n17 May 2031\nThe militia seized Korvik.")
    assert [(claim.place, claim.since, claim.dated) for claim in stated] == [
        ("Pellan", NINETEENTH, "heading"), ("Korvik", SEVENTEENTH, "heading"),
    ]  # fmt: skip


def test_a_dateline_is_no_place_of_a_claim() -> None:
    text = "TROMSO, May 19 (Agency) - The syndicate has lost the port of Korvik."
    assert held(claims(text)) == [("Korvik", "syndicate", "lost")]


def test_a_label_is_the_place() -> None:
    text = "Where things stand\n\nKorvik: the Lunar Guard\n\nPellan: under Guard control"
    assert held(claims(text)) == [("Korvik", "Lunar Guard", "holds"), ("Pellan", "Guard", "holds")]


@pytest.mark.parametrize("point", ["- ", "• ", "2. "])
def test_a_point_of_a_list_is_read_without_its_mark(point: str) -> None:
    text = f"{point}Pellan (West Tarn): the militia entered the barracks on 4 May and now controls the whole town."
    assert ("Pellan", "militia", "holds") in held(claims(text))
    assert not [claim for claim in claims(text) if claim.holder == "Pellan"]


def test_who_speaks_behind_a_place_has_no_office_by_that_place() -> None:
    text = "The Norvian flag is back on Snake Island, a spokeswoman for the southern command says."
    [claim] = claims(text)
    assert (claim.place, claim.role, claim.certainty) == ("Snake Island", "", Certainty.ATTRIBUTED)


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("Pellan is a mining town. It was captured by the Guard.", "Pellan", "It"),
        ("Fighting raged in Pellan. The Guard captured the town.", "Pellan", "town"),
        ("On 3 May the Guard seized the town of Pellan. The militia has retaken the town.", "Pellan", "town"),
    ],
)
def test_what_stands_for_the_place_is_resolved_and_marked(text: str, place: str, word: str) -> None:
    last = claims(text)[-1]
    assert (last.place, last.resolved_from) == (place, word)


def test_both_are_two_places() -> None:
    stated = claims("The Guard marched into Korvik and Pellan. Both are now governed by the Guard.")
    assert [(claim.place, claim.resolved_from) for claim in stated if claim.resolved_from] == [
        ("Korvik", "Both"), ("Pellan", "Both"),
    ]  # fmt: skip


def test_so_does_says_the_same_of_another_place() -> None:
    stated = held(claims("Korvik remains under militia control, and so does Pellan."))
    assert stated == [("Korvik", "militia", "holds"), ("Pellan", "militia", "holds")]


def test_who_takes_a_place_from_another_makes_him_lose_it() -> None:
    stated = held(claims("The Guard ousted the militia from Pellan."))
    assert set(stated) == {("Pellan", "militia", "lost"), ("Pellan", "Guard", "took")}


def test_a_claim_stands_where_its_sentence_does() -> None:
    text = "Snow fell. The Guard captured Pellan. It was quiet."
    [claim] = claims(text)
    assert text[claim.start : claim.end] == "The Guard captured Pellan."


def test_an_article_without_a_day_still_claims() -> None:
    assert held(claims("The Guard captured Pellan.", None)) == [("Pellan", "Guard", "took")]
