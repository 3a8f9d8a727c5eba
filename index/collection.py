"""The collection: the ledger, the dense index that follows it and the embedding model, opened together and checked."""

import datetime
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from index.article import Article
from index.check import find_fault, find_fault_apart
from index.errors import DataFolderError, LockedError, ModelError
from index.ledger import EVERYTHING, Entry, Filters, Ledger, Listed
from index.lock import DataLock
from index.passage import Found
from index.retriever import Retriever
from index.vectors import VectorStore, check_server, delete_folder

if TYPE_CHECKING:
    from index.embedder import Embedder

LEDGER_FILE = "ledger.sqlite"


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


class Collection:
    """An open collection. With embedded Chroma it is one process's alone; with a server many may read it."""

    def __init__(
        self, data: Path, *, embedding_model: str, chroma_url: str | None = None, writing: bool = False,
        reembedding: bool = False, loading: bool = True, say: Callable[[str], None] = lambda line: None,
    ) -> None:
        """Open the collection in `data`, made where it is missing; check Chroma and rebuild it where it must be.

        `reembedding` accepts an index of another model, to be written anew. `loading` starts to load the embedding
        model at once, else when it is first needed. `say` is told what takes time.

        Raises DataFolderError, LockedError, ModelError, VectorStoreError.
        """
        self._data = data
        self._url = chroma_url
        self._model = embedding_model
        self._embedder: Future[Embedder] | None = None
        self._loading = Lock()
        self._make_folder()
        with ExitStack() as opened:
            lock = self._take_lock(needed=chroma_url is None or writing)
            if lock is not None:
                opened.callback(lock.release)
            self.ledger = Ledger(data / LEDGER_FILE)
            opened.callback(self.ledger.close)
            if not reembedding:
                self._check_model()
            if chroma_url is not None:
                check_server(chroma_url)
            if loading:
                # It goes on while a child process checks Chroma.
                self.load()
            self._serving = self._generation()
            # A server whose lock is taken is being written: the writer keeps it in step with the ledger.
            self._store = self._generation_store(self._serving) if lock is None else self._open_store(say)
            opened.callback(lambda: self._store.close())
            if lock is not None and chroma_url is not None and not writing:
                lock.release()
                lock = None
            self._locked = lock is not None
            self._opened = opened.pop_all()

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

    def article(self, article_id: str) -> Article:
        """The article with this id. Raises ArticleNotFoundError."""
        return self.ledger.article(article_id)

    def sentences(self, article: Article) -> list[str]:
        """The sentences of an article as they were indexed; to split its text anew takes far longer."""
        return [article.text[start:end] for start, end in self.ledger.sentences(article.id)]

    def articles(self) -> list[Listed]:
        """All articles, newest first."""
        return self.ledger.listed()

    def newest(self, most: int) -> list[Listed]:
        """At most so many articles, newest first."""
        return self.ledger.listed(most)

    def sources(self) -> list[tuple[str | None, int]]:
        """Each source with the number of its articles, the most first; None are those without a source."""
        return self.ledger.sources()

    def search(self, question: str, *, filters: Filters = EVERYTHING, limit: int = 8) -> list[Found]:
        """The passages that fit `question` best, best first; empty only where nothing is kept that may fit."""
        if self._passages() == 0:
            return []
        self._check_model()
        vector = self.embedder.embed_question(question)
        return Retriever(self.ledger, self._current()).search(question, vector, filters=filters, limit=limit)

    def mentions(self, name: str, *, filters: Filters = EVERYTHING, limit: int = 8) -> list[Found]:
        """The passages that hold `name`, the newest article's first; their score is 0."""
        kept = self.ledger.passages(self.ledger.mentions(name, filters, limit))
        return [Found(passage, article, 0.0, 0.0) for passage, article, _ in kept.values()]

    def put(self, articles: Sequence[Written], *, dense: bool = True) -> None:
        """Write articles: the ledger first, then Chroma, unless `dense` is off and a rebuild follows."""
        embedder = self.embedder
        if dense:
            self._check_model()
        kept = self.ledger.hashes()
        with self.ledger.transaction():
            self.ledger.keep(model=embedder.name, dimension=str(embedder.dimension))
            for one in articles:
                self.ledger.put(one.article, one.content_hash, one.entries, one.aliases)
        if not dense:
            return
        if self._store.marks() is None:
            self._store.create(embedder.name, embedder.dimension)
        self._store.remove([one.article.id for one in articles if one.article.id in kept])
        self._store.add([(entry.passage, one.article, entry.vector) for one in articles for entry in one.entries])

    def remove(self, article_id: str) -> bool:
        """Remove an article; whether there was one. Raises LockedError while another process writes."""
        with self._writing():
            removed = self.ledger.remove(article_id)
            if removed:
                self._current().remove([article_id])
        return removed

    def rebuild(self) -> None:
        """Fill a new generation of the dense index from the ledger and put it in the old one's place; no embedding."""
        before = self._generation()
        fresh = self._next_generation()
        # Chroma keeps a folder's files open, and would hand them out again, until its client is closed.
        self._store.close()
        self._store = fresh
        self._discard(before)

    def close(self) -> None:
        """Let go of all files and of the lock."""
        self._opened.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Holds the lock, which a reader of a server has let go of."""
        lock = None if self._locked else DataLock(self._data)
        try:
            yield
        finally:
            if lock is not None:
                lock.release()

    def _open_store(self, say: Callable[[str], None]) -> VectorStore:
        """The checked store. Where the ledger is empty whatever Chroma holds is of no use, and is made anew unsaid."""
        before = self._generation()
        fault = self._fault() if self._passages() else ""
        if fault:
            say(f"Chroma is rebuilt from the ledger: {fault}.")
        store = self._generation_store(before) if fault is None else self._next_generation()
        self._discard(before - 1 if fault is None else before)
        return store

    def _next_generation(self) -> VectorStore:
        after = self._generation() + 1
        self._discard(after)
        fresh = self._generation_store(after)
        if self._passages():
            fresh.create(self.ledger.setting("model") or "", int(self.ledger.setting("dimension") or 0))
            for rows in self.ledger.vectors():
                fresh.add(rows)
        self.ledger.keep(generation=str(after))
        self._serving = after
        return fresh

    def _current(self) -> VectorStore:
        """The store; on a server another process may have put a new generation in its place."""
        if (generation := self._generation()) != self._serving:
            self._store, self._serving = self._generation_store(generation), generation
        return self._store

    def _fault(self) -> str | None:
        if self._url is None:
            return find_fault_apart(self.ledger.path, self._folder(self._generation()))
        with closing(self._generation_store(self._generation())) as store:
            return find_fault(self.ledger, store)

    def _passages(self) -> int:
        return self.ledger.count()[1]

    def _generation(self) -> int:
        return int(self.ledger.setting("generation") or 0)

    def _folder(self, generation: int) -> Path:
        return self._data / f"chroma-{generation}"

    def _generation_store(self, generation: int) -> VectorStore:
        if self._url is None:
            return VectorStore(folder=self._folder(generation))
        return VectorStore(url=self._url, collection=f"passages-{self._ledger_name()}-{generation}")

    def _ledger_name(self) -> str:
        """Keeps several collections apart on one Chroma server."""
        name = self.ledger.setting("name")
        if name is None:
            name = uuid.uuid4().hex[:12]
            self.ledger.keep(name=name)
        return name

    def _discard(self, generation: int) -> None:
        if self._url is None:
            delete_folder(self._folder(generation))
            return
        store = self._generation_store(generation)
        if store.marks() is not None:
            store.drop()
        store.close()

    def _check_model(self) -> None:
        kept, asked = self.ledger.setting("model"), self._model
        if kept not in (None, asked) and self._passages():
            raise ModelError(
                f"The index in {self._data} was made with the embedding model '{kept}', not '{asked}'. Give "
                f"--embedding-model {kept}, or embed it again: python app.py index --reembed --embedding-model {asked}"
            )

    def _take_lock(self, *, needed: bool) -> DataLock | None:
        try:
            return DataLock(self._data)
        except LockedError:
            if needed:
                raise
            return None

    def _make_folder(self) -> None:
        try:
            self._data.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise DataFolderError(
                f"The data folder {self._data} cannot be made: {exc.strerror}. Give another one with --data."
            ) from exc


def _load_embedder(name: str) -> "Embedder":
    # Imported here: torch and transformers take seconds, and listing articles needs neither.
    from index.embedder import Embedder

    return Embedder(name)
