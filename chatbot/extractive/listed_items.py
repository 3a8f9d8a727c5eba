"""Adds to a quoted line that introduces a list, "The council set conditions:", the items of that list."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from chatbot.extractive.lexical_features import Candidate
from chatbot.extractive.ranker import Ranked
from chatbot.extractive.selection import Choice

MOST_ITEMS = 8
_BULLET = re.compile(r"[-*•–·]\s|\(?\d{1,2}[.)]\s")


def with_items(choice: Choice) -> Choice:
    """`choice` with the items behind each of its lines that ends in a colon, so many at most, each quoted by itself."""
    return replace(choice, lead=tuple(_expanded(choice.lead)), earlier=tuple(_expanded(choice.earlier)))


def _expanded(sentences: Iterable[Ranked]) -> Iterator[Ranked]:
    seen: set[tuple[str, int]] = set()
    for sentence in sentences:
        for each in (sentence, *_items(sentence)):
            key = each.candidate.article.id, each.candidate.start
            if key not in seen:
                seen.add(key)
                yield each


def _items(sentence: Ranked) -> list[Ranked]:
    """The lines of the same passage behind a colon, up to the first that is prose."""
    candidate = sentence.candidate
    if not candidate.text.endswith(":"):
        return []
    items: list[Ranked] = []
    for start, end in candidate.passage.sentences:
        if start < candidate.end:
            continue
        item = replace(candidate, start=start, end=end)
        if not (item.is_heading or _is_behind_bullet(item)) or item.text.endswith(":"):
            break
        items.append(replace(sentence, candidate=item, claim=None))
    return items[:MOST_ITEMS]


def _is_behind_bullet(item: Candidate) -> bool:
    """Whether a bullet or number stands before a sentence in its line, or at its own start."""
    before = item.article.text[: item.start].rpartition("\n")[2]
    return _BULLET.match(f"{before}{item.text}".lstrip()) is not None
