"""Which sentences are read together with a question, and how often."""

import datetime
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from chatbot.answering.pipeline import Chain
from chatbot.extractive.lexical_features import Candidate
from chatbot.extractive.ranker import READ_TOGETHER, Ranked, Ranker, allows
from chatbot.extractive.weights import model, threshold
from chatbot.filters import EVERYWHERE
from chatbot.question.parse import read
from chatbot.settings import Settings
from index.article import Article
from index.collection import Collection
from index.ingest.run import index_paths
from index.passage import Passage
from index.search.embedder import BUNDLED
from tests.support.corpus import write

NOTE = "Ferry restored\n\nOSTERBY\nThe ferry runs again. It had stood still for a week.\nSailors were glad.\n"


def test_what_is_too_unlikely_is_not_read_behind_the_sentence_before_it(
    sample_chain: Chain, samples: Collection
) -> None:
    reading = sample_chain.understood("Where did people queue for bread?").reading
    ranker = Ranker(samples)
    ranked = ranker.glance(reading, sample_chain.retrieve(reading, EVERYWHERE))
    least = threshold("answer") * threshold("near")
    every = ranker.together(reading, ranked[:READ_TOGETHER])
    some = ranker.together(reading, ranked[:READ_TOGETHER], least=least)
    alone = model("answer").scores([{**row, "reader_context": row["reader"]} for row in every])
    left_out = [n for n, (row, other) in enumerate(zip(every, some, strict=True)) if row != other]
    assert left_out and all(alone[n] < least for n in left_out)
    assert all(some[n]["reader_context"] == some[n]["reader"] for n in left_out)
    assert [row["reader_context"] for row in some] == [
        sentence.features["reader_context"] for sentence in _in_order(ranker.reread(reading, ranked), ranked)
    ]


def test_what_a_glance_takes_for_far_less_likely_than_the_likeliest_is_not_read(
    sample_chain: Chain, samples: Collection
) -> None:
    reading = sample_chain.understood("Who controls Hama?").reading
    ranker = Ranker(samples)
    ranked = ranker.glance(reading, sample_chain.retrieve(reading, EVERYWHERE))
    fewer = [*ranked[:3], *(replace(each, score=ranked[0].score * 0.01) for each in ranked[3:])]
    read_with_it = [each for each in ranker.reread(reading, fewer) if each.is_settled]
    assert len(ranked) > READ_TOGETHER
    assert sorted(each.candidate.text for each in read_with_it) == sorted(each.candidate.text for each in ranked[:3])


def _in_order(read: Sequence[Ranked], ranked: Sequence[Ranked]) -> list[Ranked]:
    places = {(each.candidate.article.id, each.candidate.start): each for each in read}
    return [places[each.candidate.article.id, each.candidate.start] for each in ranked[:READ_TOGETHER]]


def test_the_first_sentence_behind_the_headings_is_the_lead() -> None:
    article = Article("a", NOTE, "Ferry restored")
    starts = [NOTE.index(text) for text in ("The ferry", "It had", "Sailors")]
    passage = Passage("a", 0, 0, len(NOTE), NOTE, tuple((start, start + 21) for start in starts))
    ends = [NOTE.index(".", start) + 1 for start in starts]
    candidates = [
        Candidate(passage, article, start, end, np.zeros(0, np.float32), "")
        for start, end in zip(starts, ends, strict=True)
    ]
    assert [each.is_lead for each in candidates] == [True, False, False]


def test_of_passages_that_only_name_a_place_what_names_it_or_claims_something_is_looked_at(
    sample_chain: Chain, samples: Collection
) -> None:
    reading = sample_chain.understood("Who controls Hama?").reading
    passages = sample_chain.retrieve(reading, EVERYWHERE)
    fitting, named = ([replace(retrieved, score=score) for retrieved in passages] for score in (1.0, 0.0))
    ranker = Ranker(samples)
    every, some = ranker.candidates(reading, fitting), ranker.candidates(reading, named)
    held = {(candidate.article.id, candidate.start) for candidate in some}
    left_out = [candidate for candidate in every if (candidate.article.id, candidate.start) not in held]
    claims = samples.claims_by_sentence()
    assert 0 < len(left_out) < len(every)
    assert not any("Hama" in f"{candidate.before} {candidate.text}" for candidate in left_out)
    assert not any((candidate.article.id, candidate.start) in claims for candidate in left_out)
    why = sample_chain.understood("Why did people queue for bread?").reading
    assert len(ranker.candidates(why, named)) == len(every)


@pytest.mark.parametrize(
    ("question", "present", "past"),
    [
        ("Who controls Hama?", 1.0, 0.0),
        ("Has the army left Hama?", 1.0, 0.0),
        ("Who took Hama?", 0.0, 1.0),
        ("Who controls Hama on 5 December 2024?", 0.0, 0.0),
    ],
)
def test_it_is_known_of_which_time_a_question_asks(
    sample_chain: Chain, samples: Collection, question: str, present: float, past: float
) -> None:
    reading, ranker = sample_chain.understood(question).reading, Ranker(samples)
    passages = sample_chain.retrieve(reading, EVERYWHERE)
    [features, *_] = [row for row, _ in ranker.rows(reading, passages, ranker.candidates(reading, passages))]
    assert (features["asks_present"], features["asks_past"]) == (present, past)


@pytest.mark.parametrize(
    ("question", "allowed"),
    [
        ("What did the storm sink on Saturday?", [True, False, False]),
        ("What did the storm sink on Friday?", [False, True, False]),
        ("What did the storm sink on 25 May 2023?", [False, False, False]),
    ],
)
def test_a_report_without_a_date_may_mean_the_weekday_that_is_asked_about(question: str, allowed: list[bool]) -> None:
    text = "The storm sank a boat on Saturday. It sank a ferry on Friday. It sank a raft."
    starts = [0, text.index("It sank a ferry"), text.index("It sank a raft")]
    ends = [start - 1 for start in starts[1:]] + [len(text)]
    spans = list(zip(starts, ends, strict=True))
    article = Article("a", text, "Storm")
    passage = Passage("a", 0, 0, len(text), text, tuple(spans))
    candidates = [Candidate(passage, article, *span, np.zeros(0, np.float32), "") for span in spans]
    reading = read(question, newest=datetime.date(2023, 5, 30))
    assert [allows(reading, candidate) for candidate in candidates] == allowed


def test_where_no_report_has_a_date_none_counts_as_old(tmp_path: Path) -> None:
    for name, town in (("a", "Orlo"), ("b", "Brim")):
        write(tmp_path / "articles", f"{name}.md", f"The ferry from {town} sank in the storm. Nobody was hurt.")
    with closing(Collection(tmp_path / "data", embedding_model=BUNDLED, writing=True)) as collection:
        index_paths(collection, [tmp_path / "articles"])
        chain, ranker = Chain(collection, Settings()), Ranker(collection)
        reading = chain.understood("Which ferry sank?").reading
        passages = chain.retrieve(reading, EVERYWHERE)
        rows = ranker.rows(reading, passages, ranker.candidates(reading, passages))
        assert len(rows) == 4 and {row["recency"] for row, _ in rows} == {1.0}
