import numpy as np
import pytest

from index.search.embedder import Embedder
from index.search.numpy_bert import BundledModel
from index.search.word_pieces import tokenizer
from tests.conftest import ROOT
from tests.support.corpus import BRIDGE, HARBOUR

ODD = ["", " ", "x", "  in the midst ", "Évora, Zzyzx 알레포 " * 3, "word " * 2_000, "\x00 a\u200b b\N{BELL}"]
SAMPLES = [path.read_text().splitlines() for path in sorted((ROOT / "articles").glob("*.md"))]
TEXTS = [*[line for lines in SAMPLES for line in lines if line][:40], HARBOUR, BRIDGE, *ODD]


@pytest.fixture(scope="module")
def light() -> BundledModel:
    """The bundled model without torch."""
    return BundledModel()


def test_vectors_are_those_of_sentence_transformers(light: BundledModel, embedder: Embedder) -> None:
    for (ours, own), (theirs, others) in zip(light.read(TEXTS), embedder._model.read(TEXTS), strict=True):
        assert ours.dtype == own.vectors.dtype == np.float32
        assert np.allclose(ours, theirs, atol=1e-5) and np.allclose(own.vectors, others.vectors, atol=1e-4)
        assert np.array_equal(own.spans, others.spans)


def test_a_question_has_the_same_vector_either_way(embedder: Embedder) -> None:
    light = Embedder(questions_only=True)
    assert (light.dimension, light.limit_pieces) == (embedder.dimension, embedder.limit_pieces)
    for question in (*TEXTS, "Who holds \ud83d it?"):
        vector = light.embed_question(question)
        assert np.allclose(vector, embedder.embed_question(question), atol=1e-5)
        assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-6)
    assert [light.pieces(text) for text in TEXTS] == [embedder.pieces(text) for text in TEXTS]


def test_the_tokenizer_cuts_where_it_is_told() -> None:
    [short, long] = tokenizer(12).encode_batch(["Two words", "many words " * 20])
    assert len(short.ids) == len(long.ids) == 12
    assert sum(short.attention_mask) == 4
