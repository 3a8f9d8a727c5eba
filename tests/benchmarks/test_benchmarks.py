import datetime
import gzip
import json
import math
import re
from pathlib import Path

import pytest

from benchmarks import faults, followups, indexing, intake, odd_strings, storage, streaming
from benchmarks.__main__ import main
from benchmarks.abstention import Choice, Result, choose
from benchmarks.answers import QUESTIONS, UNANSWERABLE, Outcome, Question, read_questions, report
from benchmarks.measures import mean, ndcg, percentile, recall, roc_area, share
from benchmarks.support.scripted_llm import ScriptedLLM
from chatbot.answer import Answer, Citation, Understood
from chatbot.answering.pipeline import Chain
from chatbot.settings import Settings
from index.collection import Collection


def test_ndcg_of_gold_in_first_and_third_place_of_two() -> None:
    # Gain 1/log2(2) + 1/log2(4) = 1.5; the best order gives 1/log2(2) + 1/log2(3) = 1.63093.
    assert ndcg(["a", "x", "b"], {"a", "b"}) == pytest.approx(1.5 / (1 + 1 / math.log2(3)))
    assert ndcg(["a", "x", "b"], {"a", "b"}) == pytest.approx(0.91972, abs=1e-5)


def test_ndcg_of_a_perfect_and_of_an_empty_ranking() -> None:
    assert ndcg(["a", "b", "x"], {"a", "b"}) == 1
    assert ndcg([], {"a"}) == 0


def test_ndcg_counts_no_place_below_its_depth_and_no_more_gold_than_fits() -> None:
    assert ndcg(["x", "a"], {"a"}, depth=1) == 0
    assert ndcg(["a"], {"a", "b", "c"}, depth=1) == 1


def test_recall_is_the_share_of_gold_found() -> None:
    assert recall(["x", "a", "b"], {"a", "b", "c", "d"}) == 0.5
    assert recall(["x", "a", "b"], {"a", "b"}, depth=2) == 0.5


@pytest.mark.parametrize(
    ("positive", "negative", "area"),
    [
        ([0.9, 0.8], [0.1, 0.2], 1.0),
        ([0.1], [0.9], 0.0),
        ([0.5], [0.5], 0.5),
        ([0.9, 0.3], [0.5, 0.3], 0.625),  # above, above, below, tie: 2.5 of 4
    ],
)
def test_roc_area(positive: list[float], negative: list[float], area: float) -> None:
    assert roc_area(positive, negative) == area


def test_percentile_is_a_value_that_was_measured() -> None:
    values = [float(n) for n in range(20, 0, -1)]
    assert percentile(values, 50) == 10
    assert percentile(values, 95) == 19
    assert percentile([3.0], 95) == 3


def test_share_and_mean_of_nothing_are_nothing() -> None:
    assert share([True, False, False, True]) == 0.5
    assert share([]) == 0
    assert mean([]) == 0


HAMA = Citation(1, "a", "Hama", None, datetime.date(2024, 12, 5), None, "", "The opposition took Hama.", 0, 25)
ROAD = Citation(2, "a", "Hama", None, datetime.date(2024, 12, 5), None, "", "The road is the M5.", 26, 45)


def asked(kind: str = "answerable", date: datetime.date | None = None) -> Question:
    return Question("q", ("Who holds Hama?",), ("opposition took hama",), kind, date)


def answered(*citations: Citation) -> Answer:
    asked = "Who holds Hama?"
    return Answer(asked, Understood(asked), (), "test", abstained=not citations, citations=citations)


@pytest.mark.parametrize(
    ("citations", "cited", "first"),
    [((HAMA, ROAD), True, True), ((ROAD, HAMA), True, False), ((ROAD,), False, False), ((), False, False)],
)
def test_gold_is_cited_and_first(citations: tuple[Citation, ...], cited: bool, first: bool) -> None:
    outcome = Outcome(asked(), answered(*citations))
    assert (outcome.cited, outcome.first, outcome.passed) == (cited, first, first)


def test_the_first_citation_must_have_the_date_that_is_asked_for() -> None:
    assert Outcome(asked(date=datetime.date(2024, 12, 5)), answered(HAMA)).first
    assert not Outcome(asked(date=datetime.date(2024, 12, 1)), answered(HAMA)).first


