"""Files in, articles out. A format is one function in `FORMATS`; what cannot become an article is a ReadError."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.article import Article, article_id
from index.dates import parse_date, publication_date
from index.errors import ReadError
from index.furniture import drop_furniture, staffed_source

HEADLINE_LINES = 3
LONGEST_HEADLINE_CHARACTERS = 120
LARGEST_FILE_BYTES = 20_000_000
WRAPPED_LINE_CHARACTERS = (40, 120)

_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f\x7f]")
_STATED = re.compile(r"\s*---[^\S\n]*\n\s*[\w-]+[^\S\n]*:")
_BYLINE = re.compile(r"(by|published|updated|posted)\b[\s:]", re.IGNORECASE)


@dataclass(frozen=True)
class Draft:
    """What a format's reader makes of a file: its lines, and the metadata that the file states."""

    lines: list[str]
    metadata: dict[str, object] = field(default_factory=dict)
    title: str | None = None


def article_files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files to read below `paths`, in order: a file as it is, a folder's readable files with its subfolders'.

    Hidden files and folders are passed over. Raises ReadError for a path that does not exist, and for a folder that
    cannot be looked into.
    """
    for path in paths:
        if path.is_file():
            yield path
        elif path.is_dir():
            yield from sorted(_files_below(path))
        else:
            raise ReadError(f"{_name(path)}: there is no such file or folder.")


def read_article(path: Path) -> Article:
    """The article in the file at `path`. Raises ReadError, which names the file and says what is wrong with it."""
    reader = FORMATS.get(path.suffix.lower())
    if reader is None:
        raise ReadError(f"{_name(path)}: '{path.suffix}' files are not read. Expected one of {', '.join(FORMATS)}.")
    try:
        draft = reader(_decoded(path))
    except ReadError as exc:
        raise ReadError(f"{_name(path)}: {exc}") from exc
    lines = drop_furniture([line.strip() for line in draft.lines if line.strip()])
    text = "\n\n".join(lines)
    if not re.search(r"\w", text):
        raise ReadError(f"{_name(path)}: the file has no text.")
    stated = draft.metadata
    url = _text(stated.get("url"))
    date = stated.get("date")
    return Article(
        id=article_id(url or str(path.resolve())),
        text=text,
        title=_text(stated.get("title")) or _text(draft.title) or _headline(lines) or path.stem,
        source=_text(stated.get("source")) or _text(stated.get("publisher")) or staffed_source(draft.lines),
        author=_text(stated.get("author")),
        date=parse_date(date) if date else publication_date(text),
        url=url,
        path=str(path.resolve()),
    )


def _files_below(folder: Path) -> Iterator[Path]:
    def refuse(exc: OSError) -> None:
        raise ReadError(f"{_name(Path(exc.filename))}: the folder cannot be read ({exc.strerror}).") from exc

    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(parent, name) for name in files if not name.startswith(".")):
            # A link that leads nowhere is yielded, to be named; a pipe or device would never end.
            if path.suffix.lower() in FORMATS and (path.is_file() or not path.exists()):
                yield path


def _decoded(path: Path) -> str:
    try:
        str(path).encode()
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise ReadError(f"the file is larger than {LARGEST_FILE_BYTES // 1_000_000} MB.")
        raw = path.read_bytes()
    except UnicodeEncodeError as exc:
        raise ReadError("the file's name is not UTF-8. Rename it and index it again.") from exc
    except OSError as exc:
        raise ReadError(f"the file cannot be read ({exc.strerror}).") from exc
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as exc:
        raise ReadError(
            f"the file is not {encoding.removesuffix('-sig').upper()} text (byte {exc.start}). "
            "Save it as UTF-8 and index it again."
        ) from exc
    if "\0" in text:
        raise ReadError("the file is binary, not text.")
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _read_text(text: str) -> Draft:
    metadata, body = _front_matter(text)
    blocks = re.split(r"\n[^\S\n]*\n", body)
    return Draft([line for block in blocks for line in _unwrapped(block.splitlines())], metadata)


def _unwrapped(lines: list[str]) -> list[str]:
    """A paragraph broken into lines of one width as one line: each is broken where the next word had no room left."""
    width = max(map(len, lines), default=0)
    pairs = list(zip(lines, lines[1:], strict=False))
    no_room = all(after.split() and len(line) + 1 + len(after.split()[0]) > width for line, after in pairs)
    goes_on = sum(after.lstrip()[:1].islower() for _, after in pairs)
    wrapped = WRAPPED_LINE_CHARACTERS[0] <= width <= WRAPPED_LINE_CHARACTERS[1] and no_room and goes_on > len(pairs) / 2
    return [" ".join(line.strip() for line in lines)] if wrapped else lines


def _read_markdown(text: str) -> Draft:
    metadata, body = _front_matter(text)
    lines: list[str] = []
    title = None
    heading = ""
    # HTML stays off, so that tags come through as the text they are.
    for token in MarkdownIt("commonmark", {"html": False}).parse(body):
        if token.type == "heading_open":
            heading = token.tag
        elif token.type == "inline":
            if heading == "h1" and title is None:
                title = _plain(token)
            heading = ""
            lines += _plain(token).splitlines()
        elif token.type in ("fence", "code_block"):
            lines += token.content.splitlines()
    return Draft(lines, metadata, title)


def _plain(token: Token) -> str:
    """The words of a Markdown line, without emphasis and addresses; a soft line break is a space."""
    parts = {"softbreak": " ", "hardbreak": "\n"}
    return "".join(parts.get(child.type, child.content) for child in token.children or [])


def _front_matter(text: str) -> tuple[dict[str, object], str]:
    try:
        metadata, body = frontmatter.parse(text, handler=YAMLHandler())
    except (yaml.YAMLError, ValueError) as exc:
        if not _STATED.match(text):
            # A text may open with a rule of dashes and no metadata: then all of it is the article.
            return {}, text
        problem = getattr(exc, "problem", None) or str(exc).splitlines()[0]
        raise ReadError(f"its front matter is not YAML ({problem}). Put values with a colon in quotes.") from exc
    return ({str(key).lower(): value for key, value in metadata.items()}, body) if metadata else ({}, text)


def _headline(lines: list[str]) -> str | None:
    """The headline of a text without metadata: of the short opening lines, the one that says what the lead says.

    News sites print a kicker over the headline and a deck below it; the headline shares most words with the lead.
    """
    heads = list(takewhile(lambda line: len(line) <= 200 and line[-1] not in '.”")', lines[:HEADLINE_LINES]))
    if not heads:
        return lines[0] if len(lines[0]) <= LONGEST_HEADLINE_CHARACTERS else None
    lead = _stems(next((line for line in lines[len(heads) :] if line.endswith(".")), ""))
    titles = [head for head in heads if not _BYLINE.match(head) and not publication_date(head)] or heads
    return max(titles, key=lambda head: len(_stems(head) & lead) / max(len(_stems(head)), 1))


def _stems(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"\w{4,}", text.lower())}


def _text(value: object) -> str | None:
    """A front-matter value as one line of text; several, such as authors, with commas between them."""
    if isinstance(value, list):
        value = ", ".join(str(one) for one in value if isinstance(one, str | int))
    if value is None or isinstance(value, dict):
        return None
    text = " ".join(str(value).encode(errors="replace").decode().split())
    return _CONTROL.sub("", text) or None


def _name(path: Path) -> str:
    """The path as it can be printed, whatever bytes are in it."""
    return str(path).encode(errors="backslashreplace").decode()


FORMATS: dict[str, Callable[[str], Draft]] = {
    ".txt": _read_text,
    ".text": _read_text,
    ".md": _read_markdown,
    ".markdown": _read_markdown,
}
