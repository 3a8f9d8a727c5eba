"""The indexing run: paths in, a report out. Unchanged articles cost no embedding; one bad file does not stop a run."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

from index.aliases import find_aliases
from index.article import Article
from index.collection import Collection, Written
from index.duplicates import group_stories
from index.errors import ReadError
from index.ledger import Entry
from index.passage import TARGET_TOKENS, Passage, cut
from index.reader import article_files, read_article
from index.sentences import sentence_spans
from index.tokens import count_tokens

if TYPE_CHECKING:
    from index.embedder import Embedder

CUTTING_VERSION = 1
PASSAGES_AT_A_TIME = 64

Progress = Callable[[int], None]


@dataclass
class Report:
    """What a run did, by the titles of the articles; `refused` holds a sentence for each file left out."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line for a person."""
        return (
            f"{len(self.added)} added, {len(self.updated)} updated, {len(self.unchanged)} unchanged, "
            f"{len(self.removed)} removed, {len(self.refused)} refused"
        )

    def add(self, other: "Report") -> None:
        """Take in what another part of the run did."""
        for one in fields(self):
            getattr(self, one.name).extend(getattr(other, one.name))


def index_paths(
    collection: Collection, paths: Sequence[Path], *, prune: bool = False, reembed: bool = False,
    start: Callable[[int], Progress] = lambda total: lambda done: None,
) -> Report:
    """Bring the collection up to date with the files at `paths`.

    `prune` removes articles whose file below `paths` is gone; `reembed` embeds every article anew, those that came
    from elsewhere too. `start` is told the number of passages to embed, and returns what is told of each batch done.
    """
    with collection.writing():
        return _index(collection, paths, prune, reembed, start)


def _index(
    collection: Collection, paths: Sequence[Path], prune: bool, reembed: bool, start: Callable[[int], Progress]
) -> Report:
    report = Report()
    changed = list(_changed(collection, _read(article_files(paths)), report, reembed))
    if reembed and (changed or collection.articles()):
        seen = {article.id for article in changed}
        changed += [collection.article(row.id) for row in collection.articles() if row.id not in seen]
        # One transaction: vectors of two models must never stand side by side in the ledger.
        with collection.ledger.transaction():
            _write(collection, changed, start, dense=False)
        collection.rebuild()
    else:
        _write(collection, changed, start)
    if prune:
        _prune(collection, paths, report)
    group_stories(collection.ledger)
    return report


def index_articles(collection: Collection, articles: Iterable[Article | ReadError]) -> Report:
    """Bring the collection up to date with articles that were read elsewhere; errors are those that were refused."""
    report = Report()
    with collection.writing():
        _write(collection, list(_changed(collection, articles, report, every=False)), lambda total: lambda done: None)
    group_stories(collection.ledger)
    return report


def content_hash(article: Article) -> str:
    """SHA-256 of all that an article's passages are made from or shown with."""
    parts = [article.text, article.title, article.source, article.author, str(article.date), article.url, article.path]
    return hashlib.sha256(json.dumps([CUTTING_VERSION, *parts]).encode()).hexdigest()


def _read(files: Iterable[Path]) -> Iterator[Article | ReadError]:
    for path in files:
        try:
            yield read_article(path)
        except ReadError as exc:
            yield exc


def _changed(
    collection: Collection, articles: Iterable[Article | ReadError], report: Report, every: bool
) -> Iterator[Article]:
    kept = collection.ledger.hashes()
    taken: dict[str, str | None] = {}
    for article in articles:
        if isinstance(article, ReadError):
            report.refused.append(str(article))
            continue
        if article.id in taken:
            if taken[article.id] != article.path:
                report.refused.append(f"{article.path}: it has the same URL as {taken[article.id]}, which was taken.")
            continue
        taken[article.id] = article.path
        if kept.get(article.id) == content_hash(article) and not every:
            report.unchanged.append(article.title)
        else:
            (report.updated if article.id in kept else report.added).append(article.title)
            yield article


def _write(
    collection: Collection, articles: Sequence[Article], start: Callable[[int], Progress], *, dense: bool = True
) -> None:
    if not articles:
        return
    embedder = collection.embedder
    passages = [(article, _cut(article, embedder)) for article in articles]
    progress = start(sum(len(cuts) for _, cuts in passages))
    for batch in _batches(passages):
        rows = [(article, passage) for article, cuts in batch for passage in cuts]
        vectors = iter(embedder.embed_passages(rows))
        written = [
            Written(
                article, content_hash(article), [Entry(p, *next(vectors)) for p in cuts], find_aliases(article.text)
            )
            for article, cuts in batch
        ]
        collection.put(written, dense=dense)
        progress(len(rows))


def _cut(article: Article, embedder: "Embedder") -> list[Passage]:
    def fits(text: str) -> bool:
        return count_tokens(text) <= TARGET_TOKENS and embedder.fits(article, text)

    return cut(article, sentence_spans(article.text), fits=fits)


def _batches(articles: Sequence[tuple[Article, list[Passage]]]) -> Iterator[list[tuple[Article, list[Passage]]]]:
    """Whole articles, together of about 64 passages: what is embedded, and written in one transaction, at a time."""
    batch: list[tuple[Article, list[Passage]]] = []
    for article, cuts in articles:
        batch.append((article, cuts))
        if sum(len(inside) for _, inside in batch) >= PASSAGES_AT_A_TIME:
            yield batch
            batch = []
    if batch:
        yield batch


def _prune(collection: Collection, paths: Sequence[Path], report: Report) -> None:
    roots = [path.resolve() for path in paths]
    for row in collection.articles():
        if row.path is None or not _is_gone(row.path):
            continue
        if any(Path(row.path).is_relative_to(root) for root in roots):
            collection.remove(row.id)
            report.removed.append(row.title)


def _is_gone(path: str) -> bool:
    """Whether there is no such file: one that merely cannot be looked at is not gone."""
    try:
        os.stat(path)
    except OSError as exc:
        return isinstance(exc, FileNotFoundError | NotADirectoryError)
    return False
