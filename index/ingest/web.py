"""Indexes web addresses: pages become articles, feeds and sitemaps the articles of their new entries."""

import json
import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from urllib.parse import unquote, urlsplit

from index.article import Article, article_id
from index.characters import printable, text_of
from index.collection import Collection
from index.errors import FetchError, IndexingError, ReadError
from index.fetch.address_policy import read_address
from index.fetch.client import Fetched, Fetcher
from index.fetch.feeds import Feed, NewsEntry
from index.ingest.prepare import Passages
from index.ingest.report import Report
from index.ingest.run import index_articles
from index.ingest.sandbox import Worker
from index.limits import FileLimits
from index.message import Message, message_of
from index.readers.kinds import ZIPPED, suffix_of
from index.readers.page_check import redirected_to
from index.readers.registry import OF_THE_FILE, SEVERAL, Refusal

# So many new entries of a feed are taken in one run, the newest; the next run takes the rest.
MOST_ENTRIES = 1000
MOST_SITEMAPS = 50
# Written at a time, so that what was fetched is kept when a run ends early.
PAGES_AT_A_TIME = 20
# The text in a feed counts where its page has so many times fewer words.
MORE_WORDS = 1.3
# Their own headers say in which encoding they are.
WITHOUT_CHARSET = (".pdf", ".rtf", ".eml", ".mbox", *ZIPPED)

log = logging.getLogger(__name__)


@dataclass
class _FeedState:
    """What is known of a feed from the run before: the marks of its last state, and each entry taken with its stamp."""

    etag: str | None = None
    modified: str | None = None
    seen: dict[str, str] | None = None


def index_urls(
    collection: Collection, urls: Sequence[str], fetcher: Fetcher,
    on_written: Callable[[Article], None] = lambda article: None, *, limits: FileLimits | None = None,
    passages: Passages = lambda *_: None, into: Report | None = None, groups: Sequence[str] | None = None,
) -> Report:
    """Bring the collection up to date with what is at `urls`: pages, and the new entries of feeds and sitemaps.

    `on_written` gets each article once it is written, `passages` how far a long one is; what that raises ends the run.
    `into` is the report to fill, to be read where the run breaks off. `groups` is as in `index_paths`.
    """
    report = Report() if into is None else into
    with Worker(limits or FileLimits()) as worker:
        run = _WebRun(collection, fetcher, worker, on_written, report, passages, groups)
        pages: list[tuple[Fetched, NewsEntry]] = []
        for url in dict.fromkeys(urls):
            known = _remembered(collection, url)
            try:
                with _of_single_input(url):
                    fetched = fetcher.fetch(url, etag=known.etag, modified=known.modified)
                    feed = None if fetched.body is None else worker.read_feed(fetched.body, fetched.url)
            except ReadError as exc:
                report.refused.append(Refusal.of(exc))
                continue
            if feed is not None:
                _index_feed(run, url, fetched, feed)
            elif fetched.body is not None:
                pages.append((fetched, NewsEntry(url)))
            if len(pages) == PAGES_AT_A_TIME:
                run.index(run.of_pages(pages))
                pages = []
        run.index(run.of_pages(pages))
    return report


def read_list(lines: Iterable[str]) -> list[str]:
    """The addresses in a list of one a line; empty lines and those that begin with a # are passed over."""
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


