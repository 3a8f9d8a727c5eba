"""An index in a file: one article a line, as JSON, with all that is kept of it, its earlier versions, who else carries
it and what an LLM has read in it, but not its passages and vectors, which are made anew where it is read. A last line
has what editors have decided of the names of controllers. So it goes from machine to machine, and to another embedding
model or Chroma."""

import datetime
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any

from index.article import Article
from index.claims.second_reading import SecondReading, read_second_reading
from index.collection import Collection
from index.errors import DataFolderError, GroupError, NameDecisionError, ReadError
from index.groups import read_groups
from index.ingest.names import add_decisions
from index.ingest.prepare import Passages, unheard
from index.ingest.report import Report
from index.ingest.run import index_articles
from index.name_decision import NameDecision, read_decision
from index.storage.corrections import CHANGE_FIELDS, FIELDS

ARTICLES_AT_A_TIME = 50
# A line that is no article has this alone: what editors have decided of the names of controllers.
NAME_DECISIONS = "name_decisions"
READ_BY_LLM = "claims_by_llm"


def export_articles(collection: Collection, path: Path) -> int:
    """Write all articles to `path`, which is whole or as it was; their number. Raises DataFolderError."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    rows = collection.articles()
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            for row in rows:
                attached = collection.ledger.attached(row.id)
                if (reading := collection.claim_store.second_reading(row.id)) is not None:
                    attached[READ_BY_LLM] = reading.exported()
                line = _to_json(collection.article(row.id), row.added, attached)
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
            if decisions := [decision.exported() for decision in collection.ledger.names.all()]:
                file.write(json.dumps({NAME_DECISIONS: decisions}, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as exc:
        unfinished.unlink(missing_ok=True)
        raise DataFolderError(f"{path} cannot be written: {exc.strerror}. Give another file.") from exc
    return len(rows)


@dataclass(frozen=True)
class _Line:
    """What a line holds: an article, when it was added, what hangs on it, and what an LLM has read in it."""

    article: Article
    added: str
    attached: dict[str, Any]
    reading: SecondReading | None = None


@dataclass(frozen=True)
class _Decisions:
    """What a line holds that is no article: what editors have decided of the names of controllers."""

    made: tuple[NameDecision, ...]


def import_articles(
    collection: Collection, path: Path, *, start: Callable[[int], None] = lambda done: None,
    passages: Passages = unheard,
) -> Report:
    """Take in what `export_articles` wrote, with its ids; a line that cannot be read is refused. Into an index that is
    empty the stories come as they were, else articles are compared anew. `start` is told of the lines done, `passages`
    how far a long article is.

    Raises ReadError where the file cannot be read.
    """
    report, done = Report(), 0
    try:
        with collection.writing(), path.open(encoding="utf-8", newline="\n") as file:
            empty = collection.summary().articles == 0
            lines = enumerate(file, 1)
            while batch := list(islice(lines, ARTICLES_AT_A_TIME)):
                read = [_read(f"{path}, line {number}", line) for number, line in batch if line.strip()]
                index_articles(collection, _articles(read), passages=passages, into=report)
                _attach(collection, [line for line in read if isinstance(line, _Line)], stories=empty)
                add_decisions(collection, [each for line in read if isinstance(line, _Decisions) for each in line.made])
                done += len(batch)
                start(done)
    except (OSError, UnicodeDecodeError) as exc:
        raise ReadError(f"{path} cannot be read: {getattr(exc, 'strerror', None) or exc}.") from exc
    return report


def _articles(lines: Iterable[_Line | _Decisions | ReadError]) -> list[Article | ReadError]:
    """The articles, and why a line has none; decisions are neither."""
    of_articles = [line for line in lines if not isinstance(line, _Decisions)]
    return [line.article if isinstance(line, _Line) else line for line in of_articles]


def _attach(collection: Collection, lines: list[_Line], *, stories: bool) -> None:
    """What was taken gets what hung on it; a duplicate is not kept, and has nothing to hang on."""
    taken = collection.ledger.articles.hashes().keys()
    lines = [line for line in lines if line.article.id in taken]
    collection.ledger.articles.keep_added({line.article.id: line.added for line in lines})
    for line in lines:
        collection.ledger.attach(line.article.id, line.attached, story=stories)
        if line.reading is not None:
            collection.claim_store.put_second_reading(line.article.id, line.reading)


def _to_json(article: Article, added: str, attached: dict[str, Any]) -> dict[str, object]:
    known = {name: value for name, value in asdict(article).items() if value not in (None, ())}
    if article.date:
        known["date"] = article.date.isoformat()
    # Most articles are the only one of their story, have one version, and are carried by nobody else.
    more = {name: value for name, value in attached.items() if value and value != article.id}
    return known | {"added": added} | more


def _read(origin: str, line: str) -> _Line | _Decisions | ReadError:
    try:
        given = json.loads(line)
        if isinstance(given, dict) and given.keys() == {NAME_DECISIONS}:
            return _Decisions(tuple(map(read_decision, given[NAME_DECISIONS])))
        values = {field.name: given[field.name] for field in fields(Article) if field.name in given}
        values["groups"] = read_groups(values.get("groups", ()))
        for name, value in values.items():
            if name not in ("pages", "groups") and not isinstance(value, str):
                raise TypeError(f"'{name}' is no text")
        if values.get("date"):
            values["date"] = datetime.date.fromisoformat(values["date"])
        values["pages"] = tuple(int(offset) for offset in values.get("pages", ()))
        added = given.get("added") or datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        datetime.datetime.fromisoformat(added)
        return _Line(Article(**values), added, _attached(given), _reading(given))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, GroupError, NameDecisionError) as exc:
        return ReadError(f"it is no exported article: {str(exc).rstrip('.')}.", name=origin)


def _reading(given: dict[str, Any]) -> SecondReading | None:
    """What an LLM has read in an article, None where none has."""
    return read_second_reading(given[READ_BY_LLM]) if READ_BY_LLM in given else None


def _attached(given: dict[str, Any]) -> dict[str, Any]:
    """What hangs on an article, of the form that `Ledger.attached` gives."""
    story, carried, versions = given.get("story", given["id"]), given.get("carried", []), given.get("superseded", [])
    for version in versions:
        if any(not isinstance(version[name], str) for name in ("text", "title", "url", "added", "replaced")):
            raise TypeError("an earlier version has a part that is no text")
        datetime.date.fromisoformat(version["date"] or "2000-01-01")
    if any(not isinstance(name, str) for name in [story, *carried, *(version["source"] or "" for version in versions)]):
        raise TypeError("a source or story is no text")
    return {"story": story, "carried": carried, "superseded": versions, "corrections": _corrections(given)}


def _corrections(given: dict[str, Any]) -> list[dict[str, Any]]:
    """What editors have changed of an article, each change as `CorrectionTable.exported` gives it."""
    changes = [
        {"found": None, "value": None} | {name: change[name] for name in CHANGE_FIELDS if name in change}
        for change in given.get("corrections", [])
    ]
    for change in changes:
        texts = [change["field"], change["changed_by"], change["changed"], change["found"] or "", change["value"] or ""]
        if any(not isinstance(text, str) for text in texts) or change["field"] not in FIELDS:
            raise TypeError("a change of an editor is none")
        if change["field"] == "date" and change["value"]:
            datetime.date.fromisoformat(change["value"])
        change["restored"] = bool(change.get("restored"))
    return changes
