"""Hashes texts, for names that say nothing of what is named and for noticing that a text has changed."""

import hashlib


def text_digest(text: str) -> str:
    """The SHA-256 hash of a text, in 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
