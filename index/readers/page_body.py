"""What a page holds of its article beside the text that is extracted: the whole body in its metadata (JSON-LD), and the
lists between its paragraphs."""

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

from index.readers.block_text import block_lines, is_markup

# The body in the metadata counts where the page shows a teaser of it.
MORE_WORDS = 1.3
MOST_NESTED = 6


def stated_body(tree: Any, lines: list[str]) -> list[str]:  # noqa: ANN401 - the parser's own element
    """The article's lines from the page's metadata where they are far more than `lines`, else `lines`."""
    words = sum(len(line.split()) for line in lines)
    for body in (stated.get("articleBody") for stated in stated_objects(tree)):
        stated = body_lines(body) if isinstance(body, str) else []
        is_more = sum(len(line.split()) for line in stated) > max(MORE_WORDS * words, words + 10)
        if is_more and _begins_like(stated, lines):
            return stated
    return lines


def with_lists(tree: Any, lines: list[str]) -> list[str]:  # noqa: ANN401
    """`lines` with the lists of the page that stand between two of them and are missing."""
    have = {" ".join(line.split()).removeprefix("- "): at for at, line in enumerate(lines)}
    missing: dict[int, list[str]] = {}
    for items in tree.iter("ul", "ol"):
        at, after = (_place(element, have) for element in (items.getprevious(), items.getnext()))
        texts = [_line(item) for item in items.iter("li")]
        if None not in (at, after) and have.keys().isdisjoint(texts) and _is_text(items, texts):
            missing[at or 0] = [f"- {text}" for text in filter(None, texts)]
    return list(chain(*([line, *missing.get(at, ())] for at, line in enumerate(lines))))


def _place(element: Any, have: dict[str, int]) -> int | None:  # noqa: ANN401
    return None if element is None else have.get(_line(element))


def _is_text(items: Any, texts: list[str]) -> bool:  # noqa: ANN401
    """Whether a list is of the article's text, and not of links or pictures."""
    linked = sum(len(_line(link)) for link in items.iter("a"))
    other = next(items.iter("script", "img", "figure", "style", "form"), None)
    return other is None and linked < sum(map(len, texts)) / 2


def stated_objects(tree: Any) -> Iterator[dict[str, object]]:  # noqa: ANN401
    """What the metadata of a page (JSON-LD) states of it and its main parts."""
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json":
            try:
                yield from _objects(json.loads(script.text or "", strict=False), 0)
            except (ValueError, RecursionError):
                continue


def _objects(stated: object, depth: int) -> Iterator[dict[str, object]]:
    if depth > MOST_NESTED:
        return
    if isinstance(stated, list):
        for item in stated:
            yield from _objects(item, depth + 1)
    elif isinstance(stated, dict):
        yield stated
        yield from _objects(stated.get("@graph"), depth + 1)
        yield from _objects(stated.get("mainEntity"), depth + 1)


def body_lines(body: str) -> list[str]:
    """The lines of a body in the metadata, which may be HTML."""
    return block_lines(body) if is_markup(body) else [line.strip() for line in body.splitlines() if line.strip()]


def _begins_like(stated: list[str], lines: list[str]) -> bool:
    """Whether a line of the page is in the body: metadata may be of another article."""
    body = " ".join(stated)
    return any(len(line) > 40 and " ".join(line.split())[:60] in body for line in lines)


def _line(element: Any) -> str:  # noqa: ANN401
    return " ".join(element.text_content().split()) if isinstance(element.tag, str) else ""
