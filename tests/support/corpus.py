"""Small articles, passages and vectors for the tests of the index."""

import datetime
from pathlib import Path

import numpy as np
import yaml

from index.article import Article
from index.collection import Collection
from index.language.sentences import sentence_spans
from index.passage import Passage, Vectors
from index.storage.ledger import Ledger
from index.storage.passages import Entry

HARBOUR = (
    "The council of Norvik took over the harbour on Monday.\n\n"
    "Ferries to Elvaskar were cancelled until further notice. Captain L. M. Aune said that no one was hurt."
)
BRIDGE = "The bridge at Tolmin was closed to lorries. Engineers from the ministry found cracks in two pillars."
MARCH = Article("a1", HARBOUR, "Harbour", "Desk", "A. Berg", datetime.date(2021, 3, 3), "https://x.example", "/a.md")
MAY = Article("b2", BRIDGE, "Bridge", "Courier", date=datetime.date(2021, 5, 9))
UNDATED = Article("c3", "The ferry to Elvaskar was cancelled.", "Ferry")


def write(folder: Path, name: str, text: str, **stated: object) -> Path:
    """A file with `text`, behind front matter where anything is `stated`."""
    folder.mkdir(parents=True, exist_ok=True)
    front = f"---\n{yaml.safe_dump(stated)}---\n" if stated else ""
    (folder / name).write_text(front + text, encoding="utf-8")
    return folder / name


def first(collection: Collection, question: str) -> str:
    """The title of the article whose passage fits `question` best."""
    return collection.search(question)[0].article.title


def unit_vectors(count: int, *, dimension: int = 384, seed: int = 0) -> Vectors:
    """Random unit vectors, shape (count, dimension)."""
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def entries_of(article: Article, *, dimension: int = 384, seed: int = 0) -> list[Entry]:
    """Each sentence of `article` as a passage with a random vector."""
    spans = sentence_spans(article.text)
    return [
        Entry(Passage(article.id, number, *span, article.text[slice(*span)], (span,)), vector, vector[None])
        for number, (span, vector) in enumerate(
            zip(spans, unit_vectors(len(spans), dimension=dimension, seed=seed), strict=True)
        )
    ]


def put(ledger: Ledger, article: Article, *, dimension: int = 384, seed: int = 0) -> list[Entry]:
    """Write `article` to `ledger` with random vectors."""
    entries = entries_of(article, dimension=dimension, seed=seed)
    ledger.put(article, "hash", entries, [])
    return entries
