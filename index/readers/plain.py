"""Reads plain text and Markdown; the metadata of both is YAML front matter, or of a text the labelled lines at its
head."""

import json
import re
from collections.abc import Iterator

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.errors import ReadError
from index.limits import FileLimits
from index.message import Message, message_of
from index.readers.encodings import decoded_text
from index.readers.labelled_lines import labelled
from index.readers.parsed_document import Draft, table_row
from index.readers.wrapped import unwrapped

# Front matter is a list of a few values.
DEEPEST = 20
MOST_ALIASES = 20

_HALVES = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_STATED = re.compile(r"(?<!\s)\s*+---[^\S\n]*+\n\s*+[\w-]++[^\S\n]*+:")


def read_text(raw: bytes, limits: FileLimits) -> Draft:
    """The draft of a text file."""
    metadata, body = _front_matter(decoded(raw))
    if not metadata:
        metadata, lines = labelled(split_lines(body))
        body = "\n".join(lines)
    return Draft(text_lines(body), metadata)


def read_markdown(raw: bytes, limits: FileLimits) -> Draft:
    """The draft of a Markdown file, without its marks but those of lists; each row of a table is a line."""
    metadata, body = _front_matter(decoded(raw))
    lines: list[str] = []
    title = None
    heading = bullet = ""
    # HTML stays off, so that tags come through as the text they are.
    tokens = iter(MarkdownIt("commonmark", {"html": False}).enable("table").parse(body))
    for token in tokens:
        if token.type == "table_open":
            lines += _table_lines(tokens)
        elif token.type == "heading_open":
            heading = token.tag
        elif token.type == "list_item_open":
            bullet = f"{token.info}{token.markup} " if token.info else "- "
        elif token.type == "inline":
            if heading == "h1" and title is None:
                title = _plain(token)
            first, *more = split_lines(_plain(token))
            lines += [f"{bullet}{first}", *more]
            heading = bullet = ""
        elif token.type in ("fence", "code_block"):
            lines += split_lines(token.content)
    return Draft(lines, metadata, title)


def _table_lines(tokens: Iterator[Token]) -> Iterator[str]:
    """The rows of a table below its heads. What is taken from `tokens` ends with the table."""
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_plain(token))
    return (table_row(rows[0], row) for row in rows[1:])


def text_lines(text: str) -> list[str]:
    """The lines of a plain text; a paragraph broken at one width is one line."""
    return unwrapped([split_lines(block) for block in re.split(r"\n[^\S\n]*\n", text)])


def split_lines(text: str) -> list[str]:
    """`text` without its line feeds. Other characters that may end a line are left in it."""
    return text.split("\n")


def decoded(raw: bytes) -> str:
    """`raw` as text with line feeds for line ends. Raises ReadError where no encoding explains it."""
    try:
        text, _ = decoded_text(raw)
    except ValueError as exc:
        raise ReadError(Message(
            "the file is no text: %(reason)s. Save it as UTF-8 and index it again.", reason=message_of(exc)
        )) from exc
    if "\0" in text:
        raise ReadError(Message("the file is binary, not text."))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _plain(token: Token) -> str:
    """The words of a Markdown line, without emphasis and addresses; a soft line break is a space."""
    parts = {"softbreak": " ", "hardbreak": "\n"}
    return "".join(parts.get(child.type, child.content) for child in token.children or [])


class _Handler(YAMLHandler):
    """Also reads the strings of JSON, which name a character beyond 16 bits by two halves."""

    def load(self, fm: str, **options: object) -> dict[str, object]:
        """The metadata in `fm`."""
        joined = _HALVES.sub(lambda pair: json.loads(f'"{pair.group()}"'), fm)
        _check_nesting(joined)
        metadata: dict[str, object] = super().load(joined, **options)
        return {str(key).lower(): value for key, value in metadata.items()} if isinstance(metadata, dict) else {}


def _check_nesting(fm: str) -> None:
    """Raises YAMLError where `fm` is built to bring down who reads it: the library calls itself for each level."""
    depth = aliases = 0
    for event in yaml.parse(fm, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        aliases += isinstance(event, yaml.AliasEvent)
        if depth > DEEPEST or aliases > MOST_ALIASES:
            raise yaml.YAMLError(f"nested more than {DEEPEST} deep" if depth > DEEPEST else "too many aliases")


def _front_matter(text: str) -> tuple[dict[str, object], str]:
    try:
        metadata, body = frontmatter.parse(text, handler=_Handler())
    except (yaml.YAMLError, ValueError, TypeError) as exc:
        if not _STATED.match(text):
            # A text may open with a rule of dashes and no metadata: then all of it is the article.
            return {}, text
        problem = getattr(exc, "problem", None) or str(exc).splitlines()[0]
        raise ReadError(Message(
            "its front matter is not YAML (%(error)s). Put values with a colon in quotes.", error=problem
        )) from exc
    return (metadata, body) if metadata else ({}, text)
