"""Runs the cross-encoder's layers in torch on texts of several lengths, laid one behind another, without padding: of a
batch of sentences a third is padding otherwise. The logits differ from those of `joint_layers.py` in the sixth digit.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from index.passage import Span
from index.search.bert import Bert, Layer, bert
from index.search.joint_layers import JointLayers
from index.search.word_pieces import HEADS

# The word pieces of a text without its start and end marks, shape (n,), and their lower-layer states, (n, dimension).
Pieces = tuple[Tensor, Tensor]


class PackedLayers:
    """The layers of a cross-encoder that is loaded. To run them changes nothing in them."""

    def __init__(self, layers: JointLayers) -> None:
        self._layers = layers
        self._lower = list(map(PackedLayer, _layers_of(layers.lower)))
        self._upper = list(map(PackedLayer, _layers_of(layers.layers)))

    def alone(self, texts: Sequence[Sequence[int]]) -> list[Pieces]:
        """Texts that are read each on its own. Each is its word pieces with the start and end marks."""
        ids = [torch.tensor(text) for text in texts]
        spans = _spans(ids)
        states = torch.cat([_embedded(bert(), text) for text in ids])
        for layer in self._lower:
            states = layer(states, spans)
        return [
            (text[1:-1], states[start + 1 : end - 1].clone()) for text, (start, end) in zip(ids, spans, strict=True)
        ]

    def together(self, first: Pieces, others: Sequence[Pieces]) -> list[tuple[float, float]]:
        """For each of the other texts the logit of its pair with the first, and that of its likeliest piece. None of
        the texts is empty."""
        joined = [self._joined(first, other) for other in others]
        spans = _spans(joined)
        states = torch.cat(joined)
        for layer in self._upper[:-1]:
            states = layer(states, spans)
        # Nobody looks at the first text's pieces above the last layer.
        rows = torch.cat([_without(start, end, len(first[0])) for start, end in spans])
        ends = torch.tensor([1 + len(ids) for ids, _ in others]).cumsum(0).tolist()
        last = self._upper[-1](states, spans, rows)
        pieces = self._layers.tok(last).squeeze(-1)
        pooled, likeliest = [], []
        for start, end in zip([0, *ends], ends, strict=False):
            own = pieces[start + 1 : end]
            likeliest.append(float(own.max()))
            pooled.append(torch.cat([last[start], own.softmax(-1) @ last[start + 1 : end]]))
        matching = torch.stack([_matching(first, other) for other in others])
        logits = self._layers.ans(torch.cat([torch.stack(pooled), matching], 1)).squeeze(-1)
        return list(zip(logits.tolist(), likeliest, strict=True))

    def _joined(self, first: Pieces, second: Pieces) -> Tensor:
        """Both texts behind the mark of a pair, each piece marked by its text and by whether it is in both."""
        (ids, states), (other_ids, other_states) = first, second
        kind = self._layers.kind
        return torch.cat([
            self._layers.cls[None],
            states + kind(2 * torch.isin(ids, other_ids).long()),
            other_states + kind(1 + 2 * torch.isin(other_ids, ids).long()),
        ])


class PackedLayer:
    """One layer of BERT, with the three matrices of its attention in one."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        parts = [layer.attention["self"].get_submodule(name) for name in ("query", "key", "value")]
        self._weight = torch.cat([part.get_parameter("weight") for part in parts]).detach()
        self._bias = torch.cat([part.get_parameter("bias") for part in parts]).detach()

    def __call__(self, states: Tensor, spans: Sequence[Span], rows: Tensor | None = None) -> Tensor:
        """States of shape (pieces, dimension), of the layer below in, of this one out. Each span is a text. With `rows`
        only these are given out."""
        mixed = self._attended(states, spans)
        if rows is not None:
            mixed, states = mixed[rows], states[rows]
        attended = self._layer.attention["output"](mixed, states)
        inner = functional.gelu(self._layer.intermediate["dense"](attended))
        made: Tensor = self._layer.output(inner, attended)
        return made

    def _attended(self, states: Tensor, spans: Sequence[Span]) -> Tensor:
        parts = functional.linear(states, self._weight, self._bias).view(len(states), 3, HEADS, -1)
        mixed = torch.empty_like(states)
        for start, end in spans:
            query, key, value = parts[None, start:end].permute(2, 0, 3, 1, 4)
            own = functional.scaled_dot_product_attention(query, key, value)
            mixed[start:end] = own[0].transpose(0, 1).reshape(end - start, -1)
        return mixed


def _layers_of(modules: nn.ModuleList) -> list[Layer]:
    return [module for module in modules if isinstance(module, Layer)]


def _embedded(model: Bert, ids: Tensor) -> Tensor:
    return model.embed(ids[None])[0]


def _spans(texts: Sequence[Tensor]) -> list[Span]:
    """From where to where each text stands when they are laid one behind another."""
    ends = torch.tensor([len(text) for text in texts]).cumsum(0).tolist()
    return list(zip([0, *ends], ends, strict=False))


def _without(start: int, end: int, length: int) -> Tensor:
    """The rows of a pair without its first text, which has this length and stands behind the mark."""
    return torch.cat([torch.tensor([start]), torch.arange(start + 1 + length, end)])


def _matching(first: Pieces, second: Pieces) -> Tensor:
    """How well the first text's pieces are met in the second: on average, literally, and the worst of them."""
    (ids, states), (other_ids, other_states) = first, second
    nearest = (functional.normalize(states, dim=-1) @ functional.normalize(other_states, dim=-1).T).max(1).values
    literal = torch.isin(ids, other_ids).float().mean()
    return torch.stack([nearest.mean(), literal, nearest.min()]) * 4 - 2
