"""Which sentences are read together with a question, and how often."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from chatbot.answering.pipeline import Chain
from chatbot.extractive.lexical_features import Candidate
from chatbot.extractive.ranker import READ_TOGETHER, Ranked, Ranker
from chatbot.extractive.weights import model, threshold
from chatbot.filters import EVERYWHERE
from index.article import Article
from index.collection import Collection
from index.passage import Passage

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
