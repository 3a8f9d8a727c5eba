"""Goes through what an answer says in the program's own words: its notes, its reasons and who answered. Translating an
answer and storing it both do that; what it quotes and states is left alone."""

from dataclasses import replace

from chatbot.answer import Answer, Block, Note, Statement, Words


def reworded(answer: Answer, words: Words) -> Answer:
    """The answer with each such text as `words` gives it. Headings are worded where they are shown."""
    return replace(
        answer,
        blocks=tuple(_reworded(block, words) for block in answer.blocks),
        answered_by=words(answer.answered_by),
        reason=answer.reason and words(answer.reason),
        notes=tuple(map(words, answer.notes)),
        instead=answer.instead and words(answer.instead),
        quoted=answer.quoted and reworded(answer.quoted, words),
    )


def _reworded(block: Block, words: Words) -> Block:
    if isinstance(block, Note):
        return replace(block, text=words(block.text))
    return replace(block, missing=tuple(map(words, block.missing))) if isinstance(block, Statement) else block
