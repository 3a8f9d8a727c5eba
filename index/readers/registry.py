"""Reads articles from files of every format. A format is one function in `SINGLE` or `SEVERAL`; what cannot become an
article is a Refusal, which names it and says why."""

import datetime
import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path, PurePosixPath

from index.article import Article, article_id
from index.characters import printable, storable
from index.errors import ReadError
from index.language.dates import parse_date
from index.language.publication import publication_date
from index.limits import MB, FileLimits, over
from index.message import Message, message_of
from index.readers.archive import archive_members
from index.readers.boilerplate import staffed_source, text_positions
from index.readers.content import state_of, whole_content
from index.readers.docx import read_docx
from index.readers.email import read_mail, read_mailbox
from index.readers.epub import read_epub
from index.readers.html import read_html
from index.readers.json_records import read_json, read_json_lines
from index.readers.odt import read_odt
from index.readers.parsed_document import Draft
from index.readers.pdf import read_pdf
from index.readers.plain import read_markdown, read_text
from index.readers.rtf import read_rtf
from index.readers.tables import read_csv, read_ods, read_xls, read_xlsx
from index.readers.unread import unread_kinds

HEADLINE_LINES = 3
LONGEST_HEADLINE_CHARACTERS = 120
BETWEEN_LINES = "\n\n"

SINGLE: dict[str, Callable[[bytes, FileLimits], Draft]] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".odt": read_odt,
    ".rtf": read_rtf,
    ".eml": read_mail,
}
SEVERAL: dict[str, Callable[[bytes, FileLimits], Iterator[Draft | ReadError]]] = {
    ".json": read_json,
    ".jsonl": read_json_lines,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".xlsx": read_xlsx,
    ".xls": read_xls,
    ".ods": read_ods,
    ".epub": read_epub,
    ".mbox": read_mailbox,
}
ARCHIVE = ".zip"
FORMATS = (*SINGLE, *SEVERAL, ARCHIVE)
# What stands before the name where an article has no path, as it was uploaded.
UPLOADED = "upload:"
OF_THE_FILE = "file metadata"
# What front matter and records call the day of publication, the surest first, in small letters.
DATE_KEYS = ("date", "published", "publishedat", "published_at", "datepublished", "date_published", "pubdate")

_BYLINE = re.compile(r"(by|published|updated|posted)\b[\s:]", re.IGNORECASE)
_LINE_ENDS = re.compile(r"(?<!\s)[^\S\n\r]*+[\n\r]\s*+")


@dataclass(frozen=True)
class Refusal:
    """What did not become an article: its name as it can be printed, and the reason as a sentence."""

    name: str
    reason: str

    @classmethod
    def of(cls, error: ReadError) -> "Refusal":
        """The same of an error, which names what was refused."""
        return cls(error.name or "", error.reason)

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


def article_files(paths: Sequence[Path]) -> Iterator[Path | Refusal]:
    """The files to read below `paths`, in order: a file as it is, a folder's readable files with its subfolders'.

    Hidden files and folders are passed over; a link that leads out of its folder is refused. Raises ReadError for a
    path that does not exist, and for a folder that cannot be looked into.
    """
    for path in paths:
        if path.is_file():
            yield path
        elif path.is_dir():
            yield from _files_below(path)
        else:
            raise ReadError(Message("there is no such file or folder."), name=printable_name(path))


@dataclass(frozen=True)
class _File:
    """A file, and the name that it was uploaded under where it was: that, not where it lies, is then its origin."""

    path: Path
    upload: str | None
    settled: bool

    @property
    def origin(self) -> str:
        return str(self.path.resolve()) if self.upload is None else f"{UPLOADED}{self.upload}"

    def named(self, inside: str = "") -> str:
        name = printable_name(self.path) if self.upload is None else self.upload
        return f"{name}{f': {inside}' if inside else ''}"

    def stem(self, inside: str) -> str:
        name, _, number = inside.partition("#")
        stem = PurePosixPath(name).stem or PurePosixPath(self.upload or self.path).stem
        return f"{stem} {number}" if number else stem


