"""Writes the claims of articles to the ledger: those that the rules draw, and beside them those that an LLM has read,
which stay as long as their article's text does."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass

from index.article import Article
from index.claim import Claim, Origin
from index.claims.annotator import Annotator
from index.claims.reading_check import Checked, Reading, ReadingCheck, reading_of
from index.claims.second_reading import SecondReading
from index.errors import ArticleNotFoundError
from index.language import annotations
from index.passage import Span
from index.storage.ledger import Ledger
from index.storage.readings import ReadingState
from index.storage.written import Written


@dataclass(frozen=True)
class Unread:
    """An article that an LLM is to read: its sentences, and how many of them were read before."""

    article: Article
    sentences: Sequence[str]
    spans: Sequence[Span]
    done: int


class ClaimStore:
    """The claims in a ledger. `writing` keeps other writers out."""

    def __init__(
        self, ledger: Ledger, annotator: Annotator, writing: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._ledger = ledger
        self._annotator = annotator
        self._writing = writing

    def write(self, written: Written) -> None:
        """Write an article with its claims, within a transaction. What an LLM has read in the same text stays, and a
        copy has it, too."""
        article = written.article
        if written.keeps_passages:
            self._ledger.describe(article, written.content_hash)
            return
        other = written.copied_from or article.id
        second = self.second_reading(other)
        same = second is not None and self._is_there(other, article.text)
        self._ledger.put(article, written.content_hash, written.entries, written.aliases)
        if written.annotations is not None:
            self._put(article, written.annotations, written.claims, second if same else None)

    def put(self, article: Article, encoded: bytes, claims: Sequence[Claim]) -> None:
        """Keep the annotations of an article that is there, and its claims by the rules; within a transaction."""
        self._put(article, encoded, claims, self.second_reading(article.id))

    def annotate_missing(self, most: int, stopped: Callable[[], bool]) -> int:
        """As `Collection.annotate_missing`."""
        idents = self._ledger.annotations.missing(annotations.VERSION, most)
        for ident in idents:
            if stopped():
                break
            self._annotate_again(ident, stopped)
        return len(idents)

    def unread(self) -> Sequence[str]:
        """Ids of the articles that no LLM has read to their end, the newest article's first."""
        return self._ledger.readings.unread()

    def begin_reading(self, article_id: str) -> Unread | None:
        """What an LLM is to read of an article; None where it is gone, or was read."""
        with suppress(ArticleNotFoundError):
            article = self._ledger.articles.get(article_id)
            state = self._ledger.readings.get(article_id)
            if state is None or not state.finished:
                lines = self._annotator.annotations(article).lines()
                spans = [(line.start, line.end) for line in lines]
                texts = [article.text[start:end] for start, end in spans]
                return Unread(article, texts, spans, min(state.sentences, len(texts)) if state else 0)
        return None

    def keep_readings(self, unread: Unread, readings: Iterable[Reading], until: int, model: str) -> Checked | None:
        """Keep those claims that an LLM read in the sentences before number `until`, from the first that was not read
        yet, that stand the check; None, and nothing is kept, where the article was changed or read meanwhile. Raises
        LockedError."""
        article = unread.article
        lines = self._annotator.annotations(article).lines()
        known = self._ledger.annotations.claims_of(article.id)
        checked = ReadingCheck(article, lines, known).check(readings, range(unread.done, until))
        with self._writing(), self._ledger.transaction():
            state = self._ledger.readings.get(article.id)
            is_new = unread.done == (state.sentences if state else 0) and not (state and state.finished)
            if not is_new or not self._is_there(article.id, article.text):
                return None
            self._ledger.annotations.add_claims(article.id, checked.claims)
            state = ReadingState(model, until, until >= len(unread.sentences))
            self._ledger.readings.put(article.id, state)
        return checked

    def second_reading(self, article_id: str) -> SecondReading | None:
        """What an LLM has read in an article; None where none has read it."""
        state = self._ledger.readings.get(article_id)
        if state is None:
            return None
        article = self._ledger.articles.get(article_id)
        read = [claim for claim in self._ledger.annotations.claims_of(article_id) if claim.origin is Origin.LLM]
        return SecondReading([reading_of(claim, article) for claim in read], state)

    def put_second_reading(self, article_id: str, second: SecondReading) -> None:
        """Keep what an LLM has read, elsewhere, in the text that an article has here, as far as it stands the check."""
        article = self._ledger.articles.get(article_id)
        encoded = self._ledger.annotations.get(article_id, annotations.VERSION)
        if encoded is None:
            return
        rules = [each for each in self._ledger.annotations.claims_of(article_id) if each.origin is Origin.RULES]
        with self._ledger.transaction():
            self._put(article, encoded, rules, second)

    def forget(self, article_id: str) -> None:
        """Draw the claims of an article anew, and forget what an LLM has read in it: it will be read again."""
        with self._ledger.transaction():
            self._ledger.readings.remove(article_id)
            self._ledger.annotations.remove(article_id)
        self._annotate_again(article_id, lambda: False)

    def _put(self, article: Article, encoded: bytes, claims: Sequence[Claim], second: SecondReading | None) -> None:
        if second is not None:
            # Days follow the article's date, and what the rules read now need not be the LLM's any more.
            lines = annotations.decode(encoded).lines()
            claims = [*claims, *ReadingCheck(article, lines, claims).check(second.readings).claims]
        self._ledger.annotations.put(article.id, annotations.VERSION, encoded, claims)
        if second is not None:
            self._ledger.readings.put(article.id, second.state)

    def _is_there(self, article_id: str, text: str) -> bool:
        """Whether an article is there, with this text."""
        try:
            return self._ledger.articles.get(article_id).text == text
        except ArticleNotFoundError:
            return False

    def _annotate_again(self, article_id: str, stopped: Callable[[], bool]) -> None:
        # An article that is removed meanwhile needs none, and one that is replaced has its own already.
        with suppress(ArticleNotFoundError):
            article = self._ledger.articles.get(article_id)
            made, claims = self._annotator.annotate_indexed(article, self._ledger.passages.sentences(article_id))
            if stopped():
                return
            with self._writing():
                if self._ledger.articles.get(article_id) == article:
                    with self._ledger.transaction():
                        self.put(article, annotations.encode(made), claims)
