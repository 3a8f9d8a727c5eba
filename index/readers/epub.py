"""Reads EPUB books: each part in its reading order that holds text is an article of its own, as magazines are made. The
book's title is the source where it names no publisher."""

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from index.errors import ReadError
from index.limits import FileLimits
from index.message import Message
from index.readers.block_text import block_lines
from index.readers.encodings import decoded_text
from index.readers.parsed_document import Draft
from index.readers.zipped import content, local, opened, xml

# A cover, a list of contents or a blank page has fewer.
FEWEST_WORDS = 30
_CONTAINER = "META-INF/container.xml"


def read_epub(raw: bytes, limits: FileLimits) -> Iterator[Draft | ReadError]:
    """A draft of each part. Raises ReadError where it is no EPUB, is encrypted or unpacks to more than it may."""
    with opened(raw, limits, "EPUB") as archive:
        root = next(xml(content(archive, _CONTAINER, limits)).iter("{*}rootfile"), None)
        if root is None:
            raise ReadError(Message("the file is no EPUB: it names no contents. Save it anew and index it again."))
        path = root.get("full-path") or ""
        package = xml(content(archive, path, limits))
        stated = _metadata(package)
        for name in _parts(package, posixpath.dirname(path)):
            yield from _part(archive, name, stated, limits)


def _part(
    archive: zipfile.ZipFile, name: str, stated: dict[str, object], limits: FileLimits
) -> Iterator[Draft | ReadError]:
    try:
        text, _ = decoded_text(content(archive, name, limits))
    except (KeyError, ValueError, RuntimeError) as exc:
        yield ReadError(Message("%(name)s in it cannot be read (%(error)s).", name=name, error=str(exc)))
        return
    # The declaration of XML is no part of HTML.
    lines = block_lines(text.partition("?>")[2] if text.lstrip().startswith("<?xml") else text)
    if sum(len(line.split()) for line in lines) >= FEWEST_WORDS:
        yield Draft(lines, stated, stated_in="file metadata")


def _parts(package: Any, folder: str) -> Iterator[str]:  # noqa: ANN401 - the parser's own element
    """The names of the parts in the order in which they are read."""
    items = {item.get("id"): item for item in package.iter("{*}item")}
    for reference in package.iter("{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is not None and _is_text(item):
            yield posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))


def _is_text(item: Any) -> bool:  # noqa: ANN401
    """Whether a part is of text, and no list of contents."""
    return "html" in (item.get("media-type") or "") and "nav" not in (item.get("properties") or "").split()


def _metadata(package: Any) -> dict[str, object]:  # noqa: ANN401
    parts: dict[str, str] = {}
    for element in package.iter():
        if local(element) in ("title", "creator", "date", "publisher", "language") and (element.text or "").strip():
            parts.setdefault(local(element), " ".join(element.text.split()))
    known = {
        "source": parts.get("publisher") or parts.get("title"), "author": parts.get("creator"),
        "date": parts.get("date"), "language": parts.get("language"),
    }
    return {key: value for key, value in known.items() if value}
