"""Parses questions. The parser knows statements best: what ends in its verb, "When will the line to Lindby reopen?", it
often reads as a noun. Such a question is parsed as the statement that it asks about."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from index.language.parser import Sentence, Token

_OPENING = re.compile(
    r"(?:(when|where|why|how|what|who)[^\S\n]++)?(will|would|can|could|should|must|may|might|did|does|do)[^\S\n]++",
    re.IGNORECASE,
)
_LAST_WORD = re.compile(r"([a-z]{2,30})[ ?!.]*+$", re.IGNORECASE)


@dataclass(frozen=True)
class _Parts:
    """Where in a question stand: the question word, the auxiliary, what is between it and the last word, and that."""

    asked: tuple[int, int]
    auxiliary: tuple[int, int]
    subject: tuple[int, int]
    verb: tuple[int, int]


def parse_question(text: str, parse: Callable[[str], Sentence]) -> Sentence:
    """The parse of a question, by what parses one sentence. Raises what that raises."""
    sentence = parse(text)
    parts = _parts(text)
    if parts is None or any(_is_whole(sentence, token) for token in sentence.tokens):
        return sentence
    subject, auxiliary, verb = (text[slice(*part)] for part in (parts.subject, parts.auxiliary, parts.verb))
    statement = parse(f"{subject} {auxiliary} {verb}.")
    if len(statement.tokens) < 4:
        return sentence
    *_, helper, last, _ = statement.tokens
    if not _is_whole(statement, last) or helper.text != auxiliary:
        return sentence
    return _turned(text, parts, statement, last)


def _parts(text: str) -> _Parts | None:
    """The parts of a question that may end in its verb, None of others."""
    opening, last = _OPENING.match(text), _LAST_WORD.search(text[-60:])
    if opening is None or last is None:
        return None
    verb = tuple(at + max(len(text) - 60, 0) for at in last.span(1))
    end = len(text[: verb[0]].rstrip())
    if end <= opening.end():
        return None
    return _Parts(opening.span(1), opening.span(2), (opening.end(), end), (verb[0], verb[1]))


def _is_whole(sentence: Sentence, token: Token) -> bool:
    """Whether a token is the sentence's verb, and has a subject."""
    return token.is_verb and token.dep == "ROOT" and bool(sentence.of(token, "nsubj", "nsubjpass"))


def _turned(text: str, parts: _Parts, statement: Sentence, verb: Token) -> Sentence:
    """The parse of the question: the statement's words where they stand in the question, behind the question word."""
    auxiliary, subject = statement.tokens[verb.i - 1], statement.tokens[: verb.i - 1]
    order = [auxiliary, *subject, verb]
    first = int(parts.asked[0] >= 0)
    at = {token.i: n for n, token in enumerate(order, first)}
    starts = {auxiliary.i: parts.auxiliary[0], verb.i: parts.verb[0]}
    tokens = []
    for token in order:
        start = starts.get(token.i, parts.subject[0] + token.start)
        end = start + token.end - token.start
        tokens.append(replace(token, i=at[token.i], head=at.get(token.head, at[verb.i]), start=start, end=end))
    if first:
        word = text[slice(*parts.asked)]
        tag, dep = ("WP", "dobj") if word.lower() in ("what", "who") else ("WRB", "advmod")
        tokens.insert(0, Token(0, word, word.lower(), tag, dep, at[verb.i], *parts.asked))
    return Sentence(text, tokens)
