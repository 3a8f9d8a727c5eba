import datetime

import pytest

from benchmarks.fit import BEGUN_WITH
from benchmarks.fit_thresholds import TRIED, Counts
from benchmarks.news_answers import Outcome, fitted_sets, left_out, report
from benchmarks.news_sets import SEPARATE_SETS, NewsQuestion
from chatbot.answer import Answer, Citation, Understood

DAY = datetime.date(2031, 5, 5)
TOOK = Citation(1, "a", "Pellan", None, DAY, None, "", "The Guard took Pellan.", 0, 22)
ROAD = Citation(2, "a", "Pellan", None, DAY, None, "", "The road is cut.", 23, 39)
WANTED = NewsQuestion("q", "now", ("Who holds Pellan?",), False, "guard took", "guard (took|holds)", ("2031-05-05",))
NOBODY = NewsQuestion("n", "hard", ("Who holds Quist?",), True, "", "", ())


def test_a_fit_begins_with_every_threshold_that_is_settled_later() -> None:
    assert BEGUN_WITH.keys() == TRIED.keys()
    assert all(written.thresholds.keys() == {*TRIED, "answer", "relevant", "likely"} for written in left_out().values())


def outcome(question: NewsQuestion, *citations: Citation) -> Outcome:
    asked = question.turns[-1]
    answer = Answer(
        asked, Understood(asked), (), "test", abstained=not citations, citations=citations,
        as_of=DAY if citations else None,
    )  # fmt: skip
    return Outcome(question, answer)


@pytest.mark.parametrize(
    ("made", "first", "cited", "wrong", "dated"),
    [
        (outcome(WANTED, TOOK, ROAD), True, True, False, True),
        (outcome(WANTED, ROAD, TOOK), False, True, False, True),
        (outcome(WANTED, ROAD), False, False, True, True),
        (outcome(WANTED), False, False, False, False),
        (outcome(NOBODY), False, False, False, False),
        (outcome(NOBODY, TOOK), False, False, True, False),
    ],
)
def test_what_becomes_of_a_question(made: Outcome, first: bool, cited: bool, wrong: bool, dated: bool) -> None:
    if made.question.abstain:
        assert (made.wrong, made.is_dated_right) == (wrong, dated)
    else:
        assert (made.first, made.cited, made.wrong, made.is_dated_right) == (first, cited, wrong, dated)


def test_counts_of_several_collections_are_added(capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = [outcome(WANTED, TOOK), outcome(WANTED, ROAD), outcome(NOBODY), outcome(NOBODY, TOOK)]
    twice = Counts.of(outcomes) + Counts.of(outcomes[:1])
    assert twice == Counts(able=3, cited=2, unable=2, declined=1, wrong=2)
    assert str(twice) == "cited 0.667, declined 0.500, wrong of all 0.400, 0 needless sentences"
    report("ours", outcomes)
    printed = capsys.readouterr().out
    assert "gold first 0.500, cited 0.500" in printed and "wrong of all 0.500" in printed


def test_what_stands_behind_a_right_sentence_and_does_not_answer_is_needless() -> None:
    counts = Counts.of([outcome(WANTED, TOOK, ROAD), outcome(WANTED, ROAD, TOOK), outcome(WANTED, ROAD)])
    assert (counts.cited, counts.wrong, counts.needless) == (2, 1, 1)
    assert counts.gain == pytest.approx(0.9)


def test_no_set_is_asked_with_weights_that_were_fitted_on_it() -> None:
    names = [news.name for news in fitted_sets()]
    assert set(names) == set(left_out()) and not set(names) & set(SEPARATE_SETS)
