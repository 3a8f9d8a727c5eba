"""Gives a holder who is described the name that stands beside the description: "a local militia, the River Guards"."""

from collections.abc import Sequence
from dataclasses import replace

from index.claims.places import without_article
from index.claims.relation import Relation
from index.language.coreference import NEAR_TOKENS
from index.language.name_spans import name_span
from index.language.parser import Sentence, Token
from index.language.predicates import is_force, nation_of


def with_own_names(sentence: Sentence, relations: Sequence[Relation]) -> list[Relation]:
    """The relations of a sentence, each holder by its name where the sentence gives one; none twice."""
    named: dict[tuple[object, ...], Relation] = {}
    for relation in relations:
        name = _own_name(sentence, relation.holder) if relation.holder else None
        if name and name in relation.place.text:
            continue
        link = replace(relation, holder=name) if name else relation
        key = link.status, link.place.start, link.place.text, without_article(link.holder), id(link.clause)
        named.setdefault(key, link)
    return list(named.values())


def _own_name(sentence: Sentence, holder: str) -> str | None:
    head = _head_of(sentence, holder)
    if head is None or head.is_name or not _is_described(sentence, head):
        return None
    comma = next((token for token in sentence.tokens[head.i + 1 :] if token.text == ","), None)
    if comma is None:
        return None
    for token in sentence.tokens[comma.i + 1 : comma.i + 1 + NEAR_TOKENS]:
        # The parser may join it to a noun before the description: "the town is held by a group, the River Guards".
        if token.dep == "appos" and token.is_name and sentence.head(token).i <= head.i and not nation_of(token.text):
            return sentence.text[slice(*name_span(sentence, token))]
    return None


def _is_described(sentence: Sentence, head: Token) -> bool:
    """Whether it is a force, or a group of such: "a rebel group"."""
    return any(is_force(token.lemma) for token in [head, *sentence.of(head, "compound", "amod", "nmod")])


def _head_of(sentence: Sentence, phrase: str) -> Token | None:
    """The head of a phrase of the sentence, None where its words stand apart there."""
    start = sentence.text.find(phrase)
    inside = [token for token in sentence.tokens if start <= token.start < start + len(phrase)] if start >= 0 else []
    heads = [token for token in inside if sentence.head(token) not in inside or sentence.head(token) is token]
    return heads[0] if heads else None
