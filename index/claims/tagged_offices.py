"""Brings together what the rules read in a sentence of who has an office, and what the tagger reads there."""

from collections.abc import Iterable, Sequence

from index.claims.office_clause import ROLES
from index.claims.office_names import name_of, role_of
from index.claims.tagged_spans import STATUS, alike, clause_above, head_of, words_of
from index.claims.tagger import OTHER, OfficeTag, Tags
from index.claims.tenure import Tenure
from index.language.parser import Sentence, Token
from index.language.predicates import is_office, post_of

# A tag so sure, with the body whose office it is, is a claim, though no rule reads one there: whose an office is that
# stands alone, the rules know better.
ADDED = 0.85
# How directly a tag tells of an office.
WEIGHT = 0.9


def with_offices(sentence: Sentence, read: Sequence[Tenure], tags: Tags) -> list[Tenure]:
    """The tenures that rules read, with those that the tagger is sure of and no rule reads."""
    sure = [tag for tag in tags.offices if tag.kind != OTHER and tag.body and tag.sure >= ADDED]
    tagged = filter(None, (_tenure(sentence, tag) for tag in sure))
    return [*read, *(tenure for tenure in tagged if not _is_among(tenure, read))]


def _are_same(name: str, other: str) -> bool:
    """Whether a name is a part of another, which may have titles."""
    return bool(name and other) and (name in other or other in name)


def _is_among(tenure: Tenure, others: Iterable[Tenure]) -> bool:
    return any(_are_same(tenure.holder, other.holder) and alike(tenure.status, other.status) for other in others)


def _tenure(sentence: Sentence, tag: OfficeTag) -> Tenure | None:
    """The tenure that a tag tells of; None where its words name no office."""
    office = head_of(sentence, tag.role)
    role = office and _role(sentence, office)
    if not (office and role):
        return None
    body, clause = head_of(sentence, tag.body), clause_above(sentence, office)
    return Tenure(STATUS[tag.kind], role, body, _holder(sentence, tag), clause, WEIGHT)


def _role(sentence: Sentence, office: Token) -> str:
    """The office that a noun names, or that a verb such as "chairs" tells; "" for other words."""
    if is_office(office.lemma):
        return role_of(sentence, office)[0]
    post = post_of(office.lemma)
    return ROLES.get(post, "") if post else ""


def _holder(sentence: Sentence, tag: OfficeTag) -> str:
    head = head_of(sentence, tag.holder)
    return name_of(sentence, head) if head and head.is_name else words_of(sentence, tag.holder)