def read_file(
    path: Path, limits: FileLimits, upload: str | None = None, *, settled: bool = True
) -> Iterator[Article | Refusal]:
    """The articles in the file at `path`, and what of it is refused; `upload` is the name it was uploaded under. A file
    that others may be writing is not `settled`."""
    file = _File(path, None if upload is None else storable(upload), settled)
    try:
        for text in _texts(file, limits):
            if isinstance(text, Refusal):
                yield text
                continue
            inside, draft = text
            try:
                yield _article(draft, file, inside, limits)
            except ReadError as exc:
                yield Refusal(file.named(inside), message_of(exc))
    except ReadError as exc:
        yield Refusal(file.named(), message_of(exc))
    except OSError as exc:
        yield Refusal(file.named(), Message("the file cannot be read (%(error)s).", error=str(exc.strerror)))


def printable_name(path: Path) -> str:
    """The path as it can be printed, whatever bytes are in it."""
    return printable(str(path))


def check_format(suffix: str) -> None:
    """Raises ReadError where no file of this kind is read."""
    if suffix not in FORMATS:
        raise ReadError(Message(
            "'%(suffix)s' files are not read. Expected one of %(formats)s.", suffix=suffix, formats=", ".join(FORMATS)
        ))


def _texts(file: _File, limits: FileLimits) -> Iterator[tuple[str, Draft] | Refusal]:
    """Each draft of a file, with its name within the file; the name is empty where the file is one article."""
    path = file.path
    suffix = path.suffix.lower()
    check_format(suffix)
    try:
        str(path).encode()
    except UnicodeEncodeError as exc:
        raise ReadError(Message("the file's name is not UTF-8. Rename it and index it again.")) from exc
    if suffix != ARCHIVE:
        yield from _drafts(whole_content(path, limits, settled=file.settled), file, "", limits)
        return
    before = state_of(path)
    for name, content in archive_members(path, frozenset({*SINGLE, *SEVERAL}), limits):
        # What an archive calls its files is text of a stranger's.
        inside = storable(name)
        if isinstance(content, ReadError):
            yield Refusal(file.named(inside), message_of(content))
            continue
        try:
            yield from _drafts(content, file, inside, limits)
        except ReadError as exc:
            yield Refusal(file.named(inside), message_of(exc))
    if state_of(path) != before:
        raise ReadError(Message("the archive changed while it was read. Index it again when it is complete."))


def _drafts(content: bytes, file: _File, inside: str, limits: FileLimits) -> Iterator[tuple[str, Draft] | Refusal]:
    suffix = PurePosixPath(inside or file.path).suffix.lower()
    if suffix in SINGLE:
        yield inside, SINGLE[suffix](content, limits)
        return
    for number, draft in enumerate(SEVERAL[suffix](content, limits), 1):
        if isinstance(draft, ReadError):
            yield Refusal(file.named(inside), message_of(draft))
        else:
            yield f"{inside}#{number}", draft


def _article(draft: Draft, file: _File, inside: str, limits: FileLimits) -> Article:
    lines, positions = _text_lines(draft)
    text = BETWEEN_LINES.join(lines)
    if not re.search(r"\w", text):
        raise ReadError(Message("the file has no text."))
    if len(text) > limits.text_mb * MB:
        raise ReadError(Message(
            "the text has %(count)s characters %(limit)s.", count=len(text), limit=over("text_mb", limits.text_mb)
        ))
    stated = draft.metadata
    url = _text(stated.get("url"))
    date, date_from = _date(draft, text)
    return Article(
        id=article_id(url or f"{file.origin}{f'#{inside}' if inside else ''}"),
        text=text,
        title=_text(stated.get("title")) or _text(draft.title) or _headline(lines) or file.stem(inside),
        source=_text(stated.get("source")) or _text(stated.get("publisher")) or staffed_source(draft.lines),
        author=_text(stated.get("author")),
        date=date,
        url=url,
        path=file.origin,
        date_from=date_from,
        language=_text(stated.get("language")),
        pages=_page_offsets(draft, lines, positions),
    )


def _text_lines(draft: Draft) -> tuple[list[str], list[int]]:
    """The lines of a draft that are text of the article, and their positions in the draft."""
    stripped = [_composed(line).strip() for line in draft.lines]
    filled = [position for position, line in enumerate(stripped) if line]
    positions = [filled[at] for at in text_positions([stripped[position] for position in filled])]
    return [stripped[position] for position in positions], positions


def _composed(text: str) -> str:
    """`text` as it is stored: accents composed, as they are searched for, and without the hyphens that nobody sees."""
    return unicodedata.normalize("NFC", storable(text)).replace("\xad", "")


