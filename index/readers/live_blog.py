"""Reads a live blog as its entries: each with its headline, the day and time that it was posted, and its text. Entries
stand side by side in the page, and each holds one time (`<time datetime>`); they stay in the page's order."""

import copy
import re
from collections import defaultdict
from datetime import datetime
from itertools import chain
from typing import Any

from index.readers.block_text import element_lines
from index.readers.page_body import body_lines, stated_objects

FEWEST_ENTRIES = 3
# Of the article's words so many are in the entries; the times of comments and of teasers stand beside an article.
MOST_OF_THE_WORDS = 0.6
FEWEST_ENTRY_WORDS = 3
LONGEST_CLOCK_CHARACTERS = 40
MORE_WORDS = 1.3

_HEADS = ("h2", "h3", "h4", "h5", "h6")
_CLOCK = re.compile(r"\D{0,20}+\d{1,2}[:.h]\d\d\b[^\n]{0,20}+")


def live_entries(tree: Any, lines: list[str]) -> list[str]:  # noqa: ANN401 - the parser's own element
    """The lines of a live blog, from the page or else its metadata; [] of another page. `lines` are the article's: what
    stands before the entries comes first."""
    shown = _shown_entries(tree, lines)
    stated = [line for record in stated_objects(tree) for line in _stated_entries(record)]
    return stated if _words(stated) > max(MORE_WORDS * _words(shown), _words(lines)) else shown


def _shown_entries(tree: Any, lines: list[str]) -> list[str]:  # noqa: ANN401
    entries = max(_groups(tree), key=len, default=[])
    if len(entries) < FEWEST_ENTRIES:
        return []
    have = [line.removeprefix("- ") for line in lines]
    starts = {element for _, element in entries}
    shown = list(chain(*(_entry(time, element) + _behind(element, starts, set(have)) for time, element in entries)))
    places = [at for at, line in enumerate(have) if line in set(shown)]
    if _words([have[at] for at in places]) < MOST_OF_THE_WORDS * _words(have):
        return []
    return lines[: places[0]] + shown


def _behind(element: Any, starts: set[Any], have: set[str]) -> list[str]:  # noqa: ANN401
    """The lines of the article that follow an entry's head up to the next one, where entries are not set apart."""
    behind: list[str] = []
    for sibling in element.itersiblings():
        if sibling in starts:
            break
        own = copy.deepcopy(sibling)
        own.tail = None
        behind += [line for line in element_lines(own) if line in have]
    return behind


def _stated_entries(stated: dict[str, object]) -> list[str]:
    """The entries in a page's metadata."""
    updates = stated.get("liveBlogUpdate")
    lines: list[str] = []
    for update in updates if isinstance(updates, list) else []:
        parts = update.items() if isinstance(update, dict) else ()
        texts = {name: value for name, value in parts if isinstance(value, str)}
        if body := body_lines(texts.get("articleBody", "")):
            head = " ".join(texts.get("headline", "").split())
            lines += [*filter(None, [head, _written(texts.get("datePublished", ""))]), *body]
    return lines


def _words(lines: list[str]) -> int:
    return sum(len(line.split()) for line in lines)


def page_title(tree: Any) -> str | None:  # noqa: ANN401
    """The headline over the whole page."""
    heads = [" ".join(head.text_content().split()) for head in tree.iter("h1")]
    return next(filter(None, heads), None)


def _groups(tree: Any) -> list[list[tuple[Any, Any]]]:  # noqa: ANN401
    """The elements that hold one time each, with that time, by what they stand in."""
    times = [time for time in tree.iter("time") if _stamp(time)]
    count: dict[Any, int] = defaultdict(int)
    for time in times:
        for above in time.iterancestors():
            count[above] += 1
    groups: dict[Any, list[tuple[Any, Any]]] = defaultdict(list)
    for time in times:
        alone = time
        while (above := alone.getparent()) is not None and count[above] == 1:
            alone = above
        if alone is not time and len(alone.text_content().split()) >= FEWEST_ENTRY_WORDS:
            groups[alone.getparent()].append((time, alone))
    return list(groups.values())


def _entry(time: Any, element: Any) -> list[str]:  # noqa: ANN401
    """The lines of an entry: its headline before its time, for what a time stands above is of that time."""
    stamp = _stamp(time)
    path = element.getroottree().getelementpath(time).removeprefix(element.getroottree().getelementpath(element))
    own = copy.deepcopy(element)
    own.tail = None
    if (inner := own.find(path.lstrip("/"))) is not None:
        inner.text = None
        for child in list(inner):
            inner.remove(child)
    head = next((head for head in own.iter(*_HEADS) if head.text_content().strip()), None)
    title = [] if head is None else [" ".join(head.text_content().split())]
    return [*title, stamp, *(line for line in element_lines(own) if line not in title)]


def _stamp(time: Any) -> str:  # noqa: ANN401
    """The day and time that a `<time>` names, as a line; a time of day alone as it is shown; else empty."""
    shown = " ".join(time.text_content().split())
    stated = _written(time.get("datetime") or "")
    clock = "" if ":" in stated or len(shown) > LONGEST_CLOCK_CHARACTERS else shown if _CLOCK.fullmatch(shown) else ""
    return ", ".join(filter(None, [stated, clock]))


def _written(stamp: str) -> str:
    """A day and time of ISO 8601 as it is written in a line, in the publisher's own time zone; "" of anything else."""
    try:
        at = datetime.fromisoformat(stamp.strip())
    except ValueError:
        return ""
    return f"{at.day} {at:%B} {at.year}" + (f", {at:%H:%M}" if ":" in stamp or "T" in stamp else "")
