"""Scores whether a sentence answers a question, by reading both together.

Its layers are those of `joint_layers.py`, fitted by `benchmarks/fit_cross_encoder.py`. A sentence's lower layers are
run once for all questions.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock

import torch
from safetensors.torch import load_file

from index.errors import ModelError
from index.search.joint_layers import JointLayers
from index.search.numpy_cross_encoder import CACHED_SENTENCES, LONGEST_PIECES, NOTHING, WEIGHTS
from index.search.packed_layers import PackedLayers, Pieces
from index.search.word_pieces import plain, tokenizer

BATCH = 32


class CrossEncoder:
    """The model, loaded. Safe between threads."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        """Load the bundled model and its fitted weights."""
        self._tokenizer = tokenizer(LONGEST_PIECES)
        self._tokenizer.no_padding()
        layers = JointLayers()
        layers.load(load_file(weights))
        self._layers = PackedLayers(layers.eval())
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
            scores = [(NOTHING, NOTHING)] * len(read)
            worded = [n for n, (ids, _) in enumerate(read) if len(ids) and len(asked[0])]
            for batch in self._batches(worded):
                scored = self._layers.together(asked, [read[n] for n in batch])
                for n, score in zip(batch, scored, strict=True):
                    scores[n] = score
        return scores

    def _read(self, texts: Sequence[str]) -> list[Pieces]:
        """Word-piece ids, shape (n,), and lower-layer states, shape (n, dimension), of each text on its own."""
        missing = list(dict.fromkeys(text for text in texts if text not in self._pieces_cache))
        for batch in self._batches(range(len(missing))):
            some = [missing[n] for n in batch]
            encoded = self._tokenizer.encode_batch([plain(text) for text in some])
            self._pieces_cache.update(zip(some, self._layers.alone([each.ids for each in encoded]), strict=True))
        pieces = [self._pieces_cache[text] for text in texts]
        while len(self._pieces_cache) > CACHED_SENTENCES:
            self._pieces_cache.popitem(last=False)
        return pieces

    def _batches(self, numbers: Sequence[int]) -> Iterator[Sequence[int]]:
        """So many at a time, until it is closed. Raises ModelError then."""
        for at in range(0, len(numbers), BATCH):
            if self._closed:
                raise ModelError("The cross-encoder was closed, since the program is being stopped.")
            yield numbers[at : at + BATCH]
