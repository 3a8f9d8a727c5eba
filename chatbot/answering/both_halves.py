"""Answers a question that is two questions, "How much did it cost and who paid?", by the answers to both: a half that
the articles do not answer is told, never left out."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from chatbot.answer import Answer, Block, Citation, Heading, Note, Quotation
from chatbot.answering.asked import Asked, story_of
from chatbot.question.follow_up import points_back
from index.message import joined

_ASKS = r"(?:who|whom|whose|what|when|where|why|how|which)"
_HALVES = re.compile(rf"\A\s*+({_ASKS}\b.{{5,300}}?),?\s++and\s++({_ASKS}\b.{{5,300}})\Z", re.IGNORECASE | re.DOTALL)
_FEWEST_WORDS = 3

def halves(question: str) -> list[str]:
    """The two questions that `question` consists of; empty where it is one."""
    match = _HALVES.match(question)
    if match is None:
        return []
    parts = [part.strip(" ?,.") for part in match.groups()]
    if any(len(part.split()) < _FEWEST_WORDS for part in parts):
        return []
    return [f"{part[0].upper()}{part[1:]}?" for part in parts]


def both(asked: Asked, ask: Callable[[Asked], Answer]) -> Answer | None:
    """The answers to both halves of a question as one; None where it is no such question, or no half is answered."""
    answers: list[Answer] = []
    for half in halves(asked.question):
        # The second half's "it" is what the first is about; without such a word it is a question of its own.
        before = [*asked.history, *answers] if points_back(half) or not answers else []
        answers.append(ask(Asked(half, before, asked.scope, story=story_of(before))))
    if not any(answer.citations for answer in answers) or any(_is_no_quotation(answer) for answer in answers):
        return None
    return _joined(asked.question, answers)


def _is_no_quotation(answer: Answer) -> bool:
    return not answer.abstained and not answer.citations


def _joined(question: str, answers: Sequence[Answer]) -> Answer:
    blocks: list[Block] = []
    citations: dict[tuple[str, int, int], Citation] = {}
    for answer in answers:
        if answer.abstained:
            blocks.append(Note(joined(answer.question, answer.reason or ""), "\n\n"))
        else:
            blocks += _blocks(answer, citations)
    first = next(answer for answer in answers if answer.citations)
    notes = dict.fromkeys(note for answer in answers for note in answer.notes)
    return replace(
        first, question=question, understood=replace(answers[0].understood, own=question), blocks=tuple(blocks),
        citations=tuple(citations.values()), notes=tuple(notes),
    )


def _blocks(answer: Answer, citations: dict[tuple[str, int, int], Citation]) -> list[Block]:
    """The blocks of one half, numbered behind the `citations` before it, which they add to."""
    blocks: list[Block] = []
    numbers: dict[int, int] = {}
    for citation in answer.citations:
        key = citation.article_id, citation.start, citation.end
        citations.setdefault(key, replace(citation, n=len(citations) + 1))
        numbers[citation.n] = citations[key].n
    for block in answer.blocks:
        if isinstance(block, Quotation):
            block = replace(block, citations=tuple(numbers[n] for n in block.citations))
        blocks.append(block)
    if citations and blocks and isinstance(blocks[0], Heading):
        blocks[0] = replace(blocks[0], space="\n\n")
    return blocks
