import pytest

from index.claims.decisions import aliases_of
from index.claims.holders import known_as
from index.claims.sides import Reason, Side, sides
from index.name_decision import NameDecision
from tests.claims.test_board import day, reported
from tests.support.parsing import claims

PAIRS = [("LFL", "Lunar Front for Liberty")]
REPORTS = reported(
    (3, "The town of Pellan is held by the Lunar Front."),
    (4, "LFL controls Orlo."),
    (5, "The Lunar Front captured Quist. Lunar Front fighters hold Brandt."),
    (6, "The Turkish army holds Vessby. The Syrian army controls Kestrel."),
    (7, "The army captured Ansel."),
    (8, "The militia holds Dorn. The Guard and the Lunar Front hold Tarsk."),
)


def decided(name: str, other: str, same: bool | None) -> NameDecision:
    return NameDecision(name, other, same, "ada", "2031-05-09T12:00:00+00:00")


def names(*decisions: NameDecision) -> dict[str, list[str]]:
    return {side.name: [name.name for name in side.names[1:]] for side in made(*decisions)}


def made(*decisions: NameDecision) -> list[Side]:
    return sides(REPORTS, aliases_of(PAIRS, decisions))


def test_the_articles_merge_names_and_each_merge_has_its_reason() -> None:
    front = made()[0]
    assert front.name == "Lunar Front"
    reasons = {name.name: (name.reason, name.shared) for name in front.names[1:]}
    assert reasons == {"LFL": (Reason.SHORT, ()), "Lunar Front fighters": (Reason.WORD, ("Lunar", "Front"))}


def test_a_name_that_fits_several_sides_and_one_of_several_sides_stand_alone() -> None:
    alone = names()
    assert alone["army"] == alone["Turkish army"] == alone["militia"] == []
    assert all("Guard" not in name or name.startswith("Guard") for others in alone.values() for name in others)


def test_an_editor_merges_names_and_takes_one_out_of_its_side() -> None:
    merged = names(decided("militia", "Lunar Front", True))
    assert set(merged["Lunar Front"]) == {"LFL", "Lunar Front fighters", "militia"}
    split = names(decided("LFL", "Lunar Front", False), decided("Lunar Front fighters", "LFL", False))
    assert split["LFL"] == [] and split["Lunar Front"] == ["Lunar Front fighters"]
    side = made(decided("militia", "Lunar Front", True))[0]
    assert {name.name: name.reason for name in side.names}["militia"] is Reason.EDITOR


def test_what_is_merged_twice_is_one_side_and_what_is_apart_stays_apart() -> None:
    both = names(decided("militia", "army", True), decided("army", "Turkish army", True))
    [joined] = [{name, *others} for name, others in both.items() if "militia" in (name, *others)]
    assert joined == {"militia", "army", "Turkish army"}
    apart = names(decided("Lunar Front", "LFL", False))
    assert apart["LFL"] == []


@pytest.mark.parametrize(
    ("name", "follows"),
    [("Lunar Front fighters", True), ("the army", False), ("Turkish militia", False)],
)
def test_a_longer_name_follows_what_is_decided_of_a_name_in_it_unless_that_is_a_mere_kind(
    name: str, follows: bool
) -> None:
    aliases = aliases_of([], [decided("Lunar Front", "Kestrel Column", True), decided("militia", "Guard", True)])
    words = known_as(name, aliases)
    assert ("kestrel" in words or "guard" in words) is follows


LED = reported(
    (3, "The KLM-led opposition holds Pellan. The KLM-led opposition holds Orlo."),
    (4, "The Dorn-led forces control Quist. The opposition captured Brandt."),
    (5, "KLM holds Tarsk. The army holds Kestrel. The Lunar National Army controls Vessby."),
)


def test_who_leads_tells_sides_apart_and_the_word_led_does_not() -> None:
    by_name = {side.name: {name.name for name in side.names[1:]} for side in sides(LED, aliases_of([], []))}
    assert by_name["KLM-led opposition"] == {"KLM", "opposition"}
    assert by_name["Dorn-led forces"] == by_name["army"] == by_name["Lunar National Army"] == set()


def test_no_claim_names_no_side() -> None:
    assert claims("It rained in Pellan.", day(1)) == [] and sides([], aliases_of(PAIRS, [])) == []


def test_the_last_word_of_a_name_stands_for_it_where_it_is_written_as_a_name() -> None:
    reports = reported(
        (3, "The town of Pellan is held by the Hill League."), (4, "The League controls Orlo."),
        (5, "Quist is held by the Upland Front."), (6, "The town of Dorn is held by the Front."),
    )  # fmt: skip
    short = {side.name: {name.name for name in side.names} for side in sides(reports, aliases_of([], []))}
    assert short == {"Hill League": {"Hill League", "League"}, "Upland Front": {"Upland Front", "Front"}}


def by_first_name(*articles: tuple[int, str]) -> dict[str, set[str]]:
    known = sides(reported(*articles), aliases_of([], []))
    return {side.name: {name.name for name in side.names[1:]} for side in known}


STATES = (
    (3, "The town of Pellan is held by the army. The navy holds Quist. Federal troops control Brandt."),
    (4, "The town of Dorn is in the hands of the Lunar Front."),
)


def test_what_is_only_called_a_states_is_one_side() -> None:
    assert by_first_name(*STATES) == {"Federal troops": {"army", "navy"}, "Lunar Front": set()}


def test_two_forces_of_which_one_takes_a_place_from_the_other_are_two_sides() -> None:
    apart = by_first_name(*STATES, (5, "The army captured Orlo from the navy."))
    assert apart["army"] == apart["navy"] == set()


def test_of_two_nations_neither_is_the_army() -> None:
    apart = by_first_name(*STATES, (5, "The Turkish army holds Orlo. The Syrian army controls Kestrel."))
    assert apart["Federal troops"] == {"army", "navy"} and apart["Turkish army"] == apart["Syrian army"] == set()


def test_what_is_made_of_a_lands_name_is_the_lands() -> None:
    made = by_first_name((3, "The town of Pellan is held by Kardesh."), (4, "Kardeshi soldiers hold Quist."))
    assert made == {"Kardesh": {"Kardeshi soldiers"}}


def test_a_noun_that_one_article_gives_a_name_stands_for_it_in_others() -> None:
    made = by_first_name(
        (3, "The rebel Lunar Front came at night. The town of Pellan was taken by the rebels."),
        (5, "The rebels hold Quist."),
    )
    assert made == {"Lunar Front": {"rebels"}}


def test_what_an_editor_takes_out_of_a_states_side_leaves_the_others_in_it() -> None:
    split = [decided("navy", "army", False), decided("navy", "Federal troops", False)]
    known = sides(reported(*STATES), aliases_of([], split))
    assert {side.name: {name.name for name in side.names[1:]} for side in known} == {
        "Federal troops": {"army"}, "navy": set(), "Lunar Front": set(),
    }  # fmt: skip
