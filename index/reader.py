"""Files in, articles out. A format is one function in `FORMATS`; a file that cannot become an article is a ReadError."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import frontmatter
import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.article import Article, article_id
from index.dates import parse_date, publication_date
from index.errors import ReadError
from index.furniture import drop_furniture, staffed_source

HEADLINE_LINES = 3
LARGEST_FILE_BYTES = 20_000_000


@dataclass(frozen=True)
class Draft:
    """What a format's reader makes of a file: its lines, and the metadata that the file states."""

    lines: list[str]
    metadata: dict[str, object] = field(default_factory=dict)
    title: str | None = None


def article_files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files to read below `paths`, in order: a file as it is, a folder's readable files with its subfolders'.

    Hidden files and folders are passed over. Raises ReadError for a path that does not exist.
    """
    for path in paths:
        if path.is_file():
            yield path
        elif path.is_dir():
            inside = (p for p in sorted(path.rglob("*")) if p.suffix.lower() in FORMATS and p.is_file())
            yield from (p for p in inside if not any(part.startswith(".") for part in p.relative_to(path).parts))
        else:
            raise ReadError(f"{path}: there is no such file or folder.")


def read_article(path: Path) -> Article:
    """The article in the file at `path`. Raises ReadError, which names the file and says what is wrong with it."""
    reader = FORMATS.get(path.suffix.lower())
    if reader is None:
        raise ReadError(f"{path}: '{path.suffix}' files are not read. Expected one of {', '.join(FORMATS)}.")
    draft = reader(_decoded(path))
    lines = drop_furniture([line.strip() for line in draft.lines if line.strip()])
    text = "\n\n".join(lines)
    if not re.search(r"\w", text):
        raise ReadError(f"{path}: the file has no text.")
    stated = draft.metadata
    url = _text(stated.get("url"))
    origin = url or str(path.resolve())
    date = stated.get("date")
    return Article(
        id=article_id(origin),
        text=text,
        title=_text(stated.get("title")) or draft.title or _headline(lines) or path.stem,
        source=_text(stated.get("source")) or _text(stated.get("publisher")) or staffed_source(draft.lines),
        author=_text(stated.get("author")),
        date=parse_date(date) if date else publication_date(text),
        url=url,
        path=str(path.resolve()),
    )


def _decoded(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise ReadError(f"{path}: the file is larger than {LARGEST_FILE_BYTES // 1_000_000} MB.")
        raw = path.read_bytes()
    except OSError as exc:
        raise ReadError(f"{path}: the file cannot be read ({exc.strerror}).") from exc
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as exc:
        raise ReadError(
            f"{path}: the file is not {encoding.removesuffix('-sig').upper()} text (byte {exc.start}). "
            "Save it as UTF-8 and index it again."
        ) from exc
    if "\0" in text:
        raise ReadError(f"{path}: the file is binary, not text.")
    return text


def _read_text(text: str) -> Draft:
    metadata, body = _front_matter(text)
    return Draft(body.splitlines(), metadata)


def _read_markdown(text: str) -> Draft:
    metadata, body = _front_matter(text)
    # HTML stays off, so that tags come through as the text they are.
    tokens = MarkdownIt("commonmark", {"html": False}).parse(body)
    lines: list[str] = []
    title = None
    for before, token in zip(tokens, tokens[1:], strict=False):
        if token.type == "inline":
            if before.type == "heading_open" and before.tag == "h1" and title is None:
                title = _plain(token)
            lines += _plain(token).splitlines()
        elif token.type in ("fence", "code_block"):
            lines += token.content.splitlines()
    if tokens and tokens[0].type in ("fence", "code_block"):
        lines = tokens[0].content.splitlines() + lines
    return Draft(lines, metadata, title)


def _plain(token: Token) -> str:
    """The words of a Markdown line, without emphasis and addresses; a soft line break is a space."""
    parts = {"softbreak": " ", "hardbreak": "\n"}
    return "".join(parts.get(child.type, child.content) for child in token.children or [])


def _front_matter(text: str) -> tuple[dict[str, object], str]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        metadata, body = frontmatter.parse(text)
    except yaml.YAMLError:
        # A text may open with a rule of dashes and no metadata: then all of it is the article.
        return {}, text
    return ({str(key).lower(): value for key, value in metadata.items()}, body) if metadata else ({}, text)


def _headline(lines: list[str]) -> str | None:
    """The headline of a text without metadata: of the short opening lines, the one that says what the lead says.

    News sites print a kicker over the headline and a deck below it; the headline shares most words with the lead.
    """
    opening = [line for line in lines[: HEADLINE_LINES + 1]]
    heads: list[str] = []
    for line in opening[:HEADLINE_LINES]:
        if line.endswith((".", "”", '"', ")")) or len(line) > 200:
            break
        heads.append(line)
    if not heads:
        return lines[0][:120] if len(lines[0]) <= 120 else None
    lead = next((line for line in lines[len(heads) :] if line.endswith(".")), "")
    lead_words = _stems(lead)
    return max(heads, key=lambda head: len(_stems(head) & lead_words) / max(len(_stems(head)), 1))


def _stems(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"\w{4,}", text.lower())}


def _text(value: object) -> str | None:
    text = " ".join(str(value).split()) if value is not None else ""
    return text or None


FORMATS: dict[str, Callable[[str], Draft]] = {
    ".txt": _read_text,
    ".text": _read_text,
    ".md": _read_markdown,
    ".markdown": _read_markdown,
}
