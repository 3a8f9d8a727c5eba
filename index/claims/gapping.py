"""Reads sentences that leave a verb out: "Lindby was taken by the army, Holm by the rebels" tells of two places."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.claims.parties import noun_argument
from index.claims.relation import Relation
from index.language.clauses import Argument
from index.language.name_spans import name_span
from index.language.parser import Sentence

_JOINED = (",", ";", "and", "but", "while")


def ungapped(sentence: Sentence, relations: Sequence[Relation]) -> list[Relation]:
    """The relations of a sentence: of what stands behind a second place and its agent those that the verb tells."""
    links = list(relations)
    for place, agent in _gapped(sentence):
        before = [link for link in links if link.clause and link.clause.passive and link.clause.verb < agent.head]
        if before and before[0].place.start < place.start:
            links = [link for link in links if link not in before or not _reaches(sentence, link, place)]
            links.append(replace(before[0], place=place, holder=agent.text))
    return links


def _gapped(sentence: Sentence) -> Iterator[tuple[Argument, Argument]]:
    """Each name that a "by" follows and a comma or the like comes before, with the agent behind it."""
    for by in sentence.tokens[2:]:
        name = sentence.tokens[by.i - 1]
        nouns = sentence.of(by, "pobj") if by.text == "by" and name.is_name else []
        if not nouns:
            continue
        start, end = name_span(sentence, name)
        first = next(token for token in sentence.tokens if token.start >= start)
        if first.i and sentence.tokens[first.i - 1].text in _JOINED:
            place = Argument("patient", sentence.text[start:end], name.i, start, end)
            yield place, noun_argument(sentence, nouns[0])


def _reaches(sentence: Sentence, link: Relation, place: Argument) -> bool:
    """Whether a relation takes its place or its holder from what stands behind the comma."""
    holder = sentence.text.rfind(link.holder) if link.holder else -1
    return link.place.start >= place.start or holder >= place.start
