"""The dense index in Chroma, embedded under the data folder or on a server: filled from the ledger, never the truth.

Each build is a generation of its own: a folder, or on a server a collection. Chroma is given every vector, makes none.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit
from urllib.request import urlopen

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.config import Settings

from index.article import Article
from index.errors import VectorStoreError
from index.passage import Passage, Vectors
from index.storage.filters import Filters

COLLECTION = "passages"
WRITE_BATCH = 500
ARTICLES_AT_A_TIME = 200
# So many neighbours a search looks at. An index of no more passages is searched whole, but for a passage to which no
# link leads. Chroma's own number is 100.
SEARCHED = 1000
REACH_SECONDS = 5
ANSWER_SECONDS = 60
# What marks a passage that only some groups of readers may read; what an earlier version wrote has no such mark.
RESTRICTED = "restricted"
# To have Chroma filter takes it longer the more passages it has. From so many on, those that the filters admit are
# looked for among the nearest of all first.
MANY_PASSAGES = 10_000


class VectorStore:
    """One generation of the dense index. Every method raises VectorStoreError where Chroma fails."""

    def __init__(
        self, *, folder: Path | None = None, url: str | None = None, collection: str = COLLECTION,
        many: int = MANY_PASSAGES,
    ) -> None:
        """Open Chroma in `folder`, or the server at `url`; nothing is made there before `create`. From `many` passages
        on Chroma filters only where those nearest to a question do not do."""
        self._many = many
        self._where, self._is_remote = url or str(folder), url is not None
        self._advice = "Check that it runs" if url else "Start the program again: it checks the index and rebuilds it"
        self._name = collection
        with self._errors("opened"):
            self._client = _client(folder, url)
        self._collection: chromadb.Collection | None = None

    def create(self, model: str, dimension: int) -> None:
        """Make this generation empty, marked with the embedding model's name and dimension."""
        with self._errors("created"):
            if any(c.name == self._name for c in self._client.list_collections()):
                self._client.delete_collection(self._name)
            self._collection = self._client.create_collection(
                self._name,
                metadata={"model": model, "dimension": dimension},
                configuration={"hnsw": {"space": "cosine", "ef_search": SEARCHED}},
                embedding_function=None,
            )

    def model_and_dimension(self) -> tuple[str, int] | None:
        """The embedding model's name and dimension, or None where this generation does not exist."""
        with self._errors("read"):
            if not any(c.name == self._name for c in self._client.list_collections()):
                return None
            metadata = self._open().metadata or {}
            return str(metadata.get("model")), int(str(metadata.get("dimension", 0)))

    def add(self, rows: Sequence[tuple[Passage, Article, Vectors]]) -> None:
        """Add passages, or replace them under their ids."""
        with self._errors("written"):
            for at in range(0, len(rows), WRITE_BATCH):
                batch = rows[at : at + WRITE_BATCH]
                self._open().upsert(
                    ids=[passage.id for passage, _, _ in batch],
                    embeddings=np.asarray([vector for _, _, vector in batch], dtype=np.float32),
                    metadatas=[_metadata(article) for _, article, _ in batch],
                )

    def remove(self, article_ids: Sequence[str]) -> None:
        """Remove all passages of these articles."""
        if not article_ids:
            return
        with self._errors("written"):
            self._open().delete(where=_where(Filters(articles=tuple(article_ids))))

    def first_difference(self, rows: Sequence[tuple[Passage, Article, Vectors]], *, tolerance: float) -> str | None:
        """Id of the first of these passages that is missing here, or kept with another vector, source or day."""
        with self._errors("read"):
            got: Any = self._open().get(ids=[passage.id for passage, _, _ in rows], include=["embeddings", "metadatas"])
            stored = dict(zip(got["ids"], zip(got["embeddings"], got["metadatas"], strict=True), strict=True))
            for passage, article, vector in rows:
                there, metadata = stored.get(passage.id, (None, None))
                if there is None or metadata != _metadata(article) or not np.allclose(there, vector, atol=tolerance):
                    return passage.id
        return None

    def count(self) -> int:
        """Number of passages."""
        with self._errors("read"):
            return self._open().count()

    def count_of(self, article_ids: Sequence[str]) -> int:
        """Number of passages of these articles."""
        counted = 0
        with self._errors("read"):
            for at in range(0, len(article_ids), ARTICLES_AT_A_TIME):
                where = _where(Filters(articles=tuple(article_ids[at : at + ARTICLES_AT_A_TIME])))
                counted += len(self._open().get(where=where, include=[])["ids"])
        return counted

    def search(self, vector: Vectors, filters: Filters, limit: int) -> list[tuple[str, float]]:
        """Ids of the nearest passages, nearest first, each with its cosine similarity (-1 to 1)."""
        if filters.admit_nothing:
            return []
        where = _where(filters)
        with self._errors("searched"):
            if where and filters.articles is None and self._open().count() >= self._many:
                admitted = self._admitted(vector, filters)[:limit]
                if len(admitted) == limit:
                    return admitted
            got = self._open().query(query_embeddings=vector, n_results=limit, where=where, include=["distances"])
        distances = got["distances"] or [[]]
        return [(ident, 1.0 - float(distance)) for ident, distance in zip(got["ids"][0], distances[0], strict=True)]

    def _admitted(self, vector: Vectors, filters: Filters) -> list[tuple[str, float]]:
        """As `search`, those of the nearest `SEARCHED` passages that the filters admit."""
        got: Any = self._open().query(
            query_embeddings=vector, n_results=SEARCHED, include=["distances", "metadatas"]
        )
        rows = zip(got["ids"][0], got["distances"][0], got["metadatas"][0], strict=True)
        return [(ident, 1.0 - float(distance)) for ident, distance, marks in rows if _admit(filters, marks)]

    def unreached(self, rows: Sequence[tuple[Passage, Article, Vectors]], *, tolerance: float) -> set[str]:
        """The ids of the articles with a passage among these that a search with its own vector does not find."""
        if not rows:
            return set()
        with self._errors("searched"):
            own = np.asarray([vector for _, _, vector in rows], dtype=np.float32)
            got = self._open().query(query_embeddings=own, n_results=1, include=["distances"])
        distances = got["distances"] or [[] for _ in rows]
        return {
            article.id
            for (_, article, _), nearest in zip(rows, distances, strict=True)
            if not nearest or nearest[0] > tolerance
        }

    def drop(self) -> None:
        """Remove this generation from a server."""
        with self._errors("removed"):
            self._client.delete_collection(self._name)

    def close(self) -> None:
        """Let go of Chroma and its files."""
        with self._errors("closed"):
            self._client.close()
            if self._is_remote:
                # Chroma leaves its connections open: its client's, and those of a second one in that.
                client = cast(Any, self._client)
                for each in (client, client._admin_client):
                    each._server._session.close()

    def _open(self) -> chromadb.Collection:
        if self._collection is None:
            self._collection = self._client.get_collection(self._name, embedding_function=None)
        return self._collection

    @contextmanager
    def _errors(self, done: str) -> Iterator[None]:
        try:
            yield
        except (KeyboardInterrupt, SystemExit, VectorStoreError):
            raise
        except BaseException as exc:  # noqa: BLE001 - a panic of Chroma's Rust part is no Exception
            raise VectorStoreError(
                f"Chroma at {self._where} could not be {done}: {str(exc) or type(exc).__name__}. "
                f"{self._advice}; the articles are safe in the ledger."
            ) from exc


