"""Turns texts into unit vectors. One run of the model gives a passage's vector and, pooled over its token vectors, one
vector for each of its sentences (late chunking, arXiv 2409.04701)."""

import copy
import ctypes
import os
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Protocol

# OpenMP reads it while torch is imported. Its threads would else spin while they wait for each other, and on a machine
# that does something else as well a question was seen to take ten times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import numpy.typing as npt

from index.article import Article
from index.errors import ModelError
from index.passage import Passage, Span, Tokens, Vectors
from index.search import word_pieces

if TYPE_CHECKING:
    from tokenizers import Tokenizer

BUNDLED = word_pieces.BUNDLED
BATCH = 16
CACHED_QUESTIONS = 256
CACHED_SENTENCES = 1000
LONGEST_TITLE_CHARACTERS = 150
LONGEST_QUESTION_CHARACTERS = 5000


class EmbeddingModel(Protocol):
    """A loaded model; for one thread at a time."""

    dimension: int
    limit_pieces: int
    prompt: str

    @property
    def tokenizer(self) -> "Tokenizer": ...
    def embed_question(self, question: str) -> Vectors: ...
    def read(self, texts: Sequence[str]) -> list[tuple[Vectors, Tokens]]: ...


class Embedder:
    """A loaded embedding model; `name` is as it was asked for, `dimension` the length of its vectors.

    Threads may share it. The model runs for one of them at a time; a long run lets others in between its batches.
    """

    def __init__(self, name: str = BUNDLED, *, questions_only: bool = False) -> None:
        """Load the model `name`: the bundled one, a folder, or a name that the Hugging Face hub knows.

        With `questions_only` the bundled one is loaded without torch, which takes seconds to import.
        Raises ModelError where it cannot be loaded.
        """
        self.name = name
        self._model = _load(name, questions_only)
        # For whatever runs the model or its tokenizer: both keep state between the steps of a call.
        self._lock = Lock()
        # Held by the one that waits for the model: a long run, which needs it for each batch, then stands behind it.
        self._next = Lock()
        self._closed = False
        # Search and ranking both need a question's vector, and readers ask the same questions.
        self._embed_question: Callable[[str], Vectors] = lru_cache(maxsize=CACHED_QUESTIONS)(self._encoded)
        # The same sentences answer many questions; reading one anew costs some milliseconds.
        self._tokens_cache: OrderedDict[str, Tokens] = OrderedDict()
        self._tokens_lock = Lock()
        self.dimension, self.limit_pieces = self._model.dimension, self._model.limit_pieces
        # A second tokenizer, which never cuts a text: counting does not wait for the model, nor the model for counting.
        self._counting = copy.deepcopy(self._model.tokenizer)
        self._counting.no_truncation()
        self._counting.no_padding()
        self._counting_lock = Lock()

    def close(self) -> None:
        """Wait for the batch that the model is at, and refuse all further ones with a ModelError.

        Python ends without waiting for the threads of a server, and a thread that is inside the model then takes the
        whole process down with it.
        """
        with self._next, self._lock, self._counting_lock:
            self._closed = True

    def pieces(self, text: str) -> int:
        """Number of the model's word pieces of `text`, its own start and end marks counted in."""
        with self._counting_lock:
            self._check_open()
            return len(self._counting.encode(text))

    def heading(self, article: Article) -> str:
        """What a passage is embedded behind: its article's title and date, in at most a quarter of what is read."""
        date = f" ({article.date.day} {article.date:%B %Y})" if article.date else ""
        title = article.title[:LONGEST_TITLE_CHARACTERS]
        while title and self.pieces(f"{title}{date}") > self.limit_pieces // 4:
            title = title[: len(title) * 3 // 4]
        return f"{self._model.prompt}{title}{date}\n"

    def fits(self, heading: str, text: str) -> bool:
        """Whether the model reads all of `text` when it stands behind an article's heading."""
        return self.pieces(heading + text) <= self.limit_pieces

    def embed_question(self, question: str) -> Vectors:
        """One unit vector, shape (dimension,), not to be changed. What is past the model's own limit is not read."""
        return self._embed_question(question)

    def _encoded(self, question: str) -> Vectors:
        # A browser can send half a surrogate pair, which the tokenizer takes for no text at all.
        readable = question[:LONGEST_QUESTION_CHARACTERS].encode(errors="replace").decode()
        with self._running():
            vector = self._model.embed_question(readable)
        vector.flags.writeable = False
        return vector

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """Each text on its own as word pieces and their vectors, without the model's start and end marks."""
        wanted = dict.fromkeys(texts)
        with self._tokens_lock:
            read = {text: self._tokens_cache[text] for text in wanted if text in self._tokens_cache}
            for text in read:
                self._tokens_cache.move_to_end(text)
        missing = [text for text in wanted if text not in read]
        for text, (_, tokens) in zip(missing, self._read(missing), strict=True):
            read[text] = Tokens(tokens.spans[1:-1], tokens.vectors[1:-1])
        with self._tokens_lock:
            self._tokens_cache.update((text, read[text]) for text in missing)
            while len(self._tokens_cache) > CACHED_SENTENCES:
                self._tokens_cache.popitem(last=False)
        return [read[text] for text in texts]

    def embed_passages(
        self, rows: Sequence[tuple[Article, Passage]], pause: Callable[[], None] = lambda: None
    ) -> list[tuple[Vectors, Vectors]]:
        """For each passage, behind its article's heading: its unit vector, shape (dimension,), and the unit vectors of
        its sentences, shape (sentences, dimension). `pause` is called before each batch."""
        articles = {article.id: article for article, _ in rows}
        headings = {ident: self.heading(article) for ident, article in articles.items()}
        texts = [headings[article.id] + passage.text for article, passage in rows]
        results = []
        for (article, passage), (vector, tokens) in zip(rows, self._read(texts, pause), strict=True):
            shift = len(headings[article.id]) - passage.start
            spans = [(start + shift, end + shift) for start, end in passage.sentences]
            results.append((_unit(vector), _pool(spans, tokens)))
        return results

    def _read(
        self, texts: Sequence[str], pause: Callable[[], None] = lambda: None
    ) -> list[tuple[Vectors, Tokens]]:
        """For each text the model's own vector of it and, start and end marks included, its word pieces.

        Texts of about one length go into a batch, so that little of it is padding.
        """
        results: dict[int, tuple[Vectors, Tokens]] = {}
        by_length = sorted(range(len(texts)), key=lambda n: len(texts[n]))
        for at in range(0, len(texts), BATCH):
            pause()
            batch = by_length[at : at + BATCH]
            with self._running():
                results |= zip(batch, self._model.read([texts[n] for n in batch]), strict=True)
        _give_back_memory(len(texts))
        return [results[n] for n in range(len(texts))]

    @contextmanager
    def _running(self) -> Iterator[None]:
        """The model for one thread, which may have it for a batch at most."""
        with self._next:
            self._lock.acquire()
        try:
            self._check_open()
            yield
        finally:
            self._lock.release()

    def _check_open(self) -> None:
        if self._closed:
            raise ModelError("The embedding model was closed, since the program is being stopped.")


def _pool(spans: Sequence[Span], tokens: Tokens) -> Vectors:
    pooled = []
    for start, end in spans:
        inside = (tokens.spans[:, 0] < end) & (tokens.spans[:, 1] > start)
        pooled.append((tokens.vectors[inside] if inside.any() else tokens.vectors).mean(axis=0))
    return _unit(np.asarray(pooled, dtype=np.float32))


def _give_back_memory(texts: int) -> None:
    """Batches of ever other lengths leave memory in pieces, which glibc keeps unless it is told: a run over thousands
    of articles grew by half a gigabyte."""
    if texts <= BATCH or sys.platform != "linux":
        return
    if (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        trim(0)


def _load(name: str, questions_only: bool) -> EmbeddingModel:
    if questions_only and name == BUNDLED:
        from index.search.numpy_bert import BundledModel

        return BundledModel()
    from index.search.sentence_model import SentenceModel

    return SentenceModel(name)


def _unit(vectors: npt.NDArray[np.float32]) -> Vectors:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Vectors = (vectors / np.maximum(norms, 1e-12)).astype(np.float32)
    return unit
