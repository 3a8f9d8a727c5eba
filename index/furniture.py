"""Drops what a news site puts around an article: teasers, share lines, repeated captions, staff lines."""

import re

REPEATED_LINE_WORDS = 6

_FURNITURE = re.compile(
    r"""^(
        most\ (popular|read|viewed|shared) | trending(\ now)? | recommended(\ for\ you)? | related(\ (stories|articles))?
      | read\ (more|also|next)\b\s*(:.*)? | see\ also\b\s*:.* | also\ read\b.* | advertisement | sponsored(\ content)?
      | (share|tweet|print|email|save|copy\ link)(\ (this|on)\b.*)? | comments?(\ \(\d+\))? | sign\ up\b.* | subscribe\b.*
      | follow\ us\b.* | newsletter | click\ here\b.* | story\ continues\ below.* | loading\.* | back\ to\ top
      | .{2,80}\bcontributed\ to\ this\ (report|article|story)\.?
    )\s*:?$""",
    re.IGNORECASE | re.VERBOSE,
)
_STAFF = re.compile(r"^(?P<source>.{2,60}?) staff contributed to this (report|article|story)\.?$", re.IGNORECASE)


def drop_furniture(lines: list[str]) -> list[str]:
    """`lines` without site furniture, and without the later copies of a line of six words or more."""
    kept: list[str] = []
    seen: set[str] = set()
    for line in lines:
        words = " ".join(line.split())
        if _FURNITURE.match(words) or words in seen:
            continue
        if len(words.split()) >= REPEATED_LINE_WORDS:
            seen.add(words)
        kept.append(line)
    return kept


def staffed_source(lines: list[str]) -> str | None:
    """The publisher that a line such as "Times of Israel staff contributed to this report." names, else None."""
    matches = (_STAFF.match(line.strip()) for line in lines)
    return next((match["source"] for match in matches if match), None)
