"""The article: what the index keeps of one text, and the id that stays the same from run to run."""

import datetime
import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Article:
    """One article. `text` is what offsets count in; whatever is not known of the rest is None, never guessed."""

    id: str
    text: str
    title: str
    source: str | None = None
    author: str | None = None
    date: datetime.date | None = None
    url: str | None = None
    path: str | None = None


def article_id(origin: str) -> str:
    """The 16 hex digits that name the article from `origin`, its URL or else its file's path."""
    return hashlib.sha256(origin.encode()).hexdigest()[:16]
