"""Parses questions. The parser knows statements best: what ends in its verb, "When will the line to Lindby reopen?", it
often reads as a noun. Such a question is parsed as the statement that it asks about."""

import re
from collections.abc import Callable
from dataclasses import replace

from index.language.parser import Sentence, Token

_VERB_LAST = re.compile(
    r"(?P<asked>(?:when|where|why|how|what|who)\s+)?(?P<auxiliary>will|would|can|could|should|must|may|might|did|does|do)"
    r"\s+(?P<subject>\S[^?!]*?)\s+(?P<verb>[a-z]{2,30})\s*[?!.]*",
    re.IGNORECASE,
)


def parse_question(text: str, parse: Callable[[str], Sentence]) -> Sentence:
    """The parse of a question, by what parses one sentence. Raises what that raises."""
    sentence = parse(text)
    parts = _VERB_LAST.fullmatch(text)
    if parts is None or any(_is_whole(sentence, token) for token in sentence.tokens):
        return sentence
    statement = parse(f"{parts['subject']} {parts['auxiliary']} {parts['verb']}.")
    *_, auxiliary, verb, _ = statement.tokens
    if not _is_whole(statement, verb) or auxiliary.text != parts["auxiliary"]:
        return sentence
    return _turned(text, parts, statement, verb)


def _is_whole(sentence: Sentence, token: Token) -> bool:
    """Whether a token is the sentence's verb, and has a subject."""
    return token.is_verb and token.dep == "ROOT" and bool(sentence.of(token, "nsubj", "nsubjpass"))


def _turned(text: str, parts: re.Match[str], statement: Sentence, verb: Token) -> Sentence:
    """The parse of the question: the statement's words where they stand in the question, behind the question word."""
    subject = [token for token in statement.tokens if token.end <= len(parts["subject"])]
    auxiliary = statement.tokens[verb.i - 1]
    order = [auxiliary, *subject, verb]
    first = 1 if parts["asked"] else 0
    at = {token.i: n for n, token in enumerate(order, first)}
    starts = {auxiliary.i: parts.start("auxiliary"), verb.i: parts.start("verb")}
    tokens = []
    for token in order:
        start = starts.get(token.i, parts.start("subject") + token.start)
        end = start + token.end - token.start
        tokens.append(replace(token, i=at[token.i], head=at.get(token.head, at[verb.i]), start=start, end=end))
    if first:
        word = parts["asked"].strip()
        is_object = word.lower() in ("what", "who")
        tag, dep = ("WP", "dobj") if is_object else ("WRB", "advmod")
        tokens.insert(0, Token(0, word, word.lower(), tag, dep, at[verb.i], 0, len(word)))
    return Sentence(text, tokens)
