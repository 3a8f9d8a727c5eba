"""Answers which articles mention something, and how many do, from the word index: a list of titles, and no search."""

import re

from chatbot.answer import Answer, Note, Understood
from chatbot.answering.compose import coverage, listed_title, unknown_names
from chatbot.question.parse import ParsedQuestion
from index.collection import Collection
from index.language.words import STOPWORDS, words
from index.message import Message
from index.storage.filters import Filters

MOST_TITLES = 10
_ASKS = re.compile(
    r"(?:(?:can|could|would) you )?(?:please )?"
    r"(?:how many|which|what|list|show(?: me)?|name|are there(?: any)?|tell me which|give me)"
    r"(?: of)?(?: all)?(?: the)? (?:articles?|reports?|stories|texts|documents)(?: (?:are )?there)?(?: that| which)?"
    r"(?: do| does| did| have| has)?"
    r" (?:mention(?:s|ed|ing)?|(?:are |is |were )?about|(?:talk|speak)(?:s|ing)? (?:about|of)|deal(?:s|t|ing)? with"
    r"|cover(?:s|ed|ing)?|discuss(?:es|ed|ing)?|report(?:ed|ing)? on|wr[io]te (?:about|of)|refer(?:s|red|ring)? to"
    r"|name(?:s|d)?) (?P<thing>\S.*)",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^(?:(?:the|a|an|any|some)\s+|[\"“'‘]+)", re.IGNORECASE)


def thing_listed(reading: ParsedQuestion) -> str | None:
    """What articles are asked for that mention it, None where something else is asked."""
    asked = _ASKS.fullmatch(reading.own)
    if asked is None or reading.since or reading.until:
        return None
    thing = _LEADING.sub("", asked["thing"], count=1).strip(" \"”’'?.!")
    return thing if any(word.lower() not in STOPWORDS for word in words(thing)) else None


def listing(
    thing: str, reading: ParsedQuestion, collection: Collection, filters: Filters, *, answered_by: str
) -> Answer:
    """The number of the articles that hold `thing`, or all of its words, and the titles of the newest."""
    ids = _holding(thing, collection, filters)
    lines = [_counted(len(ids), thing)]
    lines += [listed_title(collection.article(ident)) for ident in ids[:MOST_TITLES]]
    lines += [Message("… and %(count)s more.", count=len(ids) - MOST_TITLES)] if len(ids) > MOST_TITLES else []
    lines += [] if ids else [coverage(collection.summary())]
    return Answer(reading.question, Understood(), tuple(map(Note, lines)), answered_by)


def _holding(thing: str, collection: Collection, filters: Filters) -> list[str]:
    """The articles that hold the words side by side, else those that hold each of them; the newest first."""
    if whole := collection.vocabulary.articles_with(thing, filters):
        return whole
    each = [
        collection.vocabulary.articles_with(word, filters) for word in words(thing) if word.lower() not in STOPWORDS
    ]
    return [ident for ident in each[0] if all(ident in other for other in map(set, each[1:]))]


def _counted(count: int, thing: str) -> Message:
    if count == 0:
        return unknown_names([thing])
    if count == 1:
        return Message("1 article mentions %(name)s:", name=thing)
    return Message("%(count)s articles mention %(name)s, the newest first:", count=count, name=thing)
