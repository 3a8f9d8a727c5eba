"""Reads Rich Text Format with striprtf: its text, and title, author and day from its information group."""

import re

from index.errors import ReadError
from index.limits import FileLimits
from index.message import Message
from index.readers.parsed_document import Draft
from index.readers.plain import text_lines

_STATED = re.compile(r"\{\\(?:\*\\)?(title|author)\s([^{}]{1,500}+)\}")
_CREATED = re.compile(r"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_INFO_CHARACTERS = 20_000


def read_rtf(raw: bytes, limits: FileLimits) -> Draft:
    """The draft of an RTF document. Raises ReadError where it is none."""
    if not raw.lstrip().startswith(b"{\\rtf"):
        raise ReadError(Message("the file is no RTF document. Save it anew and index it again."))
    # Bytes beyond ASCII are in the code page that the document names, which the library reads as escapes.
    source = re.sub(rb"[\x80-\xff]", lambda byte: b"\\'%02x" % byte[0][0], raw).decode("ascii")
    head = source[:_INFO_CHARACTERS]
    stated: dict[str, object] = {name: _plain(f"{{\\rtf1\\ansi {value}}}") for name, value in _STATED.findall(head)}
    if created := _CREATED.search(head):
        stated["date"] = "-".join(part.zfill(2) for part in created.groups())
    known = {key: value for key, value in stated.items() if value}
    return Draft(text_lines(_plain(source)), known, stated_in="file metadata")


def _plain(source: str) -> str:
    from striprtf.striprtf import rtf_to_text

    text: str = rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]
    return text.replace("\r", "\n").strip()