@dataclass(frozen=True)
class _WebRun:
    """One run: what it reads with, and the report that it fills."""

    collection: Collection
    fetcher: Fetcher
    worker: Worker
    on_written: Callable[[Article], None]
    report: Report
    passages: Passages
    groups: Sequence[str] | None

    def index(self, articles: Sequence[Article | ReadError | Refusal]) -> None:
        """Write articles, and what was refused into the report."""
        index_articles(self.collection, articles, self.on_written, self.passages, self.report, self.groups)

    def of_pages(self, pages: Sequence[tuple[Fetched, NewsEntry]]) -> list[Article | ReadError | Refusal]:
        """The articles of what was fetched, with what of it is refused."""
        return [outcome for page in pages for outcome in self.articles(*page)]

    def fetch(self, entry: NewsEntry) -> tuple[list[Article | ReadError | Refusal], bool]:
        """The articles at an entry of a feed, and whether its page is to be tried again. Where the feed holds the whole
        text, that stands in for a page that cannot be had or holds far less."""
        outcomes: list[Article | ReadError | Refusal]
        try:
            with _of_single_input(entry.url):
                outcomes = (
                    self.articles(self.fetcher.fetch(entry.url), entry) if entry.has_page else [_no_page(entry)]
                )
        except ReadError as exc:
            outcomes = [exc]
        again = any(isinstance(outcome, FetchError) and outcome.passing for outcome in outcomes)
        if len(outcomes) != 1 or isinstance(outcomes[0], Refusal):
            return outcomes, again
        try:
            with _of_single_input(entry.url):
                return [self._better(outcomes[0], entry)], again
        except ReadError:
            return outcomes, again

    def _better(self, extracted: Article | ReadError, entry: NewsEntry) -> Article | ReadError:
        """The article as the feed holds it where that is far more than `extracted`, else `extracted`."""
        if entry.text is None:
            return extracted
        text = _of_feed(entry, self.worker)
        if isinstance(extracted, ReadError):
            return text
        words, have = len(text.text.split()), len(extracted.text.split())
        return replace(extracted, text=text.text, pages=()) if words > max(MORE_WORDS * have, have + 10) else extracted

    def articles(self, fetched: Fetched, entry: NewsEntry) -> list[Article | ReadError | Refusal]:
        """The articles of a page or file; what it does not state is taken from its entry in the feed."""
        try:
            with _of_single_input(fetched.url):
                return self._articles(fetched, entry)
        except ReadError as exc:
            return [exc]

    def _articles(self, fetched: Fetched, entry: NewsEntry) -> list[Article | ReadError | Refusal]:
        try:
            suffix = _suffix(fetched)
            if suffix == ".html" and (to := redirected_to(fetched.body or b"", fetched.url)):
                fetched = self.fetcher.fetch(to)
                suffix = _suffix(fetched)
            if suffix in SEVERAL:
                return [*_read_several(fetched, suffix, self.worker)]
            read = _read(fetched, suffix, self.worker)
        except FetchError:
            raise
        except ReadError as exc:
            return [ReadError(message_of(exc), name=fetched.url)]
        of_feed = entry.date is not None and read.date_from in (None, OF_THE_FILE)
        date, date_from = (entry.date, "feed") if of_feed else (read.date, read.date_from)
        url = _identity(fetched.url, read.url)
        source = read.source or entry.source or urlsplit(url).hostname
        return [replace(
            read, id=article_id(url), url=url, path=None, date=date, date_from=date_from, source=source,
            author=read.author or entry.author,
        )]


def _index_feed(run: _WebRun, url: str, fetched: Fetched, feed: Feed) -> None:
    known, refused = _remembered(run.collection, url).seen or {}, len(run.report.refused)
    entries = list(feed.entries) + _of_sitemaps(feed, run)
    seen = {entry.url: known[entry.url] for entry in entries if entry.url in known}
    fresh = [entry for entry in entries if seen.get(entry.url) != entry.stamp]
    whole = len(fresh) <= MOST_ENTRIES and len(run.report.refused) == refused
    run.report.refused += [Refusal(url, reason) for reason in _left_out(feed, len(fresh))]
    waiting = iter(fresh[:MOST_ENTRIES])
    while batch := list(islice(waiting, PAGES_AT_A_TIME)):
        taken = _take(run, batch)
        seen |= taken
        whole = whole and len(taken) == len({entry.url for entry in batch})
        _remember(run.collection, url, _FeedState(seen=seen))
    if whole:
        _remember(run.collection, url, _FeedState(fetched.etag, fetched.modified, seen))


def _left_out(feed: Feed, fresh: int) -> Iterator[Message]:
    """What of a feed is not taken, and why."""
    if fresh > MOST_ENTRIES:
        yield Message(
            "%(count)s entries are new, the newest %(most)s were taken. Run it again for the rest.",
            count=fresh, most=MOST_ENTRIES,
        )
    if feed.empty:
        yield Message("%(count)s of its entries have neither an address nor a text.", count=feed.empty)


def _take(run: _WebRun, entries: Sequence[NewsEntry]) -> dict[str, str]:
    """Indexes entries; gives the stamps by URL, without those that failed for now: the next run tries them."""
    fetched = [run.fetch(entry) for entry in entries]
    run.index([outcome for outcomes, _ in fetched for outcome in outcomes])
    return {entry.url: entry.stamp for entry, (_, again) in zip(entries, fetched, strict=True) if not again}


def _of_sitemaps(feed: Feed, run: _WebRun) -> list[NewsEntry]:
    """The entries of the sitemaps that a sitemap names, one level deep."""
    entries: list[NewsEntry] = []
    for url in feed.sitemaps[:MOST_SITEMAPS]:
        try:
            with _of_single_input(url):
                fetched = run.fetcher.fetch(url)
                inner = run.worker.read_feed(fetched.body or b"", fetched.url)
        except ReadError as exc:
            run.report.refused.append(Refusal.of(exc))
            continue
        if inner is None:
            run.report.refused.append(Refusal(url, Message("a sitemap was expected, and this is none.")))
        else:
            entries += inner.entries
    return entries


