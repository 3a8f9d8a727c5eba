"""Candidates, rankings and readings made by hand for the tests of what is quoted, and how."""

import datetime
from functools import cache

import numpy as np

from chatbot.answer import Understood
from chatbot.extractive.lexical_features import Candidate
from chatbot.extractive.ranker import Ranked
from chatbot.extractive.selection import Choice
from chatbot.question.parse import ParsedQuestion, read
from index.article import Article
from index.claims.extract import annotate, claims_of
from index.language.parser import Parser
from index.language.sentences import sentence_spans
from index.passage import Passage

YEAR = 2024


def day(number: int) -> datetime.date:
    """A day of December 2024."""
    return datetime.date(YEAR, 12, number)


def report(text: str, date: datetime.date | None, *, source: str | None = "Desk", title: str = "A report") -> Article:
    """An article whose id is made from all that it says."""
    return Article(f"{date}-{source}-{text}"[:60], text, title, source=source, date=date)


def candidates(article: Article) -> list[Candidate]:
    """Each sentence of `article`, all of them in one passage."""
    spans = tuple(sentence_spans(article.text))
    passage = Passage(article.id, 0, 0, len(article.text), article.text, spans)
    before = ["", *(article.text[start:end] for start, end in spans)]
    return [
        Candidate(passage, article, start, end, np.zeros(4, np.float32), text)
        for (start, end), text in zip(spans, before, strict=False)
    ]


def ranked(article: Article, place: str = "Hama", *, score: float = 0.9, at: int = 0) -> Ranked:
    """Sentence number `at` of `article`, with what it claims about `place`."""
    candidate = candidates(article)[at]
    lines = annotate(article.text, article.date, sentence_spans(article.text), parser())
    claims = claims_of(article.title, article.date, lines)
    mine = [claim for claim in claims if claim.start == candidate.start and claim.place == place]
    return Ranked(candidate, score, mine[0] if mine else None, {}, is_settled=True)


@cache
def parser() -> Parser:
    """The parser, loaded once."""
    return Parser()


def reading(question: str, *history: str) -> ParsedQuestion:
    """`question` read in 2024."""
    return read(question, [Understood(turn) for turn in history], newest=datetime.date(YEAR, 12, 31))


def texts(choice: Choice | None) -> tuple[list[str], list[str]]:
    """The sentences of a choice: those that lead, and the earlier ones."""
    if choice is None:
        return [], []
    lead, earlier = ([ranked.candidate.text for ranked in part] for part in (choice.lead, choice.earlier))
    return lead, earlier
