"""The collection: the ledger, the dense index that follows it and the embedding model, opened together and checked."""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index.article import Article
from index.claim import Claim, ReportedClaim
from index.claims.annotation_process import Annotated, AnnotationProcess
from index.claims.annotator import Annotator
from index.claims.claim_store import ClaimStore
from index.errors import VectorStoreError
from index.language import annotations
from index.language.annotations import Annotation, Annotations
from index.language.parser import Sentence
from index.name_decision import NameDecision
from index.passage import Passage, RetrievedPassage, Span, Tokens, Vectors
from index.search.hybrid import Retriever
from index.search.loading import ModelLoader
from index.search.vocabulary import Vocabulary
from index.storage.annotations import Offices
from index.storage.articles import Browsing, Listed
from index.storage.corrections import Correction
from index.storage.filters import EVERYTHING, Filters
from index.storage.index_files import IndexFiles
from index.storage.versions import Superseded
from index.storage.written import Written

if TYPE_CHECKING:
    from index.search.embedder import Embedder


@dataclass(frozen=True)
class Summary:
    """How much the collection holds, and from which day to which."""

    articles: int
    passages: int
    first: datetime.date | None
    last: datetime.date | None


class Collection:
    """An open collection. Many processes may read it, and one at a time writes; what it writes, the others find."""

    def __init__(
        self, data: Path, *, embedding_model: str, chroma_url: str | None = None, writing: bool = False,
        reembedding: bool = False, loading: bool = True, questions_only: bool = False, mending: bool = True,
        wait_seconds: float = 0, say: Callable[[str], None] = lambda line: None,
    ) -> None:
        """Open the collection in `data`, made where it is missing.

        Where its files are as the last writer closed them, a look at the ledger's counters is enough. Else, as after a
        crash, all of it is checked, and Chroma and the word index are made anew where they must be.

        `writing` keeps other writers out until it is closed; `wait_seconds` is how long one waits for another.
        `reembedding` accepts an index of another model, to be written anew. `loading` starts to load the embedding
        model at once, else when it is first needed. `questions_only` is for a few questions: it is opened faster, and
        searched without Chroma while it is small. Without `mending` nothing is checked. `say` is told what takes time.

        Raises DataFolderError, LockedError, ModelError, VectorStoreError.
        """
        self.data = data
        self._models = ModelLoader(embedding_model, questions_only=questions_only)
        self._files = IndexFiles(
            data, model=embedding_model, chroma_url=chroma_url, writing=writing, reembedding=reembedding,
            mending=mending, wait_seconds=wait_seconds, say=say, exact=questions_only,
            ready=self.load if loading else lambda: None,  # It goes on while a child process checks Chroma.
        )
        self.ledger = self._files.ledger
        self.vocabulary = Vocabulary(self.ledger)
        self._annotator = Annotator(self.ledger)
        self.claim_store = ClaimStore(self.ledger, self._annotator, lambda: self.writing(lambda line: None))

    @property
    def embedder(self) -> "Embedder":
        """The embedding model, once it is loaded. Raises ModelError."""
        return self._models.embedder()

    def load(self) -> None:
        """Start loading the embedding model in a thread of its own, if that has not been done."""
        self._models.start()

    def summary(self) -> Summary:
        """How much the collection holds."""
        return Summary(*self.ledger.count(), *self.ledger.articles.date_range())

    def fault(self) -> str | None:
        """Why no question can be answered, or None; nothing in it is private."""
        return self._files.fault()

    def article(self, article_id: str) -> Article:
        """The article with this id. Raises ArticleNotFoundError."""
        self._files.refuse_damaged()
        return self.ledger.articles.get(article_id)

    def sentences(self, article: Article) -> list[str]:
        """The sentences of an article as they were indexed; to split its text anew takes far longer."""
        return [article.text[start:end] for start, end in self.ledger.passages.sentences(article.id)]

    def sentence_vectors(self, passage: Passage) -> Vectors:
        """Unit vectors of the passage's sentences, shape (sentences, dimension)."""
        return self.ledger.passages.sentence_vectors(passage)

    def question_vector(self, question: str) -> Vectors:
        """The unit vector of a question, shape (dimension,)."""
        return self.embedder.embed_question(question)

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """Each text on its own as the embedding model's word pieces and their vectors."""
        return self.embedder.tokens(texts)

    def annotate(self, article: Article, spans: Sequence[Span], pause: Callable[[], None] = lambda: None) -> Annotated:
        """The annotated sentences of an article that is to be written, whose spans are given, encoded, and its claims.
        `pause` is called now and then."""
        made, claims = self._annotator.annotate(article, spans, pause)
        return annotations.encode(made), claims

    def annotation_process(self) -> AnnotationProcess:
        """A process that does what `annotate` does, beside this one; to be closed."""
        return self._annotator.process()

    def annotations(self, article: Article) -> Annotations:
        """What the parser found in the sentences of an article."""
        return self._annotator.annotations(article)

    def parse(self, question: str) -> Sentence:
        """A question, parsed."""
        return self._annotator.parse_question(question)

    def read(self, sentences: Sequence[str], day: datetime.date | None) -> tuple[list[Annotation], list[Claim]]:
        """Sentences that follow each other, as a text of `day`: annotated, and their claims. Each is one line."""
        return self._annotator.read(sentences, day)

    def read_together(self, question: str, sentences: Sequence[str]) -> list[tuple[float, float]]:
        """For each sentence two logits: that it answers the question, and that its likeliest word is the answer."""
        return self._models.cross_encoder().scores(question, sentences)

    def claims(self, place: str | None = None) -> list[tuple[str, Claim]]:
        """All claims, or those about a place or body of this name, each with its article's id."""
        return self.ledger.annotations.claims(place)

    def claims_naming(self, name: str) -> list[tuple[str, Claim]]:
        """The claims about what holds this name within its own, each with its article's id; of no office."""
        return self.ledger.annotations.claims_naming(name)

    def reported_claims(self, filters: Filters = EVERYTHING) -> Sequence[ReportedClaim]:
        """The claims of the articles that `filters` admit, each with its article, the oldest article's first; without
        filters the same object until an article changes."""
        every = self.ledger.annotations.reported()
        if filters == EVERYTHING:
            return every
        admitted = self.ledger.articles.ids(filters)
        return [report for report in every if report.article_id in admitted]

    def claims_by_sentence(self) -> Mapping[tuple[str, int], Sequence[Claim]]:
        """The claims of each sentence that makes some, by its article's id and its start; the same object until an
        article changes."""
        return self.ledger.annotations.by_sentence()

    def aliases(self) -> frozenset[tuple[str, str]]:
        """The short names that articles or editors introduce, each with the long one."""
        return self.ledger.aliases.all()

    def name_decisions(self) -> tuple[NameDecision, ...]:
        """What editors have decided of controllers' names, as it counts now; the same until the ledger changes."""
        return self.ledger.names.standing()

    def claims_of_offices(self) -> Offices:
        """The claims about offices, by office, such as "mayor", and by body; the same object until an article
        changes."""
        return self.ledger.annotations.of_offices()

    def claiming(self, place: str, *, filters: Filters = EVERYTHING, limit: int = 8) -> list[RetrievedPassage]:
        """The passages with claims about a place of this name, the newest article's first; their score is 0."""
        return self._unranked(self.ledger.annotations.claiming(place, filters, limit))

    def openings(self, most: int, *, filters: Filters = EVERYTHING) -> list[RetrievedPassage]:
        """What the newest articles open with, newest first, at most so many; their score is 0."""
        return self._unranked([f"{ident}:0" for ident in self.ledger.articles.newest(most, filters)])

    def held_places(self, most: int = 3) -> list[str]:
        """The places of which the articles say most often who holds them, at most so many."""
        return self.ledger.annotations.held_places(most)

    def annotate_missing(self, most: int = 20, *, stopped: Callable[[], bool] = lambda: False) -> int:
        """Annotate some of the articles that an earlier version indexed; how many were looked at, 0 where all are
        annotated. Nothing is embedded again.

        Others write between two; none is begun once `stopped` says so. Raises LockedError and ModelError.
        """
        return self.claim_store.annotate_missing(most, stopped)

    def articles(self) -> list[Listed]:
        """All articles, newest first."""
        return self.ledger.articles.listed()

    def browse(self, wanted: Browsing, *, most: int, after: int = 0) -> tuple[list[Listed], int]:
        """At most so many of the articles that are wanted, after the first `after`, and how many those are in all."""
        return self.ledger.articles.browse(wanted, most=most, after=after)

    def newest(self, most: int) -> list[Listed]:
        """At most so many articles, newest first."""
        return self.ledger.articles.listed(most)

    def superseded(self) -> list[Superseded]:
        """The earlier versions of articles, those replaced last first; nothing is found in them."""
        return self.ledger.versions.all()

    def outlets(self, article_ids: Iterable[str]) -> dict[str, list[str]]:
        """By one article of each story that these tell: the sources that carry it, where there are several."""
        stories: dict[str | None, tuple[str, list[str]]] = {}
        for ident in article_ids:
            story, sources = self.ledger.stories.outlets(ident)
            stories.setdefault(story, (ident, sources))
        return {ident: sources for ident, sources in stories.values() if len(sources) > 1}

    def sources(self) -> list[tuple[str | None, int]]:
        """Each source with the number of its articles, the most first; None are those without a source."""
        return self.ledger.articles.sources()

    def search(self, question: str, *, filters: Filters = EVERYTHING, limit: int = 8) -> list[RetrievedPassage]:
        """The passages that fit `question` best, best first; empty only where nothing is kept that may fit."""
        self._files.refuse_damaged()
        if self._files.passages() == 0:
            return []
        self._files.check_model()
        vector = self.embedder.embed_question(question)
        while True:
            generation = self._files.dense.number
            try:
                return self._search(question, vector, filters, limit)
            except VectorStoreError:
                # What was searched may just have been replaced, by another process.
                if self._files.dense.number == generation:
                    raise

    def mentions(self, name: str, *, filters: Filters = EVERYTHING, limit: int = 8) -> list[RetrievedPassage]:
        """The passages that hold `name`, the newest article's first; their score is 0."""
        self._files.refuse_damaged()
        return self._unranked(self.ledger.full_text.mentions(name, filters, limit))

    def writing(self, say: Callable[[str], None] | None = None) -> AbstractContextManager[None]:
        """Keep other writers out, for many changes in a row; one inside another belongs to the outer one.
        `say` is told for whom this one waits. Raises LockedError where another process is still writing.
        """
        return self._files.writing(say)

    def apart(self) -> AbstractContextManager[None]:
        """Within `writing()`, around work that changes nothing and takes long: others may write meanwhile, once
        `give_way` is called. Raises LockedError where another process is still writing after an hour."""
        return self._files.apart()

    def give_way(self) -> None:
        """Within `apart()`, now and then: let the threads and processes that wait to write do so until its end."""
        self._files.give_way()

    @property
    def times_let_go(self) -> int:
        """How often others may have written within a `writing()` of this process: what it read before may be old."""
        return self._files.times_let_go

    def dense_fault(self) -> str | None:
        """What is wrong with the dense index, or None; only for the one writer."""
        return self._files.dense.fault() if self._files.passages() else None

    def put(self, articles: Sequence[Written], *, dense: bool = True) -> None:
        """Write articles to the ledger, and publish the dense index where it is due, unless `dense` is off and a
        rebuild follows.

        When this returns they are kept and found, whatever happens to the process.
        """
        embedded = any(written.embedded for written in articles)
        model = {"model": self.embedder.name, "dimension": str(self.embedder.dimension)} if embedded else {}
        with self.writing():
            if dense:
                self._files.check_model()
            with self.ledger.transaction():
                self.ledger.settings.keep(**model)
                for written in articles:
                    self.claim_store.write(written)
            if dense:
                self._files.publish_if_due()

    def correct(self, before: Article, after: Article, content_hash: str, corrections: Sequence[Correction]) -> bool:
        """Write what editors have changed about an article, whose text and vectors stay, unless it is no longer as
        `before`; whether it was. Its claims follow its date and title. Raises LockedError and ModelError."""
        annotated = None
        if (before.date, before.title) != (after.date, after.title):
            made, claims = self._annotator.annotate_indexed(after, self.ledger.passages.sentences(after.id))
            annotated = annotations.encode(made), claims
        with self.writing():
            with self.ledger.transaction():
                if self.ledger.articles.get(before.id) != before:
                    return False
                self.ledger.correct(after, content_hash, corrections)
                if annotated is not None:
                    self.claim_store.put(after, *annotated)
            self._files.publish_if_due()
        return True

    def remove_all(self, article_ids: Sequence[str]) -> int:
        """Remove articles; how many there were. Raises LockedError."""
        with self.writing():
            with self.ledger.transaction():
                removed = sum(map(self.ledger.remove, dict.fromkeys(article_ids)))
            self._files.publish_if_due()
            return removed

    def remove(self, article_id: str) -> bool:
        """Remove an article; whether there was one. Raises LockedError while another process writes."""
        return self.remove_all([article_id]) > 0

    def rebuild(self) -> None:
        """Fill a new generation of the dense index from the ledger and put it in the old one's place; no embedding."""
        with self.writing():
            self._files.dense.rebuild()

    def check(self) -> None:
        """Check all that opening did not read, in processes of their own, while questions are answered.

        What is found is looked at again while nothing is written, and mended. From a ledger that cannot be mended
        nothing is answered from then on. Raises LockedError where another process writes for too long to look again.
        """
        self._files.check()

    def trust(self, sound: bool) -> None:
        """Note what a check of everything came to: only a sound index is opened without another one."""
        self._files.trust(sound)

    def close(self) -> None:
        """Let the models end what they are at, publish what was written, let go of all files and of the lock."""
        try:
            self._models.close()
            self._annotator.close()
        finally:
            self._files.close()

    def _unranked(self, ids: Sequence[str]) -> list[RetrievedPassage]:
        passages = self.ledger.passages.get(ids)
        return [RetrievedPassage(passage, article, 0.0, 0.0) for passage, article in passages.values()]

    def _search(self, question: str, vector: Vectors, filters: Filters, limit: int) -> list[RetrievedPassage]:
        with self._files.dense.newest() as store:
            return Retriever(self.ledger, store).search(question, vector, filters=filters, limit=limit)
