"""Makes the blocks of an answer that quotes, or of one that abstains, with their numbered citations."""

import datetime
import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from chatbot.answer import Answer, Block, Citation, DayRelation, Heading, Note, Quotation
from chatbot.citations import cite
from chatbot.extractive.lexical_features import Candidate
from chatbot.extractive.selection import Choice
from chatbot.filters import EVERYWHERE, QuestionFilter
from chatbot.question.entity_linking import Named
from chatbot.question.parse import ParsedQuestion
from index.article import Article
from index.collection import Summary
from index.message import Message, day_message
from index.passage import RetrievedPassage
from index.storage.articles import Listed

RELATED = 3
# Of a list's item the words are quoted.
_BULLET = re.compile(r"(?:[-*•–·]|\d{1,2}[.)])\s+(?=\S)")
THE_ARTICLES_DO_NOT_SAY = Message("The articles do not say.")
NO_ARTICLES = Message("There are no articles yet. Editors add them on the page, under “Articles”.")


def quoted(
    reading: ParsedQuestion, choice: Choice, *, answered_by: str, notes: Sequence[str] = (), places: Sequence[str] = ()
) -> Answer:
    """The answer that quotes the sentences of `choice` word for word, each behind its date and source."""
    leading = [ranked.candidate for ranked in choice.lead]
    blocks: list[Block] = []
    citations: list[Citation] = []
    newest = leading[0].article.date
    for (date, source), group in groupby([*leading, *(ranked.candidate for ranked in choice.earlier)], key=_origin):
        # The heading of the newest stands alone, and is followed by a paragraph.
        space = " " if blocks else "\n"
        blocks.append(Heading(date, source, _relation(date, newest, first=not blocks)))
        for candidate in group:
            citations.append(_citation(len(citations) + 1, candidate))
            blocks.append(Quotation(citations[-1].sentence, (len(citations),), space))
            space = " "
    return Answer(
        reading.question, reading.understood, tuple(blocks), answered_by,
        as_of=newest, citations=tuple(citations), notes=tuple(notes), places=tuple(places),
    )


def abstained(
    reading: ParsedQuestion, reason: str, passages: Sequence[RetrievedPassage], summary: Summary, *, answered_by: str,
    notes: Sequence[str] = (), nearest: Sequence[Candidate] = (),
) -> Answer:
    """The answer that says in one line why there is none, with the nearest passages as related ones. Where there is no
    article, that is the reason, whatever was asked."""
    if summary.articles == 0:
        return Answer(
            reading.question, reading.understood, (Note(NO_ARTICLES),), answered_by, abstained=True, reason=NO_ARTICLES,
        )
    related = [_citation(n, candidate) for n, candidate in enumerate(_best_of_each_passage(nearest)[:RELATED], 1)] or [
        _opening(n, passage) for n, passage in enumerate(passages[:RELATED], 1)
    ]
    return Answer(
        reading.question, reading.understood, (Note(reason), Note(coverage(summary))), answered_by,
        abstained=True, reason=reason, related=tuple(related), notes=tuple(notes),
    )


def unknown_names(names: Sequence[str]) -> Message:
    """The line that says that no article mentions these names."""
    *others, last = names
    if not others:
        return Message("No article mentions %(name)s.", name=last)
    return Message("No article mentions %(names)s or %(name)s.", names=", ".join(others), name=last)


def no_answer_reason(
    named: Named, summary: Summary, scope: QuestionFilter = EVERYWHERE, *, searched: bool = True
) -> Message:
    """The line that says why nothing answers a question though it was understood: the days that the reader has chosen,
    or those that are asked about, lie outside those of the articles, or these say nothing of the kind that is asked.
    `searched` is whether any article is within `scope`."""
    filters, reading = scope.filters(), named.reading
    if summary.first and filters.until and filters.until < summary.first:
        return Message(
            "The articles do not say: the days that are chosen lie before their first day, %(day)s.", day=summary.first
        )
    if summary.last and filters.since and filters.since > summary.last:
        return Message(
            "The articles do not say: the days that are chosen lie after their last day, %(day)s.", day=summary.last
        )
    if not searched and scope.articles:
        return Message("No article fits the filters that are chosen.")
    return _outside(reading, summary) or _nothing_of_the_kind(named, scope)


