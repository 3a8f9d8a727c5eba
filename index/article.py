"""The article: what the index keeps of one text, and the id that stays the same from run to run."""

import datetime
from bisect import bisect_right
from dataclasses import dataclass

from index.digest import text_digest


@dataclass(frozen=True)
class Article:
    """One article. `text` is what offsets count in; whatever is not known of the rest is None, never guessed.

    `date_from` says how the date was found, such as: front matter. `pages` are the offsets at which the pages of a
    paginated file begin; without pages it is empty. `groups` are the groups of readers that may read it; without one
    everybody may. `origin_id` is the id that its path would give now, where its file was moved and the id stayed.
    """

    id: str
    text: str
    title: str
    source: str | None = None
    author: str | None = None
    date: datetime.date | None = None
    url: str | None = None
    path: str | None = None
    date_from: str | None = None
    language: str | None = None
    pages: tuple[int, ...] = ()
    groups: tuple[str, ...] = ()
    origin_id: str | None = None

    def page(self, offset: int) -> int | None:
        """The page, from 1, on which the character at `offset` stands; None where there are no pages."""
        return max(bisect_right(self.pages, offset), 1) if self.pages else None


def article_id(origin: str) -> str:
    """The 16 hex digits that name the article from `origin`, its URL or else its file's path."""
    return text_digest(origin)[:16]


def text_hash(text: str) -> str:
    """SHA-256 of a text, by which two articles with one text are known."""
    return text_digest(text)
