"""The public sets in the bench folder, each read into documents and questions. Their rows are never printed."""

import csv
import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from index.collection import Collection
from index.ingest.run import Progress, index_paths

EMBEDDING_MODEL = "all-MiniLM-L6-v2"
SCIFACT_DOCUMENTS = 1000


@dataclass(frozen=True)
class Document:
    """A text to be written as an article's file; `name` is what gold names it by, `metadata` its front matter."""

    name: str
    text: str
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Query:
    """A question and the names of the documents that should be found."""

    text: str
    gold: frozenset[str]


@dataclass(frozen=True)
class RetrievalSet:
    """One retrieval benchmark; `measure` is "nDCG@10" or "recall@10"."""

    name: str
    measure: str
    documents: list[Document]
    queries: list[Query]


@dataclass(frozen=True)
class QuestionRewrite:
    """A question on one paragraph, the document called `paragraph`; without `answers` it cannot be answered there."""

    question: str
    paragraph: str
    answers: list[str]


@dataclass(frozen=True)
class Turn:
    """A question of a conversation as it was typed, and written out so that it stands alone."""

    typed: str
    written_out: str


def summhay(bench: Path, topic: int, *, questions: bool = False) -> RetrievalSet:
    """Summary of a Haystack: 100 articles, subtopics as queries, gold whatever holds an insight of the subtopic.

    With `questions` the subtopics are asked for in the set's other words, as questions.
    """
    content = _json(bench / f"summhay/topic_news{topic}.json.gz")
    documents = [Document(f"Article {n}", each["document_text"]) for n, each in enumerate(content["documents"])]
    queries = []
    for subtopic in content["subtopics"]:
        insights = {insight["insight_id"] for insight in subtopic["insights"]}
        gold = (
            document.name
            for document, each in zip(documents, content["documents"], strict=True)
            if insights & set(each["insights_included"])
        )
        queries.append(Query(subtopic["query" if questions else "subtopic"], frozenset(gold)))
    name = f"SummHay topic {topic}{', questions' if questions else ''}"
    return RetrievalSet(name, "nDCG@10", documents, queries)


def summhay_insights(bench: Path, topic: int) -> list[tuple[str, frozenset[str]]]:
    """Summary of a Haystack: each insight, a sentence or two, with the names of the documents that hold it."""
    content = _json(bench / f"summhay/topic_news{topic}.json.gz")
    held = [(f"Article {n}", set(each["insights_included"])) for n, each in enumerate(content["documents"])]
    return [
        (insight["insight"], frozenset(name for name, ids in held if insight["insight_id"] in ids))
        for subtopic in content["subtopics"]
        for insight in subtopic["insights"]
    ]


def multihop(bench: Path) -> RetrievalSet:
    """MultiHop-RAG: the pool of all gold facts as articles, each question's own facts as gold."""
    facts: dict[str, Document] = {}
    queries = []
    for row in _json(bench / "multihop.json.gz"):
        for each in row["gold"]["evidence_list"]:
            metadata = {"title": each["title"], "source": each["source"], "date": each["published_at"][:10]}
            facts.setdefault(each["fact"], Document(f"Fact {len(facts)}", each["fact"], metadata))
        gold = frozenset(facts[each["fact"]].name for each in row["gold"]["evidence_list"])
        if gold:
            queries.append(Query(row["question"], gold))
    return RetrievalSet("MultiHop-RAG", "recall@10", list(facts.values()), queries)


def scifact(bench: Path, *, size: int = SCIFACT_DOCUMENTS) -> RetrievalSet:
    """SciFact's training claims over `size` abstracts: those that are evidence, and others drawn with a fixed seed."""
    gold: dict[str, set[str]] = defaultdict(set)
    for row in _csv(bench / "scifact/claims_train.csv.gz"):
        if row["evidence_doc_id"]:
            gold[row["claim"]].add(row["evidence_doc_id"])
    wanted = set().union(*gold.values())
    rows = sorted(_csv(bench / "scifact/corpus_train.csv.gz"), key=lambda row: row["doc_id"])
    evidence = [row for row in rows if row["doc_id"] in wanted]
    others = [row for row in rows if row["doc_id"] not in wanted]
    random.Random(0).shuffle(others)
    documents = [
        Document(row["doc_id"], _unlisted(row["abstract"]), {"title": row["title"]})
        for row in evidence + others[: max(0, size - len(evidence))]
    ]
    return RetrievalSet(
        f"SciFact, {len(documents):,} abstracts", "nDCG@10", documents,
        [Query(claim, frozenset(names)) for claim, names in gold.items()],
    )


def squad2(bench: Path) -> tuple[list[Document], list[QuestionRewrite]]:
    """SQuAD 2.0: the paragraphs, and the questions on them."""
    paragraphs: dict[str, Document] = {}
    readings = []
    for row in _json(bench / "squad2.json.gz"):
        text = row["context"]
        paragraph = paragraphs.setdefault(text, Document(f"Paragraph {len(paragraphs)}", text))
        answers = [] if row["gold"]["is_impossible"] else sorted(set(row["gold"]["answers"]))
        readings.append(QuestionRewrite(row["question"], paragraph.name, answers))
    return list(paragraphs.values()), readings


def conversations(path: Path) -> Iterator[list[Turn]]:
    """The conversations of a TREC CAsT file, each in its order."""
    for _, rows in groupby(_json(path), key=lambda row: row["topic"]):
        yield [Turn(row["raw"], row["rewritten"]) for row in rows]


def write_documents(documents: list[Document], folder: Path) -> None:
    """Write each document as an article's file, such as `index` reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    for document in documents:
        lines = [f"{key}: {json.dumps(value)}\n" for key, value in document.metadata.items()]
        front = "".join(["---\n", *lines, "---\n\n"]) if lines else ""
        (folder / f"{document.name}.txt").write_text(front + document.text, encoding="utf-8")


@contextmanager
def indexed(paths: list[Path], data: Path) -> Iterator[Collection]:
    """The collection in `data` brought up to date with `paths`, open; a real index run, embedded Chroma included."""
    collection = Collection(data, embedding_model=EMBEDDING_MODEL)
    try:
        index_paths(collection, paths, start=_progress)
        # Of a folder that an earlier version indexed.
        while collection.annotate_missing():
            pass
        yield collection
    finally:
        collection.close()


def names(collection: Collection) -> dict[str, str]:
    """The document's name by the article's id."""
    return {row.id: Path(row.path or row.title).stem for row in collection.articles()}


def _progress(total: int) -> Progress:
    print(f"  (embedding {total} passages)", flush=True)
    return lambda done: None


def _json(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def _csv(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _unlisted(printed: str) -> str:
    """The text of a list of sentences that numpy printed: quoted either way, without commas."""
    quoted = re.findall(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", printed)
    return " ".join(quoted_text or other for quoted_text, other in quoted)
