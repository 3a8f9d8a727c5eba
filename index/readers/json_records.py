"""Reads JSON and JSON Lines: a list of objects with at least "text"; title, date, source, author, url and language are
used where they are there."""

import json
import re
from collections.abc import Iterator

from index.errors import ReadError
from index.limits import FileLimits
from index.readers.parsed_document import Draft
from index.readers.plain import decoded, text_lines


def read_json(raw: bytes, limits: FileLimits) -> Iterator[Draft | ReadError]:
    """A draft of each object in order, or what is wrong with it. Raises ReadError where the file is not such a list."""
    try:
        content = json.loads(decoded(raw))
    except (ValueError, RecursionError) as exc:
        raise ReadError(f"the file is not JSON ({exc}).") from exc
    records = content if isinstance(content, list) else [content]
    return (_draft(record, f"object {number}") for number, record in enumerate(records, 1))


def read_json_lines(raw: bytes, limits: FileLimits) -> Iterator[Draft | ReadError]:
    """A draft of the object on each line, or what is wrong with it."""
    for number, line in enumerate(decoded(raw).split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield _draft(json.loads(line), f"line {number}")
        except (ValueError, RecursionError) as exc:
            yield ReadError(f"line {number} is not JSON ({exc}).")


def _draft(record: object, origin: str) -> Draft | ReadError:
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        return ReadError(f'{origin} is not an object with a "text".')
    by_key = {str(key).lower(): value for key, value in record.items()}
    stated = {key: value for key, value in by_key.items() if isinstance(value, str | int | float | list)}
    text = re.sub(r"\r\n?", "\n", record["text"])
    return Draft(text_lines(text), stated, stated_in="record")
