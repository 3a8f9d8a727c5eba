"""Reads Word documents with python-docx: paragraphs and the cells of tables, in the order they stand in."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from index.errors import ReadError
from index.limits import FileLimits
from index.readers.parsed_document import Draft

# What python-docx's own template states, which says nothing of the document.
_TEMPLATE = {"author": "python-docx", "date": "2013-12-23"}


def read_docx(raw: bytes, limits: FileLimits) -> Draft:
    """The draft of a Word document. Raises ReadError where it is none or unpacks to more than it may."""
    import docx
    from docx.opc.exceptions import OpcError

    from index.readers.archive import check_sizes

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            check_sizes(parts, limits)
        document = docx.Document(io.BytesIO(raw))
        paragraphs = list(_paragraphs(document))
    except zipfile.BadZipFile as exc:
        encrypted = raw.startswith(b"\xd0\xcf\x11\xe0")
        what = "is encrypted or of an old version of Word" if encrypted else "is not a Word document, or broken"
        raise ReadError(f"the file {what} ({exc}). Save it anew as .docx and index it again.") from exc
    except (OpcError, ValueError, KeyError, AttributeError, SyntaxError, OSError) as exc:
        raise ReadError(f"the Word document is broken ({exc}). Save it anew and index it again.") from exc
    title = next((text for text, style in paragraphs if style in ("Title", "Heading 1")), None)
    lines = [line for text, _ in paragraphs for line in text.splitlines()]
    return Draft(lines, _metadata(document.core_properties), title, stated_in="file metadata")


def _paragraphs(container: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - a document or a cell
    """Each paragraph of `container` with the name of its style; those of a table's cells row by row."""
    for block in container.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                # A merged cell is given once for each column it spans.
                for cell in dict.fromkeys(row.cells):
                    yield from _paragraphs(cell)
        else:
            yield block.text, block.style.name if block.style is not None else ""


def _metadata(core: Any) -> dict[str, object]:  # noqa: ANN401 - the library's own object
    known = {
        "title": core.title,
        "author": core.author,
        "date": core.created.date().isoformat() if core.created else None,
        "language": core.language,
    }
    return {key: value for key, value in known.items() if value and value != _TEMPLATE.get(key)}
