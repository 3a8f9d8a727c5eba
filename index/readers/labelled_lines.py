"""Reads the lines at the head of a plain text that say what it is, as news databases print them:
"Source: The Paper"."""

import re

_LABELS = {
    "title": "title", "headline": "title",
    "source": "source", "publisher": "source", "publication": "source", "newspaper": "source",
    "author": "author", "authors": "author", "byline": "author", "by": "author",
    "url": "url", "link": "url",
}  # fmt: skip
_LABELLED = re.compile(rf"({'|'.join(_LABELS)})[^\S\n]?:[^\S\n]*(\S.*)", re.IGNORECASE)
# The head ends with the first line that is prose.
HEAD_LINES = 12
LONGEST_LINE_CHARACTERS = 200


def labelled(lines: list[str]) -> tuple[dict[str, object], list[str]]:
    """What the head of a text states of it by a label, and the text's other lines. A day stays where it is: it is read
    from the text."""
    metadata: dict[str, object] = {}
    rest: list[str] = []
    filled = 0
    for n, line in enumerate(lines):
        stated = _LABELLED.fullmatch(line.strip()) if len(line) <= LONGEST_LINE_CHARACTERS else None
        filled += bool(line.strip())
        if filled > HEAD_LINES or len(line) > LONGEST_LINE_CHARACTERS or not stated and line.rstrip().endswith("."):
            return metadata, rest + lines[n:]
        name = _LABELS[stated[1].lower()] if stated else ""
        if stated and name not in metadata:
            metadata[name] = stated[2].strip()
        else:
            rest.append(line)
    return metadata, rest
