"""Keeps the fences and labels of a prompt from a reader when an LLM repeats it, as base models do. Works on a stream,
however the lines are cut into pieces."""

import re
from collections.abc import Iterable, Iterator

_FENCE = re.compile(r"</?\s*(?:passage|conversation)\b.*", re.IGNORECASE | re.DOTALL)
_LABEL = re.compile(
    r"(?<!\s)\s*+(?:number:\s*\d+\b|(?:number|title|source|date|text|passage|question):)", re.IGNORECASE
)
# A base model that has answered asks itself the next question.
_QUESTION = re.compile(r"(?<!\s)\s*+(?:[*#_]{1,3}+\s*+)?+question:", re.IGNORECASE)
_ALONE = re.compile(r"(?<!\s)\s*+(?:number:\s*\d+\s+title:|\[(?:system|human|ai)\])", re.IGNORECASE)
_STARTS = ("number:", "title:", "source:", "date:", "text:", "passage:", "question:", "[system]", "[human]", "[ai]")
_TAGS = ("<passage", "</passage", "<conversation", "</conversation")


class EchoFilter:
    """Lets through what is no line of a prompt. `echoed` is whether there was any.

    Behind a text a line "Question: ..." ends it: what follows is no longer an answer to what was asked.
    """

    def __init__(self) -> None:
        self.echoed = False
        self._line = ""
        self._given = 0
        self._has_text = False
        self._ended = False

    def through(self, pieces: Iterable[str]) -> Iterator[str]:
        """`pieces` without such lines; "" where nothing can be said yet."""
        for piece in pieces:
            yield self.feed(piece)
        yield self.finish()

    def feed(self, piece: str) -> str:
        """What can be said once `piece` has come."""
        self._line += piece
        text = ""
        while "\n" in self._line:
            line, _, rest = self._line.partition("\n")
            text += self._end(line, "\n")
            self._line, self._given = rest, 0
        sure = 0 if self._ended else self._sure(self._line)
        text += self._line[self._given : sure]
        self._given = max(self._given, sure)
        self._has_text = self._has_text or bool(text.strip())
        return text

    def finish(self) -> str:
        """What was held back when the text ended."""
        text = self._end(self._line, "")
        self._line, self._given = "", 0
        return text

    def _end(self, line: str, stop: str) -> str:
        """What is left of a whole line, beyond what was given of it."""
        fence = _FENCE.search(line)
        if fence is not None:
            self.echoed = True
            line = line[: fence.start()]
            stop = stop if line.strip() else ""
        if _ALONE.match(line) or self.echoed and _LABEL.match(line):
            self.echoed = True
            return ""
        if _QUESTION.match(line):
            self._ended = self._ended or self._has_text
            return ""
        if self._ended:
            return ""
        self._has_text = self._has_text or bool(line.strip())
        return line[self._given :] + stop

    def _sure(self, line: str) -> int:
        """How much of a line that is still being written is sure to be none of a prompt's."""
        begun = line.lstrip().lstrip("*#_ ").lower()
        if any(start.startswith(begun) or begun.startswith(start) for start in _STARTS):
            return 0
        at = line.rfind("<")
        tail = line[at:].lower() if at >= 0 else ""
        if tail and any(tag.startswith(tail) or tail.startswith(tag) for tag in _TAGS):
            return at
        return len(line)
