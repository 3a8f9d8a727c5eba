"""OpenDocument, RTF, EPUB, and tables of articles."""

import datetime
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from index.article import Article
from index.ingest.sandbox import Worker
from index.limits import FileLimits
from index.readers.registry import Refusal
from tests.readers.test_formats import article, read, reason

SPACES = (
    " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"' for name, urn in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"), ("meta", "meta"),
    )) + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
ROWS = [["title", "text", "date"], ["Harbour", "The harbour was shut.", "2024-12-05"], ["Quay", "The quay sank.", ""]]
LONG = "The council of Norvik took over the harbour on Monday, after a dispute of many years over the old quay. " * 3


def packed(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def odt(body: str, meta: str = "") -> bytes:
    content = f"<office:document-content {SPACES}><office:body><office:text>{body}</office:text></office:body>"
    stated = f"<office:document-meta {SPACES}><office:meta>{meta}</office:meta></office:document-meta>"
    return packed({"content.xml": f"{content}</office:document-content>", "meta.xml": stated})


def epub(*parts: str, meta: str = "<dc:title>The Weekly</dc:title><dc:date>2024-12-05</dc:date>") -> bytes:
    items = "".join(f'<item id="p{at}" href="text/p%20{at}.xhtml" media-type="application/xhtml+xml"/>'
                    for at in range(len(parts)))
    spine = "".join(f'<itemref idref="p{at}"/>' for at in reversed(range(len(parts))))
    package = (
        f'<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>{meta}'
        f"</metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = '<container><rootfiles><rootfile full-path="OEBPS/a.opf"/></rootfiles></container>'
    texts = {f"OEBPS/text/p {at}.xhtml": f"<?xml version='1.0'?><html><body>{part}</body></html>"
             for at, part in enumerate(parts)}
    return packed({"META-INF/container.xml": container, "OEBPS/a.opf": package} | texts)


def workbook(*sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for at, rows in enumerate(sheets):
        sheet = book.active if at == 0 else book.create_sheet()
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_an_opendocument_text_is_read_as_it_is_shown(tmp_path: Path) -> None:
    body = (
        '<text:tracked-changes><text:deletion><text:p>Gone.</text:p></text:deletion></text:tracked-changes>'
        '<text:h text:outline-level="1">Harbour <text:span>shut</text:span></text:h>'
        '<text:p>The<text:s/>council met<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>'
        'In Voss Hall.</text:p>'
        '</text:note-body></text:note> on Monday.<draw:frame><draw:text-box><text:p>A box.</text:p>'
        '</draw:text-box></draw:frame><office:annotation><text:p>A remark.</text:p></office:annotation></text:p>'
        '<text:list><text:list-item><text:p>Work ends in May.</text:p></text:list-item></text:list><table:table>'
        + "".join("<table:table-row>" + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>"
                                                for cell in row) + "</table:table-row>"
                  for row in (("Town", "Held by"), ("Lindby", "the militia"), ("Ostra", "the army")))
        + "</table:table>"
    )
    meta = ("<meta:initial-creator>Ada Berg</meta:initial-creator><dc:creator>Saver</dc:creator>"
            "<meta:creation-date>2024-12-05T23:30:00</meta:creation-date><dc:date>2025-01-09T10:00:00</dc:date>")
    parsed = article(tmp_path / "a.odt", odt(body, meta))
    assert parsed.text.split("\n\n") == [
        "Harbour shut", "The council met on Monday.", "A box.", "Work ends in May.",
        "Town: Lindby; Held by: the militia", "Town: Ostra; Held by: the army", "In Voss Hall.",
    ]
    assert (parsed.title, parsed.author, parsed.date) == ("Harbour shut", "Ada Berg", datetime.date(2024, 12, 5))


def test_rtf_is_read_with_its_code_page_and_information(tmp_path: Path) -> None:
    raw = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\title Quay}{\author Ada Berg}"
        rb"{\creatim\yr2024\mo12\dy5}}\f0 \b The\b0  caf\'e9 of N\u248 ?rvik \ldblquote closed\rdblquote ."
        rb"\par It cost \'8014 million \emdash so far."
        + b"\xe9\\par}"
    )
    parsed = article(tmp_path / "a.rtf", raw)
    assert parsed.text.replace("\n\n", " ") == "The café of Nørvik “closed”. It cost €14 million —so far.é"
    assert (parsed.title, parsed.author, parsed.date) == ("Quay", "Ada Berg", datetime.date(2024, 12, 5))


def test_each_part_of_an_epub_that_holds_text_is_an_article_in_reading_order(tmp_path: Path) -> None:
    parts = (f"<h1>Quay</h1><p>{LONG}</p>", "<p>Cover</p>", f"<h1>Ferry</h1><p>{LONG}</p>")
    result = read(tmp_path / "a.epub", epub(*parts))
    assert [(section.title, section.source, section.date) for section in result if isinstance(section, Article)] == [
        ("Ferry", "The Weekly", datetime.date(2024, 12, 5)), ("Quay", "The Weekly", datetime.date(2024, 12, 5)),
    ]


def ods(*sheets: list[list[object]], rows: str = "") -> bytes:
    def cell(value: object) -> str:
        if isinstance(value, float | int):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    tables = "".join(
        f'<table:table table:name="Sheet {at}">'
        + "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in sheet)
        + f"{rows}</table:table>"
        for at, sheet in enumerate(sheets)
    )
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    content = f"<office:document-content {SPACES}>{body}</office:document-content>"
    manifest = '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return packed({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


