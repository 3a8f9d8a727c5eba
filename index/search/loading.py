"""Loads the models: the embedding model in a thread of its own, so that what needs no model does not wait for it."""

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING

from index.errors import ModelError
from index.search.pair_scores import PairReader, PairScores
from index.search.word_pieces import BUNDLED

if TYPE_CHECKING:
    from index.search.embedder import Embedder


class ModelLoader:
    """The embedding model of this name and the cross-encoder, each loaded when it is first asked for. Safe between
    threads."""

    def __init__(self, name: str, *, questions_only: bool = False) -> None:
        """With `questions_only` the bundled models are run without torch."""
        self._name = name
        self._questions_only = questions_only
        self._lock = Lock()
        self._closed = False
        self._embedder: Future[Embedder] | None = None
        self._cross_encoder: PairScores | None = None

    def start(self) -> "Future[Embedder]":
        """Start loading the embedding model, if that has not been done."""
        with self._lock:
            if self._embedder is None:
                pool = ThreadPoolExecutor(1)
                self._embedder = pool.submit(_load, self._name, self._questions_only)
                pool.shutdown(wait=False)
            return self._embedder

    def embedder(self) -> "Embedder":
        """The embedding model; waits until it is loaded. Raises ModelError."""
        return self.start().result()

    def cross_encoder(self) -> PairScores:
        """The cross-encoder. Raises ModelError where it was closed."""
        with self._lock:
            if self._closed:
                raise ModelError("The cross-encoder was closed, since the program is being stopped.")
            if self._cross_encoder is None:
                light = self._questions_only and self._name == BUNDLED
                self._cross_encoder = PairScores(_load_cross_encoder(light))
            return self._cross_encoder

    def close(self) -> None:
        """Let each model that was loaded end its batch; it is not to be used afterwards."""
        with self._lock:
            self._closed = True
            loading, cross_encoder = self._embedder, self._cross_encoder
        if cross_encoder is not None:
            cross_encoder.close()
        if loading is not None and not loading.cancel() and loading.exception() is None:
            loading.result().close()


def _load(name: str, questions_only: bool) -> "Embedder":
    # Imported here: torch and sentence-transformers take seconds, and listing articles needs neither.
    from index.search.embedder import Embedder

    return Embedder(name, questions_only=questions_only)


def _load_cross_encoder(light: bool) -> PairReader:
    if light:
        from index.search import numpy_cross_encoder

        return numpy_cross_encoder.NumpyCrossEncoder()
    # Imported here: torch takes seconds, and listing articles needs none.
    from index.search import cross_encoder

    return cross_encoder.CrossEncoder()
