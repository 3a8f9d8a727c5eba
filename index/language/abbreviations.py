"""Finds the short names that a text introduces, as in "Hayat Tahrir al-Sham (HTS)", after Schwartz and Hearst (2003),
"A simple algorithm for identifying abbreviation definitions in biomedical text"."""

import re

_BRACKET = re.compile(r"\(([A-Z][A-Za-z]{1,9})\)")


def find_aliases(text: str) -> set[tuple[str, str]]:
    """Pairs (short, long) that `text` introduces, the short name in brackets behind the long one."""
    return {
        (match.group(1), long)
        for match in _BRACKET.finditer(text)
        if (long := _long_form(match.group(1), text[max(0, match.start() - 120) : match.start()])) is not None
    }


def _long_form(short: str, before: str) -> str | None:
    """The shortest end of `before` that holds the letters of `short` in order, its first letter opening a word."""
    before = before.rstrip()
    at = len(before)
    for position, letter in enumerate(reversed(short.lower())):
        opens = position == len(short) - 1
        at -= 1
        while at >= 0 and not (before[at].lower() == letter and (not opens or _opens_word(before, at))):
            at -= 1
        if at < 0:
            return None
    long = before[at:]
    return long if len(long) > len(short) and len(long.split()) <= len(short) + 5 and "\n" not in long else None


def _opens_word(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isalnum()
