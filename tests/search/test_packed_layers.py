import pytest
import torch
from safetensors.torch import load_file

from index.search.joint_layers import JointLayers
from index.search.numpy_cross_encoder import WEIGHTS
from index.search.packed_layers import PackedLayers
from index.search.word_pieces import tokenizer
from tests.support.corpus import BRIDGE, HARBOUR

QUESTION = "Who opened the new bridge?"
TEXTS = ["It rained.", "The mayor opened the new bridge, and the ferry to the islands was given up.", BRIDGE, HARBOUR]


@pytest.fixture(scope="module")
def layers() -> JointLayers:
    loaded = JointLayers()
    loaded.load(load_file(WEIGHTS))
    return loaded.eval()


def test_texts_that_are_read_without_padding_have_the_states_of_padded_texts(layers: JointLayers) -> None:
    read = tokenizer(128).encode_batch(TEXTS)
    ids = torch.tensor([each.ids for each in read])
    held = torch.tensor([each.attention_mask for each in read]).bool()
    with torch.inference_mode():
        padded = layers.alone(ids, held)
        packed = PackedLayers(layers).alone([ids[n][held[n]].tolist() for n in range(len(TEXTS))])
    for n, (own, states) in enumerate(packed):
        end = int(held[n].sum()) - 1
        assert torch.equal(own, ids[n, 1:end])
        assert torch.allclose(states, padded[n, 1:end], atol=1e-4)


def test_pairs_that_are_read_without_padding_have_the_logits_of_padded_pairs(layers: JointLayers) -> None:
    unpadded = tokenizer(128)
    unpadded.no_padding()
    with torch.inference_mode():
        packed = PackedLayers(layers)
        asked, *read = packed.alone([unpadded.encode(text).ids for text in [QUESTION, *TEXTS]])
        scores = packed.together(asked, read)
        for (ids, states), score in zip(read, scores, strict=True):
            shared = torch.isin(asked[0], ids).long() * 2, torch.isin(ids, asked[0]).long() * 2 + 1
            kind = torch.cat(shared)[None]
            answer, pieces = layers(torch.cat([asked[1], states])[None], kind, torch.ones_like(kind).bool())
            assert score == pytest.approx((float(answer), float(pieces[0, len(asked[0]) :].max())), abs=1e-4)
