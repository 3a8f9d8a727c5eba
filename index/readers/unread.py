"""Counts the documents in a folder that are of kinds that are not read, so that none is passed over without a word."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from index.message import Message

# What may hold articles; pictures, programs and the like are no news to anybody.
DOCUMENTS = frozenset(
    ".doc .docm .dot .dotx .ott .mobi .azw3 .fb2 .xlsm .xlsb .ppt .pptx .odp .pages .wpd "
    ".wps .msg .mht .mhtml .xhtml .xml .tex .rst .adoc .org .djvu .ps .gz .tar .tgz .7z .rar .warc".split()
)


def unread_kinds(paths: Iterable[Path]) -> Message | None:
    """A sentence that counts the documents among `paths` by kind, or None where there are none."""
    counts = Counter(suffix for path in paths if (suffix := path.suffix.lower()) in DOCUMENTS)
    if not counts:
        return None
    total = counts.total()
    kinds = ", ".join(f"{count:,} {suffix}" for suffix, count in counts.most_common())
    if total == 1:
        return Message(
            "1 document in it is of kinds that are not read: %(kinds)s. Save them as .docx, .pdf, .html or .txt and "
            "index them again.",
            kinds=kinds,
        )
    return Message(
        "%(count)s documents in it are of kinds that are not read: %(kinds)s. Save them as .docx, .pdf, .html or .txt "
        "and index them again.",
        count=total, kinds=kinds,
    )
