"""Scores whether a sentence answers a question, by reading both together.

The two upper layers of all-MiniLM-L6-v2 read the question and the sentence jointly, over what its four lower layers
made of each alone (DeFormer, Cao et al., ACL 2020), so that a sentence's lower layers are run once for all questions.
The upper layers are adapted by low-rank matrices (LoRA, Hu et al., ICLR 2022), fitted on QAMR by
`benchmarks/fit_cross_encoder.py`.
"""

import copy
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from index.errors import ModelError
from index.search.bert import bert
from index.search.numpy_cross_encoder import LONGEST_PIECES, LORA_SCALE, LOWER_LAYERS, SENTENCES_KEPT, WEIGHTS
from index.search.word_pieces import tokenizer

BATCH = 32

Pieces = tuple[Tensor, Tensor]


class CrossEncoder:
    """The model, loaded. Safe between threads."""

    def __init__(self, weights: Path | None = WEIGHTS) -> None:
        """Load the bundled model and its fitted weights; without `weights` the head is as it is before fitting."""
        self._tokenizer = tokenizer(LONGEST_PIECES)
        self._bert = bert()
        self.head = Head(list(self._bert.layers[LOWER_LAYERS:]))
        if weights is not None:
            self.head.load(load_file(weights))
        self.head.eval()
        self._lock = Lock()
        self._closed = False
        self._pieces_cache: OrderedDict[str, Pieces] = OrderedDict()

    def close(self) -> None:
        """Wait for the batch that is being read, and refuse all further ones with a ModelError.

        As with the embedding model: a thread that is inside torch when Python ends takes the process down.
        """
        self._closed = True
        with self._lock:
            pass

    def scores(self, question: str, sentences: Sequence[str]) -> list[tuple[float, float]]:
        """For each sentence two logits: that it answers the question, and that its likeliest word is the answer."""
        if not sentences:
            return []
        with self._lock, torch.inference_mode():
            asked, *read = self._read([question, *sentences])
            order = sorted(range(len(read)), key=lambda n: len(read[n][0]))
            scores = [(0.0, 0.0)] * len(read)
            for at in range(0, len(order), BATCH):
                self._check_open()
                batch = order[at : at + BATCH]
                states, kind, mask = joined(asked, [read[n] for n in batch])
                answers, pieces = self.head(states, kind, mask)
                likeliest = pieces.masked_fill(~mask | (kind % 2 == 0), -20.0).max(1).values
                for n, answer, piece in zip(batch, answers.tolist(), likeliest.tolist(), strict=True):
                    scores[n] = (float(answer), float(piece))
        return scores

    def pieces(self, texts: Sequence[str]) -> list[Pieces]:
        """Word-piece ids, shape (n,), and lower-layer states, shape (n, dimension), of each text on its own."""
        with self._lock, torch.no_grad():
            return self._read(texts)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the word pieces of a text stand in it."""
        with self._lock:
            read = self._tokenizer.encode(text)
        return [(start, end) for start, end in read.offsets[1:-1]]

    def _read(self, texts: Sequence[str]) -> list[Pieces]:
        """Word-piece ids, shape (n,), and lower-layer states, shape (n, dimension), of each text on its own."""
        missing = sorted({text for text in texts if text not in self._pieces_cache}, key=len)
        for at in range(0, len(missing), BATCH):
            self._check_open()
            batch = [text.encode(errors="replace").decode() for text in missing[at : at + BATCH]]
            read = self._tokenizer.encode_batch(batch)
            ids = torch.tensor([encoding.ids for encoding in read])
            held = torch.tensor([encoding.attention_mask for encoding in read])
            states = self._bert.embed(ids)
            mask = (1.0 - held[:, None, None, :].float()) * -1e4
            for layer in self._bert.layers[:LOWER_LAYERS]:
                states = layer(states, mask)
            for n, (text, end) in enumerate(zip(missing[at : at + BATCH], (held.sum(1) - 1).tolist(), strict=True)):
                self._pieces_cache[text] = (ids[n, 1:end].clone(), states[n, 1:end].clone())
        pieces = [self._pieces_cache[text] for text in texts]
        while len(self._pieces_cache) > SENTENCES_KEPT:
            self._pieces_cache.popitem(last=False)
        return pieces

    def _check_open(self) -> None:
        if self._closed:
            raise ModelError("The cross-encoder was closed, since the program is being stopped.")


class Head(nn.Module):
    """The layers that read question and sentence together, and what makes a score of them."""

    def __init__(self, layers: Sequence[nn.Module]) -> None:
        super().__init__()
        dimension = 384
        self.layers = nn.ModuleList([copy.deepcopy(layer) for layer in layers])
        self.kind = nn.Embedding(4, dimension)
        self.cls = nn.Parameter(torch.zeros(dimension))
        self.tok = nn.Linear(dimension, 1)
        self.ans = nn.Sequential(nn.Linear(2 * dimension + 3, 64), nn.Tanh(), nn.Linear(64, 1))

    def load(self, weights: dict[str, Tensor]) -> None:
        """Take the fitted weights; the low-rank matrices are added to the layers' own."""
        own = {name: value.float() for name, value in weights.items() if not name.startswith("layers.")}
        self.load_state_dict(own, strict=False)
        for name in [name for name in weights if name.endswith(".a.weight")]:
            parent = self.get_submodule(name.removesuffix(".a.weight"))
            up, down = weights[name.removesuffix("a.weight") + "b.weight"].float(), weights[name].float()
            assert isinstance(parent, nn.Linear)
            parent.weight.data += LORA_SCALE * up @ down

    def forward(self, states: Tensor, kind: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Answer logits, shape (batch,), and a logit for each piece of being part of the answer.

        `states` has shape (batch, pieces, dimension), `kind` is 0 for the question's pieces and 1 for the sentence's,
        and 2 more for those that stand in both.
        """
        sentence = (kind % 2 == 1) & mask
        question = (kind % 2 == 0) & mask
        matching = _matching(states, kind, question, sentence)
        joint = torch.cat([self.cls.expand(len(states), 1, -1), states + self.kind(kind)], 1)
        held = torch.cat([torch.ones(len(states), 1, dtype=torch.bool), mask], 1)
        bias = (~held)[:, None, None, :].float() * -1e4
        for layer in self.layers:
            joint = layer(joint, bias)
        pieces = self.tok(joint[:, 1:]).squeeze(-1)
        weights = pieces.masked_fill(~sentence, -1e4).softmax(-1)
        pooled = (weights[..., None] * joint[:, 1:]).sum(1)
        return self.ans(torch.cat([joint[:, 0], pooled, matching], -1)).squeeze(-1), pieces


def _matching(states: Tensor, kind: Tensor, question: Tensor, sentence: Tensor) -> Tensor:
    """How well the question's pieces are met in the sentence: on average, literally, and the worst of them."""
    unit = nn.functional.normalize(states, dim=-1)
    nearest = (unit @ unit.transpose(1, 2)).masked_fill(~sentence[:, None, :], -1.0).max(-1).values
    count = question.sum(1).clamp(min=1)
    literal = ((kind // 2) * question).sum(1) / count
    worst = nearest.masked_fill(~question, 1.0).min(1).values
    return torch.stack([(nearest * question).sum(1) / count, literal, worst], -1) * 4 - 2


def joined(asked: Pieces, sentences: Sequence[Pieces], longest: int | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """A question's pieces before each sentence's, padded: states, kinds and mask as `Head.forward` takes them."""
    longest = longest or len(asked[0]) + max(len(ids) for ids, _ in sentences)
    states = torch.zeros(len(sentences), longest, asked[1].shape[1])
    kind = torch.zeros(len(sentences), longest, dtype=torch.long)
    mask = torch.zeros(len(sentences), longest, dtype=torch.bool)
    start = len(asked[0])
    for row, (ids, own) in enumerate(sentences):
        end = start + len(ids)
        states[row, :start], states[row, start:end] = asked[1], own
        kind[row, :start] = 2 * torch.isin(asked[0], ids).long()
        kind[row, start:end] = 1 + 2 * torch.isin(ids, asked[0]).long()
        mask[row, :end] = True
    return states, kind, mask
