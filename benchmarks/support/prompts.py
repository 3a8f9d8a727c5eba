"""Reads the prompts that an LLM is sent: what they ask, and what they quote."""

import re
from dataclasses import dataclass

_PASSAGE = re.compile(r"<passage-(\w+)>\n(.*?)\ntext:\n(.*?)\n</passage-\1>", re.DOTALL)


@dataclass(frozen=True)
class Sent:
    """A passage as the prompt holds it."""

    number: int
    title: str
    source: str
    date: str
    text: str


def passages_of(prompt: str) -> list[Sent]:
    """The fenced passages of a prompt."""
    sentences = []
    for _, head, text in _PASSAGE.findall(prompt):
        label = dict(line.split(": ", maxsplit=1) for line in head.splitlines())
        sentences.append(Sent(int(label["number"]), label["title"], label["source"], label["date"], text))
    return sentences


def question_of(prompt: str) -> str:
    """The question of a prompt."""
    return str(re.findall(r"^Question: (.*)$", prompt, re.MULTILINE)[-1])


def follow_up_of(prompt: str) -> str | None:
    """The follow-up question that a prompt asks to rewrite, None where it asks for an answer."""
    asked = re.findall(r"^Latest question: (.*)$", prompt, re.MULTILINE)
    return str(asked[-1]) if asked else None


def is_analysis(prompt: str) -> bool:
    """Whether a prompt asks what a question asks."""
    return "\nAnalyse the question between" in f"\n{prompt}"


def is_claim_reading(prompt: str) -> bool:
    """Whether a prompt asks what sentences claim of who holds which place."""
    return "each line is a sentence. Those above the line ====" in prompt


def sentences_of(prompt: str) -> list[str]:
    """The sentences of such a prompt that are to be read."""
    [(_, text)] = re.findall(r"^====(\w+)====\n(.*?)\n</passage-\1>$", prompt, re.DOTALL | re.MULTILINE)
    return str(text).splitlines()
