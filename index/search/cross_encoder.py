"""Scores whether a sentence answers a question, by reading both together.

Its layers are those of `joint_layers.py`, fitted by `benchmarks/fit_cross_encoder.py`. A sentence's lower layers are
run once for all questions.
"""

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import torch
from safetensors.torch import load_file
from torch import Tensor

from index.errors import ModelError
from index.search.joint_layers import JointLayers
from index.search.numpy_cross_encoder import CACHED_SENTENCES, LONGEST_PIECES, WEIGHTS
from index.search.word_pieces import plain, tokenizer

BATCH = 32

Pieces = tuple[Tensor, Tensor]


class CrossEncoder:
    """The model, loaded. Safe between threads."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        """Load the bundled model and its fitted weights."""
        self._tokenizer = tokenizer(LONGEST_PIECES)
        self._layers = JointLayers()
        self._layers.load(load_file(weights))
        self._layers.eval()
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
                states, kind, mask = _joined(asked, [read[n] for n in batch])
                answers, pieces = self._layers(states, kind, mask)
                likeliest = pieces.masked_fill(~mask | (kind % 2 == 0), -20.0).max(1).values
                for n, answer, piece in zip(batch, answers.tolist(), likeliest.tolist(), strict=True):
                    scores[n] = (float(answer), float(piece))
        return scores

    def _read(self, texts: Sequence[str]) -> list[Pieces]:
        """Word-piece ids, shape (n,), and lower-layer states, shape (n, dimension), of each text on its own."""
        missing = sorted({text for text in texts if text not in self._pieces_cache}, key=len)
        for at in range(0, len(missing), BATCH):
            self._check_open()
            batch = [plain(text) for text in missing[at : at + BATCH]]
            read = self._tokenizer.encode_batch(batch)
            ids = torch.tensor([encoding.ids for encoding in read])
            held = torch.tensor([encoding.attention_mask for encoding in read])
            states = self._layers.alone(ids, held.bool())
            for n, (text, end) in enumerate(zip(missing[at : at + BATCH], (held.sum(1) - 1).tolist(), strict=True)):
                self._pieces_cache[text] = (ids[n, 1:end].clone(), states[n, 1:end].clone())
        pieces = [self._pieces_cache[text] for text in texts]
        while len(self._pieces_cache) > CACHED_SENTENCES:
            self._pieces_cache.popitem(last=False)
        return pieces

    def _check_open(self) -> None:
        if self._closed:
            raise ModelError("The cross-encoder was closed, since the program is being stopped.")


def _joined(asked: Pieces, sentences: Sequence[Pieces]) -> tuple[Tensor, Tensor, Tensor]:
    """A question's pieces before each sentence's, padded: states, kinds and mask as `JointLayers` takes them."""
    longest = len(asked[0]) + max(len(ids) for ids, _ in sentences)
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
