"""An index in a file: one article a line, as JSON, with all that is kept of it but its passages and vectors, which are
made anew where it is read. So it goes from machine to machine, and to another embedding model or Chroma."""

import datetime
import json
import os
from collections.abc import Callable
from dataclasses import asdict, fields
from itertools import islice
from pathlib import Path

from index.article import Article
from index.collection import Collection
from index.errors import DataFolderError, ReadError
from index.intake import Report, index_articles

ARTICLES_AT_A_TIME = 50


def export_articles(collection: Collection, path: Path) -> int:
    """Write all articles to `path`, which is whole or as it was; their number. Raises DataFolderError."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    rows = collection.articles()
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            for row in rows:
                file.write(json.dumps(_to_json(collection.article(row.id), row.added), ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as exc:
        unfinished.unlink(missing_ok=True)
        raise DataFolderError(f"{path} cannot be written: {exc.strerror}. Give another file.") from exc
    return len(rows)


def import_articles(
    collection: Collection, path: Path, *, start: Callable[[int], None] = lambda done: None
) -> Report:
    """Take in what `export_articles` wrote, with its ids; a line that cannot be read is refused. `start` is told of the
    lines done. Raises ReadError where the file cannot be read."""
    report, done = Report(), 0
    try:
        with collection.writing(), path.open(encoding="utf-8", newline="\n") as file:
            lines = enumerate(file, 1)
            while batch := list(islice(lines, ARTICLES_AT_A_TIME)):
                read = [_read(f"{path}, line {number}", line) for number, line in batch if line.strip()]
                articles = [one if isinstance(one, ReadError) else one[0] for one in read]
                report.add(index_articles(collection, articles))
                collection.ledger.keep_added({one[0].id: one[1] for one in read if not isinstance(one, ReadError)})
                done += len(batch)
                start(done)
    except (OSError, UnicodeDecodeError) as exc:
        raise ReadError(f"{path} cannot be read: {getattr(exc, 'strerror', None) or exc}.") from exc
    return report


def _to_json(article: Article, added: str) -> dict[str, object]:
    known = {name: value for name, value in asdict(article).items() if value not in (None, ())}
    if article.date:
        known["date"] = article.date.isoformat()
    return known | {"added": added}


def _read(place: str, line: str) -> tuple[Article, str] | ReadError:
    try:
        given = json.loads(line)
        values = {one.name: given[one.name] for one in fields(Article) if one.name in given}
        for name, value in values.items():
            if name != "pages" and not isinstance(value, str):
                raise TypeError(f"'{name}' is no text")
        if values.get("date"):
            values["date"] = datetime.date.fromisoformat(values["date"])
        values["pages"] = tuple(int(one) for one in values.get("pages", ()))
        added = given.get("added") or datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        datetime.datetime.fromisoformat(added)
        return Article(**values), added
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as exc:
        return ReadError(f"{place}: it is no exported article: {exc}.")