def test_an_unanswerable_question_passes_by_abstention() -> None:
    assert Outcome(asked("unanswerable"), answered()).passed
    assert not Outcome(asked("unanswerable"), answered(HAMA)).passed


@pytest.mark.parametrize("name", ["aleppo", "aleppo-held-out", "sample"])
def test_every_question_file_is_whole(name: str) -> None:
    questions = read_questions(QUESTIONS / f"{name}.json")
    assert len({question.id for question in questions}) == len(questions) >= 25
    for question in questions:
        assert question.turns and question.kind in ("answerable", "follow-up", UNANSWERABLE)
        assert bool(question.gold) == question.answerable
        assert all(re.compile(gold) for gold in question.gold)


def test_a_held_out_failure_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    report("aleppo-held-out", [Outcome(asked(), answered(ROAD))], verbose=True)
    assert "Hama" not in capsys.readouterr().out
    report("aleppo", [Outcome(asked(), answered(ROAD))], verbose=True)
    assert "Who holds Hama?" in capsys.readouterr().out


def test_a_threshold_is_traded_off() -> None:
    results = [Result(True, 0.9, True), Result(True, 0.4, True), Result(False, 0.7, False), Result(False, 0.1, False)]
    assert choose(results, 0.5) == Choice(0.5, answered=0.5, abstained=0.5, wrong=0.5)
    assert choose(results, 0.8) == Choice(0.8, answered=0.5, abstained=1.0, wrong=0.0)


def test_recall_is_of_the_words_that_a_follow_up_left_out() -> None:
    typed, written_out = "Is it curable?", "Is throat cancer curable?"
    assert followups.recall(typed, typed, written_out) == 0
    assert followups.recall("Is it curable? (What are cancers?)", typed, written_out) == 0.5
    assert followups.recall(typed, typed, typed) is None


def test_follow_ups_are_understood_by_the_built_in_reading_or_the_llm(tmp_path: Path) -> None:
    rows = [
        {"topic": 1, "turn": 1, "raw": "Who controls Hama?", "rewritten": "Who controls Hama?"},
        {"topic": 1, "turn": 2, "raw": "And Homs?", "rewritten": "Who controls Homs today?"},
        {"topic": 2, "turn": 1, "raw": "Who holds Manbij?", "rewritten": "Who holds Manbij?"},
    ]
    for year in followups.YEARS:
        (tmp_path / f"cast{year}.json.gz").write_bytes(gzip.compress(json.dumps(rows).encode()))
    measured, _ = followups.measure(tmp_path, lambda question, history: f"Who controls Homs today? {len(history)}")
    assert (measured.questions, measured.recalls) == (1, {"as typed": 0, "built-in reading": 0.5, "LLM": 1})


def test_what_lacks_its_data_is_skipped_with_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--only", "retrieval", "abstention", "followups", "injection", "--data", str(tmp_path / "none")])
    out = capsys.readouterr().out
    assert out.count(f"skipped: there is no folder {tmp_path / 'none'}.") == 4


def test_what_is_added_to_an_llms_time_is_not_the_llms(samples: Collection, capsys: pytest.CaptureFixture[str]) -> None:
    with ScriptedLLM(delay_seconds=1) as llm:
        chain = Chain(samples, Settings(model="openai:scripted", base_url=llm.base_url))
        delay = streaming.delay(chain, "Who controls Hama?", llm)
        assert delay is not None and 0 < delay.before and 0 < delay.after < 0.5
        assert streaming.delay(chain, "Who controls Kherson?", llm) is None
    streaming.report([streaming.Delay(0.03, 0.002)])
    assert "until it is asked              p50 30 ms" in capsys.readouterr().out


CAUGHT = faults.Outcome("wrong number", "It cost 12. [1]", marked=True, still_cited=False, missing="the number 12")
PASSED = faults.Outcome("wrong number", "It cost 13. [1]", marked=False, still_cited=True, missing="")
MOVED = faults.Outcome("wrong passage", "It cost 9. [2]", marked=False, still_cited=False, missing="")
TRUE = faults.Outcome(faults.FAITHFUL, "It cost 9. [1]", marked=False, still_cited=True, missing="")


