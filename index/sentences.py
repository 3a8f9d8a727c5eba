"""Text in, sentence spans out, with pysbd's rules (no model, no download); a line break always ends a sentence."""

import re
from functools import cache

import pysbd

LONGEST_LINE_CHARACTERS = 20_000


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Spans (start, end) of the sentences of `text`, in order, without the white space around them."""
    return [
        span
        for line in re.finditer(r"[^\n]+", text)
        for span in _line_spans(line.group(), line.start())
    ]


def _line_spans(line: str, offset: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    at = 0
    for sentence in _split(line):
        found = line.find(sentence, at)
        if found < 0:
            # pysbd altered the text; what is left of the line stays one sentence, so that no offset is ever wrong.
            found, sentence = at, line[at:].strip()
            found = line.find(sentence, at)
        end = found + len(sentence)
        if spans and _belongs_to_the_last(sentence):
            spans[-1] = (spans[-1][0], offset + end)
        elif sentence:
            spans.append((offset + found, offset + end))
        at = end
    return spans


def _belongs_to_the_last(sentence: str) -> bool:
    """A photo credit in brackets, or marks without a word, is no sentence of its own."""
    return (sentence[:1] == "(" and sentence[-1:] == ")") or not any(c.isalnum() for c in sentence)


def _split(line: str) -> list[str]:
    if len(line) > LONGEST_LINE_CHARACTERS:
        # pysbd's expressions take quadratic time on a long line; such a line is no prose.
        return [part for part in re.split(r"(?<=[.!?])\s+", line.strip()) if part]
    return [sentence.strip() for sentence in _segmenter().segment(line) if sentence.strip()]


@cache
def _segmenter() -> pysbd.Segmenter:
    return pysbd.Segmenter(language="en", clean=False)
