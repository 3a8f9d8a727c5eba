import pytest

from benchmarks import faults, insights
from benchmarks.support.insight_faults import INSIGHT_KINDS
from benchmarks.support.planted_faults import TargetPassage

CITED = TargetPassage(3, "The ferry was sold in May. Anna Berg Lund, who owns it, said little.")


@pytest.mark.parametrize(
    ("kind", "statement", "planted"),
    [
        ("contrary word", "Fares will rise.", "Fares will fall. [3]"),
        ("contrary word", "The ferry sails.", None),
        ("wrong tense", "The ferry was full.", "The ferry is still full. [3]"),
        ("wrong tense", "Banks are expected to merge.", "Banks did already merge. [3]"),
        ("wrong tense", "The ferry might not sail.", None),
        ("wrong tense", "The ferry sails.", None),
        ("wrong speaker", "The ferry was full.", "Anna Berg Lund said that the ferry was full. [3]"),
        ("wrong speaker", "Lund sold it.", None),
    ],
)
def test_one_fault_is_planted(kind: str, statement: str, planted: str | None) -> None:
    assert INSIGHT_KINDS[kind](statement, CITED, [], 0) == planted


def test_the_line_counts_the_true_and_each_kind_of_fault() -> None:
    rows = [("faithful", True), ("faithful", False), ("negation", True), ("wrong tense", False)]
    line = insights.line("insights", [faults.Outcome(kind, "x", marked, True, "") for kind, marked in rows])
    assert line.startswith("insights: true marked 1 of 2 (0.500, goal 0.08), faults caught 1 of 2 (0.500, goal 0.55: ")
    assert line.endswith("negation 1 of 1, wrong tense 0 of 1)")
