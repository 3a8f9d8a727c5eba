import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import labelled_claims, labelled_statements
from benchmarks.support import question_tasks
from chatbot.answer import Verdict
from index.language.parser import Parser

STATUSES = {"holds", "took", "left", "lost", "besieged", "contested", "claims", "denies", "held before"}


def lines(folder: Path) -> Iterator[dict[str, Any]]:
    paths = sorted(folder.glob("*.jsonl"))
    assert paths
    for path in paths:
        yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("kind", ["claims", "offices"])
def test_claims_stand_in_their_sentences(kind: str) -> None:
    for line in lines(labelled_claims.TRAINING / kind):
        for row in labelled_claims.sentences_of(line, kind):
            for claim in row[kind]:
                assert claim["status"] in STATUSES
                for name in ("place", "holder", "against", "role", "body"):
                    assert not claim.get(name) or claim[name] in row["sentence"], claim


def test_questions_point_at_their_reports_sentences() -> None:
    for row in lines(question_tasks.REPORTS):
        places = range(len(row["sentences"]))
        assert all(position in places for question in row["questions"] for position in question["gold"] or [-1])
        assert all(question["near"] in places for question in row["unanswerable"])


def test_statements_point_at_their_passages() -> None:
    for row in lines(labelled_statements.PASSAGES):
        assert all(position in range(len(row["passage"])) for true in row["true"] for position in true["proof"] or [-1])
        assert all(false["of"] in range(len(row["true"])) for false in row["false"])


@pytest.mark.parametrize("status, holder, right", [
    ("took", "The rebels", 1), ("took", "the army", 0), ("left", "The rebels", 0),
])  # fmt: skip
def test_a_claim_is_right_with_its_place_status_and_holder(status: str, holder: str, right: int) -> None:
    sentence = "The rebels captured the town of Velmora from the army on Sunday."
    labelled = {"place": "Velmora", "holder": holder, "status": status, "told": "fact"}
    row = {"before": "", "sentence": sentence, "claims": [labelled]}
    good, every = labelled_claims.measure([row], Parser(), tagged=False)
    assert (good["claims drawn"], every["claims drawn"]) == (right, 1)
    assert every["sentences without a claim, taken"] == 0


def test_what_is_only_planned_is_no_claim() -> None:
    sentence = "The rebels captured the town of Velmora on Sunday."
    labelled = {"place": "Velmora", "holder": "The rebels", "status": "took", "told": "plan"}
    row = {"before": "It rained.", "sentence": sentence, "claims": [labelled]}
    good, every = labelled_claims.measure([row], Parser(), tagged=False)
    assert every["claims drawn"] == 0 and good["sentences without a claim, taken"] == 1


def test_statements_are_verified_over_their_own_passage(tmp_path: Path) -> None:
    row = {
        "title": "Ferry approved", "date": "2021-05-04",
        "passage": ["The council of Lindby approved the new ferry by nine votes.", "Tomatoes need warm soil."],
        "true": [{"text": "The council of Lindby approved the new ferry by nine votes.", "proof": [0]}],
        "false": [{"text": "The council of Lindby approved the new ferry by six votes.", "kind": "number", "of": 0}],
    }  # fmt: skip
    counts = labelled_statements.measure([row], tmp_path)
    assert counts == {("true", Verdict.VERIFIED): 1, ("number", Verdict.UNFOUND): 1}
