"""The layers of the bundled model, all-MiniLM-L6-v2, in plain torch, of which the cross-encoder is made.

sentence-transformers, which embeds with that model, does not give its layers one by one.
"""

from functools import lru_cache

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from index.search.word_pieces import (
    DIMENSION,
    DROPOUT,
    EPSILON,
    HEADS,
    INNER,
    LAYERS,
    MODEL_FILE,
    POSITIONS,
    WORD_PIECES,
)


class SelfAttention(nn.Module):
    """The heads of a layer."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(DIMENSION, DIMENSION) for _ in range(3))

    def forward(self, states: Tensor, mask: Tensor | None) -> Tensor:
        """States of shape (texts, pieces, dimension). `mask` broadcasts to (texts, heads, pieces, pieces): false, or a
        number far below 0, where a piece is not to be seen."""
        query, key, value = (
            linear(states).view(*states.shape[:-1], HEADS, -1).transpose(1, 2)
            for linear in (self.query, self.key, self.value)
        )
        dropped = DROPOUT if self.training else 0.0
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask, dropout_p=dropped)
        return mixed.transpose(1, 2).reshape(states.shape)


class Residual(nn.Module):
    """A linear layer whose output is added to what came before, and normalised."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.dense = nn.Linear(width, DIMENSION)
        self.LayerNorm = nn.LayerNorm(DIMENSION, eps=EPSILON)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, states: Tensor, before: Tensor) -> Tensor:
        """States of shape (texts, pieces, width) in, (texts, pieces, dimension) out."""
        normalised: Tensor = self.LayerNorm(self.dropout(self.dense(states)) + before)
        return normalised


class Layer(nn.Module):
    """One layer of BERT; its parts are named as in the model's file."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.ModuleDict({"self": SelfAttention(), "output": Residual(DIMENSION)})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(DIMENSION, INNER)})
        self.output = Residual(INNER)

    def forward(self, states: Tensor, mask: Tensor | None) -> Tensor:
        """States of shape (texts, pieces, dimension), of the layer below in, of this one out."""
        attended = self.attention["output"](self.attention["self"](states, mask), states)
        made: Tensor = self.output(functional.gelu(self.intermediate["dense"](attended)), attended)
        return made


class Bert(nn.Module):
    """The model, loaded, ready to read texts."""

    def __init__(self) -> None:
        super().__init__()
        self.embeddings = nn.ModuleDict({
            "word_embeddings": _table(WORD_PIECES),
            "position_embeddings": _table(POSITIONS),
            "token_type_embeddings": _table(2),
            "LayerNorm": nn.LayerNorm(DIMENSION, eps=EPSILON),
        })
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        weights = {
            name.replace("encoder.layer.", "layers."): value
            for name, value in load_file(MODEL_FILE).items()
            if name.startswith(("embeddings.", "encoder.")) and name != "embeddings.position_ids"
        }
        self.load_state_dict(weights, assign=True)
        self.eval()

    def embed(self, ids: Tensor) -> Tensor:
        """The states below the first layer, shape (texts, pieces, dimension), of word pieces, shape (texts, pieces)."""
        part = self.embeddings
        states = part["word_embeddings"](ids) + part["token_type_embeddings"](torch.zeros_like(ids))
        places = torch.arange(ids.shape[1], device=ids.device)
        normalised: Tensor = part["LayerNorm"](states + part["position_embeddings"](places))
        return normalised


@lru_cache(maxsize=1)
def bert() -> Bert:
    """The model that all share: to run it changes nothing in it."""
    return Bert()


def _table(rows: int) -> nn.Embedding:
    # Not filled, since the file's numbers are put in its place: to fill it takes longer than to read those.
    table: nn.Embedding = nn.Embedding.from_pretrained(  # type: ignore[no-untyped-call]
        torch.empty(rows, DIMENSION)
    )
    return table
