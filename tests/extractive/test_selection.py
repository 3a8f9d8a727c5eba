from dataclasses import replace

from chatbot.extractive.ranker import Ranked
from chatbot.extractive.selection import MOST_SENTENCES, Choice, choose
from chatbot.extractive.weights import threshold
from chatbot.question.query import query_of
from chatbot.question.refine import refined
from tests.support.reports import day, parser, ranked, reading, report, texts

NOW = "The opposition holds Hama."
TOOK = "The opposition took Hama on Thursday."
THEN = "Hama is in the hands of the government."
PAST = "Until then the government had held Hama."
LEFT = "The army has withdrawn from Hama."


def chosen(question: str, *ones: Ranked) -> tuple[list[str], list[str]]:
    best_first = sorted(ones, key=lambda candidate: -candidate.score)
    return texts(choose(reading(question), best_first))


def test_the_newest_report_leads_though_an_older_one_fits_better() -> None:
    newer, older = ranked(report(NOW, day(5))), ranked(report(THEN, day(1)))
    assert chosen("Who controls Hama?", newer, older) == ([NOW], [THEN])


def test_an_older_report_that_agrees_is_not_repeated() -> None:
    assert chosen("Who controls Hama?", ranked(report(NOW, day(6))), ranked(report(TOOK, day(5)))) == ([NOW], [])


def test_the_newest_of_the_older_reports_that_differ_follows() -> None:
    older = ranked(report("The army holds Hama.", day(2))), ranked(report(THEN, day(1)))
    assert chosen("Who controls Hama?", ranked(report(NOW, day(5))), *older) == ([NOW], ["The army holds Hama."])


def test_reports_of_one_day_that_disagree_are_both_quoted() -> None:
    other = "The SDF hold Hama."
    both = ranked(report(NOW, day(5))), ranked(report(other, day(5), source="Courier"))
    assert chosen("Who controls Hama?", *both) == ([NOW, other], [])


def test_reports_of_one_day_that_agree_are_quoted_once() -> None:
    both = ranked(report(NOW, day(5))), ranked(report(TOOK, day(5), source="Courier"))
    assert chosen("Who controls Hama?", *both) == ([NOW], [])


def test_a_report_without_a_date_never_leads_one_with_a_date() -> None:
    undated = ranked(report(THEN, None))
    assert chosen("Who controls Hama?", undated, ranked(report(NOW, day(5)))) == ([NOW], [THEN])
    assert chosen("Who controls Hama?", undated) == ([THEN], [])


def test_who_left_is_said_only_where_nobody_says_who_came() -> None:
    left = ranked(report(LEFT, day(6)))
    assert chosen("Who controls Hama?", left, ranked(report(NOW, day(5)))) == ([NOW], [])
    assert chosen("Who controls Hama?", left) == ([LEFT], [])


UNTOLD = "Hama has a governor of the SDF's choosing."


def test_a_newer_sentence_that_no_rule_knows_leads_if_it_is_about_as_likely() -> None:
    older = ranked(report(NOW, day(5)), score=0.9)
    for score, expected in ((0.8, [UNTOLD]), (0.5, [NOW])):
        untold = ranked(report(UNTOLD, day(8)), score=score)
        assert untold.claim is None
        assert chosen("Who controls Hama?", untold, older)[0] == expected, score


def test_where_no_claim_tells_it_the_likeliest_leads_whatever_its_day() -> None:
    likelier = ranked(report("In Hama it is the governor's word that counts.", day(1)), score=0.95)
    newer = ranked(report(UNTOLD, day(6)), score=0.85)
    lead, earlier = chosen("Who controls Hama?", newer, likelier)
    assert (lead[0], earlier) == (likelier.candidate.text, [])


def test_what_does_not_name_the_firm_of_an_office_is_not_put_before_a_claim_that_does() -> None:
    claimed = ranked(report("Ada Lund is the chief executive of Q, a maker of lifts.", day(1)), "Q")
    newer = ranked(report("A new chief executive was presented to the staff of Vell.", day(6)), "Q")
    assert newer.claim is None
    question = "Who is chief executive of Q?"
    asked = refined(reading(question), query_of(parser().parse([question])[0]))
    assert texts(choose(asked, [newer, claimed])) == ([claimed.candidate.text], [])


def test_what_was_read_as_another_answer_does_not_tell_who_holds_a_place() -> None:
    older, enough = ranked(report(NOW, day(5)), score=0.9), threshold("unclaimed")
    for logit, expected in ((enough + 0.1, [UNTOLD]), (enough - 0.1, [NOW])):
        untold = replace(ranked(report(UNTOLD, day(8)), score=0.95), features={"reader": logit})
        assert chosen("Who controls Hama?", untold, older)[0] == expected, logit
        assert (choose(reading("Who controls Hama?"), [untold]) is None) == (expected == [NOW])


