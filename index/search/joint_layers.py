"""The layers of the cross-encoder, in torch: they read two texts together.

The four lower layers of all-MiniLM-L6-v2 read each text alone, the two upper ones both together (DeFormer, Cao et al.,
ACL 2020), so that the lower layers are run once for each text. All six are adapted by low-rank matrices (LoRA, Hu et
al., ICLR 2022), fitted by `benchmarks/fit_cross_encoder.py`.
"""

import copy

import torch
from torch import Tensor, nn

from index.search.bert import bert
from index.search.joint_sizes import KINDS, LORA_SCALE, LOWER_LAYERS, WIDTH
from index.search.word_pieces import DIMENSION


class JointLayers(nn.Module):
    """A logit of each pair of texts, and one of each of their word pieces."""

    def __init__(self) -> None:
        super().__init__()
        own = [copy.deepcopy(layer) for layer in bert().layers]
        self.lower, self.layers = nn.ModuleList(own[:LOWER_LAYERS]), nn.ModuleList(own[LOWER_LAYERS:])
        self.kind = nn.Embedding(KINDS, DIMENSION)
        self.cls = nn.Parameter(torch.zeros(DIMENSION))
        self.tok = nn.Linear(DIMENSION, 1)
        self.ans = nn.Sequential(nn.Linear(2 * DIMENSION + 3, WIDTH), nn.Tanh(), nn.Linear(WIDTH, 1))

    def load(self, weights: dict[str, Tensor]) -> None:
        """Take the fitted weights; the low-rank matrices are added to the layers' own."""
        adapted = tuple(name for name in weights if name.endswith((".a.weight", ".b.weight")))
        own = {name: value.float() for name, value in weights.items() if name not in adapted}
        self.load_state_dict(own, strict=False)
        for name in adapted:
            if name.endswith(".a.weight"):
                parent = self.get_submodule(name.removesuffix(".a.weight"))
                up, down = weights[name.removesuffix("a.weight") + "b.weight"].float(), weights[name].float()
                assert isinstance(parent, nn.Linear)
                parent.weight.data += LORA_SCALE * up @ down

    def alone(self, ids: Tensor, mask: Tensor) -> Tensor:
        """The states of the lower layers, shape (texts, pieces, dimension), of texts that are read each alone."""
        states = bert().embed(ids)
        unseen = (~mask)[:, None, None, :].float() * -1e4
        for layer in self.lower:
            states = layer(states, unseen)
        return states

    def forward(self, states: Tensor, kind: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of each pair, shape (batch,), and of each piece, shape (batch, pieces).

        `states` has shape (batch, pieces, dimension), `kind` is 0 for the first text's pieces and 1 for the second's,
        and 2 more for those that stand in both.
        """
        second = (kind % 2 == 1) & mask
        first = (kind % 2 == 0) & mask
        matching = _matching(states, kind, first, second)
        joint = torch.cat([self.cls.expand(len(states), 1, -1), states + self.kind(kind)], 1)
        held = torch.cat([torch.ones_like(mask[:, :1]), mask], 1)
        unseen = (~held)[:, None, None, :].float() * -1e4
        for layer in self.layers:
            joint = layer(joint, unseen)
        pieces = self.tok(joint[:, 1:]).squeeze(-1)
        weights = pieces.masked_fill(~second, -1e4).softmax(-1)
        pooled = (weights[..., None] * joint[:, 1:]).sum(1)
        return self.ans(torch.cat([joint[:, 0], pooled, matching], -1)).squeeze(-1), pieces


def _matching(states: Tensor, kind: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """How well the first text's pieces are met in the second: on average, literally, and the worst of them."""
    unit = nn.functional.normalize(states, dim=-1)
    nearest = (unit @ unit.transpose(1, 2)).masked_fill(~second[:, None, :], -1.0).max(-1).values
    count = first.sum(1).clamp(min=1)
    literal = ((kind // 2) * first).sum(1) / count
    worst = nearest.masked_fill(~first, 1.0).min(1).values
    return torch.stack([(nearest * first).sum(1) / count, literal, worst], -1) * 4 - 2
