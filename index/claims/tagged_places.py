"""Brings together what the rules read in a sentence of who holds a place, and what the tagger reads there."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from index.claim import HOLDING, Status
from index.claims.parties import may_take
from index.claims.relation import Relation
from index.claims.tagged_spans import (
    STATUS,
    alike,
    argument_of,
    clause_above,
    head_of,
    overlap,
    words_of,
)
from index.claims.tagger import OTHER, ImpliedTag, PlaceTag, Span, Tags
from index.language.clauses import Argument
from index.language.parser import Sentence

# A tag so sure is a claim, though no rule reads one there: of the claims that are so drawn from the held-out sentences
# as many are right as of those that rules alone draw. Of places that are not mentioned six of ten are right, in plain
# prose eight.
ADDED = 0.75
IMPLIED_ADDED = 0.7
# Of denials that the tagger reads two of three are none.
NO_CLAIMS = (OTHER, "denies")
_WITHOUT_HOLDER = (Status.BESIEGED, Status.CONTESTED)


def with_places(sentence: Sentence, read: Sequence[Relation], tags: Tags) -> list[Relation]:
    """The relations that rules read, with those that the tagger is sure of and no rule reads. Where none of them is of
    a place in the sentence, one of a place that it does not mention."""
    places = _surest([tag for tag in tags.places if tag.kind not in NO_CLAIMS and tag.sure >= ADDED])
    stated = [_as_tagged(sentence, link, places) for link in read]
    tagged = filter(None, (_of_place(sentence, tag) for tag in places))
    links = stated + [link for link in tagged if not _is_among(sentence, link, stated)]
    if any(link.place.role != "implied" for link in links):
        return links
    return _unmentioned(sentence, tags)[:1] or links


def _as_tagged(sentence: Sentence, link: Relation, places: Sequence[PlaceTag]) -> Relation:
    """A relation that rules read, in the words of the surest tag of its place, where there is one."""
    reach = _reach(sentence, link.place)
    near = [tag for tag in places if overlap(tag.place, reach) and alike(STATUS[tag.kind], link.status)]
    best = max(near, key=lambda tag: tag.sure, default=None)
    return link if best is None else _worded(link, best.kind)


def _worded(link: Relation, kind: str) -> Relation:
    """A relation that somebody claims of himself is one that he tells."""
    if kind != "claims" or link.clause is None or link.status not in HOLDING or link.clause.speaker is not None:
        return link
    return replace(link, clause=replace(link.clause, speaker=link.holder))


def _reach(sentence: Sentence, place: Argument) -> Span:
    """The span of a place with all that depends on it; of one that is only implied all of the sentence."""
    if place.role == "implied":
        return 0, len(sentence.text)
    below = sentence.subtree(sentence.tokens[place.head])
    return min(place.start, *(token.start for token in below)), max(place.end, *(token.end for token in below))


def _surest(tags: Sequence[PlaceTag]) -> list[PlaceTag]:
    """Without those of a place that a surer one contradicts: the same holder cannot both have it and have lost it."""
    return [tag for tag in tags if not any(_contradicts(other, tag) for other in tags)]


def _contradicts(surer: PlaceTag, tag: PlaceTag) -> bool:
    if surer.sure <= tag.sure or not overlap(surer.place, tag.place) or surer.kind == tag.kind:
        return False
    return surer.holder == tag.holder or not tag.holder or not surer.holder


def _is_among(sentence: Sentence, link: Relation, others: Iterable[Relation]) -> bool:
    """Whether one of `others` is about the same place, and both say that it is held, or that it is lost."""
    own = link.place.start, link.place.end
    return any(alike(link.status, other.status) and overlap(own, _reach(sentence, other.place)) for other in others)


def _of_place(sentence: Sentence, tag: PlaceTag) -> Relation | None:
    place, head, status = argument_of(sentence, tag.place), head_of(sentence, tag.place), STATUS[tag.kind]
    holder = None if status in _WITHOUT_HOLDER else _side(sentence, tag.holder)
    if not (place and head) or holder is None and status in HOLDING:
        return None
    return _worded(Relation(status, place, holder, clause_above(sentence, head), tag.sure, tagged=True), tag.kind)


def _unmentioned(sentence: Sentence, tags: Tags) -> list[Relation]:
    """The relations of a place that the sentence does not mention, the surest first."""
    surest = sorted(tags.implied, key=lambda tag: tag.sure, reverse=True)
    sure = [tag for tag in surest if tag.kind != OTHER and tag.sure >= IMPLIED_ADDED]
    return list(filter(None, (_of_unmentioned(sentence, tag) for tag in sure)))


def _of_unmentioned(sentence: Sentence, tag: ImpliedTag) -> Relation | None:
    """None where the sentence does not say who holds or left the place."""
    words, head, holder = argument_of(sentence, tag.words), head_of(sentence, tag.words), _side(sentence, tag.holder)
    if not (words and head and holder):
        return None
    place = Argument("implied", "", head.i, words.start, words.end)
    return Relation(STATUS[tag.kind], place, holder, clause_above(sentence, head), tag.sure, tagged=True)


def _side(sentence: Sentence, span: Span | None) -> str | None:
    """The words of who holds a place; None where the span holds none that may be one."""
    side = span and argument_of(sentence, span)
    if not (span and side and may_take(sentence, side)):
        return None
    words = words_of(sentence, span)
    return "they" if words.lower() == "theirs" else words
