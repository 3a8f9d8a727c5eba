"""Indexes files and folders, and reports what came of each. Unchanged articles cost no embedding; one bad file does not
stop a run. Articles are read, embedded and written as they come: never are all of them held."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TypeVar

from index.article import Article, text_hash
from index.collection import Collection
from index.errors import ReadError, VectorStoreError
from index.groups import read_groups
from index.ingest.content import content_hash
from index.ingest.identity import is_gone
from index.ingest.near_duplicates import group_stories
from index.ingest.prepare import Passages, Preparation, unheard
from index.ingest.report import Report, timed
from index.ingest.sandbox import Worker
from index.ingest.snapshot import Decision, KnownArticles
from index.limits import FileLimits
from index.message import Message
from index.readers.registry import UPLOADED, Refusal, article_files
from index.storage.written import Written

Progress = Callable[[int], None]
Outcome = TypeVar("Outcome")


def index_paths(
    collection: Collection, paths: Sequence[Path], *, prune: bool = False, reembed: bool = False,
    limits: FileLimits | None = None, start: Callable[[int], Progress] = lambda total: lambda done: None,
    on_written: Callable[[Article], None] = lambda article: None, passages: Passages = unheard,
    into: Report | None = None, groups: Sequence[str] | None = None,
) -> Report:
    """Bring the collection up to date with the files at `paths`.

    `prune` removes articles whose file below `paths` is gone, or that their file no longer holds; `reembed` embeds
    every article anew, those that came from elsewhere too. `start` is told the number of files, once there is
    something to embed, and returns what is told of the files done since.
    `on_written` gets each article once it is written, so that it outlives the process. `passages` is told how far a
    long article is; what it raises ends the run. `into` is the report to fill, to be read where the run breaks off:
    what is in it as added or updated is kept. `groups` are the groups of readers that may read these articles; without
    it new ones are for everybody, and those that are there stay as they are. Raises GroupError.
    """
    with collection.writing(), timed(Report() if into is None else into) as report:
        run = _Run(collection, reembed, on_written, report, passages, prunes=prune, groups=groups)
        _index(run, paths, prune, limits or FileLimits(), start)
    return report


def _index(
    run: "_Run", paths: Sequence[Path], prune: bool, limits: FileLimits, start: Callable[[int], Progress]
) -> None:
    # All names before the first file is read: a path that does not exist stops the run before anything is written.
    files = list(article_files(paths))
    collection = run.collection
    with Worker(limits, collection.give_way) as worker:
        if run.every and (files or collection.summary().articles):
            # One transaction: vectors of two models must never stand side by side in the ledger.
            with run.all_or_nothing(), collection.ledger.transaction():
                run.write(run.changed(files, worker), len(files), start, dense=False)
                others = [row.id for row in collection.articles() if row.id not in run.taken]
                run.write((collection.article(ident) for ident in others), len(others), start, dense=False)
            collection.rebuild()
        else:
            run.write(run.changed(files, worker), len(files), start)
    run.finish()
    if prune:
        # At last: a file that is gone may have been moved, and its article then has the new path by now.
        run.remove_gone(paths)
        run.remove_dropped()


def index_articles(
    collection: Collection, articles: Iterable[Article | Refusal | ReadError],
    on_written: Callable[[Article], None] = lambda article: None, passages: Passages = unheard,
    into: Report | None = None, groups: Sequence[str] | None = None,
) -> Report:
    """Bring the collection up to date with articles that were read elsewhere; the others are those refused there.

    `on_written` gets each article once it is written, `passages` how far a long one is; what that raises ends the run.
    While one is prepared others may write. `into` is the report to fill. `groups` is as in `index_paths`;
    without it an article's own groups count, if it has some.
    """
    with collection.writing(), timed(Report() if into is None else into) as report:
        run = _Run(collection, False, on_written, report, passages, groups=groups)
        run.write(run.changed_articles(articles), 0, lambda total: lambda done: None)
        run.finish()
    return report


def reembed_articles(
    collection: Collection, articles: Sequence[Article], start: Callable[[int], Progress], passages: Passages = unheard
) -> None:
    """Cut and embed these articles of the ledger again, and rebuild the dense index from it."""
    with collection.writing():
        added = {row.id: row.added for row in collection.articles()}
        run = _Run(collection, True, lambda article: None, Report(), passages)
        run.write(articles, len(articles), start, dense=False)
        collection.ledger.articles.keep_added({article.id: added[article.id] for article in articles})
        collection.rebuild()


class _Run:
    """One run over a collection. `taken` holds the ids met so far, each with the name it was met under."""

    def __init__(
        self, collection: Collection, every: bool, tell: Callable[[Article], None], report: Report,
        passages: Passages = unheard, *, prunes: bool = False, groups: Sequence[str] | None = None,
    ) -> None:
        self._tell = tell
        self._groups = None if groups is None else read_groups(groups)
        self._known = KnownArticles(collection, prunes=prunes)
        self._preparation = Preparation(collection, passages, None if every else self._refuse, reembeds=every)
        self.report = report
        self.taken: dict[str, str] = {}
        self.collection = collection
        self.every = every
        self._outcomes: dict[str, list[str]] = {}
        self._decisions: dict[str, Decision] = {}
        self._undecided: list[Decision] = []
        self._texts: dict[tuple[str, tuple[str, ...]], tuple[str, str]] = {}
        self._carried: list[tuple[str, str]] = []
        self._worker: Worker | None = None
        self._seen: set[Path] = set()
        self._whole: set[str] = set()
        self._read = 0

    def changed(self, files: Iterable[Path | Refusal], worker: Worker) -> Iterator[Article]:
        """The articles in `files` that have to be written; the others go into the report."""
        self._worker = worker
        for file in files:
            if isinstance(file, Path):
                if (real := file.resolve()) in self._seen:
                    continue
                self._seen.add(real)
            outcomes = iter([file]) if isinstance(file, Refusal) else worker.read(file, settled=False)
            refused = len(self.report.refused)
            for outcome in self._apart(outcomes):
                if isinstance(outcome, Refusal):
                    self.report.refused.append(outcome)
                else:
                    article = self._known.identities.identified(outcome, self.taken, self._groups)
                    yield from self._to_be_written(article, str(file), file if isinstance(file, Path) else None)
            self._read += 1
            if isinstance(file, Path) and refused == len(self.report.refused):
                self._whole.add(str(file.resolve()))

    def changed_articles(self, articles: Iterable[Article | Refusal | ReadError]) -> Iterator[Article]:
        """The same of articles that were read elsewhere; an error says first what was refused, behind a colon why."""
        for article in self._apart(articles):
            if isinstance(article, Refusal):
                self.report.refused.append(article)
            elif isinstance(article, ReadError):
                self.report.refused.append(Refusal.of(article))
            else:
                yield from self._to_be_written(article, article.url or _file(article.path) or article.title)

    def write(
        self, articles: Iterable[Article], files: int, start: Callable[[int], Progress], *, dense: bool = True
    ) -> None:
        """Cut, embed and write `articles` as they come, and at last those that others have changed meanwhile."""
        progress: Progress | None = None
        with closing(self._preparation):
            while True:
                for batch in self._preparation.batches(articles):
                    progress = progress or start(files)
                    written = self._current(self._preparation.prepare(batch))
                    self._put(written, dense)
                    self.report.passages += sum(len(each.entries) for each in written if each.embedded)
                    progress(self._read)
                    self._read = 0
                if not self._undecided:
                    return
                again, self._undecided = self._undecided, []
                articles = (article for decision in again for article in self._decided_anew(decision))

    def _apart(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """What is read; while that goes on, others may write, unless all is embedded anew."""
        reading = iter(outcomes)
        while True:
            with nullcontext() if self.every else self.collection.apart():
                outcome = next(reading, None)
            if outcome is None:
                return
            self._known.catch_up()
            yield outcome

    def _current(self, written: Sequence[Written]) -> list[Written]:
        """Without the articles that others have changed while these were prepared: of them it is decided anew."""
        current = []
        for each in written:
            article = each.article
            decision = self._decisions.get(article.id)
            if decision is None or self._known.stands(decision, article):
                current.append(each)
                continue
            self._undecided.append(self._decisions.pop(article.id))
            self._outcomes.pop(article.id, None)
            self.taken.pop(article.id, None)
            text = text_hash(article.text), article.groups
            if text in self._texts and self._texts[text][0] == article.id:
                del self._texts[text]
        return current

    def _decided_anew(self, before: Decision) -> Iterator[Article]:
        """The article of a decision that no longer stands, from its file as that is now, if it is still to be
        written."""
        if before.file is None or self._worker is None:
            yield from self._to_be_written(before.read, before.name)
            return
        for outcome in self._apart(self._worker.read(before.file, settled=False)):
            if isinstance(outcome, Article) and outcome.id == (before.read.origin_id or before.read.id):
                article = self._known.identities.identified(outcome, self.taken, self._groups)
                yield from self._to_be_written(article, before.name, before.file)

    def _refuse(self, article: Article, reason: str) -> None:
        """Leave out an article; what is kept of it from before stays."""
        self._outcomes.pop(article.id, None)
        self._decisions.pop(article.id, None)
        self.report.refused.append(Refusal(_file(article.path) or article.url or article.title, reason))

    def _put(self, written: Sequence[Written], dense: bool) -> None:
        try:
            self.collection.put(written, dense=dense)
        except VectorStoreError:
            # The ledger comes first: what it has is kept, and Chroma gets it later.
            hashes = self.collection.ledger.articles.hashes()
            self._done([each.article for each in written if hashes.get(each.article.id) == each.content_hash])
            raise
        self._done([each.article for each in written])

    def _done(self, articles: Iterable[Article]) -> None:
        for article in articles:
            self._decisions.pop(article.id, None)
            if (outcome := self._outcomes.pop(article.id, None)) is not None:
                outcome.append(article.title)
            self._tell(article)

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """What breaks off inside has written nothing."""
        try:
            yield
        except BaseException:
            self.report.added, self.report.updated, self.report.passages = [], [], 0
            raise

    def remove_gone(self, paths: Sequence[Path]) -> None:
        """Remove the articles below `paths` whose file is gone."""
        roots = [path.resolve() for path in paths]
        for row in self.collection.articles():
            if row.path and is_gone(row.path) and any(Path(row.path).is_relative_to(root) for root in roots):
                self._remove(row.id, row.title)

    def remove_dropped(self) -> None:
        """Remove the articles whose file was read to its end and no longer holds them."""
        for row in self.collection.articles():
            if row.path in self._whole and row.id not in self.taken:
                self._remove(row.id, row.title)

    def finish(self) -> None:
        """Keep who else carries an article, and which articles tell one story."""
        for ident, source in self._carried:
            self.collection.ledger.stories.carry(ident, source)
        group_stories(self.collection.ledger)

    def _to_be_written(self, read: Article, name: str, file: Path | None = None) -> Iterator[Article]:
        """The article, with what editors have set right about it, where it has to be written."""
        article = read
        self._known.catch_up()
        if read.id in self._known.corrected:
            self.collection.ledger.corrections.note_read(read)
            article = self.collection.ledger.corrections.applied(read)
        article = replace(article, groups=self._groups_of(article))
        if self._is_to_be_written(article, name):
            self._decisions[article.id] = self._known.decision(article, read, name, file)
            yield article

    def _is_to_be_written(self, article: Article, name: str) -> bool:
        if article.id in self.taken:
            reason = Message("it has the same URL as %(name)s, which was taken.", name=self.taken[article.id])
            self.report.refused.append(Refusal(name, reason))
            return False
        earlier = self._known.hashes.get(article.id)
        if earlier is None and (same := self._same(article)):
            self.report.duplicates.append(Refusal(name, Message("it has the same text as %(name)s.", name=same[1])))
            if article.source:
                self._carried.append((same[0], article.source))
            return False
        self._note(article)
        if earlier == content_hash(article) and not self.every:
            self._note_unchanged(article)
            return False
        # Told of when it is written: the run may break off before.
        self._outcomes[article.id] = self.report.updated if earlier else self.report.added
        return True

    def _groups_of(self, article: Article) -> tuple[str, ...]:
        """The groups that may read an article: those of the run, else its own, else those it had before. One that is
        new has those of the same text, if that is there: a file that was copied is not open by that."""
        if self._groups is not None:
            return self._groups
        known = article.groups or self._known.groups.get(article.id, ())
        if known or not self._known.groups or article.id in self._known.hashes:
            return known
        return self.collection.ledger.articles.groups_of_text(article.text)

    def _note_unchanged(self, article: Article) -> None:
        """An article that need not be read again; other readers than before may be the ones to read it."""
        if article.groups == self._known.groups.get(article.id, ()):
            self.report.unchanged.append(article.title)
        else:
            self.collection.ledger.restrict(article.id, article.groups)
            self.report.updated.append(article.title)
            self._tell(article)

    def _note(self, article: Article) -> None:
        """Keep that an article was met in this run, and under which name."""
        self.taken[article.id] = article.path or article.url or article.title
        known_as = _called(article.title, article.path, article.url)
        self._texts.setdefault((text_hash(article.text), article.groups), (article.id, known_as))

    def _same(self, article: Article) -> tuple[str, str] | None:
        """The id and name of the article with the text of `article` for the same readers, met in this run or kept from
        an earlier one; None where there is none."""
        if same := self._texts.get((text_hash(article.text), article.groups)):
            return same
        row = self.collection.ledger.articles.same_text(article.text, article.groups)
        # One that was met in this run has another text by now.
        return None if row is None or row.id in self.taken else (row.id, _called(row.title, row.path, row.url))

    def _remove(self, ident: str, title: str) -> None:
        self.collection.remove(ident)
        self._known.hashes.pop(ident, None)
        self.report.removed.append(title)


def _called(title: str, path: str | None, url: str | None) -> str:
    """An article in words, by its title and by the name of its file or its URL: an editor of the page is not to be told
    how the server's folders are named."""
    where = PurePath(_file(path)).name if path else url
    return f"'{title}'{f' ({where})' if where else ''}"


def _file(path: str | None) -> str:
    """The path of a file, or the name under which an editor has sent it; empty where there is none."""
    return (path or "").removeprefix(UPLOADED)
