"""Prepares articles for the index: cuts them into passages, embeds those and annotates their sentences, the last in a
process of its own where there is much to do. While a long one is prepared it tells how far it is, and lets others
write. One that makes a library fail is refused alone."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from index.article import Article
from index.characters import printable
from index.claims.annotation_process import Annotated, AnnotationProcess, cores
from index.collection import Collection
from index.errors import IndexingError, ReadError
from index.ingest.content import content_hash
from index.ingest.reuse import reused
from index.language.abbreviations import find_aliases
from index.language.sentences import sentence_spans
from index.language.tokens import count_tokens
from index.message import Message, joined
from index.passage import TARGET_TOKENS, Passage, Vectors, cut
from index.storage.passages import Entry
from index.storage.written import Written

PASSAGES_AT_A_TIME = 32
# Of articles whose passages are kept already.
UNCHANGED_AT_A_TIME = 100
# From so many in a batch on, more may follow, and a process that annotates is worth its start.
PROCESS_PASSAGES = 32
# While a long text is split, cut and annotated.
PAUSE_SECONDS = 0.5
WAIT_SECONDS = 0.1
log = logging.getLogger(__name__)

# Told of an article's title, how many of its passages are embedded, and how many it has: none while it is still cut.
Passages = Callable[[str, int, int], None]
Refuse = Callable[[Article, str], None]
Cut = tuple[Article, list[Passage]]
# An article that is being annotated by another process.
Begun = Future[Annotated | None]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Batch:
    """Articles that are cut, or articles that are ready to be written."""

    cut: Sequence[Cut]
    ready: Sequence[Written] = ()


def unheard(title: str, done: int, total: int) -> None:
    """Who does not want to know."""


class Preparation:
    """Prepares the articles of one run.

    `passages` is told how far an article is; what it raises ends the run, as errors of the models, the store and the
    disk do. What else fails is the article's own fault: `refuse` is told of it and why. Without `refuse` that ends the
    run, too, as a ReadError. With `reembeds` nothing that is kept is used again.
    """

    def __init__(
        self, collection: Collection, passages: Passages, refuse: Refuse | None, *, reembeds: bool
    ) -> None:
        self._collection = collection
        self._passages = passages
        self._refuse = refuse
        self._reembeds = reembeds
        self._reported_at = time.monotonic()
        self._ending: BaseException | None = None
        self._process: AnnotationProcess | None = None

    def close(self) -> None:
        """End the process that annotates, where there is one. The next long batch starts another."""
        if self._process is not None:
            self._process.close()
            self._process = None

    def batches(self, articles: Iterable[Article]) -> Iterator[Batch]:
        """Articles that are written in one transaction: whole ones with their passages, together about 32, or such as
        are ready to be written, since the index has their passages."""
        cut: list[Cut] = []
        ready: list[Written] = []
        for article in articles:
            known = None if self._reembeds else reused(self._collection, article)
            if known is not None:
                ready.append(known)
            # What is kept is written before others are let in, who may change it.
            if ready and (known is None or len(ready) == UNCHANGED_AT_A_TIME):
                yield Batch((), ready)
                ready = []
            if known is None and (passages := self._cut_apart(article)) is not None:
                cut.append((article, passages))
                if _passages_in(cut) >= PASSAGES_AT_A_TIME:
                    yield Batch(cut)
                    cut = []
        if ready:
            yield Batch((), ready)
        if cut:
            yield Batch(cut)

    def prepare(self, batch: Batch) -> Sequence[Written]:
        """What is to be written of the articles of a batch, but for those that are refused. Others may write
        meanwhile."""
        if batch.ready:
            return batch.ready
        with self._apart():
            return self._prepared(batch.cut)

    def _cut_apart(self, article: Article) -> list[Passage] | None:
        with self._apart():
            return self._attempt(article, self._cut)

    def _apart(self) -> AbstractContextManager[None]:
        # An index that is embedded anew is all of one model, or as it was.
        return nullcontext() if self._reembeds else self._collection.apart()

    def _prepared(self, batch: Sequence[Cut]) -> list[Written]:
        begun = self._begin_annotating(batch)
        vectors = self._vectors(batch)
        written = []
        for article, cuts in batch:
            if (own := vectors.get(article.id)) is not None:
                make = partial(self._written, cuts=cuts, vectors=own, begun=begun.get(article.id))
                prepared = self._attempt(article, make)
                written += [prepared] if prepared else []
        return written

    def _begin_annotating(self, batch: Sequence[Cut]) -> dict[str, Begun]:
        """Have the articles of a batch annotated beside this process while it embeds; each by its article's id.

        A few short articles are not worth a process, and one core has no time to spare.
        """
        if self._process is None:
            if _passages_in(batch) < PROCESS_PASSAGES or cores() == 1:
                return {}
            self._process = self._collection.annotation_process()
        return {article.id: self._process.annotate(article, _spans(cuts)) for article, cuts in batch}

    def _cut(self, article: Article) -> list[Passage]:
        embedder, tick = self._collection.embedder, self._ticking(article, 0, 0)
        heading = embedder.heading(article)

        def fits(text: str) -> bool:
            tick()
            return count_tokens(text) <= TARGET_TOKENS and embedder.fits(heading, text)

        return cut(article, sentence_spans(article.text, tick), fits=fits)

    def _vectors(self, batch: Sequence[Cut]) -> dict[str, list[tuple[Vectors, Vectors]]]:
        """The vectors of each article's passages by its id. Where the batch fails, each article is tried alone."""
        try:
            vectors = iter(self._embedded([(article, passage) for article, cuts in batch for passage in cuts]))
            return {article.id: [next(vectors) for _ in cuts] for article, cuts in batch}
        except Exception as exc:
            if self._ends(exc):
                raise
        made = {article.id: self._attempt(article, partial(self._embedded_alone, cuts=cuts)) for article, cuts in batch}
        return {ident: vectors for ident, vectors in made.items() if vectors is not None}

    def _embedded_alone(self, article: Article, cuts: Sequence[Passage]) -> list[tuple[Vectors, Vectors]]:
        return self._embedded([(article, passage) for passage in cuts])

    def _embedded(self, rows: Sequence[tuple[Article, Passage]]) -> list[tuple[Vectors, Vectors]]:
        vectors: list[tuple[Vectors, Vectors]] = []
        for at in range(0, len(rows), PASSAGES_AT_A_TIME):
            # Of a batch the last article is the long one, if any is.
            self._pause(rows[-1][0], at, len(rows))
            tick = self._ticking(rows[-1][0], at, len(rows))
            vectors += self._collection.embedder.embed_passages(rows[at : at + PASSAGES_AT_A_TIME], tick)
        return vectors

    def _written(
        self, article: Article, cuts: Sequence[Passage], vectors: Sequence[tuple[Vectors, Vectors]], begun: Begun | None
    ) -> Written:
        if len(cuts) > PASSAGES_AT_A_TIME:
            self._pause(article, len(cuts), len(cuts))
        tick = self._ticking(article, len(cuts), len(cuts))
        annotated = _awaited(begun, tick) if begun else None
        if annotated is None:
            annotated = self._collection.annotate(article, _spans(cuts), tick)
        entries = [Entry(passage, *own) for passage, own in zip(cuts, vectors, strict=True)]
        return Written(article, content_hash(article), entries, find_aliases(article.text), *annotated)

    def _attempt(self, article: Article, make: Callable[[Article], Made]) -> Made | None:
        """What is made of an article; None where that fails by the article's own fault."""
        try:
            return make(article)
        except Exception as exc:
            if self._ends(exc):
                raise
            log.info("Article %s cannot be indexed", article.id, exc_info=True)
            detail = printable(f"{type(exc).__name__}: {exc}")
            reason = Message("it cannot be indexed (%(error)s).", error=detail)
            if self._refuse is None:
                advice = "Remove it, and run the same command again."
                raise ReadError(f"{reason} {advice}", name=f"'{article.title}'") from exc
            self._refuse(article, joined(reason, Message("Change its text, and index it again.")))
            return None

    def _ends(self, exc: Exception) -> bool:
        """Whether this is no fault of an article."""
        return exc is self._ending or isinstance(exc, IndexingError | OSError | MemoryError)

    def _ticking(self, article: Article, done: int, total: int) -> Callable[[], None]:
        """What pauses twice a second at most, to be called often."""

        def tick() -> None:
            if time.monotonic() - self._reported_at > PAUSE_SECONDS:
                self._pause(article, done, total)

        return tick

    def _pause(self, article: Article, done: int, total: int) -> None:
        """Tell how far an article is, which may end the run, and let others write."""
        try:
            self._passages(article.title, done, total)
            self._collection.give_way()
        except BaseException as exc:
            self._ending = exc
            raise
        self._reported_at = time.monotonic()


def _awaited(begun: Begun, tick: Callable[[], None]) -> Annotated | None:
    while True:
        try:
            return begun.result(WAIT_SECONDS)
        except TimeoutError:
            tick()


def _passages_in(batch: Sequence[Cut]) -> int:
    return sum(len(cuts) for _, cuts in batch)


def _spans(cuts: Sequence[Passage]) -> list[tuple[int, int]]:
    """The sentences of an article's passages, in order, those that two passages share once."""
    return sorted({span for passage in cuts for span in passage.sentences})
