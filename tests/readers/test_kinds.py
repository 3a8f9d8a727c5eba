"""What kind of file a web server sent is told by its bytes, its type and its name, in that order of trust."""

import io
import zipfile

import pytest

from index.errors import ReadError
from index.readers.kinds import suffix_of
from tests.readers.test_documents import ROWS, packed, workbook
from tests.readers.test_formats import html, pdf

BOOK = workbook([list(row) for row in ROWS])
CSV = b"title,text\nHarbour,The harbour was shut.\n"


def of_type(kind: str) -> bytes:
    """An archive that states its type as OpenDocument and EPUB ask for it: first, and not packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", "<a/>")
    return out.getvalue()


ODS, EPUB = of_type("application/vnd.oasis.opendocument.spreadsheet"), of_type("application/epub+zip")
PACKED_EPUB = packed({"mimetype": "application/epub+zip", "META-INF/container.xml": "<container/>"})
DOCX = packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
NOTHING = "application/octet-stream"
AT = "https://a.example/files/"


@pytest.mark.parametrize("body, kind, name, expected", [
    (pdf("The harbour."), "text/html", "", ".pdf"), (pdf("The harbour."), NOTHING, "download.php?id=7", ".pdf"),
    (b"{\\rtf1 a}", "application/msword", "a", ".rtf"), (b"{\\rtf1 a}", "text/plain", "a.txt", ".rtf"),
    (BOOK, NOTHING, "export", ".xlsx"), (BOOK, "application/vnd.ms-excel", "a.xls", ".xlsx"),
    (BOOK, "application/zip", "a", ".xlsx"), (DOCX, "", "", ".docx"), (DOCX, "application/zip", "a.docx", ".docx"),
    (ODS, NOTHING, "", ".ods"), (EPUB, "application/zip", "a", ".epub"), (PACKED_EPUB, NOTHING, "", ".epub"),
    (packed({"content.xml": "<a/>"}), "application/vnd.oasis.opendocument.text", "a", ".odt"),
    (OLD + "Workbook".encode("utf-16-le"), NOTHING, "", ".xls"),
    (CSV, "text/csv", "a", ".csv"), (CSV, "text/plain", "a.csv", ".csv"),
    (CSV, "application/vnd.ms-excel", "a.csv", ".csv"),
    (CSV, NOTHING, "export?file=a.csv", ".csv"), (CSV, "text/plain", "a", ".txt"), (CSV, "text/html", "a.csv", ".html"),
    (b"{}", "application/json", "a", ".json"), (b"{}", "application/json", "a.jsonl", ".jsonl"),
    (b"From: a", "message/rfc822", "a", ".eml"), (b"From: a", "text/plain", "a.EML", ".eml"),
    (html().encode(), NOTHING, "a", ".html"), (b"<?xml version='1.0'?>\n" + html().encode(), "text/xml", "a", ".html"),
    (b"a", "text/markdown", "a", ".md"), (b"a", "application/pdf", "a", ".pdf"),
])
def test_a_kind_is_told(body: bytes, kind: str, name: str, expected: str) -> None:
    assert suffix_of(body, kind, AT + name) == expected


def test_what_the_server_calls_the_file_comes_before_its_address() -> None:
    assert suffix_of(CSV, NOTHING, f"{AT}a.md", "t\u00e4glich.csv") == ".csv"
    assert suffix_of(CSV, NOTHING, f"{AT}a.md", None) == ".md"


@pytest.mark.parametrize("body, kind, name, reason", [
    (packed({"a.txt": "The harbour."}), "application/zip", "a.zip", "it is an archive ('application/zip')"),
    (packed({"in/word/document.xml": "a"}), NOTHING, "a", "it is an archive"),
    (b"\x89PNG", "image/png", "a.png", "'image/png', which is not read. Expected one of .txt"),
    (b"\x89PNG", NOTHING, "a.png", "neither its name nor its content says what it is"),
    (OLD, "application/msword", "a", "such as .doc, .ppt or .msg, which is not read"),
    (OLD, "application/msword", "a.doc", "'.doc' files are not read"),
    (BOOK, NOTHING, "a.xlsm", "'.xlsm' files are not read"),
    (b"<a/>", "application/xml", "a", "read as a feed or sitemap only"),
    (b"a", "", "", "of the type 'unstated'"), (b"a", "video/mp4", "a.txt", "of the type 'video/mp4'"),
])
def test_what_is_not_read_is_refused_by_its_kind(body: bytes, kind: str, name: str, reason: str) -> None:
    with pytest.raises(ReadError) as refused:
        suffix_of(body, kind, AT + name)
    assert reason in str(refused.value)
