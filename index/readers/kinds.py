"""Tells what kind of file a web server sent: by its bytes, by the type that is stated, and by its name. It is then read
as the same file from a disk is."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, unquote, urlsplit

from index.characters import printable
from index.errors import ReadError
from index.message import Message
from index.readers.registry import SEVERAL, SINGLE
from index.readers.unread import DOCUMENTS

# Documents that are archives of XML, by what they say of themselves or by a part that each has.
ZIPPED = (".docx", ".odt", ".xlsx", ".ods", ".epub")
_TYPES_IN_ARCHIVES = {
    b"application/epub+zip": ".epub",
    b"application/vnd.oasis.opendocument.text": ".odt",
    b"application/vnd.oasis.opendocument.spreadsheet": ".ods",
}
_PARTS = {b"word/document.xml": ".docx", b"xl/workbook.xml": ".xlsx"}
_EPUB_PART = b"META-INF/container.xml"
# What the first part of such a document is called; of another archive the first is called anything.
_FIRST_PARTS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"customXml/", b"word/", b"xl/")
_ARCHIVE = b"PK\3\4"
# The first part's name begins there, behind the header of an archive.
_NAME_AT = 30
_OPENXML = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "text/html": ".html", "application/xhtml+xml": ".html",
    "text/plain": ".txt", "text/markdown": ".md", "text/x-markdown": ".md",
    "application/pdf": ".pdf", "application/x-pdf": ".pdf",
    f"{_OPENXML}.wordprocessingml.document": ".docx",
    f"{_OPENXML}.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/epub+zip": ".epub",
    "application/rtf": ".rtf", "text/rtf": ".rtf", "text/richtext": ".rtf",
    "message/rfc822": ".eml", "application/mbox": ".mbox",
    "text/csv": ".csv", "application/csv": ".csv", "text/x-csv": ".csv", "text/comma-separated-values": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/json": ".json", "text/json": ".json",
    "application/jsonl": ".jsonl", "application/x-jsonlines": ".jsonl", "application/x-ndjson": ".jsonl",
    "application/ndjson": ".jsonl", "application/json-lines": ".jsonl",
}
# Servers state these of a file of which they know nothing; its name then counts.
SAYS_NOTHING = frozenset({
    "", "application/octet-stream", "binary/octet-stream", "application/download", "application/x-download",
    "application/force-download", "application/unknown", "application/zip", "application/x-zip-compressed",
})
# What a more exact name may make of a type: servers send many kinds of text as plain, and CSV as Excel's.
_REFINED = {
    ".txt": frozenset({".md", ".markdown", ".csv", ".tsv", ".json", ".jsonl", ".eml", ".mbox"}),
    ".xls": frozenset({".csv", ".tsv"}),
    ".json": frozenset({".jsonl"}),
}
_XML = frozenset({"text/xml", "application/xml"})
_HTML = re.compile(rb"\A(?:\xef\xbb\xbf)?+\s*+(?:<\?xml[^>]{0,200}+>\s*+)?+(?:<!--(?:(?!-->).){0,500}+-->\s*+)?+"
                   rb"<(?:!doctype\s++html|html)\b", re.IGNORECASE | re.DOTALL)
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# How Excel names the part with its sheets; Word's files have none.
_WORKBOOK = "Workbook".encode("utf-16-le")
READ = ", ".join((*SINGLE, *SEVERAL))


def suffix_of(body: bytes, kind: str, url: str, name: str | None = None) -> str:
    """The suffix that a file with this content has on a disk: one of `SINGLE` or `SEVERAL`.

    `kind` is the media type that the server states, `url` where it lies, `name` what the server calls it. Raises
    ReadError, which says of which kind it is, where no such file is read.
    """
    named = next(_suffixes(url, name), "")
    if named in DOCUMENTS and kind not in TYPES and kind not in _XML:
        raise ReadError(Message(
            "'%(suffix)s' files are not read. Expected one of %(formats)s.", suffix=named, formats=READ
        ))
    if by_content := _by_content(body):
        return by_content
    if stated := TYPES.get(kind):
        return named if named in _REFINED.get(stated, ()) else stated
    if kind in SAYS_NOTHING and named in {*SINGLE, *SEVERAL}:
        return named
    if (kind in SAYS_NOTHING or kind in _XML) and _HTML.match(body):
        return ".html"
    raise ReadError(_reason(kind, body))


def _reason(kind: str, body: bytes) -> Message:
    type_name = printable(kind) or "unstated"
    if body.startswith(_ARCHIVE):
        return Message(
            "it is an archive ('%(type)s'), which is not read from the web. Download it and index the file.",
            type=type_name,
        )
    if kind in _XML:
        return Message("it is of the type '%(type)s', which is read as a feed or sitemap only.", type=type_name)
    if kind in SAYS_NOTHING:
        return Message(
            "it is of the type '%(type)s', and neither its name nor its content says what it is. Expected one of "
            "%(formats)s.",
            type=type_name, formats=READ,
        )
    return Message(
        "it is of the type '%(type)s', which is not read. Expected one of %(formats)s.", type=type_name, formats=READ
    )


def _suffixes(url: str, name: str | None) -> Iterator[str]:
    """The suffixes of the names that a file may have, the surest first, of kinds that are known."""
    parts = urlsplit(url)
    names = [name or "", unquote(parts.path), *(value for _, value in parse_qsl(parts.query))]
    for each in names:
        suffix = PurePosixPath(each.replace("\\", "/")).suffix.lower()
        if suffix in SINGLE or suffix in SEVERAL or suffix in DOCUMENTS:
            yield suffix


def _by_content(body: bytes) -> str | None:
    """The kind of a file that says it by its first bytes, whatever the server states."""
    head = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\f")
    if head.startswith(b"%PDF-"):
        return ".pdf"
    if head.startswith(b"{\\rtf"):
        return ".rtf"
    if head.startswith(_COMPOUND_FILE):
        if _WORKBOOK in body:
            return ".xls"
        raise ReadError(Message(
            "it is a document of an older program, such as .doc, .ppt or .msg, which is not read. Save it as .docx, "
            ".pdf or .html.",
        ))
    return _by_parts(body) if body.startswith(_ARCHIVE) else None


def _by_parts(body: bytes) -> str | None:
    """The kind of a document that is an archive, None of another archive. Nothing is unpacked: that is left to what
    bounds its time and memory."""
    first = body[_NAME_AT : _NAME_AT + 200]
    if first.startswith(b"mimetype"):
        stated = first.removeprefix(b"mimetype")
        known = (suffix for kind, suffix in _TYPES_IN_ARCHIVES.items() if stated.startswith(kind))
        return next(known, ".epub" if _EPUB_PART in body else None)
    if first.startswith(_FIRST_PARTS):
        return next((suffix for part, suffix in _PARTS.items() if part in body), None)
    return None