def _outside(reading: ParsedQuestion, summary: Summary) -> Message | None:
    """That the days which are asked about lie outside those of the articles, where they do."""
    if summary.first and reading.until and reading.until < summary.first:
        return Message(
            "The articles do not say: what is asked about lies before their first day, %(day)s.", day=summary.first
        )
    if summary.last and reading.since and reading.since > summary.last:
        return Message(
            "The articles do not say: what is asked about lies after their last day, %(day)s.", day=summary.last
        )
    return None


def _nothing_of_the_kind(named: Named, scope: QuestionFilter) -> Message:
    if scope.articles:
        return Message("The articles that are chosen say nothing of that kind.")
    known = [name for name in named.reading.names if name not in named.unknown]
    if not known:
        return THE_ARTICLES_DO_NOT_SAY
    *others, last = known
    if not others:
        return Message("The articles mention %(name)s, but say nothing of that kind.", name=last)
    return Message(
        "The articles mention %(names)s and %(name)s, but say nothing of that kind.", names=", ".join(others), name=last
    )


def carried(cited: Mapping[int, Sequence[str]]) -> list[Message]:
    """The lines that say which sources carry a report, by the number of the citation that quotes it: their agreement
    is no confirmation."""
    if len(cited) == 1:
        return [
            Message("%(count)s outlets carry this report: %(sources)s.", count=len(sources), sources=", ".join(sources))
            for sources in cited.values()
        ]
    return [
        Message(
            "%(count)s outlets carry the report of [%(number)s]: %(sources)s.",
            count=len(sources), number=n, sources=", ".join(sources),
        )
        for n, sources in cited.items()
    ]


def coverage(summary: Summary) -> Message:
    """The line that says how many articles there are and from when to when they are."""
    first, last, count = summary.first, summary.last, str(summary.articles)
    if summary.articles == 0:
        return NO_ARTICLES
    if summary.articles == 1:
        return (
            Message("The collection holds 1 article without a date.") if last is None
            else Message("The collection holds 1 article of %(day)s.", day=last)
        )
    if first is None or last is None:
        return Message("The collection holds %(count)s articles without a date.", count=count)
    if first == last:
        return Message("The collection holds %(count)s articles of %(day)s.", count=count, day=last)
    return Message(
        "The collection holds %(count)s articles, from %(first)s to %(last)s.", count=count, first=first, last=last
    )


def listed_title(article: Listed | Article) -> Message:
    """The line of one article in a list: its title, source and day."""
    return Message(
        "• %(title)s (%(source)s, %(day)s)", title=" ".join(article.title.split()),
        source=article.source or Message("source unknown"), day=day_message(article.date),
    )


def _citation(n: int, candidate: Candidate) -> Citation:
    bullet = _BULLET.match(candidate.text)
    start = candidate.start + bullet.end() if bullet else candidate.start
    return cite(n, candidate.article, candidate.passage, (start, candidate.end))


def _opening(n: int, retrieved: RetrievedPassage) -> Citation:
    return cite(n, retrieved.article, retrieved.passage, retrieved.passage.sentences[0])


def _best_of_each_passage(candidates: Sequence[Candidate]) -> list[Candidate]:
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        best.setdefault(candidate.passage.id, candidate)
    return list(best.values())


def _origin(candidate: Candidate) -> tuple[datetime.date | None, str | None]:
    return candidate.article.date, candidate.article.source


def _relation(date: datetime.date | None, newest: datetime.date | None, *, first: bool) -> DayRelation:
    if first or date is None:
        return DayRelation.AS_OF
    if newest is not None and date < newest:
        return DayRelation.EARLIER
    return DayRelation.ON if date == newest else DayRelation.LATER
