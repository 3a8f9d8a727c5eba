"""Brings together what the rules read in a sentence of who has an office, and what the tagger reads there."""

from collections.abc import Iterable, Sequence

from index.claims.office_names import name_of, role_of
from index.claims.tagged_spans import STATUS, alike, clause_above, head_of, words_of
from index.claims.tagger import OTHER, OfficeTag, Tags
from index.claims.tenure import Tenure
from index.language.parser import Sentence
from index.language.predicates import is_office

# A tag so sure that names whose the office is is a claim, though no rule reads one there.
ADDED = 0.85
# How directly a tag tells of an office.
WEIGHT = 0.9


def with_offices(sentence: Sentence, read: Sequence[Tenure], tags: Tags) -> list[Tenure]:
    """The tenures that rules read, with those that the tagger is sure of and no rule reads."""
    sure = [tag for tag in tags.offices if tag.kind != OTHER and tag.sure >= ADDED]
    tagged = filter(None, (_tenure(sentence, tag) for tag in sure))
    return [*read, *(tenure for tenure in tagged if not _is_among(tenure, read))]


def _are_same(name: str, other: str) -> bool:
    """Whether a name is a part of another, which may have titles."""
    return bool(name and other) and (name in other or other in name)


def _is_among(tenure: Tenure, others: Iterable[Tenure]) -> bool:
    return any(_are_same(tenure.holder, other.holder) and alike(tenure.status, other.status) for other in others)


def _tenure(sentence: Sentence, tag: OfficeTag) -> Tenure | None:
    """The tenure that a tag tells of; None where its words name no office, or do not name whose it is. What verbs such
    as "leads" tell, the rules read better."""
    office, body = head_of(sentence, tag.role), head_of(sentence, tag.body)
    if not (office and body) or not is_office(office.lemma) or not (body.is_name or body.tag == "PRP$"):
        return None
    role, holder = role_of(sentence, office)[0], _holder(sentence, tag)
    return Tenure(STATUS[tag.kind], role, body, holder, clause_above(sentence, office), WEIGHT)


def _holder(sentence: Sentence, tag: OfficeTag) -> str:
    head = head_of(sentence, tag.holder)
    return name_of(sentence, head) if head and head.is_name else words_of(sentence, tag.holder)
