"""What a sentence of an LLM states, apart from the heading that says when and by whom it was reported."""

import re
from dataclasses import dataclass

_HEADING = re.compile(r"\A\s*+(?:As of|Earlier)\b[^:\n]{0,200}+:(?=\s|\Z)")


@dataclass(frozen=True)
class Stated:
    """A statement: `heading` ("As of 5 December 2024, Desk: ") with the white space behind it, and `body`, which
    follows it. Both are empty where a sentence states nothing."""

    heading: str
    body: str

    @property
    def text(self) -> str:
        """The whole statement."""
        return self.heading + self.body


NOTHING = Stated("", "")


def read_stated(text: str) -> Stated:
    """The statement that `text` is; a heading that nothing follows is its body."""
    match = _HEADING.match(text)
    body = text[match.end() :].lstrip() if match else ""
    return Stated(text.removesuffix(body), body) if body else Stated("", text)


def is_heading(text: str) -> bool:
    """Whether `text` is a heading alone."""
    return _HEADING.fullmatch(text) is not None
