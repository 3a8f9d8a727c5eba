"""The parts of the cross-encoder's fit: what it reads, and that the kept states of the lower layers change nothing."""

from itertools import pairwise
from pathlib import Path

import torch
from safetensors.torch import load_file

from benchmarks.fit_cross_encoder_further import sentences_behind, with_others
from benchmarks.support.collection_tasks import DOUBTFUL, collection_tasks, with_likeliest_first
from benchmarks.support.joint_loss import loss
from benchmarks.support.joint_training import LowerStates, StepStates, Texts, adaptable, logits, write
from benchmarks.support.question_tasks import CANDIDATES, Task, report_tasks, split
from index.search.cross_encoder import CrossEncoder
from index.search.joint_layers import JointLayers
from index.search.numpy_cross_encoder import WEIGHTS

REPORT: dict[str, object] = {
    "title": "Bridge",
    "sentences": ["The bridge opened on Monday.", "It cost two million.", "Crowds came."],
    "questions": [{"q": "How much did the bridge cost?", "gold": [1]}],
    "unanswerable": [{"q": "Who built the bridge?", "near": 0}],
}


COLLECTION = {
    "articles": [
        {"title": "Bridge", "paragraphs": ["The bridge opened on Monday. It cost two million.", "Crowds came."]},
        {"title": "Toll", "paragraphs": ["Cars pay two crowns to cross. The bridge opened late."]},
    ],
    "questions": [
        {"kind": "number", "turns": ["What did it cost?"], "abstain": False, "first": ["two million"], "also": []},
        {"kind": "now", "turns": ["Is it open?"], "abstain": False, "first": ["opened late"], "also": ["on Monday"]},
        {"kind": "follow-up", "turns": ["A toll?", "Who pays?"], "abstain": False, "first": ["Cars"], "also": []},
        {"kind": "never", "turns": ["Who built the ferry?"], "abstain": True, "first": [], "also": []},
    ],
}


def fitted() -> JointLayers:
    layers = JointLayers()
    layers.load(load_file(WEIGHTS))
    return layers.eval()


def test_a_sentence_is_read_behind_its_title_and_the_sentence_before() -> None:
    texts = Texts(96)
    [[able, unable]] = report_tasks([REPORT], texts, sentences_behind)
    behind = texts.number("Bridge: The bridge opened on Monday. | It cost two million.")
    assert able.gold == [behind] and unable.gold == []
    assert unable.others[0] == texts.number("Bridge: The bridge opened on Monday.")


def test_each_twelfth_report_is_held_out() -> None:
    reports = [[Task(n, [], [])] for n in range(25)]
    own, held_out = split(reports)
    assert [task.question for task in held_out] == [0, 12, 24]
    assert len(own) == 22


def test_questions_of_a_collection_are_asked_of_all_its_sentences_and_the_best_answer_comes_first() -> None:
    texts = Texts(96)
    [number, now, never] = [task for _, task in collection_tasks(COLLECTION, texts)]
    assert number.gold == [texts.number("Bridge: It cost two million.")] and len(number.others) == 4
    best, other = "Toll: The bridge opened late.", "Bridge: The bridge opened on Monday."
    assert now.gold == [texts.number(best), texts.number(other)]
    assert never.gold == [] and len(never.others) == 5


def test_what_the_layers_mistake_comes_first_but_for_what_was_so_at_another_time() -> None:
    texts = Texts(96)
    asked = collection_tasks(COLLECTION, texts)
    numbers = {number for _, task in asked for number in (task.question, *task.gold, *task.others)}
    layers = adaptable(WEIGHTS).eval()
    lower = LowerStates(fitted(), texts, numbers)
    [number, now, never] = with_likeliest_first(layers, texts, asked, lower)
    assert sorted(number.others) == sorted(asked[0][1].others) and never.gold == []
    assert len(now.others) == len(asked[1][1].others) - DOUBTFUL
    with torch.inference_mode():
        scores = logits(layers, texts, [number.question] * 4, number.others, lower)[0].tolist()
    # Half as many digits on some machines.
    assert all(second < first + 0.1 for first, second in pairwise(scores))


def test_half_of_the_candidates_are_the_nearest() -> None:
    task = with_others(Task(0, [1], list(range(10, 40))))
    assert task.others[: CANDIDATES // 2] == [10, 11, 12, 13]
    assert len(set(task.others)) == CANDIDATES


def test_layers_begin_with_the_weights_that_ship_and_kept_states_change_nothing() -> None:
    texts = Texts(96)
    [[task, _]] = report_tasks([REPORT], texts)
    candidates = [*task.gold, *task.others]
    layers = adaptable(WEIGHTS).eval()
    with torch.inference_mode():
        lower = LowerStates(fitted(), texts, [task.question, *candidates])
        step = StepStates(layers, texts, [task.question, *candidates])
        plain = logits(layers, texts, [task.question] * 3, candidates, step)[0]
        again = logits(layers, texts, [task.question] * 3, candidates, lower)[0]
    asked = "How much did the bridge cost?"
    shipped = [score for score, _ in CrossEncoder().scores(asked, [f"Bridge: {s}" for s in ("It cost two million.",)])]
    assert torch.allclose(plain, again, atol=0.2)
    assert abs(float(plain[0]) - shipped[0]) < 0.2


def test_a_step_over_all_layers_changes_the_lower_ones() -> None:
    texts = Texts(96)
    [[able, unable]] = report_tasks([REPORT], texts)
    layers = adaptable(WEIGHTS)
    fill = [texts.number(f"Sentence {n} of another report.") for n in range(9)]
    loss(layers, texts, [able, unable], fill).backward()  # type: ignore[no-untyped-call]
    changed = {name for name, value in layers.named_parameters() if value.grad is not None and value.grad.any()}
    assert any(name.startswith("lower.0.") for name in changed)
    assert all(".fixed." not in name for name in changed)


def test_a_right_answer_that_is_likely_costs_less() -> None:
    texts = Texts(96)
    [[able, unable]] = report_tasks([REPORT], texts)
    layers = adaptable(WEIGHTS).eval()
    fill = [texts.number(f"Sentence {n} of another report.") for n in range(9)]
    with torch.inference_mode():
        right = loss(layers, texts, [able], fill)
        wrong = loss(layers, texts, [Task(able.question, [able.others[0]], able.gold)], fill)
    assert right < wrong


def test_what_is_written_is_the_mean_with_other_weights(tmp_path: Path) -> None:
    layers, first, second = adaptable(WEIGHTS), tmp_path / "first", tmp_path / "second"
    write(layers, first)
    with torch.no_grad():
        layers.cls.add_(1)
    write(layers, second, mean_with=[first])
    before, mean = (load_file(path)["cls"].float() for path in (first, second))
    assert torch.allclose(mean, before + 0.5, atol=0.01)
