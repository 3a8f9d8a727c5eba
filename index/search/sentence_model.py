"""Runs an embedding model that sentence-transformers loads: the bundled one, or any that the user names."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import numpy as np
import torch
from huggingface_hub import constants
from sentence_transformers import SentenceTransformer
from sentence_transformers.util import batch_to_device
from tokenizers import Tokenizer
from transformers.utils import logging as transformers_logging

from index.errors import ModelError
from index.passage import Tokens, Vectors
from index.search.word_pieces import BUNDLED, FOLDER

REACH_SECONDS = 5
DOCUMENT_PROMPTS = ("document", "passage", "corpus")


class SentenceModel:
    """A loaded model, as the embedder runs it; for one thread at a time."""

    def __init__(self, name: str) -> None:
        """Load the model `name`: the bundled one, a folder, or a name that the Hugging Face hub knows.

        Raises ModelError where it cannot be loaded.
        """
        self._model = _load(name)
        self._is_bundled = name == BUNDLED
        dimension = self._model.get_embedding_dimension()
        if dimension is None or not getattr(self._model.tokenizer, "is_fast", False):
            raise ModelError(
                f"The embedding model '{name}' cannot be used: it does not say how long its vectors are, or where its "
                f"word pieces stand in a text. Choose another with --embedding-model, or leave it out for {BUNDLED}."
            )
        self.dimension: int = dimension
        prompts = [prompt for name in DOCUMENT_PROMPTS if (prompt := self._model.prompts.get(name))]
        self.prompt: str = prompts[0] if prompts else ""
        self.limit_pieces: int = self._model.max_seq_length or 512

    @property
    def tokenizer(self) -> Tokenizer:
        """What cuts a text into word pieces."""
        tokenizer: Tokenizer = self._model.tokenizer.backend_tokenizer
        return tokenizer

    def embed_question(self, question: str) -> Vectors:
        """The unit vector of a question, shape (dimension,)."""
        if self._is_bundled:
            # It has no prompt for questions; what else `encode_query` looks after takes a fifth of its time.
            [(vector, _)] = self.read([question])
            return vector
        encoded = self._model.encode_query(question, normalize_embeddings=True, show_progress_bar=False)
        return np.array(encoded, dtype=np.float32)

    def read(self, texts: Sequence[str]) -> list[tuple[Vectors, Tokens]]:
        """For each text the model's own vector of it and its word pieces, start and end marks included."""
        # Where the word pieces stand comes with them: to ask the tokenizer a second time takes a second time.
        wanted: Any = {"text": {"return_offsets_mapping": True}}
        features = self._model.preprocess(list(texts), prompt="", processing_kwargs=wanted)
        spans = np.asarray(features.pop("offset_mapping"), dtype=np.int64)
        with torch.inference_mode():
            out = self._model(batch_to_device(features, self._model.device))
        inside = out["attention_mask"].bool().cpu().numpy()
        vectors, whole = _numbers(out["token_embeddings"]), _numbers(out["sentence_embedding"])
        return [
            (whole[n].copy(), Tokens(spans[n][inside[n]], vectors[n][inside[n]])) for n in range(len(texts))
        ]


def _load(name: str) -> SentenceTransformer:
    source = name
    if name == BUNDLED:
        source = str(FOLDER)
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
