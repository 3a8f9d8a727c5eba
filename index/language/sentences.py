"""Text in, sentence spans out, with pysbd's rules (no model, no download); a line break always ends a sentence."""

import re

import pysbd

LONGEST_LINE_CHARACTERS = 20_000

_PLAIN_END = re.compile(r"(?<=[.!?])\s+")
_OTHER_SCRIPTS_END = re.compile(r"[。！？]++[”’」』]*+|(?<![؟۔।])[؟۔।]++\s")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Spans (start, end) of the sentences of `text`, in order, without the white space around them.

    Every character but white space is in one span.
    """
    return [
        span
        for line in re.finditer(r"[^\n]+", text)
        for span in _line_spans(line.group(), line.start())
    ]


def _line_spans(line: str, offset: int) -> list[tuple[int, int]]:
    starts = sorted({0, *_starts(line), *(match.end() for match in _OTHER_SCRIPTS_END.finditer(line))})
    spans: list[tuple[int, int]] = []
    for start, end in zip(starts, [*starts[1:], len(line)], strict=True):
        sentence = line[start:end].strip()
        if not sentence:
            continue
        start = offset + line.index(sentence, start)
        first = spans.pop()[0] if spans and _belongs_to_the_last(sentence) else start
        spans.append((first, start + len(sentence)))
    return spans


def _belongs_to_the_last(sentence: str) -> bool:
    """A photo credit in brackets, or marks without a word, is no sentence of its own."""
    return (sentence[0] == "(" and sentence[-1] == ")") or not any(c.isalnum() for c in sentence)


def _starts(line: str) -> list[int]:
    """Where sentences begin. One that pysbd altered is not found again, and stays part of the one before it."""
    if len(line) > LONGEST_LINE_CHARACTERS:
        # pysbd's expressions take quadratic time on a long line; such a line is no prose.
        return [match.end() for match in _PLAIN_END.finditer(line)]
    starts: list[int] = []
    at = 0
    # Its Segmenter keeps the text in itself, which threads would overwrite; the processor under it is a new one.
    for sentence in pysbd.Segmenter(language="en", clean=False).processor(line).process():
        found = line.find(sentence.strip(), at)
        if found >= 0:
            starts.append(found)
            at = found + len(sentence.strip())
    return starts
