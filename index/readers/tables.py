"""Reads tables of articles, from CSV and three kinds of workbooks: a row is an article, and the first row names the
columns as the objects of JSON records name their values: "text" at least."""

import csv
import datetime
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from index.errors import ReadError
from index.limits import FileLimits
from index.message import Message
from index.readers.json_records import TEXTS, record_draft
from index.readers.parsed_document import Draft
from index.readers.plain import decoded
from index.readers.zipped import content, opened

DELIMITERS = ",;\t|"
# What files of Microsoft's older programs begin with.
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_csv(raw: bytes, limits: FileLimits) -> Iterator[Draft | ReadError]:
    """A draft of each row of a file of separated values, or what is wrong with it."""
    text = decoded(raw)
    # For the whole process: it is never lowered.
    csv.field_size_limit(max(len(text), csv.field_size_limit()))
    head = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    try:
        yield from _drafts(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _row)
    except csv.Error as exc:
        raise ReadError(Message(
            "the file is no table of separated values (%(error)s). Save it anew and index it again.", error=str(exc)
        )) from exc


def read_xlsx(raw: bytes, limits: FileLimits) -> Iterator[Draft | ReadError]:
    """A draft of each row of each sheet of a workbook, or what is wrong with it."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    with opened(raw, limits, "Excel"):
        pass
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        named = [(sheet.title, _rows(sheet)) for sheet in book.worksheets]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError) as exc:
        raise ReadError(Message(
            "the workbook is broken (%(error)s). Save it anew and index it again.", error=str(exc)
        )) from exc
    yield from _of_sheets(named)


def read_xls(raw: bytes, limits: FileLimits) -> Iterator[Draft | ReadError]:
    """The same of a workbook as Excel wrote it until 2003."""
    if not raw.startswith(_COMPOUND_FILE):
        raise ReadError(Message(
            "the file is no Excel document of before 2007. Save it anew as .xlsx and index it again."
        ))
    yield from _of_sheets(_sheets(raw))


def read_ods(raw: bytes, limits: FileLimits) -> Iterator[Draft | ReadError]:
    """The same of an OpenDocument workbook."""
    with opened(raw, limits, "OpenDocument") as archive:
        content(archive, "content.xml", limits)
    yield from _of_sheets(_sheets(raw))


def _sheets(raw: bytes) -> list[tuple[str, list[list[str]]]]:
    """The sheets of a workbook with their names, read by a library that knows both kinds."""
    import python_calamine

    try:
        book = python_calamine.load_workbook(io.BytesIO(raw))
        sheets = [(name, book.get_sheet_by_name(name)) for name in book.sheet_names]
        return [(name, [_texts(row) for row in sheet.iter_rows()]) for name, sheet in sheets]
    except python_calamine.PasswordError as exc:
        raise ReadError(Message("the workbook is encrypted. Save it without a password.")) from exc
    except (python_calamine.CalamineError, ValueError, OSError) as exc:
        raise ReadError(Message(
            "the workbook is broken (%(error)s). Save it anew and index it again.", error=str(exc)
        )) from exc


def _of_sheets(named: Sequence[tuple[str, list[list[str]]]]) -> Iterator[Draft | ReadError]:
    filled = [(name, rows) for name, rows in named if any(map(any, rows))]
    with_texts = [(name, rows) for name, rows in filled if _has_texts(rows[0])]
    # Beside a sheet of articles another may hold notes.
    for name, rows in with_texts or filled[:1]:
        yield from _drafts(rows, partial(_row_of_sheet, name))


def _rows(sheet: Any) -> list[list[str]]:  # noqa: ANN401 - the library's own object
    # What a file says of a sheet's size may be a lie.
    sheet.reset_dimensions()
    return [_texts(row) for row in sheet.iter_rows(values_only=True)]


def _texts(row: Iterable[object]) -> list[str]:
    return ["" if cell is None else _text(cell) for cell in row]


def _text(cell: object) -> str:
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    # Some kinds of workbook hold no other numbers.
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _has_texts(heads: Sequence[str]) -> bool:
    return any(head.strip().lower() in TEXTS for head in heads)


def _row(number: int) -> Message:
    return Message("row %(number)s", number=str(number))


def _row_of_sheet(name: str, number: int) -> Message:
    return Message("sheet %(name)s, row %(number)s", name=name, number=str(number))


def _drafts(rows: Iterable[Sequence[str]], place: Callable[[int], Message]) -> Iterator[Draft | ReadError]:
    waiting = iter(rows)
    heads = next((row for row in waiting if any(cell.strip() for cell in row)), None)
    if heads is None:
        return
    if not _has_texts(heads):
        names = ", ".join(f"'{name}'" for name in TEXTS)
        raise ReadError(Message(
            "no column of the first row is called %(names)s. Name the column with the articles 'text'.", names=names
        ))
    for number, row in enumerate(waiting, 2):
        record = {head.strip(): cell for head, cell in zip(heads, row, strict=False) if head.strip() and cell.strip()}
        if record:
            yield record_draft(record, place(number))
