"""Turns the spans that the tagger gives into the parser's words: heads, clauses, names."""

from dataclasses import replace

from index.claim import Status
from index.claims.tagger import Span
from index.language.clauses import Argument, Clause, Modality, clauses_of
from index.language.parser import Sentence, Token

STATUS = {
    "holds": Status.HOLDS, "took": Status.TOOK, "left": Status.LEFT, "lost": Status.LOST, "besieged": Status.BESIEGED,
    "contested": Status.CONTESTED, "claims": Status.HOLDS, "held before": Status.HELD_BEFORE,
}  # fmt: skip
_ALIKE = {Status.TOOK: Status.HOLDS, Status.LEFT: Status.LOST}
# Parts of a phrase that others do not depend on.
_NO_HEADS = ("det", "predet", "prep", "case", "cc", "mark", "punct")


def alike(status: Status, other: Status) -> bool:
    """Whether two readings of the same may have these statuses: who took a place holds it."""
    return _ALIKE.get(status, status) == _ALIKE.get(other, other)


def overlap(span: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return span[0] < other[1] and other[0] < span[1]


def words_of(sentence: Sentence, span: Span) -> str:
    """The words of a span, without the ending of whose something is."""
    return sentence.text[slice(*span)].removesuffix("'s").removesuffix("’s")


def argument_of(sentence: Sentence, span: Span) -> Argument | None:
    """A span as what a clause acts on; None where no word of it is more than an article or the like."""
    head = head_of(sentence, span)
    return None if head is None else Argument("patient", sentence.text[slice(*span)], head.i, *span)


def head_of(sentence: Sentence, span: Span | None) -> Token | None:
    """The word of a span on which the others depend; None where it holds no whole word but an article or the like."""
    if span is None:
        return None
    inside = [token for token in sentence.tokens if span[0] <= token.start and token.end <= span[1]]
    inside = [token for token in inside if token.dep not in _NO_HEADS]
    numbers = {token.i for token in inside}
    heads = [token for token in inside if token.head not in numbers or token.head == token.i]
    return heads[-1] if heads else None


def clause_above(sentence: Sentence, word: Token) -> Clause | None:
    """The nearest clause above a word, as a plain statement: what it says of the word is known."""
    clauses = {clause.verb: clause for clause in clauses_of(sentence)}
    seen: set[int] = set()
    while word.i not in clauses and word.i not in seen:
        seen.add(word.i)
        word = sentence.head(word)
    clause = clauses.get(word.i)
    if clause is None:
        return None
    return replace(clause, predicate="", negated=False, ended=False, denied=False, modality=Modality.FACT)
