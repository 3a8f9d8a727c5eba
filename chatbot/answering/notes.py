"""Adds notes to an answer, such as why it is quoted although an LLM is to write."""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.answer import Answer
from index.message import Message, joined

# Ends the note that the built-in answerer took over from an LLM.
INSTEAD = Message("The answer is quoted from the articles instead.")


def with_notes(answer: Answer, notes: Sequence[str]) -> Answer:
    """The answer with these notes behind its own, each once."""
    return replace(answer, notes=tuple(dict.fromkeys([*answer.notes, *notes])))


def quoted_instead(answer: Answer, reason: str, notes: Sequence[str] = ()) -> Answer:
    """The quoted answer in place of an LLM's, with `notes` and one that says why."""
    note = joined(reason, INSTEAD)
    return replace(with_notes(answer, [*notes, note]), instead=note)
