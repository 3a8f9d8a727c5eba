"""The layers of the tagger in torch, as they are fitted; `index/claims/tagger.py` runs them in numpy."""

from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.support.joint_training import adapt, is_low_rank
from index.claims.tagger import (
    GATE_WIDTH,
    IMPLIED_KINDS,
    IMPLIED_LINKS,
    LAYERS,
    LINK,
    OFFICE_KINDS,
    OFFICE_LINKS,
    PLACE_KINDS,
    PLACE_LINKS,
)
from index.search.bert import bert
from index.search.word_pieces import DIMENSION

KINDS = len(PLACE_KINDS) + len(OFFICE_KINDS) + len(IMPLIED_KINDS)
LINKS = PLACE_LINKS + OFFICE_LINKS + IMPLIED_LINKS
# Few pieces are tagged: so unlikely is each where nothing is known.
SELDOM = -4.0
DROPPED = 0.2


class Gate(nn.Module):
    """A logit of each text: that it holds a claim, from its words and their neighbours alone."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Linear(DIMENSION, GATE_WIDTH)
        self.mix = nn.Conv1d(GATE_WIDTH, GATE_WIDTH, 3, padding=1)
        self.out = nn.Linear(2 * GATE_WIDTH, 1)

    def forward(self, ids: Tensor, held: Tensor) -> Tensor:
        """Word pieces and which of them are there, each of shape (texts, pieces); logits of shape (texts,)."""
        there = held[..., None].float()
        states = functional.dropout(self.down(bert().embed(ids)), DROPPED, self.training) * there
        mixed = torch.relu(self.mix(states.transpose(1, 2))).transpose(1, 2) * there
        pooled = torch.cat([mixed.max(1).values, mixed.sum(1) / there.sum(1)], -1)
        logits: Tensor = self.out(pooled).squeeze(-1)
        return logits


class TaggerLayers(nn.Module):
    """The layers of the bundled model, adapted, with a logit for each word piece and kind of claim, and for each link
    one for each two pieces."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(deepcopy(layer) for layer in bert().layers[:LAYERS])
        adapt(self.layers)
        self.kind = nn.Linear(DIMENSION, KINDS)
        nn.init.constant_(self.kind.bias, SELDOM)
        self.anchor = nn.Linear(DIMENSION, LINKS * LINK)
        self.other = nn.Linear(DIMENSION, LINK)
        self.bias = nn.Parameter(torch.full((LINKS,), SELDOM / 2))
        self.gate = Gate()

    def forward(self, ids: Tensor, held: Tensor) -> tuple[Tensor, Tensor]:
        """Word pieces and which of them are there, each of shape (texts, pieces). Logits of shape (texts, pieces,
        kinds) and (texts, links, pieces, pieces that are linked to these)."""
        states = bert().embed(ids)
        unseen = (~held)[:, None, None, :].float() * -1e4
        for layer in self.layers:
            states = layer(states, unseen)
        anchors = self.anchor(states).view(*states.shape[:2], LINKS, LINK)
        links = torch.einsum("bpcl,bol->bcpo", anchors, self.other(states)) / LINK**0.5
        return self.kind(states), links + self.bias[None, :, None, None]

    def write(self, path: Path) -> None:
        """Write what was fitted, in half precision."""
        fitted = {
            name: value.detach().cpu().half().contiguous()
            for name, value in self.state_dict().items()
            if is_low_rank(name) or not name.startswith("layers.")
        }
        save_file(fitted, path)
        print(f"{path.stat().st_size} bytes in {path.name}")


def batch_of(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Texts as word pieces, and which of them are there, each of shape (texts, pieces)."""
    width = max(map(len, rows))
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    held = torch.zeros(len(rows), width, dtype=torch.bool)
    for n, row in enumerate(rows):
        ids[n, : len(row)] = torch.tensor(row)
        held[n, : len(row)] = True
    return ids, held
