import numpy as np
import pytest

from chatbot.extractive.lexical_features import LexicalEvidence, asks_of_days, terms_of, weigh
from tests.support.reports import candidates, day, reading, report


def evidence(question: str, text: str, *, at: int = 0, title: str = "A report") -> LexicalEvidence:
    """What speaks for sentence `at` of an article with `text`; every word is in one passage of four."""
    asked = reading(question)
    terms = terms_of(asked, lambda word: 1, 4)
    return weigh(asked, terms, candidates(report(text, day(1), title=title))[at], 0.5, {})


@pytest.mark.parametrize(
    ("question", "answers", "other"),
    [
        ("Who took Hama?", "The opposition took Hama.", "Fog lay over Hama."),
        ("Who told them?", "A spokesman told them.", "it was told."),
        ("When did Hama fall?", "Hama fell on 5 December.", "Hama fell."),
        ("When was the truce?", "The truce came three days later.", "The truce came."),
        ("Where is he?", "He is in Moscow.", "He is well."),
        ("How many fled Hama?", "Some 400 fled Hama.", "Families fled Hama."),
        ("How long did it last?", "It lasted four days.", "It lasted."),
        ("How long is the bridge?", "The bridge is 212 metres long.", "The bridge crosses the Lerra."),
        ("How old is the bridge?", "The bridge is 90 years old.", "The bridge is closed."),
        ("How much did it cost?", "It cost $3 million.", "It cost 300 lives."),
        ("Why did they leave?", "They left because the road was cut.", "They left on Friday."),
    ],
)
def test_a_sentence_with_what_is_asked_for_is_typed(question: str, answers: str, other: str) -> None:
    assert evidence(question, answers).typed == 1
    assert evidence(question, other).typed < 1


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("When did Hama fall on 5 December?", "Hama fell on 5 December."),
        ("How many of the 400 fled?", "The 400 fled."),
        ("Where is Hama?", "Traders met in Hama."),
    ],
)
def test_what_the_question_says_itself_is_no_answer(question: str, sentence: str) -> None:
    assert evidence(question, sentence).typed < 1


def test_a_number_of_something_else_is_no_answer() -> None:
    assert evidence("How many civilians died?", "12 civilians died.").typed == 1
    assert evidence("How many civilians died?", "In a column of 12 lorries that left the town, nobody died.").typed < 1


def test_shared_words_count_in_any_form_and_as_synonyms() -> None:
    assert evidence("Who began the talks in Hama?", "They were starting talks in Hama.").overlap == 1
    assert evidence("Who took Hama?", "Rebels have taken Hama.").overlap == 1
    assert evidence("Who captured Hama?", "Fog lay over Homs.").overlap == 0
    assert 0 < evidence("Who captured Hama?", "Fog lay over Hama.").overlap < 1


def test_names_weigh_more_than_other_words() -> None:
    by_name = {term.word: term for term in terms_of(reading("Who captured Hama?"), lambda word: 1, 4)}
    assert by_name["Hama"].name and not by_name["captured"].name
    assert by_name["Hama"].weight > by_name["captured"].weight


def test_rare_words_weigh_more_than_frequent_ones() -> None:
    frequency = {"army": 90, "motorway": 2}
    terms = terms_of(reading("Did the army cut the motorway?"), lambda word: frequency.get(word, 10), 100)
    weights = {term.word: term.weight for term in terms}
    assert weights["motorway"] > weights["cut"] > weights["army"] > 0


def test_words_of_the_question_before_weigh_less() -> None:
    before = "What did the minister say of the harbour?"
    following = {term.word: term.weight for term in terms_of(reading("Who told them that?", before), lambda word: 1, 4)}
    alone = {term.word: term.weight for term in terms_of(reading(before), lambda word: 1, 4)}
    assert set(alone) == {"minister", "harbour"}
    assert all(0 < following[word] < alone[word] for word in alone)


def test_the_sentence_before_says_whom_a_pronoun_means() -> None:
    text = "Assad left Damascus. He flew to Moscow. Fog lay over the airport."
    pronoun, other = evidence("Where did Assad go?", text, at=1), evidence("Where did Assad go?", text, at=2)
    assert pronoun.names == 1 and other.names == 0


def test_the_title_and_the_sentence_before_count_as_nearby() -> None:
    assert evidence("Who took Hama?", "Fog lay over it.", title="Hama changes hands").names_nearby == 1
    assert evidence("Who took Hama?", "Hama is a city. Fog came.", at=1).names_nearby == 1
    assert evidence("Who took Hama?", "Fog came.").names_nearby == 0


def test_a_short_name_counts_as_the_long_one() -> None:
    asked = reading("What did Hayat Tahrir al-Sham do?")
    terms = terms_of(asked, lambda word: 1, 4)
    [candidate] = candidates(report("SNA and HTS advanced.", day(1)))
    without = weigh(asked, terms, candidate, 0.5, {})
    aliases = {"ht": frozenset({"hayat", "tahrir", "sham", "al-sham"})}
    assert weigh(asked, terms, candidate, 0.5, aliases).names > without.names == 0


def test_words_side_by_side_are_nearer_than_words_far_apart() -> None:
    side = evidence("Was the harbour council fined?", "The harbour council was fined.")
    apart = evidence("Was the harbour council fined?", "A council far from the old harbour of the town was fined.")
    assert 0 < apart.nearness < side.nearness <= 1


def test_all_evidence_stays_between_zero_and_one() -> None:
    for question in ("Who took Hama?", "Why?", "When did the army leave Hama in 2016?", "What?"):
        for sentence in ("The army left Hama in 2016.", "Yes.", "Hama Hama Hama took took."):
            assert np.all([0 <= value <= 1 for value in vars(evidence(question, sentence)).values()])


@pytest.mark.parametrize(
    ("text", "heading", "dangling"),
    [
        ("Hama changes hands", True, False),
        ("The army left Hama.", False, False),
        ("They left Hama.", False, True),
        ("“We left Hama.”", False, False),
    ],
)
def test_headings_and_sentences_that_hang_on_the_one_before_are_known(text: str, heading: bool, dangling: bool) -> None:
    [candidate] = candidates(report(text, day(1)))
    assert (candidate.is_heading, candidate.is_dangling) == (heading, dangling)


@pytest.mark.parametrize(
    ("question", "is_so"),
    [
        ("What happened on 5 December?", True),
        ("what happened in 2016", True),
        ("What happened in Hama on 5 December?", False),
        ("What changed hands on 5 December?", False),
        ("What happened?", False),
    ],
)
def test_a_question_may_turn_on_nothing_but_dates(question: str, is_so: bool) -> None:
    assert asks_of_days(reading(question)) is is_so
