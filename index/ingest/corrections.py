"""Sets right what is known of an article: title, source, author, date and URL, as an editor gives them. The text, its
passages and their vectors stay as they are."""

import datetime
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from index.article import Article
from index.collection import Collection
from index.errors import CorrectionError, LockedError
from index.ingest.content import content_hash
from index.message import Message
from index.storage.articles import now
from index.storage.corrections import FIELDS, Correction, field_value, with_values

LONGEST_CHARACTERS = {"title": 500, "source": 200, "author": 200, "date": 10, "url": 2000}
# An article may be indexed anew while an editor's change is worked out.
TRIES = 5


def correct_article(
    collection: Collection, article_id: str, values: Mapping[str, object], by: str, *, restore: Sequence[str] = ()
) -> Article:
    """Give the fields in `values` new values, empty ones where it shall be unknown, and put back in those of `restore`
    what was found; the article as it is then. `by` names who does it.

    Raises ArticleNotFoundError, CorrectionError where a value cannot be, and LockedError while another process writes.
    """
    wanted = {name: _checked(name, value) for name, value in values.items()}
    if unknown := [name for name in restore if name not in FIELDS]:
        raise CorrectionError(Message(
            "There is no field '%(name)s'. Expected one of: %(names)s.", name=unknown[0], names=", ".join(FIELDS)
        ))
    for _ in range(TRIES):
        before = collection.article(article_id)
        changes = _changes(collection, before, wanted, by, restore)
        if not changes:
            return before
        after = with_values(before, {change.field: change.value for change in changes})
        _check_url(collection, before, after)
        if collection.correct(before, after, content_hash(after), changes):
            return after
    raise LockedError(Message(
        "'%(title)s' is being indexed again and again. Try it a little later.", title=before.title
    ))


def _changes(
    collection: Collection, before: Article, wanted: Mapping[str, str | None], by: str, restore: Sequence[str]
) -> list[Correction]:
    """The changes that make an article as it is wanted, or as it was found."""
    original = {change.field: change.found for change in collection.ledger.corrections.of(before.id)}
    back = {name: original[name] for name in restore if name in original}
    changes = []
    for name, value in {**wanted, **back}.items():
        current = field_value(before, name)
        if value != current:
            was = original.get(name, current)
            changes.append(Correction(name, was, value, name in back or value == was, by, now()))
    return changes


def _checked(name: str, value: object) -> str | None:
    """A value as it is kept: one line without white space around it, None where it is empty."""
    if name not in FIELDS:
        raise CorrectionError(Message(
            "There is no field '%(name)s'. Expected one of: %(names)s.", name=name, names=", ".join(FIELDS)
        ))
    if value is not None and not isinstance(value, str):
        raise CorrectionError(Message(
            "The %(field)s is no text. Expected one, or nothing where it is not known.", field=name
        ))
    text = " ".join("".join(c if c.isprintable() else " " for c in value or "").split())
    if len(text) > (most := LONGEST_CHARACTERS[name]):
        raise CorrectionError(Message(
            "The %(field)s has %(count)s characters. Expected %(most)s at most.", field=name, count=len(text), most=most
        ))
    _CHECKS.get(name, _check_nothing)(text)
    return text or None


def _check_nothing(text: str) -> None:
    """A source or an author may be anything."""


def _check_title(text: str) -> None:
    if not text:
        raise CorrectionError(Message("The title is empty. An article is listed and cited by its title: give it one."))


def _check_date(text: str) -> None:
    if not text:
        return
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise CorrectionError(Message(
            "The date '%(value)s' is none. Expected year, month and day, such as 2024-12-05.", value=text
        )) from None
    # Somewhere it is tomorrow already.
    if day > datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1):
        raise CorrectionError(Message(
            "The date %(value)s is still to come. Expected the day on which the article appeared.", value=text
        ))


def _check_address(text: str) -> None:
    if not text:
        return
    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
    except ValueError:
        valid = False
    if not valid:
        raise CorrectionError(Message(
            "The URL '%(value)s' is no web address. Expected one such as https://news.example/article.", value=text
        ))


_CHECKS = {"title": _check_title, "date": _check_date, "url": _check_address}


def _check_url(collection: Collection, before: Article, after: Article) -> None:
    if after.url is None or after.url == before.url:
        return
    other = collection.ledger.articles.with_url(after.url)
    if other is not None and other != after.id:
        title = collection.article(other).title
        raise CorrectionError(Message(
            "'%(title)s' has the URL %(value)s already. Remove that article, or give another URL.",
            title=title, value=after.url,
        ))
