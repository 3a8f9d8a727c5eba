"""Counts tokens with tiktoken from the vocabulary that ships in `index/vocabulary`; nothing is fetched."""

import os
from functools import cache
from pathlib import Path

import tiktoken

ENCODING = "o200k_base"
VOCABULARY = Path(__file__).parent / "vocabulary"


def count_tokens(text: str) -> int:
    """Number of `o200k_base` tokens of `text`; special-token text in it counts as ordinary text."""
    return len(_encoding().encode(text, disallowed_special=()))


@cache
def _encoding() -> tiktoken.Encoding:
    before = os.environ.get("TIKTOKEN_CACHE_DIR")
    os.environ["TIKTOKEN_CACHE_DIR"] = str(VOCABULARY)
    try:
        return tiktoken.get_encoding(ENCODING)
    finally:
        if before is None:
            del os.environ["TIKTOKEN_CACHE_DIR"]
        else:
            os.environ["TIKTOKEN_CACHE_DIR"] = before


def is_common_word(word: str) -> bool:
    """Whether `word`, in lower case, is frequent enough in the world's text to be one token of the vocabulary."""
    return len(_encoding().encode(f" {word.lower()}", disallowed_special=())) == 1
