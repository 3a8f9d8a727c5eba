"""Removes an LLM's thoughts from its text: what stands between <think> and </think>, which some servers send along
with the answer. Works on a stream, however the tags are cut into pieces."""

import re

TAGS = ("<think>", "</think>", "<thinking>", "</thinking>")

_TAG = re.compile("|".join(TAGS), re.IGNORECASE)
_UNFINISHED = re.compile(r"</?[a-z]*\Z", re.IGNORECASE)


class ThoughtFilter:
    """Takes text piece by piece and gives back what is no thought; a thought that never ends is left out whole."""

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False

    def feed(self, piece: str) -> str:
        """What can be said once `piece` has arrived; what may be the beginning of a tag is held back."""
        text, shown = self._held + piece, ""
        while tag := _TAG.search(text):
            shown += self._heard(text[: tag.start()])
            text = text[tag.end() :]
            self._thinking = "/" not in tag[0]
        last = _UNFINISHED.search(text)
        may_grow = last is not None and any(tag.startswith(last[0].lower()) for tag in TAGS)
        end = last.start() if last and may_grow else len(text)
        self._held = text[end:]
        return shown + self._heard(text[:end])

    def finish(self) -> str:
        """What was still held back when the text ended."""
        held, self._held = self._held, ""
        return self._heard(held)

    def _heard(self, text: str) -> str:
        return "" if self._thinking else text
