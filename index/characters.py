"""Strangers' text in a form that can be stored and printed: Unicode's half characters are what databases refuse."""

import codecs

_NO_PAGES = frozenset({
    "punycode", "idna", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape", "unicode-escape", "undefined",
    "utf-7", "utf_7", "mbcs", "oem", "palmos",
})


def storable(text: str) -> str:
    """`text` as it is, but for what no database keeps: NULs are gone, halves of characters joined or replaced."""
    return text.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def printable(text: str) -> str:
    """`text` with an escape for each half of a character, so that it can be printed and stays recognisable."""
    return text.encode(errors="backslashreplace").decode()


def text_of(raw: bytes, encoding: str) -> str:
    """`raw` in the encoding that a stranger names. Raises ValueError where it does not fit, and for an encoding that no
    page is written in: Python knows some that take minutes or that stand for escapes."""
    try:
        known = codecs.lookup(encoding).name
    except (LookupError, ValueError) as exc:
        raise ValueError(f"'{printable(encoding)}' is no known encoding.") from exc
    if known in _NO_PAGES:
        raise ValueError(f"'{known}' is no encoding of pages.")
    try:
        return raw.decode(known)
    except LookupError as exc:
        raise ValueError(f"'{known}' makes no text of bytes.") from exc
