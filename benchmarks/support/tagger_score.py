"""How many claims the tagger finds in sentences that it was not fitted on, and how many of those found are right."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from benchmarks.support.tagger_layers import TaggerLayers, batch_of
from benchmarks.support.tagger_rows import IMPLIED, OFFICES, PLACES, Label, Row
from index.claims.tagger import IMPLIED_KINDS, OFFICE_KINDS, OTHER, PLACE_KINDS, Span, Tags, decoded

SURE = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
# What the kinds of word pieces are about, and their numbers.
GROUPS = {"places": PLACES, "offices": OFFICES, "places not mentioned": IMPLIED}
_KINDS = (*PLACE_KINDS, *OFFICE_KINDS, *IMPLIED_KINDS)
_ALIKE = {"took": "holds", "claims": "holds", "left": "lost"}


@dataclass(frozen=True)
class _Reading:
    """A claim: what it is about, its kind, and what is linked to it."""

    span: Span
    kind: str
    links: tuple[Span | None, ...]
    sure: float = 1.0


def report(model: TaggerLayers, rows: Sequence[Row], what: str) -> None:
    """Print recall and precision where tags are taken that are at least so sure, for each group of GROUPS."""
    model.eval()
    for group, kinds in GROUPS.items():
        own = [row for row in rows if set(kinds) <= set(row.kinds)]
        if own:
            _report(model, own, group, f"{what}, {group}")


def _report(model: TaggerLayers, rows: Sequence[Row], group: str, what: str) -> None:
    read = [([*_labelled(row, group)], [*_tagged(model, row, group)]) for row in rows]
    claims = sum(len(labelled) for labelled, _ in read)
    for sure in SURE:
        counts: Counter[str] = Counter()
        for labelled, tagged in read:
            own = [each for each in tagged if each.sure >= sure]
            counts["met"] += sum(any(_agree(each, label) for each in own) for label in labelled)
            counts["right"] += sum(any(_agree(each, label) for label in labelled) for each in own)
            counts["drawn"] += len(own)
            counts["taken"] += bool(own) and not labelled
        print(
            f"{what} at {sure}: of {claims} claims {counts['met'] / claims:.3f}, of {counts['drawn']} tags right "
            f"{counts['right'] / max(1, counts['drawn']):.3f}, sentences taken without a claim {counts['taken']}",
            flush=True,
        )


def _tagged(model: TaggerLayers, row: Row, group: str) -> Iterator[_Reading]:
    with torch.inference_mode():
        kinds, links = model(*batch_of([row.ids]))
    tags = decoded(kinds[0].sigmoid().numpy(), links[0].sigmoid().numpy(), row.offsets, min(SURE))
    yield from (each for each in readings(tags, group) if each.kind != OTHER)


def readings(tags: Tags, group: str) -> Iterator[_Reading]:
    """The tags of a group of GROUPS."""
    if group == "places":
        yield from (_Reading(tag.place, tag.kind, (tag.holder,), tag.sure) for tag in tags.places)
    elif group == "offices":
        yield from (_Reading(tag.holder, tag.kind, (tag.role, tag.body), tag.sure) for tag in tags.offices)
    else:
        yield from (_Reading(tag.words, tag.kind, (tag.holder,), tag.sure) for tag in tags.implied)


def _labelled(row: Row, group: str) -> Iterator[_Reading]:
    for label in row.labels:
        if label.kind in GROUPS[group] and _KINDS[label.kind] != OTHER:
            yield _Reading(_span(row, label.pieces), _KINDS[label.kind], tuple(_links(row, label)))


def _links(row: Row, label: Label) -> Iterator[Span | None]:
    yield from (_span(row, pieces) if pieces else None for pieces in label.links.values())


def _span(row: Row, pieces: Sequence[int]) -> Span:
    return row.offsets[min(pieces)][0], row.offsets[max(pieces)][1]


def _agree(tag: _Reading, label: _Reading) -> bool:
    """Whether span and kind are those that were told, and what is linked, where that is told and found."""
    if _ALIKE.get(tag.kind, tag.kind) != _ALIKE.get(label.kind, label.kind) or not _overlap(tag.span, label.span):
        return False
    pairs = zip(tag.links, label.links, strict=True)
    return all(own is None or other is None or _overlap(own, other) for own, other in pairs)


def _overlap(span: Span, other: Span) -> bool:
    return span[0] < other[1] and other[0] < span[1]
