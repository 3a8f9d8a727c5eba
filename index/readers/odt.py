"""Reads OpenDocument texts: what a reader sees of them, in order, a row of a table as a line with the heads of its
columns. Notes stand behind the text; deletions that were tracked and comments are left out."""

import zipfile
from collections.abc import Iterator
from typing import Any

from index.limits import FileLimits
from index.readers.parsed_document import Draft, data_table
from index.readers.zipped import content, local, opened, xml

_LEFT_OUT = frozenset("tracked-changes annotation note-citation sequence-decls forms bookmark-start title".split())
_SPACES = {"s": " ", "tab": " ", "line-break": "\n"}
_NAMES = {"title": "title", "initial-creator": "author", "creator": "author", "creation-date": "date",
          "date": "date", "language": "language"}


def read_odt(raw: bytes, limits: FileLimits) -> Draft:
    """The draft of an OpenDocument text. Raises ReadError where it is none, is encrypted or unpacks to too much."""
    with opened(raw, limits, "OpenDocument") as archive:
        body = next(element for element in xml(content(archive, "content.xml", limits)) if local(element) == "body")
        notes: list[Any] = []
        blocks = list(_blocks(body, notes))
        blocks += [block for note in notes for block in _blocks(note, [])]
        stated = _metadata(archive, limits)
    title = next((text for text, level in blocks if level == "1" and text.strip()), None)
    return Draft([line for text, _ in blocks for line in text.split("\n")], stated, title, stated_in="file metadata")


def _blocks(parent: Any, notes: list[Any]) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Each paragraph below `parent` with its level as a heading. Notes that are met go into `notes`."""
    for element in parent:
        name = local(element)
        if name in ("p", "h"):
            level = next((value for key, value in element.attrib.items() if key.endswith("outline-level")), "")
            boxes: list[Any] = []
            yield "".join(_text(element, notes, boxes)), level
            for box in boxes:
                yield from _blocks(box, notes)
        elif name == "table":
            yield from _table(element, notes)
        elif name and name not in _LEFT_OUT:
            yield from _blocks(element, notes)


def _table(table: Any, notes: list[Any]) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    rows = [[cell for cell in row if local(cell) == "table-cell"] for row in table.iter("{*}table-row")]
    texts = [[" ".join(text for text, _ in _blocks(cell, notes)) for cell in row] for row in rows]
    if lines := data_table(texts):
        yield from ((line, "") for line in lines)
        return
    for row in rows:
        for cell in row:
            yield from _blocks(cell, notes)


def _text(element: Any, notes: list[Any], boxes: list[Any]) -> Iterator[str]:  # noqa: ANN401
    yield element.text or ""
    for child in element:
        name = local(child)
        if name in _SPACES:
            yield _SPACES[name]
        elif name == "note-body":
            notes.append(child)
        elif name == "text-box":
            boxes.append(child)
        elif name and name not in _LEFT_OUT:
            yield from _text(child, notes, boxes)
        yield child.tail or ""


def _metadata(archive: zipfile.ZipFile, limits: FileLimits) -> dict[str, object]:
    if "meta.xml" not in archive.namelist():
        return {}
    elements = xml(content(archive, "meta.xml", limits)).iter()
    fields = [(local(element), (element.text or "").strip()) for element in elements]
    # Who began it, and when, before who saved it last.
    order = sorted((name, text) for name, text in fields if name in _NAMES and text)
    order.sort(key=lambda pair: pair[0].startswith(("initial", "creation")))
    return {_NAMES[name]: text for name, text in order}