@contextmanager
def _of_single_input(url: str) -> Iterator[None]:
    """What goes wrong inside in a way that nobody thought of is a ReadError of this address: the run goes on."""
    try:
        yield
    except IndexingError:
        raise
    except Exception as exc:
        log.exception("%s could not be read", printable(url))
        raise ReadError(Message(
            "it cannot be read (%(error)s).", error=f"{type(exc).__name__}: {exc}"
        ), name=printable(url)) from exc


def _suffix(fetched: Fetched) -> str:
    """The kind of file that was fetched. Raises ReadError where it is none that is read."""
    return suffix_of(fetched.body or b"", fetched.kind, fetched.url, fetched.name)


def _read(fetched: Fetched, suffix: str, worker: Worker) -> Article:
    with _as_file(fetched, suffix) as path:
        return worker.read_article(path)


def _read_several(fetched: Fetched, suffix: str, worker: Worker) -> Iterator[Article | Refusal]:
    """The articles of a file that holds several. One that states no address on the file's own site is known by the
    file's address and its number."""
    with _as_file(fetched, suffix) as path:
        for number, outcome in enumerate(worker.read(path), 1):
            if isinstance(outcome, Refusal):
                yield Refusal(fetched.url, outcome.reason)
                continue
            here = f"{read_address(fetched.url).url}#{number}"
            url = _identity(fetched.url, outcome.url, otherwise=here)
            source = outcome.source or urlsplit(url).hostname
            yield replace(outcome, id=article_id(url), url=url, path=None, source=source)


@contextmanager
def _as_file(fetched: Fetched, suffix: str) -> Iterator[Path]:
    """A file, for what reads files bounds their time and memory; its name may become the title."""
    body = fetched.body or b""
    if fetched.charset and suffix not in WITHOUT_CHARSET:
        body = _as_utf8(body, fetched.charset)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, _stem(fetched.name or urlsplit(fetched.url).path) + suffix)
        path.write_bytes(body)
        yield path


def _no_page(entry: NewsEntry) -> ReadError:
    return ReadError(Message("the feed states no page for it."), name=entry.url)


def _of_feed(entry: NewsEntry, worker: Worker) -> Article:
    """The article in the text that a feed holds. Raises ReadError where that is none."""
    url = read_address(entry.url).url if entry.has_page else entry.url
    stated = {"text": entry.text, "title": entry.title, "author": entry.author, "url": url}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{_stem(urlsplit(entry.url).path)}.json")
        path.write_text(json.dumps(stated), encoding="utf-8")
        read = worker.read_article(path)
    source = entry.source or urlsplit(url).hostname
    date, date_from = (entry.date, "feed") if entry.date else (read.date, read.date_from)
    return replace(read, id=article_id(url), url=url, path=None, source=source, date=date, date_from=date_from)


def _as_utf8(body: bytes, charset: str) -> bytes:
    try:
        return text_of(body, charset).encode()
    except ValueError:
        return body


def _stem(name: str) -> str:
    """The last part of a file's name or of an address's path, without what a file may not be called."""
    last = unquote(name).rstrip("/").rpartition("/")[2].partition(".")[0]
    return "".join(c if c.isalnum() or c in " -_" else "-" for c in last)[:60].strip() or "page"


def _identity(url: str, canonical: str | None, otherwise: str | None = None) -> str:
    """The canonical URL that a page states for itself, else `otherwise` or its own; one on another host would let it
    replace another's article."""
    here = read_address(url)
    try:
        stated = read_address(canonical) if canonical else None
    except FetchError:
        stated = None
    # Some sites state their front page on every page.
    if stated is None or stated.path == "/":
        return otherwise or here.url
    same = stated.host.removeprefix("www.") == here.host.removeprefix("www.")
    return stated.url if same else otherwise or here.url


def addresses_from(collection: Collection, url: str) -> frozenset[str]:
    """The addresses of a page or feed and of what was taken from it."""
    return frozenset({url, *(_remembered(collection, url).seen or {})})


def _remembered(collection: Collection, url: str) -> _FeedState:
    stored = collection.ledger.settings.get(_key(url))
    return _FeedState(**json.loads(stored)) if stored else _FeedState()


def _remember(collection: Collection, url: str, known: _FeedState) -> None:
    with collection.writing():
        collection.ledger.settings.keep(**{_key(url): json.dumps(vars(known))})


def _key(url: str) -> str:
    return f"feed {url}"
