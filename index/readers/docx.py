"""Reads Word documents with python-docx: all that a reader of the document sees, in the order it stands in.

Insertions that are not accepted yet, text boxes, content controls, fields and notes are read; deletions and hidden text
are left out. Notes, heads and feet of pages stand behind the text. A row of a table keeps the heads of its columns.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from index.errors import ReadError
from index.limits import FileLimits
from index.message import Message
from index.readers.parsed_document import Draft, data_table

# What python-docx's own template states, which says nothing of the document.
_TEMPLATE = {"author": "python-docx", "date": "2013-12-23"}
_NOTES = ("/footnotes.xml", "/endnotes.xml")
_EDGES = re.compile(r"/(?:header|footer)\d*\.xml$")
_PAGE = re.compile(r"\W*(?:page\W*)?\d{0,4}(?:\W*(?:of|/)\W*\d{1,4})?\W*", re.IGNORECASE)
_CHARACTERS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": " "}
_NOT_SHOWN = frozenset("del moveFrom pPr rPr sdtPr sectPr instrText delText tblPr tblGrid trPr tcPr".split())
_BOXES = frozenset({"txbxContent", "AlternateContent"})
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read_docx(raw: bytes, limits: FileLimits) -> Draft:
    """The draft of a Word document. Raises ReadError where it is none or unpacks to more than it may."""
    import docx
    from docx.opc.exceptions import OpcError

    from index.readers.archive import check_sizes

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            check_sizes(parts, limits)
        document = docx.Document(io.BytesIO(raw))
        paragraphs = list(_paragraphs(document.element.body, _styles(document)))
        beside = list(_beside(document))
    except zipfile.BadZipFile as exc:
        if raw.startswith(b"\xd0\xcf\x11\xe0"):
            raise ReadError(Message(
                "the file is encrypted or of an old version of Word (%(error)s). Save it anew as .docx and index it "
                "again.",
                error=str(exc),
            )) from exc
        raise ReadError(Message(
            "the file is not a Word document, or broken (%(error)s). Save it anew as .docx and index it again.",
            error=str(exc),
        )) from exc
    except (OpcError, ValueError, KeyError, AttributeError, SyntaxError, OSError) as exc:
        raise ReadError(Message(
            "the Word document is broken (%(error)s). Save it anew and index it again.", error=str(exc)
        )) from exc
    title = next((text for text, style in paragraphs if style in ("Title", "Heading 1") and text.strip()), None)
    lines = [line for text, _ in [*paragraphs, *beside] for line in _lines(text)]
    return Draft(lines, _metadata(document.core_properties), title, stated_in="file metadata")


def _lines(text: str) -> list[str]:
    """The lines of a paragraph; one that was broken within a sentence goes on."""
    return re.sub(r"(?<=[\w,;])[ \t]*\n[ \t]*(?=[^\W\d_A-Z])", " ", text).split("\n")


def _paragraphs(container: Any, styles: dict[str, str]) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - XML of the library
    """Each paragraph below `container` with the name of its style; a data table's row is one, too."""
    for element in container:
        name = _name(element)
        if name == "p":
            style = element.find(f"{_WORD}pPr/{_WORD}pStyle")
            yield _text(element), "" if style is None else styles.get(style.get(f"{_WORD}val"), "")
            for box in _boxes(element):
                yield from _paragraphs(box, styles)
        elif name == "tbl":
            yield from _table(element, styles)
        elif name and name not in _NOT_SHOWN:
            yield from _paragraphs(element, styles)


def _table(table: Any, styles: dict[str, str]) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    rows = [[cell for cell in row.iter(f"{_WORD}tc")] for row in table.iter(f"{_WORD}tr")]
    texts = [[" ".join(text for text, _ in _paragraphs(cell, styles)) for cell in row] for row in rows]
    nested = table.find(f".//{_WORD}tbl") is not None
    if not nested and (lines := data_table(texts)):
        yield from ((line, "") for line in lines)
        return
    for row in table:
        for cell in row:
            if _name(cell) in ("tc", "sdt"):
                yield from _paragraphs(cell, styles)


def _text(paragraph: Any) -> str:  # noqa: ANN401
    """What a reader sees of a paragraph, without its text boxes."""
    return "".join(_shown(paragraph))


def _shown(element: Any) -> Iterator[str]:  # noqa: ANN401
    for child in element:
        name = _name(child)
        if name == "t":
            yield child.text or ""
        elif name in _CHARACTERS:
            yield _CHARACTERS[name]
        elif name and name not in _NOT_SHOWN | _BOXES and not _is_hidden(child):
            yield from _shown(child)


def _boxes(paragraph: Any) -> Iterator[Any]:  # noqa: ANN401
    """The text boxes of a paragraph. Word keeps many twice, for programs that do not know the newer form."""
    taken = set()
    for box in paragraph.iter(f"{_WORD}txbxContent"):
        text = "".join(box.itertext())
        if text.strip() and text not in taken:
            taken.add(text)
            yield box


def _is_hidden(run: Any) -> bool:  # noqa: ANN401
    vanish = run.find(f"{_WORD}rPr/{_WORD}vanish")
    return vanish is not None and vanish.get(f"{_WORD}val") not in ("0", "false")


def _beside(document: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """The notes, and the heads and feet of pages, each once."""
    from docx.oxml import parse_xml

    taken = set()
    for part in sorted(document.part.package.iter_parts(), key=lambda part: _EDGES.search(part.partname) is not None):
        if not (part.partname.endswith(_NOTES) or _EDGES.search(part.partname)):
            continue
        for text, style in _paragraphs(parse_xml(part.blob), {}):
            if text.strip() not in taken and not _PAGE.fullmatch(text.strip()):
                taken.add(text.strip())
                yield text, style


def _styles(document: Any) -> dict[str, str]:  # noqa: ANN401
    return {style.style_id: style.name or "" for style in document.styles}


def _name(element: Any) -> str:  # noqa: ANN401
    """An element's name without its namespace; of comments there is none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _metadata(core: Any) -> dict[str, object]:  # noqa: ANN401 - the library's own object
    known = {
        "title": core.title,
        "author": core.author,
        "date": core.created.date().isoformat() if core.created else None,
        "language": core.language,
    }
    return {key: value for key, value in known.items() if value and value != _TEMPLATE.get(key)}
