"""Loads the embedding model in a thread of its own, so that what needs no model does not wait for it."""

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.search.embedder import Embedder


class EmbedderLoader:
    """The embedding model of this name, loaded when it is first asked for. Safe between threads."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = Lock()
        self._embedder: Future[Embedder] | None = None

    def start(self) -> "Future[Embedder]":
        """Start loading it, if that has not been done."""
        with self._lock:
            if self._embedder is None:
                pool = ThreadPoolExecutor(1)
                self._embedder = pool.submit(_load, self._name)
                pool.shutdown(wait=False)
            return self._embedder

    def get(self) -> "Embedder":
        """The embedding model; waits until it is loaded. Raises ModelError."""
        return self.start().result()

    def close(self) -> None:
        """Let the model end its batch, if it was loaded; it is not to be used afterwards."""
        with self._lock:
            loading = self._embedder
        if loading is not None and not loading.cancel() and loading.exception() is None:
            loading.result().close()


def _load(name: str) -> "Embedder":
    # Imported here: torch and transformers take seconds, and listing articles needs neither.
    from index.search.embedder import Embedder

    return Embedder(name)