def _date(draft: Draft, text: str) -> tuple[datetime.date | None, str | None]:
    """The publication day, and where it is stated: by the metadata, else in the text. What a program noted of its file
    comes last: that may be the day on which a page was printed."""
    language = _text(draft.metadata.get("language"))
    values = (draft.metadata[key] for key in DATE_KEYS if draft.metadata.get(key))
    stated = next(filter(None, (parse_date(value, language) for value in values)), None)
    known = (stated, draft.stated_in) if stated else None
    if known is None or draft.stated_in == OF_THE_FILE:
        known = publication_date(text, language) or known
    return known or (None, None)


def _page_offsets(draft: Draft, lines: list[str], positions: list[int]) -> tuple[int, ...]:
    """Where the pages of `draft` begin in the text; one whose first line was dropped begins with the next line."""
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line) + len(BETWEEN_LINES))
    starts = []
    for first, at in draft.pages:
        line_number = sum(position < first for position in positions)
        # Counted as the line is kept, whose characters may be fewer.
        same = line_number < len(positions) and positions[line_number] == first
        inside = len(_composed(draft.lines[first][:at])) if same else 0
        starts.append(min(offsets[line_number] + inside, offsets[-1] - len(BETWEEN_LINES)))
    return tuple(starts)


def _files_below(folder: Path) -> Iterator[Path | Refusal]:
    root = folder.resolve()
    passed_over: list[Path] = []
    for path in sorted(_article_paths(folder, root, passed_over)):
        if path.is_symlink() and path.exists() and not _is_below(path, root):
            yield Refusal(printable_name(path), Message("the link leads out of the folder. Index the file itself."))
        else:
            yield path
    if unread := unread_kinds(passed_over):
        yield Refusal(printable_name(folder), unread)


def _article_paths(folder: Path, root: Path, passed_over: list[Path]) -> Iterator[Path]:
    """The files below `folder` that may be read, and the links to folders that lead out of `root`. What is of another
    kind goes into `passed_over`."""
    for parent, folders, files in os.walk(folder, onerror=_refuse_folder):
        folders[:] = _visible(folders)
        links = [path for path in (Path(parent, name) for name in folders) if path.is_symlink()]
        yield from (link for link in links if not _is_below(link, root))
        paths = [Path(parent, name) for name in _visible(files)]
        passed_over += [path for path in paths if path.suffix.lower() not in FORMATS]
        yield from (path for path in paths if _may_be_read(path))


def _refuse_folder(exc: OSError) -> None:
    raise ReadError(Message(
        "the folder cannot be read (%(error)s).", error=str(exc.strerror)
    ), name=printable_name(Path(exc.filename))) from exc


def _visible(names: Sequence[str]) -> list[str]:
    return [name for name in names if not name.startswith(".")]


def _may_be_read(path: Path) -> bool:
    """A link that leads nowhere may be, so as to be named; a pipe or device would never end."""
    return path.suffix.lower() in FORMATS and (path.is_file() or not path.exists())


def _is_below(path: Path, root: Path) -> bool:
    return path.resolve().is_relative_to(root)


def _headline(lines: list[str]) -> str | None:
    """The headline of a text without metadata: of the short opening lines, the one that says what the lead says.

    News sites print a kicker over the headline and a deck below it; the headline shares most words with the lead.
    """
    heads = list(takewhile(lambda line: len(line) <= 200 and line[-1] not in '.”")', lines[:HEADLINE_LINES]))
    if not heads:
        return _short(lines[0])
    lead = _stems(next((line for line in lines[len(heads) :] if line.endswith(".")), ""))
    titles = [head for head in heads if not _BYLINE.match(head) and not publication_date(head)]
    if not titles:
        # Below who wrote it and when, the text begins at once.
        return _short(lines[len(heads)]) if len(heads) < len(lines) else heads[0]
    return max(titles, key=lambda head: len(_stems(head) & lead) / max(len(_stems(head)), 1))


def _short(line: str) -> str | None:
    """The line where it may stand as a headline."""
    return line if len(line) <= LONGEST_HEADLINE_CHARACTERS else None


def _stems(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"\w{4,}", text.lower())}


def _text(value: object) -> str | None:
    """A stated value as one line of text; several, such as authors, with commas between them."""
    if isinstance(value, list):
        value = ", ".join(filter(None, (_text(item) for item in value if isinstance(item, str | int))))
    if value is None or isinstance(value, dict):
        return None
    try:
        text = str(value)
    except ValueError:
        # Of a number with thousands of digits, which is no title.
        return None
    return _LINE_ENDS.sub(" ", _composed(text).strip()) or None
