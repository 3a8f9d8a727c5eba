"""Strangers' text in a form that can be stored and printed: Unicode's half characters are what databases refuse."""

import codecs
import re

_NO_PAGES = frozenset({
    "punycode", "idna", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape", "unicode-escape", "undefined",
    "utf-7", "utf_7", "mbcs", "oem", "palmos",
})


# As browsers read these labels (WHATWG Encoding Standard): the larger encoding that was meant.
_MEANT = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
}

# What windows-1252 has where Latin-1 has control characters; five bytes have nothing in either.
_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}


# Letters of their own, which a keyboard without them writes otherwise; accents are dropped by Unicode's own rules.
_PLAIN = str.maketrans({
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ø": "o", "Ø": "O", "ı": "i", "ħ": "h", "Ħ": "H",
    "ŧ": "t", "Ŧ": "T", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ß": "ss", "ẞ": "SS", "þ": "th", "Þ": "Th",
})
# Beside these letters đ is written dj; in Vietnamese it is d.
_SERBIAN = re.compile(r"\b(?=\w{0,40}[đĐ])(?=\w{0,40}[ćčšžĆČŠŽ])\w+")


def plain_letters(text: str) -> str:
    """`text` as one writes it who has no ł, đ, ø, æ or ß: "Łódź" is "Lódź", "Đoković" "Djoković". Often longer."""
    if text.isascii():
        return text
    return _SERBIAN.sub(lambda word: word[0].replace("đ", "dj").replace("Đ", "Dj"), text).translate(_PLAIN)


def storable(text: str) -> str:
    """`text` as it is, but for what no database keeps: NULs are gone, halves of characters joined or replaced."""
    return text.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def printable(text: str) -> str:
    """`text` with an escape for each half of a character, so that it can be printed and stays recognisable."""
    return text.encode(errors="backslashreplace").decode()


def text_of(raw: bytes, encoding: str) -> str:
    """`raw` in the encoding that a stranger names, read as browsers do: what is called Latin-1 is windows-1252, unless
    it is UTF-8 after all. Raises ValueError where it does not fit, and for an encoding that no
    page is written in: Python knows some that take minutes or that stand for escapes."""
    try:
        known = codecs.lookup(encoding).name
    except (LookupError, ValueError) as exc:
        raise ValueError(f"'{printable(encoding)}' is no known encoding.") from exc
    if known in _NO_PAGES:
        raise ValueError(f"'{known}' is no encoding of pages.")
    known = _MEANT.get(known, known)
    try:
        return _western(raw) if known == "cp1252" else raw.decode(known)
    except LookupError as exc:
        raise ValueError(f"'{known}' makes no text of bytes.") from exc


def _western(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1").translate(_WINDOWS)
