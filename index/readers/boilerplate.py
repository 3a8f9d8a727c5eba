"""Drops what a news site puts around an article: teasers, share lines, repeated captions, staff lines."""

import re

REPEATED_LINE_WORDS = 6
REPEATED_WITHIN_LINES = 3
LONGEST_BOILERPLATE_CHARACTERS = 200

# What announces other articles; those that follow it to the end of the page go with it.
_TEASERS = re.compile(
    r"""(
        most\ (popular|read|viewed|shared) | trending(\ now)? | recommended(\ for\ you)?
      | related(\ (stories|articles))? | read\ (more|also|next) | see\ also
      | also\ read | more\ (on\ this|from\ us) | you\ may\ also\ like
    )\s*:?""",
    re.IGNORECASE | re.VERBOSE,
)
_BOILERPLATE = re.compile(
    r"""(
        (read\ (more|also|next)|see\ also|also\ read)\s*+:.*+ | advertisement | sponsored(\ content)?
      | (share|tweet|print|email|save|copy\ link)(\ (this|on)\b.*+)? | comments?(\ \(\d+\))? | newsletter
      | sign\ (up|in)\ (for|to)\b.*+ | subscribe(\ (to|now)\b.*+)? | follow\ us\b.*+ | click\ here\b.*+
      | story\ continues\ below.*+ | loading\.*+ | back\ to\ top
      | .{2,80}\bcontributed\ to\ this\ (report|article|story)\.?
    )\s*:?""",
    re.IGNORECASE | re.VERBOSE,
)
_STAFF = re.compile(r"(?P<source>.{2,60}?) staff contributed to this (report|article|story)\.?", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…][”\"’')\]]*$")


def text_positions(lines: list[str]) -> list[int]:
    """The places of those `lines` that are no boilerplate, nor copies of a line of six words or more close above."""
    positions: list[int] = []
    seen: dict[str, int] = {}
    for position, line in enumerate(_without_teasers(lines)):
        words = " ".join(line.split())
        # A paragraph that begins with "Follow us" may be the whole article.
        is_boilerplate = len(words) <= LONGEST_BOILERPLATE_CHARACTERS and _BOILERPLATE.fullmatch(words)
        # Farther away it is a refrain: the questions of an interview, the steps of a recipe.
        is_copy = words in seen and position - seen[words] <= REPEATED_WITHIN_LINES
        if is_boilerplate or _TEASERS.fullmatch(words) or is_copy:
            continue
        if len(words.split()) >= REPEATED_LINE_WORDS:
            seen[words] = position
        positions.append(position)
    return positions


def staffed_source(lines: list[str]) -> str | None:
    """The publisher that a line such as "Times of Israel staff contributed to this report." names, else None."""
    matches = (_STAFF.fullmatch(line.strip()) for line in lines)
    return next((match["source"] for match in matches if match), None)


def _without_teasers(lines: list[str]) -> list[str]:
    """`lines` up to a heading of teasers behind which no line is a sentence any more."""
    for position, line in enumerate(lines):
        if _TEASERS.fullmatch(line.strip()) and not any(_SENTENCE_END.search(rest) for rest in lines[position + 1 :]):
            return lines[:position]
    return lines
