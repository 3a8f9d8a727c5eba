"""Finds the encoding of a text of which nothing is stated: UTF-8, UTF-16, windows-1252, else what charset-normalizer
recognises as words. Bytes that no encoding explains are refused, for what is indexed of them could never be found."""

import re

from index.characters import text_of
from index.message import Message

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF32_MARKS = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
# Of windows-1252, what stands in texts of western languages: a letter beside letters, or a sign that is no letter.
_LETTER = "À-ÖØ-öø-ÿŠšŽžŒœŸ"
_SIGNS = "“”‘’„‚‹›«»–—…•€£¥§©®™°±²³¹½¼¾·¿¡ºª´ †‡‰×÷¢µ"
_ODD = re.compile(rf"[^\0-\x7f{_LETTER}{_SIGNS}]|(?<=[A-Za-z{_LETTER}])[£¥§©±¢µ¿¡†‡×÷](?=[A-Za-z{_LETTER}])|[¿¡](?=\s)")
_CONTROLS = re.compile(r"[\0-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
_MOST_HIGH = 0.25
_ENOUGH_COHERENCE = 0.3
_SAMPLE_BYTES = 200_000


def decoded_text(raw: bytes, stated: str | None = None) -> tuple[str, str]:
    """`raw` as text, and its encoding. `stated` is one that somebody names for it, which may be wrong.

    Raises ValueError where no encoding explains the bytes.
    """
    for encoding in _marked(raw) or [*filter(None, [stated]), "utf-8", *_without_mark(raw)]:
        try:
            text = text_of(raw, encoding).removeprefix("\ufeff")
        except ValueError:
            continue
        if not _CONTROLS.search(text) or encoding == "utf-8":
            return text, encoding
    text = raw.decode("cp1252", "replace")
    few = len(re.sub(rb"[\0-\x7f]", b"", raw)) < _MOST_HIGH * len(raw)
    if few and not (_ODD.search(text) or _CONTROLS.search(text)):
        return text, "windows-1252"
    return _recognised(raw)


def _marked(raw: bytes) -> list[str]:
    if raw.startswith(_UTF32_MARKS):
        return ["utf-32"]
    if raw.startswith(_UTF16_MARKS):
        return ["utf-16"]
    return ["utf-8"] if raw.startswith(_UTF8_MARK) else []


def _without_mark(raw: bytes) -> list[str]:
    """UTF-16 where every other byte of a text of mostly Latin letters is zero."""
    head = raw[:4096]
    if len(head) < 4 or b"\0" not in head:
        return []
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    return ["utf-16-le"] if odd > 0.6 * half and not even else ["utf-16-be"] if even > 0.6 * half and not odd else []


def _recognised(raw: bytes) -> tuple[str, str]:
    # Imported here: hardly a text needs it.
    from charset_normalizer import from_bytes

    best = None if b"\0" in raw else from_bytes(raw[:_SAMPLE_BYTES]).best()
    if best is None or best.coherence < _ENOUGH_COHERENCE or best.encoding.startswith("utf"):
        raise ValueError(Message("no encoding explains its bytes"))
    return text_of(raw, best.encoding), best.encoding
