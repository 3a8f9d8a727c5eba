"""The table of passages: their places in the articles' texts, their vectors, and those of their sentences."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from index.article import Article
from index.errors import ArticleNotFoundError
from index.passage import Passage, Vectors
from index.storage.articles import ARTICLE_COLUMNS, ArticleTable, article_of
from index.storage.connection import Connection, Row

_PASSAGE = "passage.article_id, number, start_at, end_at, sentences"
_JOINED = "FROM passage JOIN article ON article.id = passage.article_id"
# What Chroma and ranking do with: to read a long text takes longer than all the rest.
_WITHOUT_TEXT = ARTICLE_COLUMNS.replace("article.text", "''")
# Of which articles vectors are asked for: all, those that the dense index lacks, or those that it has.
_PENDING = {
    None: "", True: "AND article.id IN (SELECT article_id FROM pending)",
    False: "AND article.id NOT IN (SELECT article_id FROM pending)",
}


@dataclass(frozen=True)
class Entry:
    """A passage as it is written: with its vector, shape (dimension,), and those of its sentences."""

    passage: Passage
    vector: Vectors
    sentence_vectors: Vectors


@dataclass(frozen=True)
class StoredPassage:
    """A passage as it stands in the ledger, nothing of it read or trusted, with what the word index has of it."""

    number: int
    start: int
    end: int
    sentences: str
    vector: bytes
    sentence_vectors: bytes
    title: str | None
    body: str | None


class PassageTable:
    """Passages by their ids: an article's id, a colon and a number from 0."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._articles = ArticleTable(connection)

    def put(self, article_id: str, entry: Entry) -> int:
        """Write a passage of an article that is there; its serial."""
        passage = entry.passage
        return self._db.number(
            "INSERT INTO passage (article_id, number, start_at, end_at, sentences, vector, sentence_vectors) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING serial",
            article_id, passage.number, passage.start, passage.end, json.dumps(passage.sentences),
            entry.vector.astype(np.float32).tobytes(), entry.sentence_vectors.astype(np.float16).tobytes(),
        )

    def get(self, ids: Iterable[str]) -> dict[str, tuple[Passage, Article]]:
        """The passages with these ids, each with its article; an id that is not kept is left out.

        Passages of one article share it: its text is read once, however long it is.
        """
        articles: dict[str, Article] = {}
        passages: dict[str, tuple[Passage, Article]] = {}
        for passage_id in ids:
            article_id, _, number = passage_id.rpartition(":")
            row = self._db.row(
                f"SELECT {_PASSAGE} FROM passage WHERE article_id = ? AND number = ?", article_id, int(number)
            )
            if row is not None and article_id not in articles:
                with suppress(ArticleNotFoundError):
                    articles[article_id] = self._articles.get(article_id)
            if row is not None and article_id in articles:
                passages[passage_id] = (_passage(row, articles[article_id].text), articles[article_id])
        return passages

    def outlines(self, ids: Iterable[str]) -> dict[str, tuple[Article, Vectors]]:
        """Of the passages with these ids the article, without its text, and the vector: all that ranking needs."""
        wanted = [(ident, ident.rpartition(":")[0], int(ident.rpartition(":")[2])) for ident in ids]
        rows = self._db.rows(
            f"SELECT passage_id, vector, {_WITHOUT_TEXT} FROM "
            "(SELECT key AS n, json_extract(value, '$[0]') AS passage_id, "
            "json_extract(value, '$[1]') AS of_article, json_extract(value, '$[2]') AS of_number FROM json_each(?)) "
            "JOIN passage ON passage.article_id = of_article AND number = of_number "
            "JOIN article ON article.id = of_article ORDER BY n", json.dumps(wanted),
        )
        return {row[0]: (article_of(row[2:]), np.frombuffer(row[1], np.float32)) for row in rows}

    def entries(self, article_id: str, other: Article) -> list[Entry]:
        """The passages of the article `other`, in order, as those of another with this id and the same text."""
        return [
            Entry(replace(passage, article_id=article_id), vector, self.sentence_vectors(passage))
            for passage, _, vector in self.vectors_of(other.id, other.text)
        ]

    def counts(self, article_ids: Iterable[str]) -> dict[str, int]:
        """How many passages each of these articles has."""
        rows = self._db.rows(
            "SELECT article_id, count(*) FROM passage WHERE article_id IN (SELECT value FROM json_each(?)) "
            "GROUP BY article_id", json.dumps(list(article_ids)),
        )
        return {str(ident): int(count) for ident, count in rows}

    def sentence_vectors(self, passage: Passage) -> Vectors:
        """Unit vectors of the passage's sentences, shape (sentences, dimension)."""
        row = self._db.row(
            "SELECT sentence_vectors FROM passage WHERE article_id = ? AND number = ?",
            passage.article_id, passage.number,
        )
        if row is None:
            raise ArticleNotFoundError(f"Passage '{passage.id}' is no longer in the index. Ask again.")
        vectors: Vectors = np.frombuffer(row[0], np.float16).astype(np.float32)
        return vectors.reshape(len(passage.sentences), -1)

    def sentences(self, article_id: str) -> list[tuple[int, int]]:
        """The spans (start, end) of an article's sentences in its text, in order."""
        rows = self._db.rows("SELECT sentences FROM passage WHERE article_id = ? ORDER BY number", article_id)
        return sorted({(start, end) for (spans,) in rows for start, end in json.loads(spans)})

    def vectors(self, batch: int = 500, *, pending: bool | None = None
                ) -> Iterator[list[tuple[Passage, Article, Vectors]]]:
        """Passages, each with its article (without text, which Chroma does not get) and its vector, in batches: of all
        articles, of those that are pending, or of the others."""
        after = -1
        while rows := self._vector_rows(
            f"WHERE passage.serial > ? {_PENDING[pending]} ORDER BY passage.serial LIMIT ?", after, batch
        ):
            after = rows[-1][0]
            yield [_vector(row) for row in rows]

    def vectors_of(self, article_id: str, text: str = "") -> list[tuple[Passage, Article, Vectors]]:
        """The same of one article's passages, with their texts where that of the article is given; empty where there is
        no such article."""
        return [_vector(row, text) for row in self._vector_rows("WHERE article_id = ? ORDER BY number", article_id)]

    def all_vectors(self) -> tuple[list[tuple[str, int]], Vectors]:
        """Article id and number of every passage, and their vectors, shape (passages, dimension)."""
        rows = self._db.rows("SELECT article_id, number, vector FROM passage ORDER BY serial")
        vectors = np.frombuffer(b"".join(row[2] for row in rows), np.float32)
        return [(row[0], row[1]) for row in rows], vectors.reshape(len(rows), -1) if rows else vectors

    def raw_vectors(self, batch: int = 500) -> Iterator[list[tuple[str, bytes, bytes]]]:
        """Article id, vector and sentence vectors of every passage as they stand, in batches."""
        after = -1
        while rows := self._db.rows(
            "SELECT serial, article_id, vector, sentence_vectors FROM passage WHERE serial > ? ORDER BY serial LIMIT ?",
            after, batch,
        ):
            after = rows[-1][0]
            yield [(row[1], row[2], row[3]) for row in rows]

    def stored(self, article_id: str) -> list[StoredPassage]:
        """The passages of an article as they stand, in order."""
        rows = self._db.rows(
            "SELECT number, start_at, end_at, sentences, vector, sentence_vectors, title, body FROM passage "
            "LEFT JOIN words ON words.rowid = serial WHERE article_id = ? ORDER BY number", article_id,
        )
        return [StoredPassage(*row) for row in rows]

    def _vector_rows(self, rest: str, *values: object) -> list[Row]:
        return self._db.rows(
            f"SELECT passage.serial, vector, {_PASSAGE}, {_WITHOUT_TEXT} {_JOINED} {rest}", *values
        )


def _vector(row: Row, text: str = "") -> tuple[Passage, Article, Vectors]:
    return _passage(row[2:7], text), article_of(row[7:]), np.frombuffer(row[1], np.float32)


def _passage(row: Row, text: str) -> Passage:
    article_id, number, start, end, sentences = row
    spans = tuple((first, last) for first, last in json.loads(sentences))
    return Passage(article_id, number, start, end, text[start:end], spans)
