"""Brings a judge's rulings on statements together with what was looked up: its words must stand in the passages."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chatbot.answer import Block, Citation, Judgement, Note, Ruling, Statement, Verdict
from chatbot.citations import cite
from chatbot.verification.verifier import Verified
from index.language.quotations import quotes
from index.message import Message
from index.passage import RetrievedPassage

LEAST_WORDS = 2
NOT_STATED = Message("what the passages do not say")


def judged(
    verified: Verified, judgements: Mapping[int, Judgement], shown: Sequence[RetrievedPassage]
) -> Verified:
    """`verified` with the verdicts that follow from the judgements, by the place of the statement from 0.

    Words that stand in no passage prove nothing. A fact that was looked up and is missing stays missing whatever a
    judge says; a statement that was recognised as proven stays so where a judge has no words against it.
    """
    citations = list(verified.citations)
    blocks: list[Statement | Note] = []
    number = 0
    for block in verified.blocks:
        if isinstance(block, Statement):
            judgement = judgements.get(number)
            lacks_fact = number in verified.lacking_facts
            block = block if judgement is None else _ruled(block, judgement, lacks_fact, citations, shown)
            number += 1
        blocks.append(block)
    return replace(verified, blocks=tuple(blocks), citations=_used(blocks, citations))


def _ruled(
    statement: Statement, judgement: Judgement, lacks_fact: bool, citations: list[Citation],
    shown: Sequence[RetrievedPassage],
) -> Statement:
    if judgement.ruling is Ruling.NOT_STATED:
        if statement.verdict in (Verdict.VERIFIED, Verdict.MOVED):
            return statement
        return _unfound(statement, judgement.what or NOT_STATED)
    standing = _standing(judgement.words, shown)
    if standing is None:
        return statement
    if judgement.ruling is Ruling.CONTRADICTED:
        return _unfound(statement, judgement.what or _contradicted(judgement.words))
    if lacks_fact:
        return statement
    number = _number(citations, *standing)
    cited = statement.citations if statement.verdict is not Verdict.UNFOUND else ()
    numbers = tuple(dict.fromkeys([*cited, number]))
    return replace(statement, verdict=Verdict.VERIFIED, citations=numbers, missing=())


def _contradicted(words: str) -> Message:
    return Message("what the passage says: “%(words)s”", words=words)


def _unfound(statement: Statement, reason: str) -> Statement:
    return replace(statement, verdict=Verdict.UNFOUND, citations=(), missing=(reason,))


def _standing(words: str, shown: Sequence[RetrievedPassage]) -> tuple[RetrievedPassage, int] | None:
    """The passage that holds the words, and its sentence that holds them or most of them; None where none does."""
    if len(words.split()) < LEAST_WORDS:
        return None
    for passage in shown:
        if quotes(passage.passage.text, words):
            spans = passage.passage.sentences
            texts = [passage.article.text[start:end] for start, end in spans]
            whole = next((n for n, text in enumerate(texts) if quotes(text, words)), None)
            opening = " ".join(words.split()[:LEAST_WORDS])
            return passage, whole if whole is not None else next(
                (n for n, text in enumerate(texts) if quotes(text, opening)), 0
            )
    return None


def _number(citations: list[Citation], passage: RetrievedPassage, sentence: int) -> int:
    """The number of the citation of a sentence, a new one where it is not cited yet."""
    span = passage.passage.sentences[sentence]
    for citation in citations:
        if (citation.article_id, citation.start) == (passage.article.id, span[0]):
            return citation.n
    citations.append(cite(len(citations) + 1, passage.article, passage.passage, span))
    return len(citations)


def _used(blocks: Sequence[Block], citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """The citations that a statement still has; their numbers stay."""
    used = {n for block in blocks if isinstance(block, Statement) for n in block.citations}
    return tuple(citation for citation in citations if citation.n in used)
