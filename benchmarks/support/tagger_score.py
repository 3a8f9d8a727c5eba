"""How many claims the tagger finds in sentences that it was not fitted on, and how many of those found are right."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from benchmarks.support.tagger_layers import TaggerLayers, batch_of
from benchmarks.support.tagger_rows import PLACES, Label, Row
from index.claims.tagger import OFFICE_KINDS, OTHER, PLACE_KINDS, Span, decoded

SURE = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
_ALIKE = {"took": "holds", "claims": "holds", "left": "lost"}


@dataclass(frozen=True)
class _Reading:
    """A claim: what it is about, its kind, and what is linked to it."""

    span: Span
    kind: str
    links: tuple[Span | None, ...]
    sure: float = 1.0


def report(model: TaggerLayers, rows: Sequence[Row], what: str) -> None:
    """Print recall and precision where tags are taken that are at least so sure."""
    model.eval()
    read = [([*_labelled(row)], [*_tagged(model, row)]) for row in rows]
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


def _tagged(model: TaggerLayers, row: Row) -> Iterator[_Reading]:
    with torch.inference_mode():
        kinds, links = model(*batch_of([row.ids]))
    tags = decoded(kinds[0].sigmoid().numpy(), links[0].sigmoid().numpy(), row.offsets, min(SURE))
    if row.kinds == PLACES:
        own = [_Reading(tag.place, tag.kind, (tag.holder,), tag.sure) for tag in tags.places]
    else:
        own = [_Reading(tag.holder, tag.kind, (tag.role, tag.body), tag.sure) for tag in tags.offices]
    yield from (each for each in own if each.kind != OTHER)


def _labelled(row: Row) -> Iterator[_Reading]:
    for label in row.labels:
        name = [*PLACE_KINDS, *OFFICE_KINDS][label.kind]
        if name != OTHER:
            yield _Reading(_span(row, label.pieces), name, tuple(_links(row, label)))


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
