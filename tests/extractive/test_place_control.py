import pytest

from chatbot.extractive.place_control import Tense, actors_of, tense_of


@pytest.mark.parametrize(
    ("sentence", "place", "tense"),
    [
        ("The opposition holds Hama.", "Hama", Tense.HELD),
        ("Hama is now in the hands of the coalition.", "Hama", Tense.HELD),
        ("Hama remains in government hands.", "Hama", Tense.HELD),
        ("The city of Hama was still in government hands on Saturday.", "Hama", Tense.HELD),
        ("Damascus was still in the hands of the government on Saturday.", "Damascus", Tense.HELD),
        ("Aleppo, the main city, remained under government control on Wednesday.", "Aleppo", Tense.HELD),
        ("Homs comes next, and it too is under the control of the army.", "Homs", Tense.HELD),
        ("The HTS-led opposition also controls Aleppo, Hama and Damascus.", "Damascus", Tense.HELD),
        ("Control of Manbij is disputed.", "Manbij", Tense.HELD),
        ("The SDF say that fighting goes on in Manbij.", "Manbij", Tense.HELD),
        ("The opposition took the city of Hama on Thursday.", "Hama", Tense.CHANGED),
        ("Homs fell overnight.", "Homs", Tense.CHANGED),
        ("Russian troops have seized Bakhmut.", "Bakhmut", Tense.CHANGED),
        ("Homs was captured by the opposition.", "Homs", Tense.CHANGED),
        ("The army left Deir ez-Zor.", "Deir ez-Zor", Tense.LEFT),
        ("The army says that it has withdrawn from Hama.", "Hama", Tense.LEFT),
        ("The SNA no longer holds Manbij.", "Manbij", Tense.LEFT),
        ("Until then the government had held Hama.", "Hama", Tense.PAST),
        ("The government had held Homs until Saturday.", "Homs", Tense.PAST),
        ("In December 2016 the army regained full control of Aleppo.", "Aleppo", Tense.PAST),
        ("The rebels vowed to take Hama.", "Hama", Tense.NONE),
        ("If Hama falls, Homs is next.", "Hama", Tense.NONE),
        ("The army does not hold Hama.", "Hama", Tense.NONE),
        ("The opposition has not taken Hama.", "Hama", Tense.NONE),
        ("Aircraft struck Aleppo.", "Aleppo", Tense.NONE),
        ("Tell Rifaat, a town north of Aleppo, is held by the SNA.", "Aleppo", Tense.NONE),
        ("Tell Rifaat, a town north of Aleppo, is held by the SNA.", "Tell Rifaat", Tense.HELD),
        ("Hamad holds office.", "Hama", Tense.NONE),
    ],
)
def test_what_a_sentence_says_of_who_holds_a_place(sentence: str, place: str, tense: Tense) -> None:
    assert tense_of(sentence, place) is tense


@pytest.mark.parametrize(("years", "tense"), [({2024}, Tense.HELD), ({2020}, Tense.PAST), (set(), Tense.PAST)])
def test_the_year_of_the_article_is_not_the_past(years: set[int], tense: Tense) -> None:
    said = "The SNA has controlled Tell Rifaat since 2024."
    assert tense_of(said, "Tell Rifaat", recent_years=frozenset(years)) is tense


def test_a_verb_far_from_the_place_says_nothing_of_it() -> None:
    between = "after long talks with the ministers of five countries and of their neighbours in the region, "
    assert tense_of(f"The army holds the road, and {between * 2} an envoy spoke of Hama.", "Hama") is Tense.NONE


@pytest.mark.parametrize(
    ("sentence", "same"),
    [
        ("The opposition holds Hama.", "Hama is held by opposition forces."),
        ("The government holds Homs.", "Government troops hold Homs."),
        ("The SDF hold Manbij.", "Manbij is held by the SDF."),
    ],
)
def test_the_same_holder_is_known_in_other_words(sentence: str, same: str) -> None:
    assert actors_of(sentence) & actors_of(same)


def test_different_holders_are_told_apart() -> None:
    assert actors_of("The SDF hold Manbij.").isdisjoint(actors_of("The SNA holds Manbij."))
    assert actors_of("Manbij lies in the north.") == frozenset()


def test_from_whom_a_place_was_taken_does_not_hold_it() -> None:
    taken = actors_of("The opposition took Deir ez-Zor from the SDF on Wednesday.")
    assert taken.isdisjoint(actors_of("The SDF hold Deir ez-Zor."))
    assert taken & actors_of("The HTS-led opposition holds Deir ez-Zor.")
