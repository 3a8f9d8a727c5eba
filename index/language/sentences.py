"""Text in, sentence spans out, with pysbd's rules (no model, no download); a line break always ends a sentence."""

import re
from collections.abc import Callable

import pysbd

# pysbd's expressions take quadratic time: a longer line is given to it in pieces.
LONGEST_PIECE_CHARACTERS = 2_000

# Behind it a capital or a digit begins, as far as that can be told without pysbd.
_PLAIN_END = re.compile(r"[.!?][”\"’')\]]{0,3}+\s{1,9}+(?![a-z])")
_OTHER_SCRIPTS_END = re.compile(r"[。！？]++[”’」』]*+|(?<![؟۔।])[؟۔।]++\s")


def sentence_spans(text: str, pause: Callable[[], None] = lambda: None) -> list[tuple[int, int]]:
    """Spans (start, end) of the sentences of `text`, in order, without the white space around them.

    Every character but white space is in one span. `pause` is called after each 2,000 characters at the latest: a text
    of some megabytes takes a minute.
    """
    return [
        span
        for line in re.finditer(r"[^\n]+", text)
        for span in _line_spans(line.group(), line.start(), pause)
    ]


def _line_spans(line: str, offset: int, pause: Callable[[], None]) -> list[tuple[int, int]]:
    starts = sorted({0, *_starts(line, pause), *(match.end() for match in _OTHER_SCRIPTS_END.finditer(line))})
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


def _starts(line: str, pause: Callable[[], None]) -> list[int]:
    """Where sentences begin in `line`."""
    starts: list[int] = []
    at, began_sentence = 0, True
    while at < len(line):
        pause()
        end, ends_sentence = _piece_end(line, at)
        found = _piece_starts(line[at:end])
        if not began_sentence:
            # What is cut in the middle of a sentence goes on in the next piece.
            found = [start for start in found if start > 0]
        starts += [at + start for start in found]
        at, began_sentence = end, ends_sentence
    return starts


def _piece_end(line: str, at: int) -> tuple[int, bool]:
    """Where the piece of `line` that begins at `at` ends, and whether a sentence ends there."""
    most = at + LONGEST_PIECE_CHARACTERS
    if len(line) <= most:
        return len(line), True
    ends = [match.end() for match in _PLAIN_END.finditer(line, at, most)]
    if ends:
        return ends[-1], True
    space = line.rfind(" ", at, most)
    return (space + 1 if space > at else most), False


def _piece_starts(piece: str) -> list[int]:
    """The same of a short text. One that pysbd altered is not found again, and stays part of the one before it."""
    starts: list[int] = []
    at = 0
    # Its Segmenter keeps the text in itself, which threads would overwrite; the processor under it is a new one.
    for sentence in pysbd.Segmenter(language="en", clean=False).processor(piece).process():
        found = piece.find(sentence.strip(), at)
        if found >= 0:
            starts.append(found)
            at = found + len(sentence.strip())
    return starts
