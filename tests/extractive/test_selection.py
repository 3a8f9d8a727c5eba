import pytest

from chatbot.extractive.ranker import RELEVANT, Ranked
from chatbot.extractive.selection import MOST_SENTENCES, Choice, choose
from tests.support.reports import day, ranked, reading, report, said

THRESHOLD = 0.5
NOW = "The opposition holds Hama."
TOOK = "The opposition took Hama on Thursday."
THEN = "Hama is in the hands of the government."
PAST = "Until then the government had held Hama."
LEFT = "The army has withdrawn from Hama."


def chosen(question: str, *ones: Ranked) -> tuple[list[str], list[str]]:
    best_first = sorted(ones, key=lambda one: -one.merit)
    return said(choose(reading(question), best_first, threshold=THRESHOLD))


def test_the_newest_report_leads_though_an_older_one_fits_better() -> None:
    newer, older = ranked(report(NOW, day(5)), merit=0.5), ranked(report(THEN, day(1)), merit=0.9)
    assert chosen("Who controls Hama?", newer, older) == ([NOW], [THEN])


def test_an_older_report_that_agrees_is_not_repeated() -> None:
    assert chosen("Who controls Hama?", ranked(report(NOW, day(6))), ranked(report(TOOK, day(5)))) == ([NOW], [])


def test_the_newest_of_the_older_reports_that_differ_follows() -> None:
    older = ranked(report("The army holds Hama.", day(2)), merit=0.3), ranked(report(THEN, day(1)), merit=0.9)
    assert chosen("Who controls Hama?", ranked(report(NOW, day(5))), *older) == ([NOW], ["The army holds Hama."])


def test_reports_of_one_day_that_disagree_are_both_quoted() -> None:
    other = "The SDF hold Hama."
    both = ranked(report(NOW, day(5)), merit=0.6), ranked(report(other, day(5), source="Courier"), merit=0.5)
    assert chosen("Who controls Hama?", *both) == ([NOW, other], [])


def test_reports_of_one_day_that_agree_are_quoted_once() -> None:
    both = ranked(report(NOW, day(5)), merit=0.6), ranked(report(TOOK, day(5), source="Courier"), merit=0.5)
    assert chosen("Who controls Hama?", *both) == ([NOW], [])


def test_a_report_without_a_date_never_leads_one_with_a_date() -> None:
    undated = ranked(report(THEN, None), merit=0.9)
    assert chosen("Who controls Hama?", undated, ranked(report(NOW, day(5)))) == ([NOW], [THEN])
    assert chosen("Who controls Hama?", undated) == ([THEN], [])


def test_who_left_is_said_only_where_nobody_says_who_came() -> None:
    left = ranked(report(LEFT, day(6)), merit=0.9)
    assert chosen("Who controls Hama?", left, ranked(report(NOW, day(5)))) == ([NOW], [])
    assert chosen("Who controls Hama?", left) == ([LEFT], [])


def test_what_was_before_is_asked_for_alone() -> None:
    ones = ranked(report(NOW, day(5)), merit=0.9), ranked(report(THEN, day(1))), ranked(report(PAST, day(5)))
    assert chosen("Who controlled Hama before the offensive?", *ones) == ([THEN, PAST], [])


def test_a_past_holder_never_answers_for_now() -> None:
    ones = ranked(report(NOW, day(5)), merit=0.1), ranked(report(PAST, day(9)), merit=0.9)
    assert chosen("Who controls Hama?", *ones) == ([NOW], [])


@pytest.mark.parametrize("question", ["Who controls Hama?", "When did the army leave Hama?"])
def test_nothing_is_chosen_below_the_threshold(question: str) -> None:
    assert choose(reading(question), [ranked(report(NOW, day(5)), score=0.4)], threshold=THRESHOLD) is None
    assert choose(reading(question), [], threshold=THRESHOLD) is None


def test_a_sure_sentence_answers_only_close_behind_an_unsure_one() -> None:
    unsure, far = ranked(report(NOW, day(5)), merit=1.9, score=0.4), ranked(report(TOOK, day(5)), merit=1.5)
    assert choose(reading("Why did they come?"), [unsure, far], threshold=THRESHOLD) is None
    near = ranked(report(TOOK, day(5)), merit=1.8)
    assert choose(reading("Why did they come?"), [unsure, near], threshold=THRESHOLD) == Choice((near,))


def test_what_has_nothing_to_do_with_the_question_does_not_answer_it() -> None:
    other = ranked(report(TOOK, day(5)), merit=RELEVANT - 0.01)
    assert choose(reading("Why is the sky blue?"), [other], threshold=THRESHOLD) is None


def test_of_nearly_equal_sentences_the_newer_leads() -> None:
    old, new = ranked(report("It snowed.", day(1)), merit=1.51), ranked(report("Rain fell.", day(5)), merit=1.5)
    assert chosen("How was the weather?", old, new)[0][0] == "Rain fell."


def test_a_clearly_better_sentence_leads_though_it_is_older() -> None:
    old, new = ranked(report("It snowed.", day(1)), merit=1.9), ranked(report("Rain fell.", day(5)), merit=1.5)
    assert chosen("How was the weather?", old, new)[0] == ["It snowed."]


def test_the_same_words_are_quoted_once() -> None:
    ones = ranked(report("It snowed in Hama.", day(5))), ranked(report("In Hama it snowed.", day(5), source="Courier"))
    assert len(chosen("How was the weather?", *ones)[0]) == 1


def test_an_answer_has_three_sentences_at_most() -> None:
    weather = ["It snowed.", "Rain fell.", "Fog came.", "Wind rose.", "Hail struck."]
    ones = [ranked(report(text, day(5))) for text in weather]
    assert len(chosen("How was the weather?", *ones)[0]) == MOST_SENTENCES


def test_a_choice_holds_what_was_ranked_unchanged() -> None:
    one = ranked(report(NOW, day(5)))
    assert choose(reading("Who controls Hama?"), [one], threshold=THRESHOLD) == Choice((one,))