def test_a_fault_is_caught_when_it_is_marked_or_a_wrong_passage_put_right() -> None:
    assert [outcome.caught for outcome in (CAUGHT, PASSED, MOVED)] == [True, False, True]
    assert not faults.Outcome("wrong number", "It cost 9. [1]", marked=False, still_cited=False, missing="").caught
    assert not faults.Outcome("wrong passage", "It cost 9. [2]", marked=False, still_cited=True, missing="").caught


def test_faults_are_counted_by_kind_and_those_missed_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    faults.report("samples", [CAUGHT, PASSED, MOVED, TRUE], verbose=True)
    out = " ".join(capsys.readouterr().out.split())
    assert "samples: 0 of 1 faithful sentences marked (0.000)" in out
    assert "wrong number 1 of 2 caught (0.500)" in out and "wrong passage 1 of 1 caught (1.000)" in out
    assert "all faults 2 of 3 caught (0.667)" in out
    assert "! wrong number: It cost 13. [1]" in out and "12" not in out


def test_recombined_articles_are_the_same_each_time_and_differ_from_each_other() -> None:
    sentences = [f"This is sentence {n}." for n in range(99)]
    made = intake._recombined(sentences, 20)
    assert made == intake._recombined(sentences, 20) and len({statement.text for statement in made}) == 20
    assert made[0].text.count("\n\n") == -(-made[0].text.count(".") // intake.PARAGRAPH_SENTENCES) - 1


def test_a_second_run_is_reported_beside_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    intake.report([
        intake.Run(500, 2500, 500, 0, 100.0, 150.0, 800.0), intake.Run(2000, 10000, 2000, 0, 400.0, 600.0, 840.0),
        intake.Run(2000, 0, 0, 2000, 6.0, 9.0, 300.0),
    ])
    output = capsys.readouterr().out
    assert "2000 added, 0 unchanged, 10000 passages in 400.0 s (25.0 a second; CPU 600 s), peak memory 840 MB" in output
    assert "+5.0% (goal: within 10%)" in output and "1.50% of its time, 1.50% of its CPU time (goal: 2%)" in output


def test_odd_strings_that_come_back_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd_strings.report(odd_strings.measure(["\u202eevil", "a/b", "\x1b[2J %s"], tmp_path), verbose=True)
    output = capsys.readouterr().out
    assert "text        3 of 3" in output and "title       3 of 3" in output and "file's name  2 of 2" in output


def test_an_index_costs_the_disk_a_few_times_its_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steps = storage.measure(tmp_path, sizes=(300,))
    storage.report(steps)
    assert [step.name for step in steps] == ["make", "open", "search", "stages", "change"]
    assert set(steps[3].stages) == {"BM25", "dense", "passages", "sentence vectors", "aliases", "summary"}
    assert 1 < steps[0].written / steps[0].size <= storage.MOST_TIMES_THE_INDEX and steps[1].written < 100_000
    assert "300 passages, make" in capsys.readouterr().out


@pytest.mark.slow_first
def test_indexing_is_compared_by_the_medians_of_real_runs(tmp_path: Path) -> None:
    text = "The council of {place} met on Monday. It spoke of the ferries, the bridge and the harbour of {place}."
    documents = [{"document_text": text.format(place=f"Town{n}"), "insights_included": []} for n in range(3)]
    for topic in indexing.TOPICS:
        file = tmp_path / f"summhay/topic_news{topic}.json.gz"
        file.parent.mkdir(exist_ok=True)
        with gzip.open(file, "wt", encoding="utf-8") as written:
            json.dump({"documents": documents, "subtopics": []}, written)
    compared = indexing.measure(tmp_path, tmp_path / "work", rounds=1, most=3)
    assert compared.articles == 3
    assert all(run.seconds > 0 < run.cpu_seconds for run in (*compared.own, *compared.baseline))


def test_the_ratio_of_two_indexing_times_is_that_of_their_medians(capsys: pytest.CaptureFixture[str]) -> None:
    own = [indexing.Timing(seconds, seconds) for seconds in (13.0, 12.0, 40.0)]
    compared = indexing.Comparison(200, own, [indexing.Timing(10.0, 20.0)] * 3)
    assert (compared.ratio, compared.cpu_ratio) == (1.3, 0.65)
    indexing.report(compared)
    assert "ratio of medians  1.30, of the CPU time 0.65 (goal: at most 1.3)" in capsys.readouterr().out
