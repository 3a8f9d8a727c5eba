"""Finds questions that the articles of an answer answer next: of who else they say what, from their claims, their
offices and the names in them. Each is tried first, and none is offered that would abstain or only repeat the answer."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from chatbot.answer import Answer, Citation
from chatbot.answering.example_questions import is_plain_name, question_about
from chatbot.answering.turn import AnswerStreamer
from chatbot.errors import ChatbotError
from chatbot.filters import QuestionFilter
from chatbot.question.names import find_names
from index.article import Article
from index.claim import Certainty, ReportedClaim
from index.errors import ArticleNotFoundError, IndexingError
from index.language.predicates import nation_of
from index.message import Message

MOST_ARTICLES = 5
MOST_TRIED = 9
MOST_OF_A_KIND = 3


class Collection(Protocol):
    """What is known of the articles; `article` raises ArticleNotFoundError."""

    def article(self, id: str, /) -> Article: ...
    def reported_claims(self) -> Sequence[ReportedClaim]: ...


def next_questions(
    chain: AnswerStreamer, collection: Collection, answer: Answer, scope: QuestionFilter, most: int = 3
) -> list[str]:
    """At most `most` questions, each with an answer of its own within `scope`: of one that abstains what the passages
    that come near it answer instead. Raises ChatbotError and IndexingError."""
    known = set() if answer.abstained else {_place(citation) for citation in answer.citations}
    questions: list[str] = []
    for question in _candidates(collection, answer)[:MOST_TRIED]:
        cited = _cited(chain, question, scope)
        if cited and not cited <= known:
            questions.append(question)
            known |= cited
        if len(questions) == most:
            break
    return questions


def _cited(chain: AnswerStreamer, question: str, scope: QuestionFilter) -> set[tuple[str, int]]:
    """The sentences that the quoted answer to a question rests on; none where it abstains or cannot be had."""
    try:
        *_, last = chain.stream(question, (), replace(scope, quoting=True))
    except (ChatbotError, IndexingError):
        return set()
    if not isinstance(last, Answer) or last.abstained:
        return set()
    return {_place(citation) for citation in last.citations}


def _place(citation: Citation) -> tuple[str, int]:
    return citation.article_id, citation.start


def _candidates(collection: Collection, answer: Answer) -> list[str]:
    """Questions that may be answerable, the likeliest first: of the same place, of others, of offices, of names."""
    cited = answer.related if answer.abstained else answer.citations
    ids = list(dict.fromkeys(citation.article_id for citation in cited))[:MOST_ARTICLES]
    if not ids:
        return []
    claims = [claim for claim in collection.reported_claims() if claim.claim.certainty is not Certainty.DENIED]
    near = [claim for claim in claims if claim.article_id in ids]
    asked = f"{answer.standalone_question} {answer.question}".casefold()
    kinds = (
        _of_the_same(claims, asked), _of_other_places(near, asked), _of_offices(near, asked),
        _of_names(collection, ids, asked),
    )
    candidates = [question for kind in kinds for _, question in zip(range(MOST_OF_A_KIND), kind, strict=False)]
    return [question for question in dict.fromkeys(candidates) if question.casefold() not in asked]


def _of_the_same(claims: Sequence[ReportedClaim], asked: str) -> Iterator[str]:
    """What came before, of a place that the question names and that has changed hands."""
    holders: dict[str, set[str]] = {}
    for claim in (report.claim for report in claims):
        if claim.place and not claim.role and claim.place.casefold() in asked and claim.holder:
            holders.setdefault(claim.place, set()).add(claim.holder.casefold())
    for place, known in holders.items():
        if len(known) > 1 and "before" not in asked:
            yield Message("Who held %(name)s before?", name=place)
        if "happened" not in asked:
            yield Message("What happened in %(name)s?", name=place)


def _of_other_places(near: Sequence[ReportedClaim], asked: str) -> Iterator[str]:
    counted = Counter(report.claim.place for report in near if report.claim.place and not report.claim.role)
    others = (place for place, _ in counted.most_common() if place.casefold() not in asked)
    return (Message("Who controls %(name)s?", name=place) for place in others)


def _of_offices(near: Sequence[ReportedClaim], asked: str) -> Iterator[str]:
    for report in near:
        role, body = report.claim.role, report.claim.place
        if role and body[:1].isupper() and role.casefold() not in asked:
            yield f"Who is the {role} of {body}?"


def _of_names(collection: Collection, ids: Sequence[str], asked: str) -> Iterator[str]:
    articles = []
    for id in ids:
        try:
            articles.append(collection.article(id))
        except ArticleNotFoundError:
            continue
    names = Counter(name for article in articles for name in find_names(article.text) if is_plain_name(name))
    for name, count in names.most_common():
        if count > 1 and name.casefold() not in asked and not nation_of(name):
            yield question_about(name, articles)
