"""The collection: the ledger, the dense index that follows it and the embedding model, opened together and checked."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from index.article import Article
from index.claim import Claim
from index.claims.annotator import Annotator
from index.errors import ArticleNotFoundError, DataFolderError, LockedError, ModelError, VectorStoreError
from index.language import annotations
from index.language.annotations import Annotation, Annotations
from index.language.parser import Sentence
from index.passage import RetrievedPassage, Span, Vectors
from index.private_files import close_to_others, make_private_folder
from index.search.hybrid import Retriever
from index.storage.ledger import EVERYTHING, MEND, Browsing, Entry, Filters, Ledger, Listed, Superseded
from index.storage.lock import DataLock, WriteTurn
from index.storage.seal import Seal
from index.storage.text_check import find_damage, find_damage_apart
from index.storage.vector_snapshots import Generations

if TYPE_CHECKING:
    from index.search.embedder import Embedder

LEDGER_FILE = "ledger.sqlite"
AFTER_OTHERS = "Other articles are being added here. These are next."
# Publishing copies the dense index, and until then every reader searches what is pending passage by passage. In a run
# it waits for so many passages, and for so large a part of the index; at its end for a smaller part.
PUBLISH_PASSAGES = 2000
PUBLISH_SHARE = 0.5
PUBLISH_SHARE_AT_END = 0.1


@dataclass(frozen=True)
class Summary:
    """How much the collection holds, and from which day to which."""

    articles: int
    passages: int
    first: datetime.date | None
    last: datetime.date | None


@dataclass(frozen=True)
class Written:
    """An article as it is written: with its content hash, its passages and the short names that it introduces."""

    article: Article
    content_hash: str
    entries: Sequence[Entry]
    aliases: set[tuple[str, str]]
    annotations: Sequence[Annotation] | None = None
    claims: Sequence[Claim] = ()


class Collection:
    """An open collection. Many processes may read it, and one at a time writes; what it writes, the others find."""

    def __init__(
        self, data: Path, *, embedding_model: str, chroma_url: str | None = None, writing: bool = False,
        reembedding: bool = False, loading: bool = True, mending: bool = True, wait_seconds: float = 0,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        """Open the collection in `data`, made where it is missing.

        Where its files are as the last writer closed them, a look at the ledger's counters is enough. Else, as after a
        crash, all of it is checked, and Chroma and the word index are made anew where they must be.

        `writing` keeps other writers out until it is closed; `wait_seconds` is how long one waits for another.
        `reembedding` accepts an index of another model, to be written anew. `loading` starts to load the embedding
        model at once, else when it is first needed. Without `mending` nothing is checked. `say` is told what takes
        time.

        Raises DataFolderError, LockedError, ModelError, VectorStoreError.
        """
        self._data = data
        self._model = embedding_model
        self._embedder: Future[Embedder] | None = None
        self._loading = Lock()
        self._wait_seconds = wait_seconds
        self._say = say
        self._chroma_url = chroma_url
        self._turn = WriteTurn()
        self._lock: DataLock | None = None
        self._seal = Seal(data)
        self._mending = mending
        self._damage: str | None = None
        self._make_folder()
        with ExitStack() as opened:
            lock = self._take_lock(needed=writing)
            if lock is not None:
                opened.callback(lock.release)
            # Looked at before the ledger is opened, which may change its file.
            self._sound = self._seal.holds(LEDGER_FILE)
            self.ledger = Ledger(data / LEDGER_FILE)
            opened.callback(self.ledger.close)
            self._annotator = Annotator(self.ledger)
            if lock is not None and mending:
                self._check_ledger()
            if not reembedding:
                self._check_model()
            if chroma_url is not None:
                _check_server(chroma_url)
            if loading:
                # It goes on while a child process checks Chroma.
                self.load()
            self._dense = Generations(self.ledger, data, chroma_url)
            opened.callback(self._dense.forget)
            # Where the lock is taken, a writer is at work, which has checked all this.
            if lock is not None and mending:
                self._mend()
            if writing:
                self._lock = lock
                self._seal.break_()
                opened.callback(self._end_writing)
            elif lock is not None:
                lock.release()
            self._opened = opened.pop_all()
        close_to_others(data)

    @property
    def embedder(self) -> "Embedder":
        """The embedding model; waits until it is loaded. Raises ModelError."""
        return self.load().result()

    def load(self) -> "Future[Embedder]":
        """Start loading the embedding model in a thread of its own, if that has not been done."""
        with self._loading:
            if self._embedder is None:
                pool = ThreadPoolExecutor(1)
                self._embedder = pool.submit(_load_embedder, self._model)
                pool.shutdown(wait=False)
            return self._embedder

    def summary(self) -> Summary:
        """How much the collection holds."""
        return Summary(*self.ledger.count(), *self.ledger.date_range())

    def fault(self) -> str | None:
        """Why no question can be answered, or None; nothing in it is private."""
        try:
            self.ledger.count()
        except DataFolderError:
            return "The ledger cannot be read."
        if self._damage is not None:
            return "The ledger is damaged."
        try:
            if self._chroma_url is not None:
                _check_server(self._chroma_url)
        except VectorStoreError:
            return "The Chroma server does not answer."
        return None

    def article(self, article_id: str) -> Article:
        """The article with this id. Raises ArticleNotFoundError."""
        self._refuse_damaged()
        return self.ledger.article(article_id)

    def sentences(self, article: Article) -> list[str]:
        """The sentences of an article as they were indexed; to split its text anew takes far longer."""
        return [article.text[start:end] for start, end in self.ledger.sentences(article.id)]

    def annotate(self, article: Article, spans: Sequence[Span]) -> tuple[list[Annotation], list[Claim]]:
        """The annotated sentences of an article that is to be written, whose spans are given, and its claims."""
        return self._annotator.annotate(article, spans)

    def annotations(self, article: Article) -> Annotations:
        """What the parser found in the sentences of an article."""
        return self._annotator.annotations(article)

    def parse(self, question: str) -> Sentence:
        """A question, parsed."""
        return self._annotator.parser.parse([question])[0]

    def read_together(self, question: str, sentences: Sequence[str]) -> list[tuple[float, float]]:
        """For each sentence two logits: that it answers the question, and that its likeliest word is the answer."""
        from index.search.cross_encoder import cross_encoder

        return cross_encoder().scores(question, sentences)

    def claims(self, place: str | None = None) -> list[tuple[str, Claim]]:
        """All claims, or those about a place or the like of this name, each with its article's id."""
        return self.ledger.claims(place)

    def claiming(self, place: str, *, filters: Filters = EVERYTHING, limit: int = 8) -> list[RetrievedPassage]:
        """The passages with claims about a place of this name, the newest article's first; their score is 0."""
        kept = self.ledger.passages(self.ledger.claiming(place, filters, limit))
        return [RetrievedPassage(passage, article, 0.0, 0.0) for passage, article, _ in kept.values()]

    def openings(self, most: int) -> list[RetrievedPassage]:
        """What the newest articles open with, newest first, at most so many; their score is 0."""
        kept = self.ledger.passages([f"{row.id}:0" for row in self.newest(most)])
        return [RetrievedPassage(passage, article, 0.0, 0.0) for passage, article, _ in kept.values()]

    def held_places(self, most: int = 3) -> list[str]:
        """The places of which the articles say most often who holds them, at most so many."""
        return self.ledger.held_places(most)

    def annotate_missing(self, most: int = 20, *, stopped: Callable[[], bool] = lambda: False) -> int:
        """Annotate some of the articles that an earlier version indexed; how many were looked at, 0 where all are
        annotated. Nothing is embedded again.

        Others write between two articles, and while one is parsed; none is begun once `stopped` says so. Raises
        LockedError while another process writes, and ModelError.
        """
        idents = self.ledger.unannotated(annotations.VERSION, most)
        for ident in idents:
            if stopped():
                break
            self._annotate_again(ident, stopped)
        return len(idents)

    def _annotate_again(self, article_id: str, stopped: Callable[[], bool]) -> None:
        # An article that is removed meanwhile needs none, and one that is replaced has its own already.
        with suppress(ArticleNotFoundError):
            article = self.article(article_id)
            made, claims = self._annotator.annotate(article, self.ledger.sentences(article_id))
            if stopped():
                return
            with self.writing(lambda line: None):
                if self.ledger.article(article_id) == article:
                    self.ledger.annotate(article_id, annotations.VERSION, annotations.encode(made), claims)

    def articles(self) -> list[Listed]:
        """All articles, newest first."""
        return self.ledger.listed()

    def browse(self, wanted: Browsing, *, most: int, after: int = 0) -> tuple[list[Listed], int]:
        """At most so many of the articles that are wanted, after the first `after`, and how many those are in all."""
        return self.ledger.browse(wanted, most=most, after=after)

    def newest(self, most: int) -> list[Listed]:
        """At most so many articles, newest first."""
        return self.ledger.listed(most)

    def superseded(self) -> list[Superseded]:
        """The earlier versions of articles, those replaced last first; nothing is found in them."""
        return self.ledger.superseded()

    def outlets(self, article_ids: Iterable[str]) -> dict[str, list[str]]:
        """By one article of each story that these tell: the sources that carry it, where there are several."""
        told: dict[str | None, tuple[str, list[str]]] = {}
        for ident in article_ids:
            story, sources = self.ledger.outlets(ident)
            told.setdefault(story, (ident, sources))
        return {ident: sources for ident, sources in told.values() if len(sources) > 1}

    def sources(self) -> list[tuple[str | None, int]]:
        """Each source with the number of its articles, the most first; None are those without a source."""
        return self.ledger.sources()

    def search(self, question: str, *, filters: Filters = EVERYTHING, limit: int = 8) -> list[RetrievedPassage]:
        """The passages that fit `question` best, best first; empty only where nothing is kept that may fit."""
        self._refuse_damaged()
        if self._passages() == 0:
            return []
        self._check_model()
        vector = self.embedder.embed_question(question)
        while True:
            generation = self._dense.number
            try:
                return self._search(question, vector, filters, limit)
            except VectorStoreError:
                # What was searched may just have been replaced, by another process.
                if self._dense.number == generation:
                    raise

    def mentions(self, name: str, *, filters: Filters = EVERYTHING, limit: int = 8) -> list[RetrievedPassage]:
        """The passages that hold `name`, the newest article's first; their score is 0."""
        self._refuse_damaged()
        kept = self.ledger.passages(self.ledger.mentions(name, filters, limit))
        return [RetrievedPassage(passage, article, 0.0, 0.0) for passage, article, _ in kept.values()]

    @contextmanager
    def writing(self, say: Callable[[str], None] | None = None) -> Iterator[None]:
        """Keep other writers out, for many changes in a row; one inside another belongs to the outer one.

        `say` is told for whom this one waits. Raises LockedError where another process is still writing.
        """
        say = say or self._say
        self._turn.take(lambda: say(AFTER_OTHERS))
        try:
            if self._lock is not None:
                yield
                return
            self._lock = DataLock(self._data, wait_seconds=self._wait_seconds, say=say)
            try:
                # Another writer may have been killed while this process was reading: the next one to open checks all.
                self._sound = self._seal.holds(LEDGER_FILE)
                self._seal.break_()
                yield
            finally:
                self._give_back()
        finally:
            self._turn.release()

    def _give_back(self) -> None:
        # It is not held where others were let go first and it could not be had again.
        if self._lock is None:
            return
        try:
            self._end_writing()
        finally:
            self._lock.release()
            self._lock = None

    def give_way(self) -> None:
        """Within `writing()`, between two changes: let the threads and processes that wait to write do so first."""
        lock = self._lock
        if lock is None or not (self._turn.wanted or lock.wanted):
            return
        self._close_files()
        self._lock = None
        if self._turn.wanted:
            # They take the lock anew, and other processes have their chance between them.
            lock.give_way(self._turn.give_way)
        else:
            lock.give_way()
        self._lock = lock
        self._sound = self._seal.holds(LEDGER_FILE)
        self._seal.break_()

    def dense_fault(self) -> str | None:
        """What is wrong with the dense index, or None; only for the one writer."""
        return self._dense.fault() if self._passages() else None

    def put(self, articles: Sequence[Written], *, dense: bool = True) -> None:
        """Write articles to the ledger, and publish the dense index where it is due, unless `dense` is off and a
        rebuild follows.

        When this returns they are kept and found, whatever happens to the process.
        """
        embedder = self.embedder
        with self.writing():
            if dense:
                self._check_model()
            with self.ledger.transaction():
                self.ledger.keep(model=embedder.name, dimension=str(embedder.dimension))
                for one in articles:
                    self.ledger.put(one.article, one.content_hash, one.entries, one.aliases)
                    if one.annotations is not None:
                        made = annotations.encode(one.annotations)
                        self.ledger.annotate(one.article.id, annotations.VERSION, made, one.claims)
            if dense:
                self._publish_if_due(PUBLISH_SHARE, PUBLISH_PASSAGES)

    def remove(self, article_id: str) -> bool:
        """Remove an article; whether there was one. Raises LockedError while another process writes."""
        with self.writing():
            removed = self.ledger.remove(article_id)
            self._publish_if_due(PUBLISH_SHARE, PUBLISH_PASSAGES)
            return removed

    def rebuild(self) -> None:
        """Fill a new generation of the dense index from the ledger and put it in the old one's place; no embedding."""
        with self.writing():
            self._dense.rebuild()

    def check(self) -> None:
        """Check all that opening did not read, in processes of their own, while questions are answered.

        What is found is looked at again while nothing is written, and mended. From a ledger that cannot be mended
        nothing is answered from then on. Raises LockedError where another process writes for too long to look again.
        """
        damage, words_are_sound = find_damage_apart(self.ledger.path)
        if damage is None and words_are_sound and self._dense.fault() is None:
            return
        with self.writing():
            self._sound = False
            try:
                self._check_ledger()
            except DataFolderError as exc:
                self._damage = str(exc)
                self._say(f"{exc} Until then no question is answered.")
                return
            self._mend()

    def trust(self, sound: bool) -> None:
        """Note what a check of everything came to: only a sound index is opened without another one."""
        self._sound = sound

    def close(self) -> None:
        """Publish what was written, let go of all files and of the lock."""
        self._opened.close()

    def _search(self, question: str, vector: Vectors, filters: Filters, limit: int) -> list[RetrievedPassage]:
        with self._dense.newest() as store:
            return Retriever(self.ledger, store).search(question, vector, filters=filters, limit=limit)

    def _publish_if_due(self, share: float, least: int) -> None:
        """Publish what is pending on a server at once, and embedded once it is `least` and this share of all."""
        pending = self.ledger.dense_state().pending
        changed = pending + self.ledger.pending_passages() if pending else 0
        if changed and (self._chroma_url is not None or changed >= max(least, share * self._passages())):
            self._dense.publish()

    def _end_writing(self) -> None:
        """What cannot be published stays pending, and is found all the same; the next opening looks for the reason."""
        if self._mending:
            try:
                self._publish_if_due(PUBLISH_SHARE_AT_END, 1)
            except (VectorStoreError, DataFolderError) as exc:
                self._sound = False
                self._say(f"{exc} What it lacks is searched without it meanwhile.")
        self._close_files()

    def _close_files(self) -> None:
        """Seal the files, which nothing may change until the seal is broken."""
        if self._sound and self.ledger.checkpoint():
            self._seal.set([self.ledger.path, *self._dense.files()])

    def _refuse_damaged(self) -> None:
        if self._damage is not None:
            raise DataFolderError(self._damage)

    def _check_ledger(self) -> None:
        if not self._sound:
            if damage := find_damage(self.ledger):
                raise DataFolderError(_damaged(self.ledger.path, damage))
            self._mend_words()
        if self.ledger.lacks:
            self._say(
                f"The ledger {self.ledger.path} lacks the last {self.ledger.lacks} changes that were made to it: its "
                "-wal file was cut or lost, or an older ledger is in its place. Index the same articles again."
            )
            self.ledger.go_on()

    def _mend_words(self) -> None:
        if not self.ledger.words_are_sound():
            self._say("The word index is damaged; it is made anew.")
            self.ledger.rebuild_words()

    def _mend(self) -> None:
        """Bring the dense index in order, and seal what had to be checked."""
        fault = self._dense.quick_fault() if self._sound else self._dense.fault()
        if fault:
            self._say(f"Chroma is rebuilt from the ledger: {fault}.")
            self._dense.rebuild()
        self._dense.clear_away()
        if fault or not self._sound:
            self._sound = True
            self._seal.break_()
            self._end_writing()

    def _passages(self) -> int:
        return self.ledger.count()[1]

    def _check_model(self) -> None:
        kept, asked = self.ledger.setting("model"), self._model
        if kept not in (None, asked) and self._passages():
            raise ModelError(
                f"The index in {self._data} was made with the embedding model '{kept}', not '{asked}'. Give "
                f"--embedding-model {kept}, or embed it again: python app.py index --reembed --embedding-model {asked}"
            )

    def _take_lock(self, *, needed: bool) -> DataLock | None:
        if needed:
            return DataLock(self._data, wait_seconds=self._wait_seconds, say=self._say)
        try:
            return DataLock(self._data)
        except LockedError:
            return None

    def _make_folder(self) -> None:
        try:
            make_private_folder(self._data)
        except OSError as exc:
            raise DataFolderError(
                f"The data folder {self._data} cannot be made: {exc.strerror}. Give another one with --data."
            ) from exc


def _damaged(ledger: Path, damage: str) -> str:
    return (
        f"The ledger {ledger} is damaged: {damage}. `python app.py verify --repair` mends what can be made anew from "
        f"the articles' texts. Where that is not enough: {MEND}"
    )


def _check_server(url: str) -> None:
    # Imported here, as by the dense index: Chroma takes most of a second.
    from index.storage.vector_store import check_server

    check_server(url)


def _load_embedder(name: str) -> "Embedder":
    # Imported here: torch and transformers take seconds, and listing articles needs neither.
    from index.search.embedder import Embedder

    return Embedder(name)