@pytest.mark.parametrize("name, raw", [
    ("a.csv", "\n".join(",".join(row) for row in ROWS).encode()),
    ("a.csv", "\ufeff".encode() + "\r\n".join(";".join(row) for row in ROWS).encode()),
    ("a.tsv", "\n".join("\t".join(row) for row in ROWS).encode()),
    ("a.xlsx", workbook([["a note"]], [list(row) for row in ROWS])),
    ("a.ods", ods([["a note"]], [list(row) for row in ROWS])),
])
def test_each_row_of_a_table_is_an_article(tmp_path: Path, name: str, raw: bytes) -> None:
    articles = [entry for entry in read(tmp_path / name, raw) if isinstance(entry, Article)]
    assert [(entry.title, entry.text, entry.date) for entry in articles] == [
        ("Harbour", "The harbour was shut.", datetime.date(2024, 12, 5)), ("Quay", "The quay sank.", None),
    ]


def test_a_workbook_of_an_older_excel_is_read(tmp_path: Path) -> None:
    # Made by xlwt 1.3.0: a sheet with a note, one with articles and a cell that is a day.
    raw = (Path(__file__).parent / "articles.xls").read_bytes()
    assert [entry for entry in read(tmp_path / "a.xls", raw) if isinstance(entry, Refusal)] == []
    articles = [entry for entry in read(tmp_path / "a.xls", raw) if isinstance(entry, Article)]
    assert [(entry.title, entry.text, entry.date) for entry in articles] == [
        ("Harbour", "The harbour of Łódź was shut.", datetime.date(2024, 12, 5)), ("Quay", "The quay sank.", None),
    ]


def test_a_broken_workbook_of_an_older_excel_ends_its_reader_alone(tmp_path: Path) -> None:
    raw = (Path(__file__).parent / "articles.xls").read_bytes()
    # The second makes the library ask for memory without end, hence the limit.
    broken = (raw[:3000], raw[:600] + bytes(5000), b"text", bytes(9))
    with Worker(FileLimits(memory_mb=600, seconds=20)) as worker:
        for at, content in enumerate(broken):
            (tmp_path / f"{at}.xls").write_bytes(content)
            [refused] = worker.read(tmp_path / f"{at}.xls")
            assert isinstance(refused, Refusal), content
        (tmp_path / "whole.xls").write_bytes(raw)
        assert len([*worker.read(tmp_path / "whole.xls")]) == 2


def test_a_sheet_that_says_it_has_a_billion_rows_ends_its_reader_alone(tmp_path: Path) -> None:
    row = '<table:table-row table:number-rows-repeated="1000000000"><table:table-cell office:value-type="string">'
    bomb = ods([["text"]], rows=f"{row}<text:p>{LONG}</text:p></table:table-cell></table:table-row>")
    (tmp_path / "a.ods").write_bytes(bomb)
    (tmp_path / "b.txt").write_text(LONG)
    with Worker(FileLimits(memory_mb=600, seconds=20)) as worker:
        [refused] = worker.read(tmp_path / "a.ods")
        [article] = worker.read(tmp_path / "b.txt")
    assert isinstance(refused, Refusal) and isinstance(article, Article)


def test_whole_numbers_of_a_workbook_have_no_point(tmp_path: Path) -> None:
    parsed = article(tmp_path / "a.ods", ods([["title", "text"], [2024, 41.5]]))
    assert (parsed.title, parsed.text) == ("2024", "41.5")


def test_a_cell_may_hold_lines_a_day_and_html(tmp_path: Path) -> None:
    cells: list[object] = ["Quay", "<p>It sank.</p><p>So it did.</p>", datetime.datetime(2024, 12, 5)]
    rows: list[list[object]] = [["Headline", "Body", "Published"], cells]
    parsed = article(tmp_path / "a.xlsx", workbook(rows))
    assert (parsed.title, parsed.text, parsed.date) == ("Quay", "It sank.\n\nSo it did.", datetime.date(2024, 12, 5))
    assert article(tmp_path / "a.csv", 'text\n"It sank, they said.\n\nSo ""it"" did."').text.endswith('So "it" did.')


def test_a_table_without_a_column_of_texts_says_which_it_needs(tmp_path: Path) -> None:
    for name, raw in (("a.csv", b"town,people\nLindby,410\n"), ("a.xlsx", workbook([["town"], ["Lindby"]])),
                      ("a.ods", ods([["town"], ["Lindby"]]))):
        assert "Name the column with the articles 'text'" in reason(tmp_path / name, raw)


@pytest.mark.parametrize("name", ["a.odt", "a.epub", "a.xlsx", "a.xls", "a.ods", "a.rtf"])
@pytest.mark.parametrize("raw", [
    b"text", packed({"other": "x"}), packed({"content.xml": "<a", "[Content_Types].xml": "<"}),
])
def test_what_is_none_of_them_is_refused(tmp_path: Path, name: str, raw: bytes) -> None:
    [result] = read(tmp_path / name, raw)
    assert isinstance(result, Refusal) and "Save it anew" in result.reason


@pytest.mark.parametrize("name, inside", [
    ("a.odt", "content.xml"), ("a.epub", "META-INF/container.xml"), ("a.xlsx", "x"), ("a.ods", "content.xml"),
])
def test_what_unpacks_to_far_more_is_refused(tmp_path: Path, name: str, inside: str) -> None:
    raw = packed({inside: "<a>" + " " * 30_000_000 + "</a>"})
    assert "CHATBOT_LIMIT_ARCHIVE_RATIO" in reason(tmp_path / name, raw)
    assert "CHATBOT_LIMIT_ARCHIVE_MB" in reason(tmp_path / name, raw, FileLimits(archive_mb=1))