def test_whether_a_place_changed_hands_within_some_days_is_not_told_by_who_holds_it_after_them() -> None:
    event, state = ranked(report(TOOK, day(5)), score=0.95), ranked(report(THEN, day(6)), score=0.6)
    assert chosen("Did Hama change hands between 4 and 6 December?", event, state)[0][0] == TOOK
    assert chosen("Who controls Hama?", event, state)[0][0] == THEN


def test_of_a_day_the_report_that_was_there_by_then_leads() -> None:
    then, later = ranked(report(TOOK, day(5))), ranked(report("The opposition has held Hama since 5 December.", day(6)))
    assert chosen("Who held Hama on 5 December 2024?", then, later)[0][0] == TOOK


def test_what_was_before_is_asked_for_alone() -> None:
    ones = ranked(report(NOW, day(5))), ranked(report(THEN, day(1))), ranked(report(PAST, day(5)))
    assert chosen("Who controlled Hama before the offensive?", *ones) == ([THEN, PAST], [])


def test_a_past_holder_never_answers_for_now() -> None:
    ones = ranked(report(NOW, day(5))), ranked(report(PAST, day(9)))
    assert chosen("Who controls Hama?", *ones) == ([NOW], [])


def test_nothing_is_chosen_below_the_threshold() -> None:
    unsure = ranked(report(NOW, day(5)), score=threshold("answer") - 0.01)
    assert choose(reading("When did the army leave Hama?"), [unsure]) is None
    assert choose(reading("When did the army leave Hama?"), []) is None
    assert choose(reading("Who controls Hama?"), []) is None


def test_what_is_far_less_likely_is_not_quoted_beside_the_best() -> None:
    best, far = ranked(report(TOOK, day(5)), score=0.99), ranked(report("It snowed.", day(5)), score=0.2)
    assert choose(reading("Why did they come?"), [best, far]) == Choice((best,))


def test_the_surer_the_best_is_the_nearer_another_has_to_come() -> None:
    for best, share, stands in ((threshold("answer"), 0.45, True), (0.99, 0.45, False), (0.99, 0.75, True)):
        first = ranked(report(TOOK, day(5)), score=best)
        other = ranked(report("It snowed.", day(5)), score=best * share)
        chosen_ = choose(reading("Why did they come?"), [first, other])
        assert (chosen_ == Choice((first, other))) == stands, (best, share)


def test_the_same_words_are_quoted_once() -> None:
    ones = ranked(report("It snowed in Hama.", day(5))), ranked(report("In Hama it snowed.", day(5), source="Courier"))
    assert len(chosen("How was the weather?", *ones)[0]) == 1


def test_an_answer_has_three_sentences_at_most() -> None:
    weather = ["It snowed.", "Rain fell.", "Fog came.", "Wind rose.", "Hail struck."]
    ones = [ranked(report(text, day(5))) for text in weather]
    assert len(chosen("How was the weather?", *ones)[0]) == MOST_SENTENCES


def test_a_choice_holds_what_was_ranked_unchanged() -> None:
    candidate = ranked(report(NOW, day(5)))
    assert choose(reading("Who controls Hama?"), [candidate]) == Choice((candidate,))


def chosen_by_syntax(question: str, *ones: Ranked) -> tuple[list[str], list[str]]:
    query = query_of(parser().parse([question])[0])
    return texts(choose(refined(reading(question), query), ones))


def test_who_lost_a_place_is_told_by_the_claims_that_name_him() -> None:
    held, left = ranked(report(NOW, day(7))), ranked(report(LEFT, day(6)))
    for question in ("Who lost Hama?", "Which side left Hama?", "From whom did the opposition take Hama?"):
        assert chosen_by_syntax(question, held, left) == ([LEFT], []), question


def test_who_lost_a_place_is_not_told_by_who_holds_it() -> None:
    assert chosen_by_syntax("Who lost Hama?", ranked(report(NOW, day(5)), score=0.0)) == ([], [])


def test_what_she_said_leads_before_a_less_likely_sentence_that_names_her() -> None:
    question = "What does Ada Lund say about the ferry?"
    asked = refined(reading(question), query_of(parser().parse([question])[0]))
    assert asked.speakers
    by_name = ranked(report("Ada Lund learnt of it from the radio.", day(1)), score=0.75)
    by_pronoun = ranked(report("She said that the ferry would stay.", day(2)), score=0.95)
    of_others = ranked(report("The ferry is loved by all.", day(3)), score=0.97)
    given = [
        replace(each, features={**each.features, "spoken": spoken, "overlap": 0.5})
        for each, spoken in ((of_others, 0.0), (by_pronoun, 0.5), (by_name, 1.0))
    ]
    lead, _ = texts(choose(asked, given))
    assert lead[0] == by_pronoun.candidate.text and of_others.candidate.text not in lead
