"""Reads PDF files: the text of their pages as paragraphs, and where each page begins. pypdf reads them, and PDFium
those pages whose lines stand side by side."""

import io
import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from index.errors import ReadError
from index.limits import FileLimits, over
from index.message import Message
from index.readers.parsed_document import Draft
from index.readers.pdf_layout import Row, laid_out_pages

if TYPE_CHECKING:
    from pypdf import PdfReader

# Lines at the head and the foot of a page that may be its running title or number.
EDGE_LINES = 2
REPEATED_ON_PAGES = 2
LONGEST_RUNNING_CHARACTERS = 120
ROOM_LEFT = 0.8

_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"})
_PAGE_NUMBER = re.compile(r"(?<![-–— ])[-–— ]*+(page )?\d{1,4}( (of|/) \d{1,4})?[-–— ]*+", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?:;…][”\"’')\]]*$")
_HYPHENATED = re.compile(r"[^\W\d_][-‐\xad]$")
# What programs put down as a title where nobody wrote one: the name of the program or of the file.
_NO_TITLE = re.compile(
    r"microsoft (?:word|powerpoint|excel|publisher)\b.*|untitled.*|anonymous|document ?\d*|(?:file:|[a-z]:\\).*"
    r"|^.*\.(?:docx?|odt|rtf|pdf|indd|qxp|pub|pptx?|tmp|html?|txt|dvi|tex)", re.IGNORECASE,
)
_DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)")


def read_pdf(raw: bytes, limits: FileLimits) -> Draft:
    """The draft of a PDF. Raises ReadError where it is encrypted, broken, too long or holds pictures alone."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    try:
        reader = PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError(Message("the PDF is encrypted. Save it without a password and index it again."))
        if len(reader.pages) > limits.pages:
            raise ReadError(Message(
                "the PDF has %(count)s pages %(limit)s.", count=len(reader.pages), limit=over("pages", limits.pages)
            ))
        pages = _pages(reader, raw)
        # A PDF may point to metadata that is not there.
        stated = {str(key): value for key, value in (reader.metadata or {}).items()}
    except (FileNotDecryptedError, DependencyError) as exc:
        raise ReadError(Message("the PDF is encrypted. Save it without a password and index it again.")) from exc
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError) as exc:
        raise ReadError(Message(
            "the PDF is broken (%(error)s). Save it anew and index it again.", error=str(exc)
        )) from exc
    if not any(pages):
        raise ReadError(Message("the PDF has no text, only pictures. Run text recognition on it and index it again."))
    lines, starts = _paragraphs(_without_edges(pages))
    return Draft(lines, _metadata(stated), stated_in="file metadata", pages=starts)


def _pages(reader: "PdfReader", raw: bytes) -> list[list[str]]:
    """The lines of each page."""
    laid_out = laid_out_pages(raw)
    if len(laid_out) != len(reader.pages):
        laid_out = [None] * len(reader.pages)
    return [
        _lines(page.extract_text()) if lines is None else [type(line)(line.translate(_LIGATURES)) for line in lines]
        for page, lines in zip(reader.pages, laid_out, strict=True)
    ]


def _lines(text: str) -> list[str]:
    return [" ".join(line.translate(_LIGATURES).split()) for line in text.splitlines() if line.strip()]


def _metadata(stated: Mapping[str, object]) -> dict[str, object]:
    date = _DATE.match(str(stated.get("/CreationDate", "")))
    known = {
        "title": stated.get("/Title"),
        "author": stated.get("/Author"),
        # As the writer's clock had it: the offset behind it is of no matter.
        "date": "-".join(date.groups()) if date else None,
    }
    return {key: str(value) for key, value in known.items() if value and not _NO_TITLE.fullmatch(str(value).strip())}


def _without_edges(pages: list[list[str]]) -> list[list[str]]:
    """The pages without their numbers, and without what stands at the edge of most of them."""
    edges = Counter(key for page in pages for key in {_unnumbered(page[at]) for at in _edge(page)})
    often = max(REPEATED_ON_PAGES, len(pages) // 2)
    running = {key for key, times in edges.items() if times >= often and re.search(r"[^\W\d_]", key)}
    inner = [
        [line for at, line in enumerate(page) if at not in _edge(page) or not _is_running(line, running)]
        for page in pages
    ]
    # Pages that are all edge would lose everything.
    return inner if any(inner) else pages


def _edge(page: list[str]) -> set[int]:
    """The places of the lines at the head and the foot of a page."""
    return {*range(len(page))[:EDGE_LINES], *range(len(page))[-EDGE_LINES:]}


def _unnumbered(line: str) -> str:
    """A line with its numbers made alike: a running head may hold the page's."""
    return re.sub(r"\d+", "0", line)


def _is_running(line: str, running: set[str]) -> bool:
    short = len(line) <= LONGEST_RUNNING_CHARACTERS
    return _PAGE_NUMBER.fullmatch(line) is not None or (short and _unnumbered(line) in running)


def _paragraphs(pages: list[list[str]]) -> tuple[list[str], list[tuple[int, int]]]:
    """The lines of all pages as paragraphs, and the place (paragraph, character in it) where each page begins."""
    paragraphs: list[str] = []
    starts: list[tuple[int, int]] = []
    before = ""
    width = 0
    for page in pages:
        # The widest line stands for the column; on a page of two columns each line is of one.
        width = max((len(line) for line in page if not isinstance(line, Row)), default=width)
        begun = False
        for line in page:
            if before and not _ends(before, line, width):
                paragraphs[-1], at = _joined(paragraphs[-1], line)
            else:
                paragraphs.append(line)
                at = 0
            if not begun:
                starts.append((len(paragraphs) - 1, at))
            begun, before = True, line
        if not begun:
            starts.append((len(paragraphs), 0))
    return paragraphs, starts


def _ends(line: str, after: str, width: int) -> bool:
    """Whether a paragraph ends with `line`: at the end of a sentence, or where the next word had room and is no
    continuation."""
    if isinstance(line, Row) or isinstance(after, Row):
        return True
    if _HYPHENATED.search(line) and after[0].isalpha():
        return False
    room = len(line) + 1 + len(after.split()[0]) <= width * ROOM_LEFT
    if _SENTENCE_END.search(line):
        return room or after[0] in "•–-*"
    return room and not after[0].islower()


def _joined(paragraph: str, line: str) -> tuple[str, int]:
    """`paragraph` with `line` behind it, and where `line` begins; a word that was hyphenated at the end is whole."""
    if _HYPHENATED.search(paragraph) and (line[0].islower() or paragraph[-1] != "-"):
        return paragraph[:-1] + line, len(paragraph) - 1
    if _HYPHENATED.search(paragraph) and line[0].isupper():
        # Of two names: "Oakhurst-Veldt".
        return paragraph + line, len(paragraph)
    return f"{paragraph} {line}", len(paragraph) + 1