def check_server(url: str) -> None:
    """Raise VectorStoreError where no Chroma server answers at `url` within 5 seconds."""
    host, port, secure = _address(url)
    try:
        with urlopen(f"http{'s' * secure}://{host}:{port}/api/v2/heartbeat", timeout=REACH_SECONDS) as answer:
            if b"heartbeat" not in answer.read(1000):
                raise ValueError("what answers there is not Chroma")
    except (OSError, HTTPException, ValueError) as exc:
        raise VectorStoreError(
            f"No Chroma server answers at {url}: {getattr(exc, 'reason', None) or exc}. Start one with `chroma run "
            f"--host {host} --port {port} --path FOLDER`, or leave out --chroma-url to keep Chroma in the data folder."
        ) from exc


def _client(folder: Path | None, url: str | None) -> Client:
    settings = Settings(anonymized_telemetry=False)
    client: Any
    if url is None:
        client = chromadb.PersistentClient(path=str(folder), settings=settings)
    else:
        host, port, secure = _address(url)
        client = chromadb.HttpClient(f"[{host}]" if ":" in host else host, port, ssl=secure, settings=settings)
        # Chroma's own client waits without end for a server that has stopped answering.
        client._server._session.timeout = ANSWER_SECONDS
    return cast(Client, client)


def _address(url: str) -> tuple[str, int, bool]:
    """Host, port and whether TLS is used."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise VectorStoreError(f"'{url}' is no address of a Chroma server. Expected one such as http://127.0.0.1:8000.")
    secure = parts.scheme == "https"
    return parts.hostname, port or (443 if secure else 80), secure


def _metadata(article: Article) -> dict[str, str | int | bool]:
    metadata: dict[str, str | int | bool] = {"article_id": article.id}
    if article.source:
        metadata["source"] = article.source
    if article.date:
        metadata["day"] = article.date.toordinal()
    if article.groups:
        metadata[RESTRICTED] = True
        metadata |= {_group_key(name): True for name in article.groups}
    return metadata


def _group_key(name: str) -> str:
    return f"group {name}"


def _where(filters: Filters) -> dict[str, Any] | None:
    clauses: list[dict[str, Any]] = []
    if filters.articles is not None:
        clauses.append({"article_id": {"$in": list(filters.articles)}})
    if filters.sources is not None:
        clauses.append({"source": {"$in": list(filters.sources)}})
    if filters.since is not None:
        clauses.append({"day": {"$gte": filters.since.toordinal()}})
    if filters.until is not None:
        clauses.append({"day": {"$lte": filters.until.toordinal()}})
    if filters.groups is not None:
        clauses.append(_readable(filters.groups))
    if not clauses:
        return None
    return clauses[0] if len(clauses) == 1 else {"$and": clauses}


def _readable(groups: frozenset[str]) -> dict[str, Any]:
    """What is for everybody, and what is for one of the groups. Chroma's $ne takes in what has no such field."""
    every: dict[str, Any] = {RESTRICTED: {"$ne": True}}
    own: list[dict[str, Any]] = [{_group_key(name): True} for name in sorted(groups)]
    return {"$or": [every, *own]} if own else every


def _admit(filters: Filters, metadata: Mapping[str, str | int | bool]) -> bool:
    """What `_where` asks of Chroma, of one passage; whatever its article."""
    day = metadata.get("day")
    return (
        (filters.sources is None or metadata.get("source") in filters.sources)
        and (filters.since is None or (day is not None and int(day) >= filters.since.toordinal()))
        and (filters.until is None or (day is not None and int(day) <= filters.until.toordinal()))
        and (
            filters.groups is None
            or not metadata.get(RESTRICTED)
            or any(metadata.get(_group_key(name)) for name in filters.groups)
        )
    )
