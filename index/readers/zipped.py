"""Opens documents that are ZIP archives of XML (OpenDocument, EPUB) within the limits of archives."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from index.errors import ReadError
from index.limits import MB, FileLimits, over
from index.message import Message
from index.readers.archive import check_sizes


@contextmanager
def opened(raw: bytes, limits: FileLimits, kind: str) -> Iterator[zipfile.ZipFile]:
    """The archive in `raw`, a document of `kind`. Raises ReadError where it is none, broken or unpacks to too much."""
    from lxml.etree import LxmlError

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            check_sizes(archive, limits)
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, LxmlError) as exc:
        raise ReadError(Message(
            "the file is no %(format)s document, or broken (%(error)s). Save it anew and index it again.",
            format=kind, error=str(exc),
        )) from exc


def content(archive: zipfile.ZipFile, name: str, limits: FileLimits) -> bytes:
    """The part called `name`. Raises ReadError where it is larger than a file may be, KeyError where there is none."""
    with archive.open(name) as part:
        # Counted as read: what an archive says of its sizes may be a lie.
        read = part.read(limits.file_mb * MB + 1)
    if len(read) > limits.file_mb * MB:
        raise ReadError(Message(
            "%(name)s in it is too large %(limit)s.", name=name, limit=over("file_mb", limits.file_mb)
        ))
    return read


def xml(raw: bytes) -> Any:  # noqa: ANN401 - the parser's own element
    """The root of an XML part, without entities and without the network."""
    from lxml import etree

    return etree.fromstring(raw, parser=etree.XMLParser(resolve_entities=False, no_network=True))


def local(element: Any) -> str:  # noqa: ANN401
    """An element's name without its namespace; of comments there is none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
