"""Reads articles from JSON and JSON Lines: objects with a "text" (or "content", "body", "articleBody"), in a list, a
line for each, or in an object around the list. Title, date, source, author, url and language are used if there."""

import json
import re
from collections.abc import Iterator

from index.errors import ReadError
from index.limits import FileLimits
from index.message import Message
from index.readers.block_text import block_lines, is_markup
from index.readers.parsed_document import Draft
from index.readers.plain import decoded, text_lines

TEXTS = ("text", "content", "body", "articlebody", "content_html", "content_text")
WRAPPERS = ("articles", "items", "results", "data", "docs", "documents", "records", "entries", "news", "stories")
OTHER_NAMES = {"headline": "title", "authors": "author", "byline": "author", "publisher": "source", "link": "url",
               "lang": "language"}


def read_json(raw: bytes, limits: FileLimits) -> Iterator[Draft | ReadError]:
    """A draft of each object in order, or what is wrong with it. Raises ReadError where the file is not such a list."""
    text = decoded(raw)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as exc:
        if _is_of_lines(text):
            return read_json_lines(raw, limits)
        raise ReadError(Message("the file is not JSON (%(error)s).", error=str(exc))) from exc
    records = _unwrapped(content)
    return (
        record_draft(record, Message("object %(number)s", number=str(number)))
        for number, record in enumerate(records, 1)
    )


def read_json_lines(raw: bytes, limits: FileLimits) -> Iterator[Draft | ReadError]:
    """A draft of the object on each line, or what is wrong with it."""
    for number, line in enumerate(decoded(raw).split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield record_draft(json.loads(line), Message("line %(number)s", number=str(number)))
        except (ValueError, RecursionError) as exc:
            yield ReadError(Message("line %(number)s is not JSON (%(error)s).", number=str(number), error=str(exc)))


def _is_of_lines(text: str) -> bool:
    """Whether each of the first two lines is an object of its own."""
    lines = [line for line in text.split("\n", 20)[:20] if line.strip()][:2]
    try:
        return len(lines) == 2 and all(isinstance(json.loads(line), dict) for line in lines)
    except (ValueError, RecursionError):
        return False


def _unwrapped(content: object) -> list[object]:
    if isinstance(content, dict) and not any(key.lower() in TEXTS for key in content):
        lists = [content[key] for key in content if key.lower() in WRAPPERS and isinstance(content[key], list)]
        if len(lists) == 1:
            return list(lists[0])
    return content if isinstance(content, list) else [content]


def record_draft(record: object, origin: Message) -> Draft | ReadError:
    """The draft of an object with a text, or what is wrong with it; `origin` names it."""
    by_key = {str(key).lower(): value for key, value in record.items()} if isinstance(record, dict) else {}
    given = [text for key in TEXTS if isinstance(text := by_key.get(key), str)]
    # A blank text is none, but is one that was given.
    text = next((text for text in given if text.strip()), next(iter(given), None))
    if text is None:
        return ReadError(Message('%(place)s is not an object with a "text".', place=origin))
    stated = _stated(by_key)
    text = re.sub(r"\r\n?", "\n", text)
    return Draft(block_lines(text) if is_markup(text) else text_lines(text), stated, stated_in="record")


def _stated(by_key: dict[str, object]) -> dict[str, object]:
    other_names = {name: by_key[other] for other, name in OTHER_NAMES.items() if other in by_key}
    known = other_names | {key: value for key, value in by_key.items() if value is not None}
    return {key: _name(value) for key, value in known.items() if isinstance(value, str | int | float | list | dict)}


def _name(value: object) -> object:
    """What a value is called: some write {"name": "Coast Post"} for a source or an author."""
    if isinstance(value, list):
        return [_name(item) for item in value]
    return value.get("name") if isinstance(value, dict) else value
