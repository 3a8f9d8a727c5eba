"""Answers small talk and questions about the chatbot itself, from what the index knows of itself. Knows them by whole
questions only, so that no question about the news is caught. No search, no LLM and no citation."""

import re
from collections.abc import Sequence
from enum import Enum
from functools import cache
from pathlib import Path

from chatbot.answer import Answer, Note, Understood
from chatbot.answering.compose import coverage, listed_title
from chatbot.answering.example_questions import LOOKED_AT, example_questions
from index.collection import Collection
from index.message import Message, joined

LONGEST_CHARACTERS = 120
MOST_TITLES = 10
MOST_NEWEST = 3
MOST_SOURCES = 12


class Topic(Enum):
    """What small talk or a question about the chatbot is about: the sections of `smalltalk.txt`."""

    GREETING = "greeting"
    THANKS = "thanks"
    REPLY = "reply"
    GOODBYE = "goodbye"
    ITSELF = "itself"
    ABILITY = "ability"
    ARTICLES = "articles"
    COUNT = "count"
    SOURCES = "sources"
    NEWEST = "newest"
    CITATIONS = "citations"
    DATES = "dates"
    SUMMARY = "summary"


_OPENER = "(?:(?:hi|hello|hey|ok|okay|thanks|thank you|well|so|and|but|also|great|please) (?:there )?)*"
_CLOSER = "(?:(?:please|then|again|now|currently|in total|altogether|thanks|thank you) )*"
_PURPOSE = Message("I answer questions about the news articles of this collection, and about nothing else.")
_PROOF = Message(
    "Each statement ends in a number, which opens the passage that it rests on, with its title, source and date; the "
    "sentence that supports it is marked there."
)
_HELLO, _CHATBOT = Message("Hello."), Message("I am a chatbot.")
_OF_WHAT = Message("A summary of what? Name a place, a person, a body or a day, or ask for the latest news.")
_ABSTAINS = Message("Where the articles do not say, the answer says so.")


def topic_of(question: str) -> Topic | None:
    """What `question` is about if the whole of it is small talk or asks about the chatbot, else None."""
    if len(question) > LONGEST_CHARACTERS:
        return None
    expanded = re.sub(r"\b(what|who|how|where|when|that)['’]s\b", r"\1 is", question.lower()).replace("’", "'")
    plain = "".join(f"{word} " for word in re.findall(r"[^\W_]+", expanded.replace("'", "")))
    return next((topic for topic, pattern in _patterns().items() if pattern.fullmatch(plain)), None)


def reply(topic: Topic, question: str, collection: Collection, *, answered_by: str, model: str | None) -> Answer:
    """The answer to `question`, which is about `topic`; `model` is the LLM at work, if any.

    It is no context for the questions after it.
    """
    lines = filter(None, _lines(topic, collection, model))
    return Answer(question, Understood(), tuple(map(Note, lines)), answered_by)


def _lines(topic: Topic, collection: Collection, model: str | None) -> list[str]:
    holds = coverage(collection.summary())
    if topic in _FIXED:
        return [_FIXED[topic]]
    if topic is Topic.CITATIONS:
        return [_PROOF, _written_by(model), _ABSTAINS]
    if topic is Topic.ITSELF:
        return [joined(_CHATBOT, _PURPOSE), _written_by(model), holds]
    if topic is Topic.SOURCES:
        return [holds, _sources(collection.sources())]
    if topic is Topic.ARTICLES:
        return [holds, *_listed(collection, MOST_TITLES)]
    if topic is Topic.NEWEST:
        return _listed(collection, MOST_NEWEST) or [holds]
    if topic is Topic.SUMMARY:
        return [_OF_WHAT, holds, *_listed(collection, MOST_NEWEST)]
    if topic is Topic.COUNT:
        return [holds, _stored_as(collection.summary().passages)]
    if topic is Topic.DATES:
        return [holds, *_listed(collection, 1)]
    greets = topic is Topic.GREETING
    opening = [joined(_HELLO, _PURPOSE)] if greets else [_PURPOSE, joined(_PROOF, _ABSTAINS)]
    return [*opening, holds, _examples(collection)]


_FIXED = {
    Topic.THANKS: Message("You are welcome. What else would you like to know?"),
    Topic.REPLY: Message("What else would you like to know?"),
    Topic.GOODBYE: Message("Goodbye."),
}


def _stored_as(passages: int) -> Message:
    if passages == 1:
        return Message("They are kept as 1 passage.")
    return Message("They are kept as %(count)s passages.", count=passages)


def _written_by(model: str | None) -> Message:
    if model is None:
        return Message("No LLM is at work: answers are quoted from the articles, word for word.")
    return Message(
        "The answers are written by the LLM %(model)s from passages of the articles, and cite them.", model=model
    )


def _sources(sources: Sequence[tuple[str | None, int]]) -> str:
    if not sources:
        return ""
    parts = [_counted(source or Message("source unknown"), count) for source, count in sources[:MOST_SOURCES]]
    more = len(sources) - MOST_SOURCES
    parts += [Message("%(count)s more", count=str(more))] if more > 0 else []
    return Message("Sources: %(sources)s.", sources=joined(*parts, between=", "))


def _counted(source: str, count: int) -> Message:
    if count == 1:
        return Message("%(source)s (1 article)", source=source)
    return Message("%(source)s (%(count)s articles)", source=source, count=count)


def _listed(collection: Collection, most: int) -> list[str]:
    """A line for each of the newest articles, under a heading; nothing where there are none."""
    rows, total = collection.newest(most), collection.summary().articles
    if not rows:
        return []
    heading = Message("The newest article:") if len(rows) == 1 else Message("The articles, newest first:")
    more = [Message("… and %(count)s more.", count=total - len(rows))] if total > len(rows) > 1 else []
    return [heading, *map(listed_title, rows), *more]


def _examples(collection: Collection) -> str:
    newest = [collection.article(row.id) for row in collection.newest(LOOKED_AT)]
    examples = example_questions(newest, sentences=collection.sentences, places=collection.held_places())
    # They are asked in English, whatever the language of the page is.
    questions = " ".join(f"“{question}”" for question in examples)
    return Message("You could ask: %(questions)s", questions=questions) if questions else ""


@cache
def _patterns() -> dict[Topic, re.Pattern[str]]:
    """One pattern for each topic, which matches words that each have one space behind them."""
    parts: dict[str, str] = {}
    lines: dict[str, list[str]] = {}
    section = ""
    for line in Path(__file__).with_name("smalltalk.txt").read_text(encoding="utf-8").splitlines():
        if re.fullmatch(r"\[\w+\]", line):
            section = line[1:-1]
        elif part := re.fullmatch(r"(\w{1,60}+) = (.+)", line):
            parts[part[1]] = _compiled(part[2], parts)
        elif line and not line.startswith("#"):
            lines.setdefault(section, []).append(_compiled(line, parts))
    return {topic: re.compile(f"{_OPENER}(?:{'|'.join(lines[topic.value])}){_CLOSER}") for topic in Topic}


def _compiled(line: str, parts: dict[str, str]) -> str:
    """The regular expression of a line: its named parts put in, [a|b] made optional."""
    spaced = re.sub(r"(?<!<)\b[a-z]+\b(?!>)", r"\g<0>~", line).replace(" ", "").replace("~", " ")
    grouped = spaced.replace("(", "(?:").replace("[", "(?:").replace("]", ")?")
    return re.sub(r"<(\w+)>", lambda part: f"(?:{parts[part[1]]})", grouped)
