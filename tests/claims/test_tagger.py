"""The tagger: what it reads in plain sentences, that its gate spares it the others, and how its output is decoded."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from benchmarks.labelled_claims import HELD_OUT, TRAINING
from benchmarks.support.joint_training import Adapted
from benchmarks.support.tagger_layers import TaggerLayers, batch_of
from benchmarks.support.tagger_rows import plain_row
from index.claims.tagger import (
    IMPLIED_KINDS,
    IMPLIED_LINKS,
    LEAST,
    OFFICE_KINDS,
    OFFICE_LINKS,
    PLACE_KINDS,
    PLACE_LINKS,
    WEIGHTS,
    Tagger,
    Tags,
    decoded,
    readable,
    tagger,
)

SENTENCES = [
    "Fighters of the Lunar Guard moved into Pellan at dawn and hoisted their flag over the customs house.",
    "Bray, a mining town of 9,000, has been policed by the Corvan army since the spring.",
    "Ada Lund, who has run Norvik Shipping since 2019, handed in her resignation on Monday.",
    "It rained for three days, and the potatoes rotted in the fields.",
]


@pytest.mark.parametrize(("sentence", "place", "holder"), [
    (SENTENCES[0], "Pellan", "Lunar Guard"), (SENTENCES[1], "Bray", "Corvan army"),
])  # fmt: skip
def test_it_reads_who_holds_a_place(sentence: str, place: str, holder: str) -> None:
    [tags] = tagger().tags([sentence])
    best = max(tags.places, key=lambda tag: (sentence[slice(*tag.place)] == place, tag.sure))
    assert sentence[slice(*best.place)] == place and best.kind in ("took", "holds") and best.sure > 0.7
    assert best.holder is not None and holder in sentence[slice(*best.holder)]


def test_it_reads_who_left_a_place_that_is_not_mentioned() -> None:
    sentence = "The garrison had slipped away during the night, residents said."
    [tags] = tagger().tags([sentence])
    best = max(tags.implied, key=lambda tag: tag.sure)
    assert best.kind in ("left", "lost") and "slipped away" in sentence[slice(*best.words)]
    assert best.holder is not None and "garrison" in sentence[slice(*best.holder)]


def test_it_reads_who_leaves_an_office() -> None:
    sentence = "Ada Lund stepped down as governor of Norvik on Monday, a day after the militia captured the town."
    [tags] = tagger().tags([sentence])
    best = max(tags.offices, key=lambda tag: tag.sure)
    assert sentence[slice(*best.holder)] == "Ada Lund" and best.kind == "left"


def test_it_says_the_same_of_a_sentence_among_others_and_from_several_threads() -> None:
    together = tagger().tags(SENTENCES)
    assert together[3] == Tags()
    with ThreadPoolExecutor(4) as threads:
        alone = list(threads.map(lambda sentence: tagger().tags([sentence])[0], SENTENCES * 3))
    for own, tags in zip(alone, together * 3, strict=True):
        assert [(tag.place, tag.kind) for tag in own.places] == [(tag.place, tag.kind) for tag in tags.places]
        assert [tag.sure for tag in own.places] == pytest.approx([tag.sure for tag in tags.places], abs=1e-3)


def test_it_pauses_between_batches_and_reads_no_sentence_as_nothing() -> None:
    pauses: list[int] = []
    assert tagger().tags([""], lambda: pauses.append(1)) == [Tags()]
    assert tagger().tags([]) == [] and pauses == [1]


def test_the_layers_in_numpy_are_those_that_were_fitted_in_torch() -> None:
    model = TaggerLayers()
    missing = model.load_state_dict({name: value.float() for name, value in load_file(WEIGHTS).items()}, strict=False)
    assert not missing.unexpected_keys and any(isinstance(part, Adapted) for part in model.modules())
    row = plain_row(SENTENCES[0])
    with torch.inference_mode():
        kinds, links = model.eval()(*batch_of([row.ids]))
        gate = model.gate(*batch_of([row.ids]))
    expected = decoded(kinds[0].sigmoid().numpy(), links[0].sigmoid().numpy(), row.offsets, LEAST)
    [tags] = tagger().tags([SENTENCES[0]])
    assert [(tag.place, tag.kind, tag.holder) for tag in tags.places] == [
        (tag.place, tag.kind, tag.holder) for tag in expected.places
    ]
    assert [tag.sure for tag in tags.places] == pytest.approx([tag.sure for tag in expected.places], abs=0.01)
    assert bool(gate >= 0) == Tagger()._may_claim(tagger()._read(SENTENCES[0])[1])


def test_the_gate_lets_most_claims_through_and_spares_most_of_what_holds_none() -> None:
    lines = (TRAINING / "claims" / f"{HELD_OUT['claims'][1]}.jsonl").read_text(encoding="utf-8").splitlines()[::4]
    passed = {True: [0, 0], False: [0, 0]}
    for report in map(json.loads, lines):
        claiming = {claim["s"] for claim in report["claims"] if claim["told"] in ("fact", "attributed")}
        for number, sentence in enumerate(report["sentences"]):
            counts = passed[number in claiming]
            counts[0] += tagger()._may_claim(tagger()._read(sentence)[1])
            counts[1] += 1
    # Of the claims that are told in many ways about half are sure enough to be drawn; these it is to let through.
    assert passed[True][0] / passed[True][1] > 0.6
    assert passed[False][0] / passed[False][1] < 0.4


def test_runs_of_pieces_are_spans_and_the_likeliest_run_is_linked() -> None:
    offsets = [(0, 0), (0, 3), (4, 9), (10, 15), (16, 20), (0, 0)]
    kinds = np.zeros((6, len(PLACE_KINDS) + len(OFFICE_KINDS) + len(IMPLIED_KINDS)), dtype=np.float32)
    links = np.zeros((PLACE_LINKS + OFFICE_LINKS + IMPLIED_LINKS, 6, 6), dtype=np.float32)
    kinds[[1, 2], 0], kinds[0, 0] = (0.4, 0.9), 1.0
    links[0, 1:3, 3], links[0, 1:3, 4], links[0, 1:3, 1] = 0.6, 0.8, 1.0
    [tag] = decoded(kinds, links, offsets, 0.3).places
    assert (tag.place, tag.kind) == ((0, 9), "holds") and tag.sure == pytest.approx(0.9)
    assert tag.holder == (10, 20)
    assert decoded(kinds, links, offsets, 0.95) == Tags()


@pytest.mark.parametrize("sentence", ["Straße in Łódź", "naïve", "\ud83d half", "ﬁre", ""])
def test_a_sentence_is_read_with_each_character_where_it_was(sentence: str) -> None:
    assert len(readable(sentence)) == len(sentence)
