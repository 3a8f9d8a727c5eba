"""Tells which article a file holds: that of its path, or one whose file was moved there. That one keeps its id, and
with it its corrections, readers, earlier versions and the links to it."""

import os
from collections.abc import Container
from dataclasses import replace
from itertools import count

from index.article import Article, article_id
from index.readers.registry import UPLOADED
from index.storage.articles import ArticleTable


class Identities:
    """The ids of the articles of one run. `known` are the ids of all articles that are kept. Where `prunes` is on, a
    file with the text of an article whose own file is gone is that file, moved."""

    def __init__(self, articles: ArticleTable, known: Container[str], *, prunes: bool) -> None:
        self._articles = articles
        self._known = known
        self._prunes = prunes
        moved = articles.moved()
        self._by_origin = {(origin, path): ident for ident, origin, path in moved}
        self._paths = {ident: path for ident, _, path in moved}

    def identified(self, read: Article, taken: Container[str], groups: tuple[str, ...] | None) -> Article:
        """An article that was read from a file, with its id. `taken` are those that were met in this run already, and
        `groups` those that the run is for, if it is for some."""
        if read.path is None:
            return read
        if ident := self._by_origin.get((read.id, read.path)):
            return _with_id(read, ident)
        if read.id in self._known and self._paths.get(read.id, read.path) == read.path:
            return read
        if self._prunes and (ident := self._moved_here(read, taken, groups)):
            return _with_id(read, ident)
        return _with_id(read, self._free_id(read)) if self._is_away(read.id) else read

    def _moved_here(self, read: Article, taken: Container[str], groups: tuple[str, ...] | None) -> str | None:
        """The id of an article with this text whose file is gone, preferably one for the same groups."""
        rows = self._articles.with_text(read.text)
        gone = [row for row in rows if row.id not in taken and row.path and is_gone(row.path)]
        gone.sort(key=lambda row: row.groups != groups)
        return gone[0].id if gone else None

    def _is_away(self, ident: str) -> bool:
        """Whether the article with this id has another file by now."""
        path = self._paths.get(ident)
        return path is not None and not is_gone(path)

    def _free_id(self, read: Article) -> str:
        """An id for a new file at the path of one that was moved away with its id."""
        ids = (article_id(f"{read.id}#{number}") for number in count(2))
        return next(ident for ident in ids if ident not in self._known)


def is_gone(path: str) -> bool:
    """Whether there is no such file: one that merely cannot be looked at is not gone, nor what was uploaded."""
    if path.startswith(UPLOADED):
        return False
    try:
        os.stat(path)
    except OSError as exc:
        return isinstance(exc, FileNotFoundError | NotADirectoryError)
    return False


def _with_id(read: Article, ident: str) -> Article:
    return replace(read, id=ident, origin_id=None if ident == read.id else read.id)
