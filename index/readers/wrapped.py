"""Joins lines that were broken at one width, as in old mails and text files, so that no sentence is cut. Lists, verses
and headlines keep their lines."""

import re
from collections.abc import Sequence

LINE_CHARACTERS = (40, 120)
# A text is wrapped where so many of its lines have no room for the next word, and so many go on in small letters.
MOST_WITHOUT_ROOM = 0.8
GO_ON = 0.35
ENOUGH_PAIRS = 3

_SENTENCE_END = re.compile(r"[.!?:…][”\"’')\]]*$")
_ITEM = re.compile(r"(?:[-*•–—+·]|\(?\d{1,3}[.)]|[a-z][.)])\s")
_NUMBER = re.compile(r"\d{1,3}[.)]\s")


def unwrapped(blocks: Sequence[list[str]]) -> list[str]:
    """The lines of all blocks, in order, with those joined that were broken at one width."""
    blocks = [[line.rstrip() for line in block] for block in blocks]
    width = _width(blocks)
    return [line for block in blocks for line in _joined(block, width)]


def _width(blocks: Sequence[list[str]]) -> int | None:
    """The width that the whole text was broken at, or None."""
    # An address is not broken, however long it is.
    lines = [line for block in blocks if len(block) > 1 for line in block if " " in line.strip()]
    width = max(map(len, lines), default=0)
    pairs = [pair for block in blocks for pair in zip(block, block[1:], strict=False) if all(pair)]
    return width if len(pairs) >= ENOUGH_PAIRS and _is_width(width) and _are_wrapped(pairs, width) else None


def _are_wrapped(pairs: list[tuple[str, str]], width: int) -> bool:
    full = sum(_is_full(line, after, width) for line, after in pairs)
    goes_on = sum(after.lstrip()[:1].islower() for _, after in pairs)
    return full >= MOST_WITHOUT_ROOM * len(pairs) and goes_on >= GO_ON * len(pairs)


def _is_width(characters: int) -> bool:
    return LINE_CHARACTERS[0] <= characters <= LINE_CHARACTERS[1]


def _joined(lines: list[str], width: int | None) -> list[str]:
    """The lines of a block; `width` is that of the whole text where it is known."""
    own = width or max(map(len, lines), default=0)
    pairs = list(zip(lines, lines[1:], strict=False))
    if not pairs or not _is_width(own):
        return lines
    if width is None and not all(_is_full(line, after, own) for line, after in pairs):
        return lines
    sure = width is not None or _SENTENCE_END.search(lines[-1]) is not None
    joined = lines[:1]
    for line, after in pairs:
        if _goes_on(line, after, own, sure=sure):
            word = re.search(r"\w-$", line) and after.lstrip()[:1].isalpha()
            joined[-1] += ("" if word else " ") + after.strip()
        else:
            joined.append(after)
    return joined


def _goes_on(line: str, after: str, width: int, *, sure: bool) -> bool:
    full, ends = _is_full(line, after, width), _SENTENCE_END.search(line) is not None
    is_item = _ITEM.match(after.lstrip()) and not _ends_in_number(line, after, is_open=full and not ends)
    if not line or not after or is_item:
        return False
    if len(after.split()[0]) > width:
        # An address, which has no room anywhere.
        return not ends
    if after.lstrip()[0].islower():
        return full or not ends
    return sure and full


def _ends_in_number(line: str, after: str, *, is_open: bool) -> bool:
    """Whether a number at the front of the line after ends the sentence of `line`: "by 13 votes to", "11. The"."""
    return is_open and _NUMBER.match(after.lstrip()) is not None and not _ITEM.match(line.lstrip())


def _is_full(line: str, after: str, width: int) -> bool:
    """Whether the first word of the line after had no room in `line`."""
    words = after.split()
    return bool(words) and len(line) + 1 + len(words[0]) > width
