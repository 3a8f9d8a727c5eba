"""Fences around what a prompt quotes: lines with a token that the quoted text cannot hold, so that no article can close
its fence and speak as the reader or the program."""

import re
import secrets
from collections.abc import Callable, Iterable

_LOOKALIKE = re.compile(r"<(?=\s*+(?:/\s*+)?(passage|conversation))", re.IGNORECASE)


def new_fence(texts: Iterable[str], draw: Callable[[], str] = lambda: secrets.token_hex(4)) -> str:
    """A token that none of `texts` holds, drawn afresh so that no article can foresee it."""
    held = "\n".join(texts)
    fence = draw()
    while fence in held:
        fence = draw()
    return fence


def harmless(text: str) -> str:
    """`text` without the sign that opens or closes a fence."""
    return _LOOKALIKE.sub("‹", text)


def single_line(text: str) -> str:
    """`text` on one line, harmless: for labels, which end with their line."""
    return harmless(" ".join(text.split()))
